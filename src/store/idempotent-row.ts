/** The one way to make something once for each `Idempotency-Key`: the key's first request decides the thing's id. */
import { createHash } from 'node:crypto';
import type { KeyedRequest, Making } from '../contracts/idempotency';
import { Fault, type Kind } from '../errors/fault';
import { canonicalJson } from '../domain/canonical-json';
import type { Idempotency } from './idempotency';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Refusals for what a request asks: nothing was made, and nothing will be by the same request unless things change. */
const REFUSALS: ReadonlySet<Kind> = new Set(['invalid', 'conflict', 'not_found', 'forbidden', 'unsupported', 'exhausted']);

/** {@link MakeOnce} over the table of keys. */
export async function makeOnce<T>(
  idempotency: Idempotency,
  { tenant, route, key, body }: KeyedRequest,
  newId: string,
  { find, make }: Making<T>,
): Promise<{ readonly row: T; readonly replayed: boolean }> {
  if (key === null) return { row: await make(newId, true), replayed: false };
  const named = { tenant, route, key };
  // Threads and schedules were hashed as they came; keys from then are still known.
  const { first, resultId, made } = await idempotency.claim({
    ...named,
    bodyHash: hashOf(canonicalJson(body)),
    formerHash: hashOf(JSON.stringify(body)),
    resultId: newId,
  });
  const known = first ? null : await find(resultId);
  if (known !== null) return { row: known, replayed: true };
  if (made)
    throw new Fault('conflict', 'idempotency.result_gone', 'What this Idempotency-Key made was deleted; use a new key to make another.', { key, id: resultId });
  try {
    const row = await make(resultId, first);
    await idempotency.made(named);
    return { row, replayed: false };
  } catch (thrown) {
    if (first && thrown instanceof Fault && REFUSALS.has(thrown.kind)) await idempotency.release(named).catch(() => undefined);
    throw thrown;
  }
}
