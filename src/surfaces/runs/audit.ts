/** Entries of all ledgers of a tenant, counted and as a table (digest §2.20); search over its runs and what they used (§2.21, §2.22). */
import { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import { cappedLimit, queryInt } from '../http/paging';
import { route } from '../http/route';
import { offset } from './bodies';
import { auditCsv } from '../../domain/run/ledger/audit-csv';
import * as views from './ledger-views';
import type { AuditFilter } from '../../store/ledger-reads';
import type { KeyUsage, RunPorts, RunReads } from './ports';
import { invalid } from './requests';
import { existing } from './run-access';

type Port = Pick<RunPorts, 'reads' | 'ledger'>;

const ENTRIES_STANDARD = 1_000;
const ENTRIES_MAX = 10_000;
const seconds = queryInt(0, 32_503_680_000).describe('Seconds since 1970, inclusive.');

const filters = {
  run_id: z.string().max(200).optional().describe('A run id, or the id of a trajectory with or without `traj:`.'),
  kind: z.string().max(100).optional().describe('`commit`, `rejection`, `approval`, …: docs/run-ledger.md has all. An unknown one finds nothing.'),
  from: seconds.optional(),
  to: seconds.optional(),
};
const EntriesQuery = z.object({
  ...filters,
  limit: cappedLimit(ENTRIES_STANDARD, ENTRIES_MAX),
  offset,
  format: z.enum(['json', 'csv']).default('json'),
});

/** Entries of runs that the caller may read. */
async function filterOf(reads: RunReads, principal: Principal, query: z.output<z.ZodObject<typeof filters>>): Promise<AuditFilter> {
  const { run_id: runId, kind = null, from = null, to = null } = query;
  const asked = { kind, from, to, viewer: principal.subject };
  if (runId === undefined) return { trajectoryId: null, ...asked };
  return { trajectoryId: (await existing(reads, principal, runId, 'run not found or has no trajectory')).trajectoryId, ...asked };
}

const CSV = 'text/csv; charset=utf-8';

export const listEntries = route({
  method: 'get',
  path: '/audit/entries',
  summary: 'Read entries of ledgers',
  operationId: 'listLedgerEntries',
  scope: 'runs:read',
  query: EntriesQuery,
  reply: { status: 200, description: 'By time, then by seq; as JSON, or with `format=csv` as a table.', body: views.AuditEntries },
  also: [{ status: 200, description: 'By time, then by seq; as JSON, or with `format=csv` as a table.', text: CSV, body: z.string() }],
  faults: [404],
  handle: async ({ query, principal }, { reads, ledger }: Port) => {
    const { limit, offset: from, format } = query;
    const entries = await ledger.audit(principal.tenant, await filterOf(reads, principal, query), { limit, offset: from });
    if (format === 'csv') return { body: auditCsv(entries), as: CSV, headers: { 'Content-Disposition': 'attachment; filename="audit-log.csv"' } };
    return { body: { entries: entries.map(views.entryView), count: entries.length } };
  },
});

export const countEntries = route({
  method: 'get',
  path: '/audit/entries/count',
  summary: 'Count entries of ledgers',
  operationId: 'countLedgerEntries',
  scope: 'runs:read',
  query: z.object(filters),
  reply: { status: 200, description: 'All that the filter finds.', body: z.object({ count: z.int().min(0) }).meta({ id: 'LedgerEntryCount' }) },
  faults: [404],
  handle: async ({ query, principal }, { reads, ledger }: Port) => ({
    body: { count: await ledger.count(principal.tenant, await filterOf(reads, principal, query)) },
  }),
});

const count = z.int().min(0);
const spent = {
  ...{ runs: count, tokens_in: count, tokens_out: count, tool_calls: count, usd_millicents: count },
  cost_known: z.boolean().describe('False: a model without a price was asked, or a call of a model was lost, and `usd_millicents` is not all that it cost.'),
};
const KeyUsageView = z
  .object({
    ...{ key_name: z.string().nullable(), tenant_id: z.string(), requests_this_window: count, rate_limit_rpm: count, window_started_secs_ago: count },
    ...spent,
  })
  .meta({ id: 'KeyUsage' });
const Usage = z
  .union([z.array(KeyUsageView), z.object({ message: z.string(), stats: z.array(KeyUsageView).max(0), tenant: z.object({ tenant_id: z.string(), ...spent }) })])
  .meta({ id: 'RunUsage' });

type Spent = Pick<KeyUsage, 'runs' | 'tokensIn' | 'tokensOut' | 'toolCalls' | 'usdMillicents' | 'costKnown'>;
const spentView = ({ runs, tokensIn, tokensOut, toolCalls, usdMillicents, costKnown }: Spent) => ({
  ...{ runs, tokens_in: tokensIn, tokens_out: tokensOut, tool_calls: toolCalls, usd_millicents: usdMillicents, cost_known: costKnown },
});
const keyView = (usage: KeyUsage): z.output<typeof KeyUsageView> => ({
  ...{ key_name: usage.keyName, tenant_id: usage.tenant, requests_this_window: usage.requestsThisWindow, rate_limit_rpm: usage.rateLimitRpm },
  ...{ window_started_secs_ago: usage.windowStartedSecsAgo },
  ...spentView(usage),
});

export const getUsage = route({
  method: 'get',
  path: '/usage',
  summary: 'What the keys of a tenant and their runs have used',
  operationId: 'getRunUsage',
  scope: 'runs:read',
  reply: {
    status: 200,
    description: 'One for each key, and one without a name for whoever came without a key. While no keys are made, the tenant alone.',
    body: Usage,
  },
  handle: async ({ principal }, { reads }: Port) => {
    const { keys, total } = await reads.usage(principal.tenant);
    if (keys) return { body: keys.map(keyView) };
    return { body: { message: 'API gateway not configured', stats: [], tenant: { tenant_id: total.tenant, ...spentView(total) } } };
  },
});

const Hit = z.object({
  ...{ run_id: z.string(), field: z.enum(['task', 'answer', 'event']), status: z.string().optional(), task: z.string() },
  ...{ title: z.string().optional(), snippet: z.string(), time: z.string().optional() },
});

export const search = route({
  method: 'get',
  path: '/search',
  summary: 'Search the runs of a tenant',
  operationId: 'searchRuns',
  scope: 'runs:read',
  query: z.object({ q: z.string().max(200).describe('At least 2 characters, wherever they stand, in either case.'), limit: cappedLimit(50, 200) }),
  reply: {
    status: 200,
    description: 'In tasks, answers and logs, newest runs first; at most three lines of a log for each run.',
    body: z.object({ query: z.string(), count, hits: z.array(Hit) }).meta({ id: 'RunSearch' }),
  },
  handle: async ({ query, principal }, { reads }: Port) => {
    const { q, limit } = query;
    if ([...q].length < 2) throw invalid('q', 'query must be at least 2 characters');
    const found = await reads.search(principal, q, limit);
    const hits = found.map(({ runId, field, status, task, title, snippet, time }) => ({
      ...{ run_id: runId, field, ...(status !== null && { status }), task, ...(title !== null && { title }), snippet, ...(time !== null && { time }) },
    }));
    return { body: { query: q, count: hits.length, hits } };
  },
});
