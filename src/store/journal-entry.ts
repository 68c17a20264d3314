/**
 * How an event is spelled for its hash, and the hash itself.
 *
 * The recipe, for anybody who wants to check a journal without this code:
 *
 *  1. An entry is the canonical JSON (keys sorted, no spaces, UTF-8) of `{at, by: {subject, via}, data, requestId, seq, type}`. `at` is ISO 8601 in
 *     UTC with milliseconds. When the data is larger than 32 KiB, `dataRef` (hex SHA-256 of the canonical JSON of the data) stands in place of `data`.
 *  2. The hash before the first entry is hex SHA-256 of `everthread journal 1\n` followed by the actor's address.
 *  3. The hash of an entry is hex SHA-256 of the hash before it (64 hex digits) followed by the entry.
 */
import { createHash } from 'node:crypto';
import { LIMITS, type Cause, type RecordedEvent } from '../contracts/actor';
import { canonicalJson } from '../domain/canonical-json';

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

export const genesisHash = (address: string): string => sha256(`everthread journal 1\n${address}`);

export const entryHash = (previous: string, entry: string): string => sha256(previous + entry);

export interface Entry {
  /** The canonical text that is hashed and stored. */
  readonly text: string;
  /** Set when the data is stored apart. */
  readonly blob: { readonly ref: string; readonly value: string } | null;
}

/** The entry of an event whose data was redacted before. */
export function entryOf(event: RecordedEvent): Entry {
  const data = canonicalJson(event.data);
  const head = { at: new Date(event.at).toISOString(), by: { subject: event.by.subject, via: event.by.via } satisfies Cause };
  const tail = { requestId: event.requestId, seq: event.seq, type: event.type };
  if (Buffer.byteLength(data) > LIMITS.inlineBytes) {
    const ref = sha256(data);
    return { text: canonicalJson({ ...head, dataRef: ref, ...tail }), blob: { ref, value: data } };
  }
  // The data was spelled once already; keys in order: at, by, data, requestId, seq, type.
  return { text: `${canonicalJson(head).slice(0, -1)},"data":${data},${canonicalJson(tail).slice(1)}`, blob: null };
}
