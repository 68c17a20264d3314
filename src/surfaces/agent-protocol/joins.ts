/** Runs of the Agent Protocol while they run: streamed, waited for, cancelled. */
import type { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import type { RunEnd } from '../../domain/conversation/clients/said';
import { threadNamed } from '../../domain/conversation/clients/thread-name';
import { followRun, runOf, threadNow, type ConversationPorts, type Following } from '../../gateway/conversation-following';
import { Fault } from '../../errors/fault';
import { route, type RouteRequest } from '../http/route';
import type { SseAnswer, SseMessage } from '../http/sse';
import * as bodies from './bodies';
import { keyed } from '../http/keyed';
import { begin, located, pathOf, type Begun } from './runs';
import { placeOf, RunStream, Values, type Place, type StreamMode } from './stream';
import { valuesOf } from './views';

const resource = 'thread';
/** Nobody waits longer for a run in one request. */
const WAIT_MAX_MS = 60 * 60_000;

interface Streaming extends Following {
  readonly agentId: string;
  readonly modes: readonly StreamMode[];
  readonly cancelOnDisconnect: boolean;
  readonly from?: Place | null;
}

type Asking = Pick<RouteRequest, 'principal' | 'signal' | 'idempotencyKey' | 'requestId'>;

async function streamOf(
  ports: ConversationPorts,
  request: Asking,
  { agentId, modes, cancelOnDisconnect, from = null, ...following }: Streaming,
): Promise<SseAnswer> {
  const { principal } = request;
  const followed = await followRun(ports, principal, following);
  const { threadId, runId } = following;
  const stream = new RunStream({ threadId, runId, assistantId: agentId, modes, from }, followed.before);
  return {
    headers: streamHeaders(following, { modes, cancelOnDisconnect }),
    breaksOff: true,
    messages: async function* (signal): AsyncGenerator<SseMessage, void, void> {
      let over = false;
      try {
        yield stream.begin();
        for await (const said of followed.says(signal)) {
          over = said.type === 'ended' || said.type === 'asked';
          yield* stream.push(said);
        }
      } finally {
        if (cancelOnDisconnect && !over && request.signal.aborted) await cancelled(ports, request, { threadId, runId }, 'The reader of its stream left.');
      }
    },
  };
}

/** Where a client comes back to when the stream breaks off, to hear it as it asked for it. */
function streamHeaders(
  run: Pick<Begun, 'threadId' | 'runId'>,
  { modes, cancelOnDisconnect }: Pick<Streaming, 'modes' | 'cancelOnDisconnect'>,
): Record<string, string> {
  const query = new URLSearchParams({ stream_mode: modes.join(','), ...(cancelOnDisconnect && { cancel_on_disconnect: '1' }) });
  return { 'Content-Location': pathOf(run), Location: `${pathOf(run)}/stream?${query.toString()}` };
}

/** One that has ended by then stays as it is. */
async function cancelled(
  { conversations }: ConversationPorts,
  { principal, ...request }: Asking,
  run: Pick<Begun, 'threadId' | 'runId'>,
  reason: string,
): Promise<void> {
  await conversations.cancelRun(principal, { ...run, reason }, keyed({ ...request, idempotencyKey: null })).catch((thrown: unknown) => {
    if (!(thrown instanceof Fault) || (thrown.kind !== 'conflict' && thrown.kind !== 'not_found')) throw thrown;
  });
}

const modesOf = (given: StreamMode | readonly StreamMode[] | null | undefined): readonly StreamMode[] =>
  given == null ? ['values'] : typeof given === 'string' ? [given] : given;

interface Joined {
  readonly values: z.output<typeof Values>;
}

/** Waits for the end of the run or its question; the thread's values then. Fault `conversation.still_running` (deadline). */
async function joined(ports: ConversationPorts, principal: Principal, following: Following, signal: AbortSignal): Promise<Joined> {
  const followed = await followRun(ports, principal, following);
  let end: RunEnd | null = null;
  let over = false;
  for await (const said of followed.says(AbortSignal.any([signal, AbortSignal.timeout(WAIT_MAX_MS)]))) {
    over = said.type === 'ended' || said.type === 'asked';
    if (said.type === 'ended') end = said.end;
  }
  if (!over) throw new Fault('deadline', 'conversation.still_running', 'The run goes on; ask for it again.', { runId: following.runId });
  const values = valuesOf(await threadNow(ports, principal, following.threadId));
  if (end?.status !== 'failed') return { values };
  const { code, message } = end.error ?? { code: 'run.failed', message: 'The run failed.' };
  return { values: { ...values, __error__: { error: code, message } } };
}

const EXAMPLE = { assistant_id: 'helper', input: { messages: [{ role: 'user', content: 'What is new?' }] } };
const creating = {
  ...{ method: 'post' as const, resource, scope: 'agent:run' as const, limit: 'execute' as const, bodyRequired: true as const },
  ...{ body: bodies.RunCreate, idempotent: true as const, examples: { bodies: { asking: EXAMPLE } }, faults: [404, 408, 422] },
};
const streamed = {
  status: 200,
  description:
    '`metadata`, then what the modes show, until the run has ended or asks. `Location` is where a client comes back to, below the address that it was given.',
  stream: true as const,
  events: { values: Values },
};

const streaming = (body: bodies.RunCreate) => ({ modes: modesOf(body.stream_mode), cancelOnDisconnect: body.on_disconnect === 'cancel' });

export const streamRun = route({
  ...creating,
  path: '/agent-protocol/threads/:id/runs/stream',
  summary: 'Begin a run in a thread, and follow it',
  operationId: 'streamProtocolRun',
  params: bodies.ThreadParams,
  reply: streamed,
  handle: async (request, ports: ConversationPorts) =>
    streamOf(ports, request, { ...(await begin(ports, request, request.params.id)), ...streaming(request.body) }),
});

export const streamOwnRun = route({
  ...creating,
  path: '/agent-protocol/runs/stream',
  summary: 'Begin a run in a thread of its own, and follow it',
  operationId: 'streamProtocolOwnRun',
  reply: streamed,
  handle: async (request, ports: ConversationPorts) => streamOf(ports, request, { ...(await begin(ports, request, null)), ...streaming(request.body) }),
});

const waited = { status: 200, description: 'The values of the thread once the run has ended or asks; `__error__` of one that failed.', body: Values };

async function waitedFor(ports: ConversationPorts, request: Asking & { readonly body: bodies.RunCreate }, name: string | null) {
  const begun = await begin(ports, request, name);
  const { values } = await joined(ports, request.principal, begun, request.signal);
  return { body: values, headers: located(begun) };
}

export const waitRun = route({
  ...creating,
  path: '/agent-protocol/threads/:id/runs/wait',
  summary: 'Begin a run in a thread, and wait for it',
  operationId: 'waitProtocolRun',
  params: bodies.ThreadParams,
  reply: waited,
  handle: async (request, ports: ConversationPorts) => waitedFor(ports, request, request.params.id),
});

export const waitOwnRun = route({
  ...creating,
  path: '/agent-protocol/runs/wait',
  summary: 'Begin a run in a thread of its own, and wait for it',
  operationId: 'waitProtocolOwnRun',
  reply: waited,
  handle: async (request, ports: ConversationPorts) => waitedFor(ports, request, null),
});

export const joinRun = route({
  method: 'get',
  path: '/agent-protocol/threads/:id/runs/:run/join',
  summary: 'Wait for a run',
  operationId: 'joinProtocolRun',
  scope: 'agent:read',
  params: bodies.RunParams,
  reply: waited,
  faults: [408],
  handle: async ({ params, principal, signal }, ports: ConversationPorts) => {
    const { threadId, runId } = await runOf(ports, principal, threadNamed(params.id), params.run);
    return { body: (await joined(ports, principal, { threadId, runId, after: null }, signal)).values };
  },
});

export const joinStream = route({
  method: 'get',
  path: '/agent-protocol/threads/:id/runs/:run/stream',
  summary: 'Follow a run',
  operationId: 'joinProtocolRunStream',
  scope: 'agent:read',
  /** Leaving may cancel the run, if that is wanted. */
  scopeFor: (search) => (['1', 'true'].includes(search.get('cancel_on_disconnect') ?? '') ? 'agent:run' : 'agent:read'),
  params: bodies.RunParams,
  query: bodies.JoinQuery,
  reply: { ...streamed, description: 'From its beginning, or from the event after `Last-Event-ID`, until it has ended or asks.' },
  handle: async (request, ports: ConversationPorts) => {
    const { params, query, principal } = request;
    const { threadId, runId, agentId } = await runOf(ports, principal, threadNamed(params.id), params.run);
    const from = placeOf(request.headers['last-event-id'] as string | undefined);
    // Of an event that was told in part, the rest is told.
    const after = from && (from.parts > 0 ? from.sequence - 1 : from.sequence);
    const how = { modes: modesOf(query.stream_mode), cancelOnDisconnect: query.cancel_on_disconnect === true };
    return streamOf(ports, request, { threadId, runId, agentId, after, from, ...how });
  },
});

export const cancelRun = route({
  method: 'post',
  path: '/agent-protocol/threads/:id/runs/:run/cancel',
  summary: 'Cancel a run',
  operationId: 'cancelProtocolRun',
  resource,
  scope: 'agent:run',
  params: bodies.RunParams,
  query: bodies.CancelQuery,
  reply: { status: 202, description: 'It has been told; its model call and its tool end within a second.' },
  also: [{ status: 204, description: 'With `wait=1`: it has ended.' }],
  faults: [408],
  handle: async (request, ports: ConversationPorts) => {
    const { params, query, principal } = request;
    const { threadId, runId } = await runOf(ports, principal, threadNamed(params.id), params.run);
    await ports.conversations.cancelRun(principal, { threadId, runId, reason: null }, keyed(request));
    if (query.wait !== true) return { status: 202 };
    await joined(ports, principal, { threadId, runId, after: null }, request.signal);
    return { status: 204 };
  },
});
