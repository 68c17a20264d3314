/** JSON values that may be large: small ones travel as they are, large ones by reference to the blob store, so that histories stay thin. */
import { z } from 'zod';

/** Bytes of JSON that travel inline. */
export const VALUE_INLINE_MAX = 8 * 1024;
/** Bytes of JSON of any value: an input, the result of an agent, the result of an execution. */
export const VALUE_MAX = 512 * 1024;

export const StoredValue = z.union([
  z.strictObject({ value: z.unknown() }),
  z.strictObject({ ref: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) }),
]);
export type StoredValue = { readonly value: unknown } | { readonly ref: string; readonly bytes: number };

/** Bytes of the value as JSON in UTF-8; pure, so that workflows can ask. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value) ?? 'null';
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7ff) bytes += 2;
    else if (code > 0x7f) bytes += 1;
    // A surrogate pair is four bytes, not twice three.
    if (code >= 0xd800 && code <= 0xdbff) bytes -= 2;
  }
  return bytes;
}

export const fitsInline = (value: unknown): boolean => jsonBytes(value) <= VALUE_INLINE_MAX;
