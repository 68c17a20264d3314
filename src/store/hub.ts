/**
 * One source of ordered rows, read once for everybody who follows it.
 *
 * A subscriber is either *live*, then it has everything up to the hub's head and gets new rows as the hub reads them, or it is *behind*, then it reads
 * the source by its own cursor at its own pace until it has caught up. A live subscriber whose buffer is full falls behind: it keeps its
 * place, costs a bounded amount of memory, and holds up nobody.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../errors/fault';

/** Rows a live subscriber may leave unread before it falls behind. */
export const BUFFER_MAX = 256;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
/** While rows wait for an older transaction to end, the source is looked at again so soon. */
const UNSETTLED_FIRST_MS = 2;
const UNSETTLED_LAST_MS = 250;

export interface Page<R> {
  readonly rows: readonly R[];
  /** True when the source may have more rows that can be read now. */
  readonly more: boolean;
  /** True when there are rows that must not be read yet. */
  readonly unsettled: boolean;
}

export interface Source<R, C> {
  /** Rows after a cursor, in order, without gaps. */
  read(after: C): Promise<Page<R>>;
  cursorOf(row: R): C;
  /** Negative when `a` comes before `b`. */
  compare(a: C, b: C): number;
}

interface Subscriber<R, C> {
  /** The last row that was put into the buffer. */
  tail: C;
  live: boolean;
  buffer: R[];
  wake: (() => void) | null;
}

export class Hub<R, C> {
  readonly #subscribers = new Set<Subscriber<R, C>>();
  #head: C | null = null;
  /** Counts what was told and what was delivered; a subscriber that read meanwhile cannot know whether it saw it. */
  #changes = 0;
  #pumping = false;
  #pumpAgain = false;
  #recheck: NodeJS.Timeout | null = null;
  #recheckMs = UNSETTLED_FIRST_MS;

  constructor(
    private readonly source: Source<R, C>,
    private readonly onIdle: () => void,
    private readonly bufferMax = BUFFER_MAX,
  ) {}

  get size(): number {
    return this.#subscribers.size;
  }

  /** Something was added, or may have been: read on. */
  changed(): void {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#recheck = null;
    this.#recheckMs = UNSETTLED_FIRST_MS;
    this.#readOn();
  }

  #readOn(): void {
    this.#changes += 1;
    void this.#pump();
  }

  /** Rows that are known without reading, consecutive. Ignored (and read instead) unless `follows` says that they continue the head. */
  offer(rows: readonly R[], follows: (head: C) => boolean): void {
    if (this.#head !== null && !this.#pumping && follows(this.#head)) {
      this.#changes += 1;
      this.#deliver(rows);
    } else this.changed();
  }

  /** Rows after `after`: what is there, then what comes, until the signal aborts or the caller breaks off. */
  async *follow(after: C, signal?: AbortSignal): AsyncGenerator<R, void, void> {
    const subscriber: Subscriber<R, C> = { tail: after, live: false, buffer: [], wake: null };
    this.#subscribers.add(subscriber);
    const onAbort = (): void => subscriber.wake?.();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        if (signal?.aborted) return;
        const row = subscriber.buffer.shift();
        if (row !== undefined) yield row;
        else if (!subscriber.live) await this.#catchUp(subscriber, signal);
        else await new Promise<void>((resolve) => (subscriber.wake = resolve)).finally(() => (subscriber.wake = null));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.#close();
    }
  }

  /** Reads one page for a subscriber that is behind; makes it live when that page ended at the end. */
  async #catchUp(subscriber: Subscriber<R, C>, signal?: AbortSignal): Promise<void> {
    const changes = this.#changes;
    const page = await this.#readPatiently(subscriber.tail, signal);
    if (!page) return;
    for (const row of page.rows) subscriber.buffer.push(row);
    const last = page.rows.at(-1);
    if (last !== undefined) subscriber.tail = this.source.cursorOf(last);
    if (page.more || changes !== this.#changes) return;
    // Nothing was delivered since the read began, so a head beyond its end was never a row: it is where an earlier subscriber began, ahead of the
    // source. A head that is too low is harmless: each subscriber takes only what follows on its own tail.
    const alone = ![...this.#subscribers].some((other) => other.live);
    if (alone || this.#head === null || this.source.compare(subscriber.tail, this.#head) < 0) this.#head = subscriber.tail;
    subscriber.live = true;
    if (page.unsettled) this.#recheckSoon();
  }

  /** Reads, and while the database cannot be reached tries again; null after an abort. Other faults go to the subscriber. */
  async #readPatiently(after: C, signal?: AbortSignal): Promise<Page<R> | null> {
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      try {
        return await this.source.read(after);
      } catch (error) {
        if (!(error instanceof Fault) || error.kind !== 'unavailable') throw error;
        await delay(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
        if (signal?.aborted) return null;
      }
    }
  }

  /** One reader for all live subscribers; runs again when something changed while it read. */
  async #pump(): Promise<void> {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pumpAgain && this.#head !== null && [...this.#subscribers].some((subscriber) => subscriber.live)) {
        this.#pumpAgain = false;
        const page = await this.source.read(this.#head);
        this.#deliver(page.rows);
        if (page.more) this.#pumpAgain = true;
        else if (page.unsettled) this.#recheckSoon();
        if (page.rows.length > 0) this.#recheckMs = UNSETTLED_FIRST_MS;
      }
    } catch {
      // Each subscriber now reads for itself, patiently, and hears what is wrong.
      for (const subscriber of this.#subscribers) this.#fallBehind(subscriber);
    } finally {
      this.#pumping = false;
    }
  }

  #deliver(rows: readonly R[]): void {
    const fresh = rows.filter((row) => this.#head === null || this.source.compare(this.source.cursorOf(row), this.#head) > 0);
    const last = fresh.at(-1);
    if (last === undefined) return;
    this.#head = this.source.cursorOf(last);
    this.#changes += 1;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.live) continue;
      const wanted = fresh.filter((row) => this.source.compare(this.source.cursorOf(row), subscriber.tail) > 0);
      if (subscriber.buffer.length + wanted.length > this.bufferMax) {
        this.#fallBehind(subscriber);
        continue;
      }
      for (const row of wanted) subscriber.buffer.push(row);
      if (wanted.length > 0) subscriber.tail = this.#head;
      subscriber.wake?.();
    }
  }

  #fallBehind(subscriber: Subscriber<R, C>): void {
    subscriber.live = false;
    subscriber.wake?.();
  }

  #recheckSoon(): void {
    if (this.#recheck || this.#subscribers.size === 0) return;
    this.#recheck = setTimeout(() => {
      this.#recheck = null;
      this.#readOn();
    }, this.#recheckMs);
    this.#recheckMs = Math.min(this.#recheckMs * 2, UNSETTLED_LAST_MS);
  }

  #close(): void {
    if (this.#recheck) clearTimeout(this.#recheck);
    this.#recheck = null;
    this.onIdle();
  }
}

/** The hub of a key; it removes itself when its last subscriber leaves. */
export function hubOf<R, C>(hubs: Map<string, Hub<R, C>>, key: string, source: () => Source<R, C>): Hub<R, C> {
  const known = hubs.get(key);
  if (known) return known;
  const hub: Hub<R, C> = new Hub(source(), () => {
    if (hubs.get(key) === hub) hubs.delete(key);
  });
  hubs.set(key, hub);
  return hub;
}
