/** Batches (seed 001 "Batch Operations"). */
import { z } from 'zod';
import {
  BATCH_CONCURRENCY_DEFAULT,
  BATCH_CONCURRENCY_MAX,
  BATCH_EVENT_TYPES,
  BATCH_INPUTS_MAX,
  type BatchEventType,
  type BatchItem,
  type BatchProjection,
} from '../../contracts/execution/batch';
import type { cancel } from '../../contracts/execution/commands';
import { EXECUTION_STATUSES, hasEnded } from '../../contracts/execution/status';
import { endsExecution } from '../../contracts/execution/events';
import type { StoredValue } from '../../contracts/execution/value';
import { NAME_MAX } from '../../contracts/pattern/bounds';
import type { Json } from '../../contracts/pattern/json';
import type { Principal } from '../../contracts/principal';
import type { Commanded } from '../../gateway/doors';
import { Fault } from '../../errors/fault';
import { PAGE_FIELDS, pageOf, pageQuery } from '../http/paging';
import { eventPage, EVENT_PAGE_FIELDS } from '../http/resume';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { readOrFollow, type EventSource } from './actor-events';
import { CancelBody, ExecutionParams, inputField, metadataField, priorityField, timeoutField } from './execution-bodies';
import type { EventRow } from './execution-ports';
import { statusUrl as executionUrl } from './execution-views';

export interface BatchRow extends BatchProjection {
  readonly id: string;
  readonly lastSeq: number;
}

interface BatchRequest {
  readonly pattern: string;
  readonly version: string | null;
  readonly inputs: readonly Json[];
  readonly concurrency: number;
  readonly stopOnError: boolean;
  readonly timeoutMs: number | null;
  readonly priority: z.output<typeof priorityField>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Faults: `batch.not_found`, `batch.ended` (conflict), `pattern.not_found`, `execution.input_invalid`. */
export interface BatchPorts {
  start(
    principal: Principal,
    request: BatchRequest,
    keyed: { readonly idempotencyKey: string | null; readonly requestId: string },
  ): Promise<{ readonly batch: BatchRow; readonly replayed: boolean }>;
  cancel(
    principal: Principal,
    id: string,
    input: { readonly reason?: string },
    request: { readonly requestId: string },
  ): Promise<Commanded<z.output<typeof cancel.reply>>>;
  get(tenant: string, id: string): Promise<BatchRow | null>;
  /** In order of the inputs. */
  items(tenant: string, batch: BatchRow, page: { readonly limit: number; readonly offset: number }): Promise<readonly BatchItem[]>;
  value(tenant: string, stored: StoredValue): Promise<unknown>;
  events(tenant: string, id: string, page: { readonly after: number; readonly limit: number; readonly types: readonly string[] }): Promise<readonly EventRow[]>;
  follow(tenant: string, id: string, after: number, signal: AbortSignal): AsyncIterable<EventRow>;
}

interface Port {
  readonly batches: BatchPorts;
}

const resource = 'batch';
const count = z.int().min(0);

const BatchBody = z
  .strictObject({
    pattern: z.string().min(1).max(NAME_MAX),
    version: z.string().min(1).max(NAME_MAX).optional().describe('A version or a range; without it the newest.'),
    inputs: z.array(inputField).min(1).max(BATCH_INPUTS_MAX),
    options: z
      .strictObject({
        concurrency: z.int().min(1).max(BATCH_CONCURRENCY_MAX).default(BATCH_CONCURRENCY_DEFAULT),
        stopOnError: z.boolean().default(false).describe('After a failed execution no further one is started, and the batch fails.'),
        timeout: timeoutField.optional().describe('Of each execution, in milliseconds.'),
        priority: priorityField.optional(),
        metadata: metadataField.optional(),
      })
      .default({ concurrency: BATCH_CONCURRENCY_DEFAULT, stopOnError: false }),
  })
  .meta({ id: 'BatchInput' });

const Item = z.object({
  index: count,
  executionId: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  result: z.unknown().optional(),
  confidence: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  duration: count.optional(),
});

/** A batch that no worker has taken up is `running` too: the seed knows no other word for one that was accepted. */
const BatchStatus = z.enum(EXECUTION_STATUSES).exclude(['pending']);

const head = {
  batchId: z.string(),
  pattern: z.object({ name: z.string(), version: z.string() }),
  status: BatchStatus,
  total: count.describe('Inputs.'),
  completed: count,
  failed: count,
  statusUrl: z.string(),
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  cancelled: z.object({ by: z.string(), reason: z.string().nullable(), at: z.iso.datetime() }).optional(),
};
const StartedBatch = z.object(head).meta({ id: 'StartedBatch' });
const { total, ...page } = PAGE_FIELDS;
const Batch = z.object({ ...head, results: z.array(Item).describe('In order of the inputs, from `offset` on.'), ...page }).meta({ id: 'Batch' });

const BatchEvent = z
  .object({ id: z.string(), seq: z.int().min(1), batchId: z.string(), time: z.iso.datetime(), type: z.string(), data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'BatchEvent' });

const batchUrl = (id: string): string => `/api/batch/${encodeURIComponent(id)}`;

const headView = ({ id, start, status, completed, failed, completedAt, error, cancel: cancelled }: BatchRow): z.output<typeof StartedBatch> => ({
  ...{ batchId: id, pattern: { name: start.patternName, version: start.patternVersion }, total: start.total, completed, failed },
  ...{ status: status === 'pending' ? ('running' as const) : status, statusUrl: batchUrl(id), createdAt: start.createdAt },
  ...(completedAt !== null && { completedAt }),
  ...(error && { error: { ...error } }),
  ...(cancelled && { cancelled: { ...cancelled } }),
});

async function itemView(
  { value }: BatchPorts,
  tenant: string,
  { index, executionId, status, result, confidence, error, durationMs }: BatchItem,
): Promise<z.output<typeof Item>> {
  return {
    ...{ index, executionId, status },
    ...(result !== null && { result: await value(tenant, result) }),
    ...(confidence !== null && { confidence }),
    ...(error && { error: { code: error.code, message: error.message } }),
    ...(durationMs !== null && { duration: durationMs }),
  };
}

async function existing(batches: BatchPorts, tenant: string, id: string): Promise<BatchRow> {
  const row = await batches.get(tenant, id);
  if (!row) throw new Fault('not_found', 'batch.not_found', 'There is no batch of this id.', { batchId: id });
  return row;
}

export const executeBatch = route({
  method: 'post',
  path: '/api/batch/execute',
  summary: 'Execute a pattern for many inputs',
  operationId: 'executeBatch',
  resource,
  scope: 'executions:write',
  limit: 'execute',
  faults: [404],
  idempotent: true,
  body: BatchBody,
  examples: {
    bodies: {
      seed: { pattern: 'content-classifier', inputs: [{ content: 'Document 1' }, { content: 'Document 2' }], options: { concurrency: 5, stopOnError: false } },
    },
  },
  reply: { status: 202, description: 'It has been accepted, and goes on without its caller.', body: StartedBatch },
  handle: async ({ body, principal, idempotencyKey, requestId }, { batches }: Port) => {
    const { timeout, priority, metadata, ...options } = body.options;
    const request = { ...options, pattern: body.pattern, version: body.version ?? null, inputs: body.inputs };
    const rest = { timeoutMs: timeout ?? null, priority: priority ?? ('normal' as const), metadata: metadata ?? {} };
    const { batch, replayed } = await batches.start(principal, { ...request, ...rest }, { idempotencyKey, requestId });
    const headers = { Location: batchUrl(batch.id), ...replayedHeader(replayed) };
    return { body: headView(batch), headers };
  },
});

export const getBatch = route({
  method: 'get',
  path: '/api/batch/:id',
  summary: 'Read a batch and a page of its results',
  operationId: 'getBatch',
  scope: 'executions:read',
  params: ExecutionParams,
  query: pageQuery({ limit: 100, max: 500 }),
  reply: {
    status: 200,
    description: `The batch. Each result is that of the execution at its address (\`${executionUrl('exec_…')}\`), without what its agents said.`,
    body: Batch,
  },
  handle: async ({ params, query, principal }, { batches }: Port) => {
    const batch = await existing(batches, principal.tenant, params.id);
    const items = await batches.items(principal.tenant, batch, query);
    const results = await Promise.all(items.map((item) => itemView(batches, principal.tenant, item)));
    return { body: { ...headView(batch), results, ...pageOf(query, results.length, batch.start.total) } };
  },
});

export const cancelBatch = route({
  method: 'post',
  path: '/api/batch/:id/cancel',
  summary: 'Cancel a batch',
  operationId: 'cancelBatch',
  resource,
  scope: 'executions:write',
  params: ExecutionParams,
  body: CancelBody,
  reply: {
    status: 200,
    description: 'It is cancelled: executions in hand are cancelled too, the rest is not started. Cancelling again shows the first cancellation.',
    body: z.object({ batchId: z.string(), status: z.literal('cancelled'), cancelledAt: z.iso.datetime().optional(), accepted: z.literal(true).optional() }),
  },
  handle: async ({ params, body, principal, requestId, idempotencyKey }, { batches }: Port) => {
    const done = await batches.cancel(principal, params.id, body.reason === undefined ? {} : { reason: body.reason }, {
      requestId: idempotencyKey ?? requestId,
    });
    const told = done.status === 'done' ? { cancelledAt: done.reply.cancelledAt } : { accepted: true as const };
    return { body: { batchId: params.id, status: 'cancelled' as const, ...told } };
  },
});

export const readBatchEvents = route({
  method: 'get',
  path: '/api/batch/:id/events',
  summary: 'Read the events of a batch, or follow them',
  operationId: 'readBatchEvents',
  scope: 'executions:read',
  params: ExecutionParams,
  query: z.object({
    ...eventPage,
    type: z
      .array(z.enum(BATCH_EVENT_TYPES as [BatchEventType, ...BatchEventType[]]))
      .max(20)
      .optional(),
  }),
  reply: {
    status: 200,
    description: 'A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the batch ends.',
    body: z.object({ events: z.array(BatchEvent), ...EVENT_PAGE_FIELDS }).meta({ id: 'BatchEventList' }),
    stream: true,
    events: { '*': BatchEvent },
  },
  also: [{ status: 204, description: 'To a stream: the batch has ended and everything was read.' }],
  handle: async (request, { batches }: Port) => {
    const { tenant } = request.principal;
    const row = await existing(batches, tenant, request.params.id);
    const source: EventSource<z.output<typeof BatchEvent>> = {
      ...{ lastSeq: row.lastSeq, over: hasEnded(row.status), ends: endsExecution },
      page: (asked) => batches.events(tenant, row.id, asked),
      follow: (after, signal) => batches.follow(tenant, row.id, after, signal),
      view: ({ seq, at, type, data }) => Promise.resolve({ id: `${row.id}/${seq}`, seq, batchId: row.id, time: at, type, data: { ...data } }),
    };
    return readOrFollow(request, request.query, source);
  },
});
