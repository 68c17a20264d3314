/** Reading the audit log (digest: parallax §2.14 "Audit"). */
import { z } from 'zod';
import { AUDIT_OUTCOMES, type AuditFilter, type AuditRecord } from '../../contracts/audit';
import { NO_TENANT } from '../../contracts/tenant';
import { Fault } from '../../errors/fault';
import { pageOf, PAGE_FIELDS, pageShape, queryFlag } from '../http/paging';
import { route } from '../http/route';

const AuditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    tenant: z.string(),
    subject: z.string().describe('Who asked.'),
    keyId: z.string().nullable().describe('The API key that was sent, where one was.'),
    action: z.string().describe('The surface and the operation, such as managed-threads.sendToThread.'),
    resourceType: z.string(),
    resourceId: z.string().nullable(),
    outcome: z.enum(AUDIT_OUTCOMES).describe('`unknown`: it is under way, or the process was killed before it ended.'),
    status: z.int().nullable().describe('The HTTP status of the answer.'),
    code: z.string().nullable().describe('Why it was refused or failed.'),
    requestId: z.string(),
    address: z.string().nullable().describe('The address of the client, as far as trusted proxies tell.'),
    settledAt: z.iso.datetime().nullable(),
    count: z.int().describe('How many requests it stands for. Failed credentials of one kind and minute are counted; everything else is 1.'),
  })
  .meta({ id: 'AuditEntry' });

export interface AuditReads {
  list(tenant: string, filter: AuditFilter): Promise<{ readonly rows: readonly AuditRecord[]; readonly total: number }>;
}

const word = z.string().min(1).max(256).optional();
const time = z.iso.datetime({ offset: true }).optional();

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

/** As the database reads times: in UTC, with a year of four digits. Nothing was written before the first, and nothing will be after the last. */
const instant = (given: string | undefined): string | undefined =>
  given === undefined ? undefined : new Date(Math.min(Math.max(Date.parse(given), FIRST), LAST)).toISOString();

export const listAudit = route({
  method: 'get',
  path: '/api/audit',
  summary: 'Read the audit log, newest first',
  operationId: 'listAudit',
  scope: 'admin',
  query: z.object({
    userId: word.describe('The subject.'),
    action: word,
    resource: word.describe('The type of the resource.'),
    resourceId: word,
    status: z.enum(AUDIT_OUTCOMES).optional().describe('The outcome.'),
    startDate: time.describe('At or after.'),
    endDate: time.describe('Before.'),
    unattributed: queryFlag.optional().describe('Entries of no tenant instead: credentials that nobody knows. For operators.'),
    ...pageShape({ limit: 100, max: 1_000 }),
  }),
  reply: { status: 200, description: 'A page of entries.', body: z.object({ logs: z.array(AuditEntry), ...PAGE_FIELDS }) },
  handle: async ({ query, principal }, { audit }: { readonly audit: AuditReads }) => {
    const { userId: subject, resource: resourceType, status: outcome, startDate, endDate, unattributed, ...rest } = query;
    if (unattributed && !principal.operator)
      throw new Fault('forbidden', 'access.operator_only', 'Only operators may read entries of no tenant.', { field: 'unattributed' });
    const [since, until] = [instant(startDate), instant(endDate)];
    const { rows, total } = await audit.list(unattributed ? NO_TENANT : principal.tenant, { ...rest, subject, resourceType, outcome, since, until });
    return { body: { logs: rows, ...pageOf(query, rows.length, total) } };
  },
});
