/** The journal of one actor as routes serve it: in pages, or followed until it ends. */
import { resumePoint, wantsStream } from '../http/resume';
import type { RouteRequest } from '../http/route';
import type { SseMessage } from '../http/sse';
import type { EventRow } from './execution-ports';

export interface EventSource<V> {
  /** The last event that is known, and whether the actor has ended with it. */
  readonly lastSeq: number;
  readonly over: boolean;
  /** Oldest first. */
  page(page: { readonly after: number; readonly limit: number; readonly types: readonly string[] }): Promise<readonly EventRow[]>;
  /** History after `after`, then what is recorded; does not end by itself. */
  follow(after: number, signal: AbortSignal): AsyncIterable<EventRow>;
  /** Whether nothing comes after an event of this type. */
  ends(type: string): boolean;
  view(event: EventRow): Promise<V>;
}

interface Asked {
  readonly after: number;
  readonly limit: number;
  readonly type?: readonly string[] | undefined;
}

/** A page, or with `Accept: text/event-stream` a stream, which closes at the end; 204 for a client that has seen everything. */
export async function readOrFollow<V>(request: Pick<RouteRequest, 'headers'>, query: Asked, source: EventSource<V>) {
  if (wantsStream(request)) return followed(request, query, source);
  // One more than asked for tells whether there is more.
  const found = await source.page({ after: query.after, limit: query.limit + 1, types: query.type ?? [] });
  const page = found.slice(0, query.limit);
  const events = await Promise.all(page.map((event) => source.view(event)));
  return { body: { events, count: events.length, hasMore: found.length > query.limit, nextAfter: page.at(-1)?.seq ?? query.after } };
}

export function followed<V>(request: Pick<RouteRequest, 'headers'>, query: Asked, source: EventSource<V>) {
  const after = resumePoint(request) ?? query.after;
  if (source.over && after >= source.lastSeq) return { status: 204 };
  return { messages: (signal: AbortSignal) => messages(source, after, query.type ?? [], signal) };
}

async function* messages<V>(source: EventSource<V>, after: number, types: readonly string[], signal: AbortSignal): AsyncIterable<SseMessage> {
  for await (const event of source.follow(after, signal)) {
    if (types.length === 0 || types.includes(event.type)) yield { id: String(event.seq), event: event.type, data: await source.view(event) };
    if (source.ends(event.type)) return;
    // Resumed after the end: what is recorded afterwards (inputs of a cancelled batch, threads that were stopped) is told as far as it is known, and no other end will come.
    if (source.over && event.seq >= source.lastSeq) return;
  }
}
