/**
 * What whoever watches a thread is told (digest §1.3): a snapshot, then every durable event after it, each once and in order, and between them the frames of what is under way. The source is
 * pulled as fast as the client takes what it is sent: durable events wait in the database, frames are dropped and a `gap` says so.
 */
import { merged } from '../../domain/merged';
import type { Principal } from '../../contracts/principal';
import type { ThreadEvent, ThreadFrame } from '../../contracts/conversation/events';
import type { Thread } from '../../contracts/conversation/ports';
import { eventsWithin } from './event-pages';
import type { ThreadPorts } from './ports';
import { eventView, isOwner, threadView } from './views';

type Port = Pick<ThreadPorts, 'reads' | 'feed'>;

/** Frames as they go out. `sequence` only in durable ones. */
export interface LiveFrame {
  readonly type: string;
  readonly sequence?: number;
}

export interface Watching {
  /** The last sequence that the client has seen; null: it begins now, with a snapshot of what was. */
  readonly after: number | null;
  /** Events of the snapshot. */
  readonly limit: number;
}

export const PROTOCOL_VERSION = 1;

export interface Snapshot extends LiveFrame {
  readonly type: 'snapshot';
  readonly protocol_version: typeof PROTOCOL_VERSION;
  readonly threadId: string;
  readonly thread: ReturnType<typeof threadView>;
  /** The newest of the active rollout, oldest first. */
  readonly events: readonly ReturnType<typeof eventView>[];
  /** Durable frames go on after this sequence. */
  readonly sequence: number;
}

export interface Opened {
  readonly thread: Thread;
  readonly snapshot: Snapshot;
}

/** Reads the snapshot. Faults as `reads.get`, so that what is refused is refused before anything is sent. */
export async function openWatch({ reads }: Port, principal: Principal, threadId: string, { after, limit }: Watching): Promise<Opened> {
  const known = await reads.get(principal, threadId);
  const own = isOwner(principal, known);
  const page = { rolloutId: known.activeRolloutId, before: known.lastSequence + 1, limit };
  const events = after !== null || !own ? [] : (await eventsWithin(reads, principal, threadId, page)).events;
  // No sequence is beyond what the thread has: whoever claims to have seen more begins at its end.
  const sequence = Math.min(after ?? known.lastSequence, known.lastSequence);
  const of = { threadId: known.id, thread: threadView(known, principal), events: events.map((event) => eventView(event, own)), sequence };
  return { thread: known, snapshot: { type: 'snapshot', protocol_version: PROTOCOL_VERSION, ...of } };
}

/** Everybody on one thread is told the same, so it is written once. */
const durable = new WeakMap<ThreadEvent, LiveFrame>();
const withoutPayload = new WeakMap<ThreadEvent, LiveFrame>();

export function durableFrame(event: ThreadEvent, own: boolean): LiveFrame {
  const known = own ? durable : withoutPayload;
  let frame = known.get(event);
  if (!frame) {
    const { type, ...rest } = eventView(event, own);
    known.set(event, (frame = { type, ...rest }));
  }
  return frame;
}

async function* durableFrames(events: AsyncGenerator<ThreadEvent, void, void>, own: boolean): AsyncGenerator<LiveFrame, void, void> {
  for await (const event of events) yield durableFrame(event, own);
}

/** To whom only metadata is shown, nothing that is being said. */
const TO_ALL: ReadonlySet<string> = new Set(['thread_renamed', 'thread_archived', 'thread_deleted']);

async function* liveFrames(frames: AsyncGenerator<ThreadFrame, void, void>, own: boolean): AsyncGenerator<LiveFrame, void, void> {
  for await (const frame of frames) if (own || TO_ALL.has(frame.type)) yield frame;
}

/** The snapshot and everything after it, until the signal aborts or the thread is deleted. */
export async function* watched({ feed }: Port, { thread, snapshot }: Opened, own: boolean, signal: AbortSignal): AsyncGenerator<LiveFrame, void, void> {
  yield snapshot;
  yield* framesAfter({ feed }, thread, { own, after: snapshot.sequence }, signal);
}

export async function* framesAfter(
  { feed }: Pick<Port, 'feed'>,
  { tenant, id }: Pick<Thread, 'tenant' | 'id'>,
  { own, after }: { readonly own: boolean; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<LiveFrame, void, void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const sources = [durableFrames(feed.watch(tenant, id, after, over.signal), own), liveFrames(feed.frames(tenant, id, over.signal), own)];
    for await (const frame of merged(sources)) {
      yield frame;
      if (frame.type === 'thread_deleted') return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Many watch one thread: what all are told alike becomes text once. */
const texts = new WeakMap<LiveFrame, string>();

export function frameText(frame: LiveFrame): string {
  let text = texts.get(frame);
  if (text === undefined) texts.set(frame, (text = JSON.stringify(frame)));
  return text;
}
