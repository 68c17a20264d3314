/** Events of a thread (digest §1.2, §1.3): pages of them, and the stream that serves the same as the socket where a WebSocket cannot. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import type { EventsPage } from '../../contracts/conversation/ports';
import { resumePoint, wantsStream } from '../http/resume';
import { route } from '../http/route';
import type { SseMessage } from '../http/sse';
import { EventsQuery, ThreadParams } from './bodies';
import { pageEnvelope, paged } from './envelope';
import { eventsWithin } from './event-pages';
import { openWatch, watched, type LiveFrame } from './live';
import type { ThreadPorts } from './ports';
import { EventView, eventView, isOwner, ThreadView, threadView } from './views';

type Place = Pick<EventsPage, 'rolloutId' | 'after' | 'before'>;
type Query = z.output<typeof EventsQuery>;

/** Where a page begins. A cursor keeps to the rollout that was active when its first page was read. */
async function placeOf({ cursors }: ThreadPorts, purpose: readonly unknown[], query: Query, active: () => Promise<string>): Promise<Place> {
  const { cursor, after, before } = query;
  if ([cursor, after, before].filter((one) => one !== undefined).length > 1)
    throw new Fault('invalid', 'request.invalid', 'cursor: expected one of cursor, after and before', {
      ...{ field: 'cursor', reason: 'expected one of cursor, after and before', in: 'query' },
    });
  if (cursor !== undefined) return JSON.parse(cursors.open(purpose, cursor)) as Place;
  const rolloutId = query.include === 'all_rollouts' ? null : (query.rollout_id ?? (await active()));
  return { rolloutId, ...(after !== undefined && { after }), ...(before !== undefined && { before }) };
}

export const listEvents = route({
  method: 'get',
  path: '/v1/threads/:id/events',
  summary: 'Read the durable events of a thread by sequence, or follow it',
  operationId: 'listThreadEvents',
  scope: 'agent:read',
  queryCredential: true,
  params: ThreadParams,
  query: EventsQuery,
  reply: {
    status: 200,
    description: 'Oldest first. A page ends early where its events are large; `hasMore` says whether there are more.',
    body: paged(z.object({ thread: ThreadView, events: z.array(EventView) })).meta({ id: 'ThreadEvents' }),
  },
  also: [
    {
      status: 200,
      description:
        'To `Accept: text/event-stream`: the snapshot, then every frame as it is told, named by its type. `id` of a durable event is its sequence; `Last-Event-ID` or `after` resumes.',
      stream: true,
      events: { '*': z.looseObject({ type: z.string(), sequence: z.int().optional() }).meta({ id: 'ThreadFrame' }) },
    },
  ],
  handle: async (request, ports: ThreadPorts) => {
    const { principal, params, query } = request;
    if (wantsStream(request)) {
      const after = resumePoint(request) ?? query.after ?? null;
      const opened = await openWatch(ports, principal, params.id, { after, limit: query.limit });
      const own = isOwner(principal, opened.thread);
      return { messages: (signal) => sseOf(watched(ports, opened, own, signal)) };
    }
    const { include = null, rollout_id: rollout = null } = query;
    const purpose = ['events', principal.tenant, params.id, include, rollout];
    const place = await placeOf(ports, purpose, query, async () => (await ports.reads.get(principal, params.id)).activeRolloutId);
    const { thread, events, more } = await eventsWithin(ports.reads, principal, params.id, { ...place, limit: query.limit });
    const own = isOwner(principal, thread);
    const next = more ? ports.cursors.seal(purpose, JSON.stringify(nextPlace(place, events))) : null;
    const views = events.map((event) => eventView(event, own));
    return { body: pageEnvelope(request, { thread: threadView(thread, principal), events: views }, next) };
  },
});

function nextPlace({ rolloutId, before, after }: Place, events: readonly { readonly sequence: number }[]): Place {
  if (before !== undefined) return { rolloutId, before: events[0]?.sequence ?? before };
  return { rolloutId, after: events.at(-1)?.sequence ?? after ?? 0 };
}

/** Live frames have no id: a browser that comes back names the last durable one. */
export async function* sseOf(frames: AsyncIterable<LiveFrame>): AsyncIterable<SseMessage> {
  for await (const frame of frames) yield { ...(frame.sequence !== undefined && { id: String(frame.sequence) }), event: frame.type, data: frame };
}
