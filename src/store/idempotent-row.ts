/** Rows that a request makes, made once for each `Idempotency-Key`: the key's first request decides the row's id. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json';
import type { Idempotency } from './idempotency';

export interface KeyedRequest {
  readonly tenant: string;
  /** Method and path of the route. */
  readonly route: string;
  /** Null: every request makes a row. */
  readonly key: string | null;
  readonly body: unknown;
}

/**
 * `find` looks for the row of an id, `make` makes it under that id. A repetition finds the row; when the first request was cut off between its claim and its row, the
 * repetition makes it. Fault `idempotency.key_reused` (conflict) for another body.
 */
export async function makeOnce<T>(
  idempotency: Idempotency,
  { tenant, route, key, body }: KeyedRequest,
  newId: string,
  { find, make }: { readonly find: (id: string) => Promise<T | null>; readonly make: (id: string) => Promise<T> },
): Promise<{ readonly row: T; readonly replayed: boolean }> {
  if (key === null) return { row: await make(newId), replayed: false };
  const bodyHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
  const { first, resultId } = await idempotency.claim({ tenant, route, key, bodyHash, resultId: newId });
  const known = first ? null : await find(resultId);
  return known === null ? { row: await make(resultId), replayed: false } : { row: known, replayed: true };
}
