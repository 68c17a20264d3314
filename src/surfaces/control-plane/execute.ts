/** Executing a pattern (seed 001 "Execute Pattern", "Execute with Streaming"): waiting for the result, at once, or followed as it goes. */
import { endsExecution } from '../../contracts/execution/events';
import { hasEnded } from '../../contracts/execution/status';
import { Fault } from '../../errors/fault';
import { resumePoint } from '../http/resume';
import { route, type RouteRequest } from '../http/route';
import type { SseMessage } from '../http/sse';
import { CreateBody, ExecuteBody, ExecuteQuery, PatternParams, StreamQuery } from './execution-bodies';
import type { ExecutionPorts, ExecutionReads, ExecutionRow } from './execution-ports';
import { Accepted, Created, eventData, Executed, executedView, ExecutionEvent, statusUrl } from './execution-views';
import type { WebhookPorts } from './webhooks';

interface Port {
  readonly executions: ExecutionPorts;
}
interface WebhookPort {
  readonly webhooks: WebhookPorts;
}

const resource = 'execution';
const EXAMPLE = { input: { content: 'Document to classify' }, options: { timeout: 30_000, priority: 'high', metadata: { requestId: 'req_123' } } };

type Asked = Pick<RouteRequest, 'principal' | 'idempotencyKey' | 'requestId'>;

const begin = (
  { gateway }: ExecutionPorts,
  asked: Asked,
  pattern: string,
  version: string | undefined,
  { input, options }: ExecuteBody,
  beforeStart?: (id: string) => Promise<void>,
) =>
  gateway.start(
    asked.principal,
    {
      ...{ pattern, version: version ?? null, input, timeoutMs: options.timeout ?? null },
      ...{ priority: options.priority ?? 'normal', metadata: options.metadata ?? {} },
    },
    { idempotencyKey: asked.idempotencyKey, requestId: asked.requestId, ...(beforeStart && { beforeStart }) },
  );

const replayedHeader = (replayed: boolean): Record<string, string> => (replayed ? { 'Idempotency-Replayed': 'true' } : {});

export const executePattern = route({
  method: 'post',
  path: '/api/patterns/:name/execute',
  summary: 'Execute a pattern, and wait for its result',
  operationId: 'executePattern',
  resource,
  scope: 'executions:write',
  limit: 'execute',
  idempotent: true,
  params: PatternParams,
  query: ExecuteQuery,
  body: ExecuteBody,
  examples: { bodies: { seed: EXAMPLE } },
  reply: {
    status: 200,
    description:
      'The execution has ended: `completed` with a result, `failed` with an error, or `cancelled`. Without enough agents the answer is NO_AGENTS, over its time TIMEOUT.',
    body: Executed,
  },
  also: [{ status: 202, description: 'With `async=true`: it has been accepted.', body: Accepted }],
  faults: [408],
  handle: async (request, { executions }: Port) => {
    const { params, query, body, principal } = request;
    const { execution, replayed } = await begin(executions, request, params.name, query.version, body);
    const headers = { Location: statusUrl(execution.id), ...replayedHeader(replayed) };
    if (query.async === true)
      return { status: 202, body: { executionId: execution.id, status: execution.status, statusUrl: statusUrl(execution.id) }, headers };
    const ended = await untilEnded(executions, principal.tenant, execution, request.signal);
    return { body: await executedView(executions.reads, principal.tenant, ended), headers };
  },
});

/** The execution once it has ended. Faults: `execution.still_running` (deadline) when that takes longer than is waited, and those by which NO_AGENTS and TIMEOUT are told. */
async function untilEnded({ reads, syncWaitMs }: ExecutionPorts, tenant: string, execution: ExecutionRow, signal: AbortSignal): Promise<ExecutionRow> {
  const { id } = execution;
  if (!hasEnded(execution.status)) await endOf(reads, tenant, execution, AbortSignal.any([signal, AbortSignal.timeout(syncWaitMs)]));
  const row = (await reads.get(tenant, id)) ?? execution;
  const where = { executionId: id, status: row.status, statusUrl: statusUrl(id) };
  if (!hasEnded(row.status))
    throw new Fault('deadline', 'execution.still_running', 'The execution goes on; its address tells when it has ended.', { ...where, waitedMs: syncWaitMs });
  if (row.error?.code === 'agents.none') throw new Fault('unavailable', 'agents.none', row.error.message, { ...row.error.details, ...where });
  if (row.error?.code === 'execution.timeout') throw new Fault('deadline', 'execution.timeout', row.error.message, { ...row.error.details, ...where });
  return row;
}

/** Resolves with its last event, or when the signal aborts. */
async function endOf(reads: ExecutionReads, tenant: string, { id, lastSeq }: ExecutionRow, signal: AbortSignal): Promise<void> {
  for await (const event of reads.follow(tenant, id, lastSeq, signal)) if (endsExecution(event.type)) return;
}

export const streamPattern = route({
  method: 'post',
  path: '/api/patterns/:name/execute/stream',
  summary: 'Execute a pattern, and follow it',
  operationId: 'streamPattern',
  resource,
  scope: 'executions:write',
  limit: 'execute',
  idempotent: true,
  params: PatternParams,
  query: StreamQuery,
  body: ExecuteBody,
  examples: { bodies: { seed: EXAMPLE } },
  reply: {
    status: 200,
    description:
      '`started`, `agent_result` for each answer, and at the end `completed`, `failed` or `cancelled`. A client that goes away does not end the execution: `GET /api/executions/{id}/events` goes on, and so does this request, sent again with its Idempotency-Key and Last-Event-ID.',
    stream: true,
    events: { started: ExecutionEvent, agent_result: ExecutionEvent, completed: ExecutionEvent, failed: ExecutionEvent, cancelled: ExecutionEvent },
  },
  also: [{ status: 204, description: 'To a repeated request: the execution has ended and everything was read.' }],
  handle: async (request, { executions }: Port) => {
    const { params, query, body, principal } = request;
    const seen = resumePoint(request) ?? 0;
    const { execution, replayed } = await begin(executions, request, params.name, query.version, body);
    // Of an execution that begins now nothing was seen: the id is one of another stream.
    const after = replayed ? seen : 0;
    if (hasEnded(execution.status) && after >= execution.lastSeq) return { status: 204 };
    return { messages: (signal) => told(executions.reads, principal.tenant, { id: execution.id, after }, query.events === 'all', signal) };
  },
});

const SEED_EVENTS: readonly string[] = ['started', 'agent_result', 'completed', 'failed', 'cancelled'];

async function* told(
  reads: ExecutionReads,
  tenant: string,
  { id, after }: { readonly id: string; readonly after: number },
  all: boolean,
  signal: AbortSignal,
): AsyncIterable<SseMessage> {
  for await (const event of reads.follow(tenant, id, after, signal)) {
    if (all || SEED_EVENTS.includes(event.type))
      yield { id: String(event.seq), event: event.type, data: { executionId: id, ...(await eventData(reads, tenant, event)) } };
    if (endsExecution(event.type)) return;
  }
}

export const createExecution = route({
  method: 'post',
  path: '/api/executions',
  summary: 'Execute a pattern without waiting',
  operationId: 'createExecution',
  resource,
  scope: 'executions:write',
  limit: 'execute',
  faults: [404],
  idempotent: true,
  body: CreateBody,
  examples: { bodies: { classify: { patternName: 'content-classifier', input: { content: 'Document to classify' } } } },
  reply: { status: 202, description: 'It has been accepted.', body: Created },
  handle: async (request, { executions, webhooks }: Port & WebhookPort) => {
    const { patternName, version, input, options, webhook } = request.body;
    if (webhook) webhooks.checkUrlOf(webhook);
    const { stream, ...rest } = options;
    const { execution, replayed } = await begin(
      executions,
      request,
      patternName,
      version,
      { input, options: rest },
      webhook && ((id) => webhooks.ofExecution(request.principal, id, webhook)),
    );
    const url = statusUrl(execution.id);
    return {
      body: {
        ...{ id: execution.id, executionId: execution.id, status: 'accepted' as const, message: 'The execution has been accepted.', statusUrl: url },
        ...(stream === true && { streamUrl: `${url}/events/stream` }),
        webhookConfigured: webhook !== undefined,
      },
      headers: { Location: url, ...replayedHeader(replayed) },
    };
  },
});
