/** Executing a pattern (seed 001 "Execute Pattern", "Execute with Streaming"): waiting for the result, at once, or followed as it goes. */
import { endsExecution } from '../../contracts/execution/events';
import { hasEnded } from '../../contracts/execution/status';
import { Fault } from '../../errors/fault';
import { resumePoint } from '../http/resume';
import { replayedHeader } from '../http/keyed';
import { route, type RouteRequest } from '../http/route';
import type { SseMessage } from '../http/sse';
import { CreateBody, ExecuteBody, ExecuteQuery, PatternParams, StreamQuery } from './execution-bodies';
import type { ExecutionPorts, ExecutionReads, ExecutionRow, Listening } from './execution-ports';
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
  more: { readonly beforeStart?: (id: string) => Promise<void>; readonly rowWithinMs?: number } = {},
) =>
  gateway.start(
    asked.principal,
    {
      ...{ pattern, version: version ?? null, input, timeoutMs: options.timeout ?? null },
      ...{ priority: options.priority ?? 'normal', metadata: options.metadata ?? {} },
    },
    { idempotencyKey: asked.idempotencyKey, requestId: asked.requestId, ...more },
  );

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
    const { params, query, body } = request;
    if (query.async === true) {
      const { execution, replayed } = await begin(executions, request, params.name, query.version, body);
      const url = statusUrl(execution.id);
      const headers = { Location: url, ...replayedHeader(replayed) };
      return { status: 202, body: { executionId: execution.id, status: execution.status, statusUrl: url }, headers };
    }
    const { ended, replayed } = await executed(executions, request, params.name, query.version, body);
    return {
      body: await executedView(executions.reads, request.principal.tenant, ended),
      headers: { Location: statusUrl(ended.id), ...replayedHeader(replayed) },
    };
  },
});

/** An execution that has not ended by then gets a row for lists and reads. */
const ROW_WITHIN_MS = 250;

/** Listens before anything is started, so that it need not look whether it has ended. */
async function executed(
  executions: ExecutionPorts,
  asked: Asked & Pick<RouteRequest, 'signal'>,
  pattern: string,
  version: string | undefined,
  body: ExecuteBody,
): Promise<{ readonly ended: ExecutionRow; readonly replayed: boolean }> {
  const { tenant } = asked.principal;
  let listening: Listening | null = null;
  try {
    const { execution, replayed, heard } = await begin(executions, asked, pattern, version, body, {
      beforeStart: async (id) => void (listening = await executions.reads.ending(tenant, id)),
      rowWithinMs: ROW_WITHIN_MS,
    });
    const ended = await untilEnded(executions, tenant, { execution, listening }, asked.signal);
    heard?.();
    return { ended, replayed };
  } finally {
    (listening as Listening | null)?.stop();
  }
}

/** The execution once it has ended. Faults: `execution.still_running` (deadline) when that takes longer than is waited, and those by which NO_AGENTS and TIMEOUT are told. */
async function untilEnded(
  { reads, syncWaitMs }: ExecutionPorts,
  tenant: string,
  { execution, listening }: { readonly execution: ExecutionRow; readonly listening: Listening | null },
  signal: AbortSignal,
): Promise<ExecutionRow> {
  const { id } = execution;
  const row = await endOf(reads, tenant, { execution, listening }, AbortSignal.any([signal, AbortSignal.timeout(syncWaitMs)]));
  const where = { executionId: id, status: row.status, statusUrl: statusUrl(id) };
  if (!hasEnded(row.status))
    throw new Fault('deadline', 'execution.still_running', 'The execution goes on; its address tells when it has ended.', { ...where, waitedMs: syncWaitMs });
  if (row.error?.code === 'agents.none') throw new Fault('unavailable', 'agents.none', row.error.message, { ...row.error.details, ...where });
  if (row.error?.code === 'execution.timeout') throw new Fault('deadline', 'execution.timeout', row.error.message, { ...row.error.details, ...where });
  return row;
}

/** Whoever has heard nothing for so long looks: a notification may be late or lost. */
const LOOK_MS = 5_000;

/** The row as it is when it has ended, or when the signal aborts. `listening`: since before the row could change. */
async function endOf(
  reads: ExecutionReads,
  tenant: string,
  { execution, listening }: { readonly execution: ExecutionRow; readonly listening: Listening | null },
  signal: AbortSignal,
): Promise<ExecutionRow> {
  let row = execution;
  const look = async (): Promise<void> => void (row = (await reads.get(tenant, execution.id)) ?? row);
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  let again: NodeJS.Timeout | undefined;
  for (let now = listening; !hasEnded(row.status) && !signal.aborted; now = null) {
    const heard = now ?? (await reads.ending(tenant, execution.id));
    try {
      if (!now) await look();
      if (hasEnded(row.status)) break;
      await Promise.race([heard.heard, aborted, new Promise((resolve) => (again = setTimeout(resolve, LOOK_MS)))]);
      await look();
    } finally {
      clearTimeout(again);
      heard.stop();
    }
  }
  return row;
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
      webhook && { beforeStart: (id) => webhooks.ofExecution(request.principal, id, webhook) },
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
