/** The stream of an execution's threads, and only of those. The envelope is that of the seed's server; `id` and resuming are ours. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import { wantsStream } from '../http/resume';
import { route, type RouteRequest } from '../http/route';
import type { SseMessage } from '../http/sse';
import { SpawnThread, ThreadId } from '../../contracts/managed-thread/spawn';
import { CURSOR, type EventRow, type ManagedThreadPorts, type ThreadRow } from './ports';

const Connected = z.object({ executionId: z.string(), threadIds: z.array(z.string()).nullable() });
const ExecutionMessage = z
  .object({
    executionId: z.string(),
    threadId: z.string(),
    type: z.string().describe('`gateway_` and the type of the event.'),
    data: z.object({
      thread_id: z.string(),
      event_type: z.string(),
      role: z.string().optional(),
      name: z.string().optional(),
      data_json: z.string().describe('The data of the event, as JSON.'),
      timestamp_ms: z.number(),
      sequence: z.int().min(1),
    }),
    timestamp: z.string(),
  })
  .meta({ id: 'ExecutionMessage' });

const THREADS_MAX = 500;
const CURSOR_REASON = 'expected the id of a message of this stream';

const Query = z.object({
  threadIds: z.string().max(50_000).optional().describe('Ids separated by commas: only these threads.'),
  after: z.string().regex(CURSOR, CURSOR_REASON).optional().describe('The id of the last message that was seen, where `Last-Event-ID` cannot be sent.'),
});

export const streamExecution = route({
  operationId: 'streamExecution',
  method: 'get',
  path: '/api/executions/:id/threads/stream',
  summary: "Follow the events of an execution's threads",
  scope: 'threads:read',
  params: z.object({ id: SpawnThread.shape.executionId }),
  query: Query,
  reply: {
    status: 200,
    description: 'First `connected`, then history and what happens. Does not end by itself: an execution may get another thread.',
    stream: true,
    events: { connected: Connected, 'thread_*': ExecutionMessage },
  },
  faults: [406],
  handle: async (request, ports: ManagedThreadPorts) => {
    if (request.headers.accept !== undefined && !wantsStream(request) && !request.headers.accept.includes('*/*')) {
      throw new Fault('invalid', 'request.not_acceptable', 'This address answers only with text/event-stream.', { served: ['text/event-stream'] });
    }
    const threadIds = idsOf(request.query.threadIds);
    const after = cursorOf(request) ?? request.query.after ?? null;
    return { messages: (signal) => follow(ports, request.principal.tenant, { executionId: request.params.id, threadIds, after }, signal) };
  },
});

function idsOf(list: string | undefined): readonly string[] | null {
  const ids = (list ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) return null;
  if (ids.length <= THREADS_MAX && ids.every((id) => ThreadId.safeParse(id).success)) return [...new Set(ids)];
  const reason = `expected at most ${THREADS_MAX} ids of threads, separated by commas`;
  throw new Fault('invalid', 'request.invalid', `threadIds: ${reason}`, { field: 'threadIds', reason, in: 'query' });
}

function cursorOf({ headers }: Pick<RouteRequest, 'headers'>): string | null {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && CURSOR.test(given)) return given;
  throw new Fault('invalid', 'request.invalid', `Last-Event-ID: ${CURSOR_REASON}`, { field: 'Last-Event-ID', reason: CURSOR_REASON, in: 'header' });
}

interface Wanted {
  readonly executionId: string;
  readonly threadIds: readonly string[] | null;
  readonly after: string | null;
}

async function* follow(ports: ManagedThreadPorts, tenant: string, { executionId, threadIds, after }: Wanted, signal: AbortSignal): AsyncIterable<SseMessage> {
  yield { event: 'connected', data: { executionId, threadIds } };
  const known = new Map<string, ThreadRow | null>();
  for await (const { cursor, event } of ports.feed.execution(tenant, executionId, { after, threadIds }, signal)) {
    yield { id: cursor, event: event.type, data: envelope(event, await threadOf(ports, tenant, event.threadId, known)) };
  }
}

/** Name and role never change, so each thread is read once a stream. */
async function threadOf({ reads }: ManagedThreadPorts, tenant: string, id: string, known: Map<string, ThreadRow | null>): Promise<ThreadRow | null> {
  const before = known.get(id);
  if (before !== undefined) return before;
  const row = await reads.get(tenant, id);
  if (known.size >= THREADS_MAX) known.clear();
  known.set(id, row);
  return row;
}

const envelope = (event: EventRow, thread: ThreadRow | null): object => ({
  executionId: event.executionId,
  threadId: event.threadId,
  type: `gateway_${event.type}`,
  data: {
    thread_id: event.threadId,
    event_type: event.type,
    role: thread?.role ?? undefined,
    name: thread?.name,
    data_json: JSON.stringify(event.data),
    timestamp_ms: Date.parse(event.at),
    sequence: event.seq,
  },
  timestamp: event.at,
});
