/**
 * Frames: live-only messages (terminal output, token deltas) to whoever watches now; the port `Frames`.
 *
 * Sending never waits and never fails: what does not fit is dropped and counted, and a `gap` in its place says how many. A subscriber that reads
 * too slowly loses frames in the same way, alone.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Frames } from '../../activities/ports';
import type { ActorRef } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { SILENT, type StoreLog } from './database';
import { addressOf, FRAME_MAX, payloadsOf, Reassembly, type Frame } from './frame-parts';
import { FRAMES_CHANNEL } from './notice';
import type { Secrets } from './secrets';

/** Frames are missing here. `dropped` is null when nobody can tell how many: the connection was lost. */
export interface Gap {
  readonly type: 'gap';
  readonly dropped: number | null;
}

/** What may wait to be sent; more is dropped. */
const QUEUE_FRAMES = 2_000;
const QUEUE_BYTES = 4 * 1024 * 1024;
/** Payloads of one statement. */
const BATCH = 64;
/** Frames a subscriber may leave unread. */
export const UNREAD_MAX = 2_000;
const SUBSCRIBERS_MAX = 10_000;
/** Actors whose dropped frames are counted at a time; beyond, drops are not reported to the newest ones. */
const COUNTED_MAX = 10_000;

interface Waiting {
  readonly actor: ActorRef;
  readonly frame: Frame;
  readonly bytes: number;
}

export class FrameSender implements Frames {
  readonly #queue: Waiting[] = [];
  readonly #dropped = new Map<string, { readonly actor: ActorRef; count: number }>();
  readonly #sender = randomUUID().slice(0, 8);
  #bytes = 0;
  #number = 0;
  #running: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
    private readonly log: StoreLog = SILENT,
  ) {}

  send(actor: ActorRef, frame: Frame): void {
    const bytes = JSON.stringify(frame).length;
    const full = bytes > FRAME_MAX || this.#queue.length >= QUEUE_FRAMES || this.#bytes + bytes > QUEUE_BYTES;
    if (full) this.#drop(actor);
    else {
      // What is missing is told where it is missing: before the next frame that goes.
      this.#tellDropped(actor.address);
      this.#push({ actor, frame, bytes });
    }
    this.#running ??= this.#drain();
  }

  /** Resolves when everything that waits was sent or dropped. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #drop(actor: ActorRef, frames = 1): void {
    const known = this.#dropped.get(actor.address);
    if (known) known.count += frames;
    else if (this.#dropped.size < COUNTED_MAX) this.#dropped.set(actor.address, { actor, count: frames });
  }

  #push(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.#bytes += waiting.bytes;
  }

  #tellDropped(address: string): void {
    const dropped = this.#dropped.get(address);
    if (!dropped) return;
    this.#dropped.delete(address);
    this.#push({ actor: dropped.actor, frame: { type: 'gap', dropped: dropped.count } satisfies Gap, bytes: 0 });
  }

  async #drain(): Promise<void> {
    // One turn of the event loop lets frames that come together travel together.
    await Promise.resolve();
    let reachable = true;
    while (this.#queue.length > 0 || (reachable && this.#dropped.size > 0)) {
      // Everything that was kept is gone: whoever missed something at the end hears of it now.
      if (this.#queue.length === 0) for (const address of [...this.#dropped.keys()]) this.#tellDropped(address);
      const batch = this.#queue.splice(0, BATCH);
      for (const { bytes } of batch) this.#bytes -= bytes;
      try {
        const payloads: string[] = [];
        for (const { actor, frame } of batch) payloads.push(...(await this.#payloads(actor, frame)));
        for (let from = 0; from < payloads.length; from += BATCH) {
          await this.pool.query({
            name: 'frames-send',
            text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
            values: [FRAMES_CHANNEL, payloads.slice(from, from + BATCH)],
          });
        }
        reachable = true;
      } catch (error) {
        reachable = false;
        this.log.warn({ reason: (error as Error).message, frames: batch.length }, 'frames were dropped');
        for (const { actor, frame } of batch) this.#drop(actor, frame['type'] === 'gap' && typeof frame['dropped'] === 'number' ? frame['dropped'] : 1);
      }
    }
    // In the same turn as the last look at the queue: a frame that comes now starts the next drain.
    this.#running = null;
  }

  async #payloads(actor: ActorRef, frame: Frame): Promise<readonly string[]> {
    const redact = await this.secrets.redactionFor(actor);
    return payloadsOf(actor.address, this.#name(), JSON.stringify(redact(frame)));
  }

  #name(): string {
    return `${this.#sender}${(this.#number += 1)}`;
  }
}

interface Subscriber {
  unread: (Frame | Gap)[];
  missed: number;
  wake: (() => void) | null;
}

export class FrameReader {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #reassembly = new Reassembly();
  #count = 0;
  #connectedBefore = false;

  constructor(private readonly listening: () => Promise<void>) {}

  /** Frames of one actor from now on, until the signal aborts or the caller breaks off. */
  async *subscribeFrames(address: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<Frame | Gap, void, void> {
    if (this.#count >= SUBSCRIBERS_MAX)
      throw new Fault('exhausted', 'feed.too_many_subscribers', `This process already serves ${SUBSCRIBERS_MAX} subscribers.`, { max: SUBSCRIBERS_MAX });
    const subscriber: Subscriber = { unread: [], missed: 0, wake: null };
    this.#add(address, subscriber);
    const onAbort = (): void => subscriber.wake?.();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await this.listening();
      for (;;) {
        if (signal?.aborted) return;
        const frame = subscriber.unread.shift();
        if (frame !== undefined) yield frame;
        else if (subscriber.missed > 0) yield this.#gap(subscriber);
        else await new Promise<void>((resolve) => (subscriber.wake = resolve)).finally(() => (subscriber.wake = null));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#remove(address, subscriber);
    }
  }

  onPayload(payload: string): void {
    const subscribers = this.#subscribers.get(addressOf(payload));
    if (!subscribers) return;
    const frame = this.#reassembly.accept(payload);
    if (frame) for (const subscriber of subscribers) this.#push(subscriber, frame);
  }

  onConnected(): void {
    this.#reassembly.clear();
    if (this.#connectedBefore)
      for (const subscribers of this.#subscribers.values()) for (const subscriber of subscribers) this.#push(subscriber, { type: 'gap', dropped: null });
    this.#connectedBefore = true;
  }

  #push(subscriber: Subscriber, frame: Frame | Gap): void {
    // What was missed is told before anything newer is kept.
    if (subscriber.missed > 0 && subscriber.unread.length === 0) subscriber.unread.push(this.#gap(subscriber));
    if (subscriber.missed > 0 || subscriber.unread.length >= UNREAD_MAX) subscriber.missed += 1;
    else subscriber.unread.push(frame);
    subscriber.wake?.();
  }

  #gap(subscriber: Subscriber): Gap {
    const dropped = subscriber.missed;
    subscriber.missed = 0;
    return { type: 'gap', dropped };
  }

  #add(address: string, subscriber: Subscriber): void {
    const known = this.#subscribers.get(address);
    if (known) known.add(subscriber);
    else this.#subscribers.set(address, new Set([subscriber]));
    this.#count += 1;
  }

  #remove(address: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(address);
    if (subscribers?.delete(subscriber)) this.#count -= 1;
    if (subscribers?.size === 0) this.#subscribers.delete(address);
  }
}
