/** Executions afterwards and meanwhile (seed 001 "Executions"): read, followed, cancelled, answered, tried again, counted. */
import { z } from 'zod';
import { endsExecution } from '../../contracts/execution/events';
import { hasEnded } from '../../contracts/execution/status';
import { Fault } from '../../errors/fault';
import { pageOf } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { followed, readOrFollow, type EventSource } from './actor-events';
import { ApproveBody, CancelBody, DaysQuery, EventsQuery, ExecutionParams, ExecutionQuery, HoursQuery } from './execution-bodies';
import type { ExecutionPorts, ExecutionReads, ExecutionRow } from './execution-ports';
import * as views from './execution-views';

interface Port {
  readonly executions: ExecutionPorts;
}

const resource = 'execution';
const accepted = z.literal(true).optional().describe('Present when no worker answered in time: the command is on its way and will be done once.');

export async function existing(reads: ExecutionReads, tenant: string, id: string): Promise<ExecutionRow> {
  const row = await reads.get(tenant, id);
  if (!row) throw new Fault('not_found', 'execution.not_found', 'There is no execution of this id.', { executionId: id });
  return row;
}

export const listExecutions = route({
  method: 'get',
  path: '/api/executions',
  summary: 'List executions, newest first',
  operationId: 'listExecutions',
  scope: 'executions:read',
  query: ExecutionQuery,
  reply: { status: 200, description: 'A page of executions; `total` counts all that the filter finds.', body: views.ExecutionList },
  handle: async ({ query: { batch, parent, ...query }, principal }, { executions }: Port) => {
    const { executions: found, total } = await executions.reads.list(principal.tenant, { ...query, batchId: batch, parentId: parent });
    return { body: { executions: found.map(views.listItem), ...pageOf(query, found.length, total) } };
  },
});

export const getExecution = route({
  method: 'get',
  path: '/api/executions/:id',
  summary: 'Read an execution',
  operationId: 'getExecution',
  scope: 'executions:read',
  params: ExecutionParams,
  reply: { status: 200, description: 'The execution, with what each agent answered.', body: views.Execution },
  handle: async ({ params, principal }, { executions: { reads } }: Port) => {
    const row = await existing(reads, principal.tenant, params.id);
    return { body: await views.executionView(reads, principal.tenant, row) };
  },
});

const STREAM_EVENTS = { '*': views.ExecutionEvent };

export const readExecutionEvents = route({
  method: 'get',
  path: '/api/executions/:id/events',
  summary: 'Read the events of an execution, or follow them',
  operationId: 'readExecutionEvents',
  scope: 'executions:read',
  params: ExecutionParams,
  query: EventsQuery,
  reply: {
    status: 200,
    description: 'A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the execution ends.',
    body: views.ExecutionEventList,
    stream: true,
    events: STREAM_EVENTS,
  },
  also: [{ status: 204, description: 'To a stream: the execution has ended and everything was read. Browsers stop to reconnect.' }],
  handle: async (request, { executions: { reads } }: Port) => {
    const { params, query, principal } = request;
    const row = await existing(reads, principal.tenant, params.id);
    return readOrFollow(request, query, eventsOf(reads, principal.tenant, row));
  },
});

export const streamExecutionEvents = route({
  method: 'get',
  path: '/api/executions/:id/events/stream',
  summary: 'Follow the events of an execution',
  operationId: 'streamExecutionEvents',
  scope: 'executions:read',
  params: ExecutionParams,
  query: EventsQuery,
  reply: { status: 200, description: 'As `GET …/events` with `Accept: text/event-stream`.', stream: true, events: STREAM_EVENTS },
  also: [{ status: 204, description: 'The execution has ended and everything was read.' }],
  handle: async (request, { executions: { reads } }: Port) => {
    const { params, query, principal } = request;
    const row = await existing(reads, principal.tenant, params.id);
    return followed(request, query, eventsOf(reads, principal.tenant, row));
  },
});

const eventsOf = (reads: ExecutionReads, tenant: string, row: ExecutionRow): EventSource<z.output<typeof views.ExecutionEvent>> => ({
  ...{ lastSeq: row.lastSeq, over: hasEnded(row.status), ends: endsExecution },
  page: (page) => reads.events(tenant, row.id, page),
  follow: (after, signal) => reads.follow(tenant, row.id, after, signal),
  view: (event) => views.eventView(reads, tenant, row.id, event),
});

export const cancelExecution = route({
  method: 'post',
  path: '/api/executions/:id/cancel',
  summary: 'Cancel an execution',
  operationId: 'cancelExecution',
  resource,
  scope: 'executions:write',
  params: ExecutionParams,
  body: CancelBody,
  reply: {
    status: 200,
    description: 'It is cancelled: its agents are told, its sub-patterns and threads are stopped. Cancelling again shows the first cancellation.',
    body: z.object({
      executionId: z.string(),
      status: z.literal('cancelled'),
      cancelledAt: z.iso.datetime().optional(),
      reason: z.string().optional(),
      accepted,
    }),
  },
  handle: async ({ params, body, principal, requestId, idempotencyKey }, { executions }: Port) => {
    const input = body.reason === undefined ? {} : { reason: body.reason };
    const done = await executions.gateway.cancel(principal, params.id, input, { requestId: idempotencyKey ?? requestId });
    const told =
      done.status === 'done'
        ? { cancelledAt: done.reply.cancelledAt, ...(done.reply.reason !== null && { reason: done.reply.reason }) }
        : { accepted: true as const };
    return { body: { executionId: params.id, status: 'cancelled' as const, ...told } };
  },
});

export const approveExecution = route({
  method: 'post',
  path: '/api/executions/:id/approve',
  summary: 'Answer what an execution asks a person',
  operationId: 'approveExecution',
  resource,
  scope: 'executions:write',
  idempotent: true,
  params: ExecutionParams,
  body: ApproveBody,
  examples: { bodies: { yes: { approve: true } } },
  reply: {
    status: 200,
    description: 'The answer. Answering again changes nothing and shows the first one.',
    body: z.object({
      executionId: z.string(),
      ...{ approvalId: z.string().optional(), approve: z.boolean().optional(), answeredBy: z.string().optional(), answeredAt: z.iso.datetime().optional() },
      ...{ repeated: z.boolean().optional(), accepted },
    }),
  },
  handle: async ({ params, body, principal, requestId, idempotencyKey }, { executions }: Port) => {
    const done = await executions.gateway.approve(principal, params.id, body, { requestId: idempotencyKey ?? requestId });
    if (done.status !== 'done') return { body: { executionId: params.id, accepted: true as const } };
    const { approvalId, approve, answeredBy, answeredAt, repeated } = done.reply;
    return { body: { executionId: params.id, approvalId, approve, answeredBy, answeredAt, repeated } };
  },
});

export const retryExecution = route({
  method: 'post',
  path: '/api/executions/:id/retry',
  summary: 'Execute again with the same input',
  operationId: 'retryExecution',
  resource,
  scope: 'executions:write',
  limit: 'execute',
  idempotent: true,
  params: ExecutionParams,
  body: z.strictObject({}),
  reply: {
    status: 201,
    description: 'A new execution of the plan that the first one had.',
    body: z.object({ originalExecutionId: z.string(), newExecutionId: z.string(), status: z.string(), statusUrl: z.string() }),
  },
  handle: async ({ params, principal, idempotencyKey, requestId }, { executions }: Port) => {
    const { execution, replayed } = await executions.gateway.retry(principal, params.id, { idempotencyKey, requestId });
    const headers = { Location: views.statusUrl(execution.id), ...replayedHeader(replayed) };
    const body = { originalExecutionId: params.id, newExecutionId: execution.id, status: execution.status, statusUrl: views.statusUrl(execution.id) };
    return { body, headers };
  },
});

export const executionSummary = route({
  method: 'get',
  path: '/api/executions/stats/summary',
  summary: 'Count executions',
  operationId: 'executionSummary',
  scope: 'executions:read',
  reply: { status: 200, description: 'Over all executions of the tenant.', body: views.Summary },
  handle: async ({ principal }, { executions }: Port) => ({ body: views.summaryView(await executions.reads.summary(principal.tenant)) }),
});

export const executionsByHour = route({
  method: 'get',
  path: '/api/executions/stats/hourly',
  summary: 'Count executions by hour',
  operationId: 'executionsByHour',
  scope: 'executions:read',
  query: HoursQuery,
  reply: { status: 200, description: 'The last hours (UTC), oldest first; those without an execution too.', body: views.Hourly },
  handle: async ({ query, principal }, { executions }: Port) => {
    const periods = await executions.reads.periods(principal.tenant, 'hour', query.hours);
    return { body: { stats: periods.map(({ from, ...counts }) => ({ hour: from, ...views.periodView(counts) })) } };
  },
});

export const executionsByDay = route({
  method: 'get',
  path: '/api/executions/stats/daily',
  summary: 'Count executions by day',
  operationId: 'executionsByDay',
  scope: 'executions:read',
  query: DaysQuery,
  reply: { status: 200, description: 'The last days (UTC), oldest first; those without an execution too.', body: views.Daily },
  handle: async ({ query, principal }, { executions }: Port) => {
    const periods = await executions.reads.periods(principal.tenant, 'day', query.days);
    return { body: { stats: periods.map(({ from, ...counts }) => ({ day: from, ...views.periodView(counts) })) } };
  },
});
