/** A request with an `Idempotency-Key` makes one thing, however often it comes. One shape for the gateways that make things and the store that remembers keys. */
export interface KeyedRequest {
  readonly tenant: string;
  /** Method and path of the route. */
  readonly route: string;
  /** Null: every request makes something. */
  readonly key: string | null;
  /** JSON: the same key with another body is refused. */
  readonly body: unknown;
}

export interface Making<T> {
  /** What was made under this id; null when there is nothing. */
  readonly find: (id: string) => Promise<T | null>;
  /** Makes it under this id. `first`: no request before this one had the key. The same id may be made twice at once, and is one thing then too. */
  readonly make: (id: string, first: boolean) => Promise<T>;
}

/**
 * Makes a thing once for each key. A repetition finds it; when the first request was cut off between its claim and the thing, the repetition makes it. Faults:
 * `idempotency.key_reused` (conflict) for another body, `idempotency.result_gone` (conflict) when what the key made was deleted since. A request that is refused for what it
 * asks (invalid, conflict, not found) leaves its key free.
 */
export type MakeOnce = <T>(request: KeyedRequest, newId: string, making: Making<T>) => Promise<{ readonly row: T; readonly replayed: boolean }>;
