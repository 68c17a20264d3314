/** Small pieces of messages: times, texts, values. */
import { jsonBytes, type StoredValue } from '../../contracts/execution/value';
import type { ScriptError } from '../../contracts/script/start';

/** Milliseconds since 1970; 0: none. */
export const msOf = (iso: string | null): bigint => BigInt(iso === null ? 0 : Date.parse(iso));
export const count = (value: number): bigint => BigInt(Math.trunc(value));
export const text = (value: string | null | undefined): string => value ?? '';
export const jsonText = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** Values that travel inside of messages; those that are kept elsewhere are told by their size. */
export const valueView = (value: StoredValue | null) => {
  if (value === null) return undefined;
  if ('ref' in value) return { json: '', totalBytes: count(value.bytes), truncated: true };
  return { json: jsonText(value.value), totalBytes: count(jsonBytes(value.value)), truncated: false };
};

export const errorView = (error: ScriptError | null) =>
  error === null ? undefined : { code: error.code, message: error.message, stepPath: text(error.step), label: text(error.label), tool: text(error.tool) };
