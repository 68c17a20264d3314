/** Seed 000 "Thread Events": pages of a thread's journal, and with `Accept: text/event-stream` the same journal as it grows. */
import { z } from 'zod';
import { THREAD_EVENT_TYPES, type ThreadEventType } from '../../contracts/managed-thread/events';
import { isTerminal } from '../../contracts/managed-thread/status';
import { eventPage, resumePoint, wantsStream } from '../http/resume';
import { route } from '../http/route';
import type { SseMessage } from '../http/sse';
import { pageOf, pageShape, queryFlag } from '../http/paging';
import { ThreadParams } from './bodies';
import { existing } from './get-thread';
import type { EventRow, ManagedThreadPorts, ThreadRow } from './ports';
import { eventView, runtimeOf } from './view';
import { EventList, ThreadEvent } from './wire';

const ENDS: readonly string[] = ['thread_completed', 'thread_failed', 'thread_stopped'] satisfies ThreadEventType[];

/** Whether nothing comes after an event of this type. */
export const endsThread = (type: string): boolean => ENDS.includes(type);

const Query = z.object({
  after: eventPage.after,
  ...pageShape({ limit: 1_000, max: 1_000 }),
  type: z
    .array(z.enum(THREAD_EVENT_TYPES as [ThreadEventType, ...ThreadEventType[]]))
    .max(50)
    .optional()
    .describe('Only these types. May be given several times.'),
  frames: queryFlag.optional().describe('On a stream: also live frames (terminal output), as events named `frame` without an id.'),
});
type Query = z.output<typeof Query>;

export const readEvents = route({
  operationId: 'readEvents',
  method: 'get',
  path: '/api/managed-threads/:id/events',
  summary: 'Read the events of a thread, or follow them',
  scope: 'threads:read',
  params: ThreadParams,
  query: Query,
  reply: {
    status: 200,
    description: 'A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the thread ends.',
    body: EventList,
    stream: true,
    events: { 'thread_*': ThreadEvent, frame: z.looseObject({ type: z.string() }), gap: z.object({ dropped: z.int() }) },
  },
  also: [{ status: 204, description: 'To a stream: the thread has ended and everything was read. Browsers stop to reconnect.' }],
  handle: async (request, ports: ManagedThreadPorts) => {
    const { params, query, principal } = request;
    const thread = await existing(ports.reads, principal.tenant, params.id);
    if (!wantsStream(request)) return { body: await page(ports, principal.tenant, thread, query) };
    const after = resumePoint(request) ?? query.after;
    if (isTerminal(thread.status) && after >= thread.lastSeq) return { status: 204 };
    return { messages: (signal) => follow(ports, principal.tenant, thread, { ...query, after }, signal) };
  },
});

async function page({ reads }: ManagedThreadPorts, tenant: string, thread: ThreadRow, { after, limit, offset, type }: Query) {
  const types = type ?? [];
  // Without types the seqs tell how many there are.
  const [found, counted] = await Promise.all([
    reads.events(tenant, thread.id, { after, offset, limit, types }),
    types.length > 0 ? reads.countEvents(tenant, thread.id, { after, types }) : Math.max(0, thread.lastSeq - after),
  ]);
  const events = found.map((event) => eventView(event, runtimeOf(thread)));
  // Some may have come since they were counted.
  const total = Math.max(counted, events.length > 0 ? offset + events.length : 0);
  return { events, count: events.length, ...pageOf({ limit, offset }, events.length, total), nextAfter: events.at(-1)?.seq ?? after };
}

/** The runtime's name changes when a thread moves; the events themselves say so. */
function runtimeAfter(event: EventRow, before: string): string {
  const { hostId } = event.data;
  return (event.type === 'thread_started' || event.type === 'thread_session_resumed') && typeof hostId === 'string' ? hostId : before;
}

async function* follow(
  ports: ManagedThreadPorts,
  tenant: string,
  thread: ThreadRow,
  { after, type, frames = false }: Query,
  signal: AbortSignal,
): AsyncIterable<SseMessage> {
  const wanted = type && new Set<string>(type);
  let runtime = runtimeOf(thread);
  for await (const item of ports.feed.thread(tenant, thread.id, { after, frames }, signal)) {
    if (item.kind === 'frame') yield { event: 'frame', data: item.frame };
    else if (item.kind === 'gap') yield { event: 'gap', data: { dropped: item.dropped } };
    else {
      const { event } = item;
      runtime = runtimeAfter(event, runtime);
      if (!wanted || wanted.has(event.type)) yield { id: String(event.seq), event: event.type, data: eventView(event, runtime) };
      if (endsThread(event.type)) return;
    }
  }
}
