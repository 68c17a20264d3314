/** A client of the HTTP API, as thin as the commands need it: one request, one JSON answer; and a stream of events that resumes where it broke off. */
import { Fault, type Kind, KINDS } from '../errors/fault';

const REQUEST_MS = 60_000;
const RECONNECT_MS = 1_000;
const RECONNECTS_MAX = 60;
/** After these a thread's stream has no more to say; any other end of a stream is an interruption. */
const LAST_EVENTS = new Set(['thread_completed', 'thread_failed', 'thread_stopped']);

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event as the stream carries it. */
export interface StreamedEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

export class ApiClient {
  /** `key` is sent with every request; without one the API must be open. */
  constructor(
    private readonly base: string,
    private readonly key: string | undefined = process.env.EVERTHREAD_API_KEY || undefined,
  ) {}

  /** The answer's JSON. Faults: what the API refused with, `api.unreachable` (unavailable) when nobody answers. */
  async call<T>(path: string, { method = 'GET', body, query, headers }: ApiRequest = {}): Promise<T> {
    const init: RequestInit = {
      method,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await this.fetch(this.url(path, query), init, AbortSignal.timeout(REQUEST_MS));
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** Events from `after` on, for as long as the caller pulls and the server has more to say; a broken connection is made again after the last event seen. */
  async *events(path: string, { after }: { readonly after: number }): AsyncGenerator<StreamedEvent, void, void> {
    let last = String(after);
    for (let failures = 0; ;) {
      try {
        const response = await this.fetch(this.url(path, {}), { headers: { accept: 'text/event-stream', 'last-event-id': last } });
        // The thread has ended, and everything up to `last` was all of it.
        if (response.status === 204) return;
        if (!response.ok || !response.body) throw refusal(response.status, await response.text());
        for await (const event of parseEvents(response.body as unknown as AsyncIterable<Uint8Array>)) {
          failures = 0;
          if (event.id !== null) last = event.id;
          yield event;
          if (LAST_EVENTS.has(event.event)) return;
        }
      } catch (problem) {
        // An API that is restarted is away for a moment; one that refuses has said its last word.
        failures += 1;
        if (problem instanceof Fault && (problem.kind !== 'unavailable' || failures > RECONNECTS_MAX)) throw problem;
      }
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }

  private url(path: string, query: ApiRequest['query']): URL {
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  private async fetch(url: URL, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    try {
      const headers = { ...(init.headers as Record<string, string>), ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }) };
      return await fetch(url, { ...init, headers, ...(signal && { signal }) });
    } catch (problem) {
      const why = ((problem as Error).cause as Error | undefined)?.message ?? (problem as Error).message;
      throw new Fault(
        'unavailable',
        'api.unreachable',
        `Nobody answers at ${this.base} (${why}). Is Everthread running? \`npm start\` starts it; --url names another address.`,
        { url: this.base },
      );
    }
  }
}

function refusal(status: number, text: string): Fault {
  const kind = (Object.keys(KINDS) as Kind[]).find((name) => KINDS[name].http === status) ?? 'internal';
  try {
    const { error, code } = JSON.parse(text) as { error?: unknown; code?: unknown };
    const message = typeof error === 'string' ? error : ((error as { message?: string } | undefined)?.message ?? text);
    return new Fault(kind, typeof code === 'string' ? code : kind, message, { status });
  } catch {
    return new Fault(kind, kind, text.slice(0, 500) || `the API answered ${status}`, { status });
  }
}

/** Server-sent events: blocks of `field: value` lines with an empty line after each. Comments are dropped. */
export async function* parseEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventIn(block);
      if (event) yield event;
    }
  }
}

function eventIn(block: string): StreamedEvent | null {
  const fields = { id: null as string | null, event: 'message', data: [] as string[] };
  for (const line of block.split('\n')) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') fields.id = value ?? '';
    if (name === 'event') fields.event = value ?? '';
    if (name === 'data') fields.data.push(value ?? '');
  }
  return fields.data.length === 0 ? null : { ...fields, data: fields.data.join('\n') };
}
