/** From a request or an event to the input of what is started. */
import type { InputMapping } from '../../contracts/trigger';
import { Fault } from '../../errors/fault';
import { valueAt } from '../events/filters';

const BRACES = /\{\{\s*([^{}\s]{1,200})\s*\}\}/g;
/** Characters of one text that is put together. */
const TEXT_MAX = 1_048_576;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** Why this is not the path of a field; null when it is. */
export function pathProblem(path: string): string | null {
  if (!/^[^.\s{}]{1,100}(?:\.[^.\s{}]{1,100}){0,15}$/.test(path)) return 'expected the dotted path of a field, such as body.issue.title';
  return path.split('.').some((key) => FORBIDDEN.has(key)) ? 'expected other names in the path' : null;
}

/** Why this is neither a path nor a text with paths in double braces; null when it is. */
export function sourceProblem(source: string): string | null {
  if (!source.includes('{{')) return pathProblem(source);
  const rest = source.replace(BRACES, '');
  if (rest.includes('{{') || rest.includes('}}')) return 'expected every {{ to hold one path and to be closed';
  return [...source.matchAll(BRACES)].map(([, path]) => pathProblem(path ?? '')).find((problem) => problem !== null) ?? null;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function found(from: unknown, path: string, field: string): unknown {
  const value = valueAt(from, path);
  if (value !== undefined) return value;
  throw new Fault('invalid', 'trigger.field_missing', `${field}: there is no ${path} in what came in`, { field, path });
}

function valueOf(from: unknown, source: string, field: string): unknown {
  if (!source.includes('{{')) return found(from, source, field);
  const text = source.replace(BRACES, (_whole, path: string) => asText(found(from, path, field)));
  if (text.length > TEXT_MAX) throw new Fault('invalid', 'trigger.field_too_large', `${field}: expected at most ${TEXT_MAX} characters`, { field });
  return text;
}

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  let at = into;
  for (const key of keys.slice(0, -1)) {
    const next = at[key];
    at = at[key] = typeof next === 'object' && next !== null && !Array.isArray(next) ? { ...(next as Record<string, unknown>) } : {};
  }
  at[keys.at(-1) ?? ''] = value;
}

/**
 * `input` with the mapped fields over it; what was given is not changed. Faults: `trigger.field_missing` (invalid) when what came in does not have a mapped field, `trigger.field_too_large`
 * (invalid).
 */
export function mappedInput(input: Readonly<Record<string, unknown>>, mapping: InputMapping, from: unknown): Readonly<Record<string, unknown>> {
  const made: Record<string, unknown> = { ...input };
  for (const [field, source] of Object.entries(mapping)) put(made, field, valueOf(from, source, field));
  return made;
}
