/** What the clients of all surfaces share: typed calls by path, and options that every method takes. */
import createClient, { type Client } from 'openapi-fetch';
import type { Transport } from './transport';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface CommandOptions extends CallOptions {
  /** Makes the command happen once, also across restarts of the caller. Without one the client makes its own, for its own repetitions. */
  readonly idempotencyKey?: string;
}

/** Typed calls of every path of one surface: `api.GET('/api/…')`. What is not a success is thrown. */
export type TypedCalls<Paths extends object> = Client<Paths, 'application/json'>;

export const typedCalls = <Paths extends object>(transport: Transport): TypedCalls<Paths> =>
  createClient<Paths, 'application/json'>({ baseUrl: transport.baseUrl, headers: { accept: 'application/json' }, fetch: (request) => transport.send(request) });

export const once = ({ idempotencyKey }: CommandOptions): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': idempotencyKey ?? crypto.randomUUID() });

/** The transport throws whatever is no success, so an answer has what the description says. */
export async function dataOf<T>(answer: Promise<{ readonly data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** What is undefined is not sent. */
export function queryString(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
