/**
 * Server-sent events as an async iterable that survives its connection: it is made again with `Last-Event-ID`, so that nothing is missed and nothing comes
 * twice, until the last event, the caller's abort, a refusal, or too many failures in a row.
 */
import { delayOf, pause } from './backoff';
import { EverthreadError, refusalOf, UnavailableError } from './errors';
import type { Transport } from './transport';

export interface StreamEvent {
  /** The place after this event; null for what is live only. */
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

export interface StreamOptions {
  /** Ends the iteration quietly. */
  readonly signal?: AbortSignal;
  /** The id after which to begin; from the beginning without it. */
  readonly lastEventId?: string;
  /** Whether nothing comes after this event. */
  readonly isLast?: (event: StreamEvent) => boolean;
}

/** A server says something every 15 s, if only a comment; a connection that is silent for three times that is dead. */
const SILENT_MS = 45_000;
const FAILURES_MAX = 30;
const BACKOFF = { firstMs: 250, maxMs: 5_000 };
/** Characters of one event. */
const EVENT_MAX = 16 * 1024 * 1024;

export async function* followEvents(transport: Transport, path: string, options: StreamOptions = {}): AsyncGenerator<StreamEvent, void, void> {
  const { isLast = () => false } = options;
  const done = new AbortController();
  const stop = (): void => done.abort(options.signal?.reason);
  if (options.signal?.aborted) return;
  options.signal?.addEventListener('abort', stop, { once: true });
  let last = options.lastEventId;
  try {
    for (let failures = 0; failures < FAILURES_MAX;) {
      let wait: number | null = null;
      try {
        const connection = await connect(transport, path, last, done.signal);
        // Everything that there will ever be was seen.
        if (connection === null) return;
        for await (const event of connection) {
          failures = 0;
          if (event.id !== null) last = event.id;
          yield event;
          if (isLast(event)) return;
        }
      } catch (problem) {
        if (done.signal.aborted) return;
        if (problem instanceof EverthreadError && !(problem instanceof UnavailableError) && problem.status !== 429) throw problem;
        wait = problem instanceof EverthreadError ? problem.retryAfterMs : null;
      }
      failures += 1;
      await pause(Math.min(Math.max(wait ?? 0, delayOf(BACKOFF, failures)), 30_000), done.signal).catch(() => undefined);
      if (done.signal.aborted) return;
    }
    throw new UnavailableError(`The stream could not be opened again in ${FAILURES_MAX} attempts.`, {
      status: 0,
      code: 'client.stream_lost',
      facts: { path, lastEventId: last ?? null },
      requestId: null,
      retryAfterMs: null,
    });
  } finally {
    options.signal?.removeEventListener('abort', stop);
    done.abort();
  }
}

/** Null when the server says that there is nothing more (204). */
async function connect(transport: Transport, path: string, last: string | undefined, signal: AbortSignal): Promise<AsyncIterable<StreamEvent> | null> {
  const connection = new AbortController();
  const stop = (): void => connection.abort();
  signal.addEventListener('abort', stop, { once: true });
  const silence = new Silence(() => connection.abort());
  try {
    const response = await transport.open(path, last === undefined ? {} : { 'last-event-id': last }, connection.signal);
    if (response.ok && response.status !== 204 && response.body)
      return eventsOf(response.body, silence, () => {
        signal.removeEventListener('abort', stop);
        connection.abort();
      });
    silence.end();
    signal.removeEventListener('abort', stop);
    if (response.status === 204) return null;
    throw await refusalOf(response);
  } catch (problem) {
    silence.end();
    signal.removeEventListener('abort', stop);
    throw problem;
  }
}

/** Calls `dead` once nothing was heard for {@link SILENT_MS}. */
class Silence {
  #timer: ReturnType<typeof setTimeout>;
  constructor(private readonly dead: () => void) {
    this.#timer = setTimeout(dead, SILENT_MS);
  }
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.dead, SILENT_MS);
  }
  /** While the caller works on an event, the silence is its own. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>, silence: Silence, close: () => void): AsyncGenerator<StreamEvent, void, void> {
  const reader = body.getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      silence.heard();
      const { done, value } = await reader.read();
      silence.end();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    silence.end();
    close();
  }
}

/** Bytes in any pieces to events: lines end with CR, LF or both; an empty line ends an event; comments and empty events are dropped. */
export class EventParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #id: string | null = null;
  #event = '';
  #data: string[] = [];
  #size = 0;

  push(chunk: Uint8Array): StreamEvent[] {
    const found: StreamEvent[] = [];
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    // A CR at the end of a piece may be the first half of a line break.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length + this.#size > EVENT_MAX) throw tooLong();
    for (const line of lines) {
      const event = this.#line(line);
      if (event) found.push(event);
    }
    return found;
  }

  #line(line: string): StreamEvent | null {
    if (line === '') return this.#take();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id' && !value.includes('\0')) this.#id = value;
    if (name === 'event') this.#event = value;
    if (name === 'data') {
      this.#size += value.length;
      if (this.#size > EVENT_MAX) throw tooLong();
      this.#data.push(value);
    }
    return null;
  }

  #take(): StreamEvent | null {
    const event = this.#data.length === 0 ? null : { id: this.#id, event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n') };
    this.#id = null;
    this.#event = '';
    this.#data = [];
    this.#size = 0;
    return event;
  }
}

const tooLong = (): EverthreadError =>
  new EverthreadError(`An event of a stream has more than ${EVENT_MAX} characters.`, {
    status: 0,
    code: 'client.event_too_long',
    facts: { max: EVENT_MAX },
    requestId: null,
    retryAfterMs: null,
  });
