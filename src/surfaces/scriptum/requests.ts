/** From requests to what the gateways take. */
import { Fault } from '../../errors/fault';
import type { PageRequest, ScriptKeyed } from '../../contracts/script/ports';
import type { Call } from './methods';

export const keyOf = ({ idempotencyKey, requestId, replayed }: Call): ScriptKeyed => ({ idempotencyKey, requestId, replayed });

export const pageOf = ({ pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string }): PageRequest => ({ pageSize, pageToken });

export const fieldFault = (field: string, reason: string): Fault =>
  new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body' });

export function required(field: string, value: string): string {
  if (value === '') throw new Fault('invalid', 'request.invalid', `${field} is required`, { field, reason: 'is required', in: 'body' });
  return value;
}

/** `key=value` of filters. */
export function pairsOf(field: string, texts: readonly string[]): readonly (readonly [string, string])[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw fieldFault(field, 'expected `key=value`');
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}

/** The values of each key; `key` of filters. */
export function valuesByKey(field: string, texts: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const [key, value] of pairsOf(field, texts)) found.set(key, [...(found.get(key) ?? []), value]);
  return Object.fromEntries(found);
}

export const valueByKey = (field: string, texts: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(pairsOf(field, texts));

export function labelsOf(labels: readonly { readonly key: string; readonly values: readonly string[] }[]): Readonly<Record<string, readonly string[]>> {
  const keys = labels.map(({ key }) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) throw fieldFault('labels', `expected each key once, found \`${twice.slice(0, 100)}\` twice`);
  return Object.fromEntries(labels.map(({ key, values }) => [required('labels.key', key), values]));
}
