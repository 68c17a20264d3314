/**
 * A stream over one response, as server-sent events or in lines of JSON (./stream-framing.ts). The source is an async iterable that is pulled only when the socket takes more, so what waits for a slow
 * client is one message here and whatever the source keeps. A client that takes nothing for `stallMs` is cut off and finds its place again by
 * `Last-Event-ID`.
 */
import type { ServerResponse } from 'node:http';
import { Fault } from '../../errors/fault';
import { FRAMINGS, type Framing, type FramingName, type SseMessage } from './stream-framing';

export type { SseMessage } from './stream-framing';

/** An answer that is a stream. `messages` must end soon after its signal aborts. */
export interface SseAnswer {
  /** Beside those that every stream has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Without it server-sent events. */
  readonly framing?: FramingName;
  /** Clients take a proper end for the end of what they follow: a stream that ends before its source does is broken off, so that they come back. */
  readonly breaksOff?: true;
  readonly messages: (signal: AbortSignal) => AsyncIterable<SseMessage>;
}

export const isStream = (answer: object): answer is SseAnswer => 'messages' in answer;

export interface SseTiming {
  /** How often a comment keeps the connection alive. */
  readonly heartbeatMs: number;
  /** How long a client may take no byte at all before it is disconnected. */
  readonly stallMs: number;
  /** What a client is told to wait before it connects again. */
  readonly retryMs: number;
}
export const SSE_TIMING: SseTiming = { heartbeatMs: 15_000, stallMs: 30_000, retryMs: 2_000 };

/** Writes and waits until the socket can take more. False: the client is gone, or took nothing for `stallMs`. */
function write(res: ServerResponse, text: string, stallMs: number): Promise<boolean> {
  if (res.destroyed) return Promise.resolve(false);
  if (res.write(text)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (taken: boolean): void => {
      clearTimeout(stalled);
      res.off('drain', onDrain).off('close', onClose);
      resolve(taken);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    const stalled = setTimeout(() => settle(false), stallMs);
    res.once('drain', onDrain).once('close', onClose);
  });
}

/** Why a stream ended: its source was finished, the client left, the client was too slow, the server stops, or the source failed. */
export type SseEnd = { readonly why: 'finished' | 'left' | 'slow' | 'stopping' } | { readonly why: 'failed'; readonly error: unknown };

const NEXT_ABORTED = Symbol('aborted');

/** The next message, or the symbol as soon as the signal aborts: a source that is slow to notice holds nobody up. */
async function nextOrAborted(iterator: AsyncIterator<SseMessage>, signal: AbortSignal): Promise<IteratorResult<SseMessage> | typeof NEXT_ABORTED> {
  if (signal.aborted) return NEXT_ABORTED;
  let stop!: () => void;
  const aborted = new Promise<typeof NEXT_ABORTED>((resolve) => {
    stop = () => resolve(NEXT_ABORTED);
    signal.addEventListener('abort', stop, { once: true });
  });
  const next = iterator.next();
  next.catch(() => undefined);
  return Promise.race([next, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

/** Serves the stream until it ends, and says why it did. The response is over when this resolves. */
export async function serveSse(
  res: ServerResponse,
  answer: SseAnswer,
  { stopping, timing = SSE_TIMING }: { readonly stopping: AbortSignal; readonly timing?: SseTiming },
): Promise<SseEnd> {
  // Listeners that are taken away again, not AbortSignal.any: `stopping` lives as long as the process.
  const over = new AbortController();
  const endAll = (): void => over.abort();
  stopping.addEventListener('abort', endAll, { once: true });
  if (stopping.aborted) over.abort();
  res.once('close', endAll);
  res.on('error', endAll);
  const framing = FRAMINGS[answer.framing ?? 'sse'];
  const heartbeat = setInterval(() => {
    if (!res.writableNeedDrain && !res.destroyed) res.write(framing.heartbeat);
  }, timing.heartbeatMs);

  let end: SseEnd = { why: 'finished' };
  const iterator = answer.messages(over.signal)[Symbol.asyncIterator]();
  try {
    if (!(await write(res, framing.opening(timing.retryMs), timing.stallMs))) end = { why: res.destroyed ? 'left' : 'slow' };
    while (end.why === 'finished') {
      const next = await nextOrAborted(iterator, over.signal);
      if (next === NEXT_ABORTED) end = { why: res.destroyed ? 'left' : 'stopping' };
      else if (next.done) {
        if (stopping.aborted) end = { why: 'stopping' };
        break;
      } else if (!(await write(res, framing.message(next.value), timing.stallMs))) end = { why: res.destroyed ? 'left' : 'slow' };
    }
  } catch (error) {
    end = stopping.aborted ? { why: 'stopping' } : { why: 'failed', error };
  } finally {
    clearInterval(heartbeat);
    stopping.removeEventListener('abort', endAll);
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
  if (answer.breaksOff && end.why !== 'finished') res.destroy();
  finish(res, end, { framing, timing });
  return end;
}

interface Ending {
  readonly framing: Framing;
  readonly timing: SseTiming;
}

function finish(res: ServerResponse, end: SseEnd, { framing, timing }: Ending): void {
  if (res.destroyed) return;
  if (end.why === 'slow') {
    // Its buffers are full: nothing that is written now would reach it.
    res.destroy();
    return;
  }
  if (end.why === 'stopping') res.write(framing.broken('restarting', Math.min(500, timing.retryMs)));
  else if (end.why !== 'finished') res.write(framing.broken('interrupted', timing.retryMs));
  res.end();
}

/** How many streams one process serves at a time, and who is refused beyond that. */
export class Streams {
  #open = 0;
  constructor(readonly max: number) {}
  get open(): number {
    return this.#open;
  }
  async hold<T>(serve: () => Promise<T>): Promise<T> {
    if (this.#open >= this.max)
      throw new Fault('exhausted', 'stream.too_many', 'This server serves as many streams as it can; try again soon.', { max: this.max });
    this.#open++;
    try {
      return await serve();
    } finally {
      this.#open--;
    }
  }
}
