/** Worlds, replays and what else is folded from the ledger of a run (digest §2.11–2.13, §2.18, §2.19): while it runs as well as afterwards. */
import { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import { AnchorQuery, AtQuery, ReplayQuery, RunParams } from './bodies';
import { bareId, prefixedId } from '../../domain/run/ledger/ids';
import * as views from './ledger-views';
import type { RunPorts, RunRow } from './ports';
import { existing } from './run-access';

type Port = Pick<RunPorts, 'reads' | 'ledger'>;

/** Entries of one kind that one answer looks at. */
const ENTRIES_MAX = 1_000;
/** The peer does not tell a run that is not there from one that it cannot read yet. */
const NOT_STARTED = 'run not found or not started';

export const getWorld = route({
  method: 'get',
  path: '/runs/:id/world',
  summary: 'Read the world of a run',
  operationId: 'getRunWorld',
  scope: 'runs:read',
  params: RunParams,
  reply: { status: 200, description: 'What its commits and those of its ancestors have made, by kind and id.', body: views.World },
  handle: async ({ params, principal }, { reads, ledger }: Port) => {
    const row = await existing(reads, principal, params.id, NOT_STARTED);
    return { body: { resources: views.resourcesView(await ledger.world(row.tenant, row.trajectoryId, null)) } };
  },
});

export const getWorldAt = route({
  method: 'get',
  path: '/runs/:id/world/at',
  summary: 'Read the world of a run as it was',
  operationId: 'getRunWorldAt',
  scope: 'runs:read',
  params: RunParams,
  query: AtQuery,
  reply: { status: 200, description: 'Folded up to the entry of this seq.', body: views.WorldAtSeq },
  handle: async ({ params, query, principal }, { reads, ledger }: Port) => {
    const row = await existing(reads, principal, params.id, NOT_STARTED);
    return { body: views.worldAtView(await ledger.world(row.tenant, row.trajectoryId, query.seq)) };
  },
});

export const replayRun = route({
  method: 'get',
  path: '/runs/:id/replay',
  summary: 'Verify the ledger of a run and fold it',
  operationId: 'replayRun',
  scope: 'runs:read',
  params: RunParams,
  query: ReplayQuery,
  reply: {
    status: 200,
    description:
      'Every id and link holds and every pin is met. What is not so is a fault with `verdict` and `report` beside its text: 409 for drift, 422 for entries that were changed or are missing.',
    body: views.Replay,
  },
  faults: [409, 422],
  handle: async ({ params, query, principal }, { reads, ledger }: Port) => {
    const row = await existing(reads, principal, params.id);
    const pins = { compiler: query.require_compiler ?? null, policySet: query.require_policy_set ?? null, signature: query.require_signature === 'true' };
    const report = await ledger.replay(row, pins);
    if (report.verdict.status !== 'ok') throw unverified(report);
    return { body: report };
  },
});

function unverified(report: views.ReplayReport): Fault {
  const { verdict } = report;
  const text = verdict.status === 'ok' ? '' : verdict.message;
  if (verdict.status === 'drift') return new Fault('conflict', 'run.replay_drift', text, { verdict, report });
  return new Fault('conflict', 'run.replay_broken', text, { verdict, report });
}

export const getAnchor = route({
  method: 'get',
  path: '/runs/:id/anchor',
  summary: 'Anchor the ledger of a run',
  operationId: 'getRunAnchor',
  scope: 'runs:read',
  params: RunParams,
  query: AnchorQuery,
  reply: {
    status: 200,
    description: 'One hash for all entries so far, or up to one. Noted elsewhere, it shows later that none of them was changed.',
    body: views.AnchorView,
  },
  handle: async ({ params, query, principal }, { reads, ledger }: Port) => {
    const row = await existing(reads, principal, params.id, NOT_STARTED);
    const { trajectory_id, ...anchor } = await ledger.anchor(row.tenant, row.trajectoryId, query.seq ?? null);
    return { body: { trajectory_id: prefixedId('trajectory', trajectory_id), ...anchor } };
  },
});

export const listSigningKeys = route({
  method: 'get',
  path: '/ledger/keys',
  summary: 'List the keys that sign commits',
  operationId: 'listLedgerKeys',
  scope: 'runs:read',
  reply: { status: 200, description: 'Public halves (ed25519), oldest first, retired ones too: what they signed stays good.', body: views.SigningKeysView },
  handle: async (_request, { ledger }: Port) => ({
    body: {
      keys: (await ledger.publicKeys()).map(({ publicKey, createdAt, retiredAt }) => ({ public_key: publicKey, created_at: createdAt, retired_at: retiredAt })),
    },
  }),
});

export const listDelegations = route({
  method: 'get',
  path: '/runs/:id/delegations',
  summary: 'List what a run delegated',
  operationId: 'listRunDelegations',
  scope: 'runs:read',
  params: RunParams,
  reply: {
    status: 200,
    description: 'Children that have ended, with their answers, in their order. `GET /runs?parent=…` finds those that run too.',
    body: views.Delegations,
  },
  handle: async ({ params, principal }, { reads, ledger }: Port) => {
    const row = await existing(reads, principal, params.id, NOT_STARTED);
    return { body: { delegations: await delegationsOf({ reads, ledger }, principal, row) } };
  },
});

async function delegationsOf({ reads, ledger }: Port, principal: Principal, { tenant, trajectoryId, runId }: RunRow) {
  const [entries, children] = await Promise.all([
    ledger.entries(tenant, trajectoryId, { kind: 'delegation', limit: ENTRIES_MAX }),
    reads.list(principal, { statuses: [], limit: ENTRIES_MAX, offset: 0, cursor: null, parentRunId: runId }),
  ]);
  const runOf = new Map(children.runs.map((child) => [child.trajectoryId, child.runId]));
  return entries.flatMap(({ seq, payload }) => {
    if (payload.type !== 'delegation') return [];
    const { child_trajectory_id: child, task, final_answer } = payload;
    return [{ child_trajectory_id: prefixedId('trajectory', child), task, final_answer, seq, run_id: runOf.get(child) ?? null }];
  });
}

export const listRoutingOutcomes = route({
  method: 'get',
  path: '/runs/:id/routing-outcomes',
  summary: 'List what came of routed actions',
  operationId: 'listRoutingOutcomes',
  scope: 'runs:read',
  params: RunParams,
  reply: { status: 200, description: 'One for each commit that carries routing evidence.', body: views.RoutingOutcomes },
  handle: async ({ params, principal }, { reads, ledger }: Port) => {
    if (bareId('trajectory', params.id) === null && !z.uuid().safeParse(params.id).success)
      throw new Fault('invalid', 'run.invalid', 'invalid trajectory id', { field: 'id', reason: 'expected the id of a run or of its trajectory' });
    const row = await existing(reads, principal, params.id);
    return { body: { outcomes: views.outcomesView(await ledger.entries(row.tenant, row.trajectoryId, { kind: 'commit', limit: ENTRIES_MAX })) } };
  },
});
