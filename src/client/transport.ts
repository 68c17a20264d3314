/**
 * One request after another to one server: credentials, a limit of time, and repetition where it is safe. Safe is what changes nothing (GET), and what carries
 * an `Idempotency-Key`, which the server does once however often it comes. What is repeated is what may pass by itself: nobody answered, 408, 429, 502, 503, 504.
 */
import { EverthreadError, refusalOf, tooLate, unreachable } from './errors';
import { pause, type Backoff, delayOf } from './backoff';

export interface ClientOptions {
  /** `http://127.0.0.1:8080` */
  readonly baseUrl: string;
  /** An API key. Not together with `token`. */
  readonly apiKey?: string;
  /** A JWT, or a function that is asked for one before each request. */
  readonly token?: string | (() => string | Promise<string>);
  /** Narrows what a credential of several tenants sees to one of them. */
  readonly tenant?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** How long one attempt may take until its answer is complete; 60 s. Streams are not limited. */
  readonly timeoutMs?: number;
  /** Attempts of one request in all; 4. */
  readonly attempts?: number;
  /** How long `Retry-After` may make one request wait; what asks for more is thrown. 30 s. */
  readonly maxRetryAfterMs?: number;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const BACKOFF: Backoff = { firstMs: 200, maxMs: 5_000 };

export class Transport {
  readonly baseUrl: string;
  readonly #options: ClientOptions;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: ClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#options = options;
    // Called as a function of its own: browsers refuse it as a method of something else.
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** Repeats where that is safe. What is not a success is thrown as an {@link EverthreadError}. */
  readonly send = async (request: Request): Promise<Response> => {
    const safe = request.method === 'GET' || request.method === 'HEAD' || request.headers.has('idempotency-key');
    const attempts = safe ? (this.#options.attempts ?? 4) : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.sendOnce(attempt < attempts ? request.clone() : request);
        if (response.ok) return response;
        throw await refusalOf(response);
      } catch (problem) {
        const wait = problem instanceof EverthreadError && attempt < attempts ? this.#waitOf(problem, attempt) : null;
        if (wait === null) throw problem;
        await pause(wait, request.signal);
      }
    }
  };

  /** Null: trying again would not help, or not soon. */
  #waitOf({ status, code, retryAfterMs }: EverthreadError, attempt: number): number | null {
    if (!PASSING.has(status) && code !== 'client.unreachable' && code !== 'client.timeout') return null;
    const wait = Math.max(retryAfterMs ?? 0, delayOf(BACKOFF, attempt));
    return wait <= (this.#options.maxRetryAfterMs ?? 30_000) ? wait : null;
  }

  /** One attempt; any status is an answer. */
  readonly sendOnce = async (request: Request): Promise<Response> => {
    const timeoutMs = this.#options.timeoutMs ?? 60_000;
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([request.signal, limit]);
    try {
      const response = await this.#fetch(new Request(request, { headers: await this.#headers(request.headers), signal }));
      // The body is a part of what must come in time.
      const body = [101, 204, 205, 304].includes(response.status) ? null : await response.arrayBuffer();
      return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
    } catch (problem) {
      if (limit.aborted && !request.signal.aborted) throw tooLate(request.url, timeoutMs);
      if (request.signal.aborted || problem instanceof EverthreadError) throw problem;
      throw unreachable(this.baseUrl, problem);
    }
  };

  /** The lines of a text that may be long, each with its line break, as they come. What is not a success is thrown. */
  async *lines(path: string, signal: AbortSignal = new AbortController().signal): AsyncGenerator<string, void, void> {
    const response = await this.open(path, { accept: '*/*' }, signal);
    if (!response.ok || !response.body) throw await refusalOf(response);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    try {
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        const found = (rest + decoder.decode(value, { stream: !done })).split('\n');
        rest = found.pop() ?? '';
        for (const line of found) yield `${line}\n`;
        if (done) break;
      }
      if (rest !== '') yield rest;
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  /** Opens a stream of events: an answer whose body is still to come. */
  async open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const given = new Headers({ accept: 'text/event-stream', ...headers });
    try {
      return await this.#fetch(`${this.baseUrl}${path}`, { headers: await this.#headers(given), signal });
    } catch (problem) {
      if (signal.aborted) throw problem;
      throw unreachable(this.baseUrl, problem);
    }
  }

  async #headers(given: Headers): Promise<Headers> {
    const headers = new Headers(given);
    const { apiKey, token, tenant } = this.#options;
    for (const [name, value] of Object.entries(this.#options.headers ?? {})) if (!headers.has(name)) headers.set(name, value);
    const credential = apiKey ?? (typeof token === 'function' ? await token() : token);
    if (credential !== undefined) headers.set('authorization', `Bearer ${credential}`);
    if (tenant !== undefined) headers.set('x-organization-id', tenant);
    return headers;
  }
}
