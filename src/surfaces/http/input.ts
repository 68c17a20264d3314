/** From what a client sent to what a schema sees, or to a fault that names the field. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';

export type Part = 'body' | 'query' | 'path' | 'header';

const QUERY_MAX = 100;

interface Shown {
  readonly field: string;
  readonly reason: string;
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), value);

function shown(issue: z.core.$ZodIssue, value: unknown, part: Part): Shown {
  if (issue.code === 'unrecognized_keys') return { field: [...issue.path, issue.keys[0] ?? ''].join('.'), reason: 'is not a known field' };
  const field = issue.path.join('.') || `(${part})`;
  if (issue.code === 'invalid_type' && issue.path.length > 0 && valueAt(value, issue.path) === undefined) return { field, reason: 'is required' };
  return { field, reason: issue.message };
}

/** `value` as the schema sees it. Fault `request.invalid`, facts `{field, reason, in, issues[]}`: the first of at most eight issues, in the schema's order. */
export function readInput<S extends z.ZodType>(schema: S, value: unknown, part: Part): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 8).map((issue) => shown(issue, value, part));
  const first = issues[0] ?? { field: `(${part})`, reason: 'is not valid' };
  const text = first.reason.startsWith('is ') ? `${first.field} ${first.reason}` : `${first.field}: ${first.reason}`;
  throw new Fault('invalid', 'request.invalid', text, { ...first, in: part, issues });
}

function isArray(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodArray) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isArray(schema.unwrap() as z.core.$ZodType);
  return false;
}

function isNumber(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodNumber) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isNumber(schema.unwrap() as z.core.$ZodType);
  return false;
}

/** No id holds a NUL, and the database refuses to compare with one. */
export function refuseNul(params: Readonly<Record<string, string>>): void {
  const field = Object.keys(params).find((name) => params[name]?.includes('\0'));
  if (field !== undefined) throw misread(field, 'expected text without NUL characters', 'path');
}

const misread = (field: string, reason: string, part: Part = 'query'): Fault =>
  new Fault('invalid', 'request.invalid', reason.startsWith('is ') ? `${field} ${reason}` : `${field}: ${reason}`, { field, reason, in: part });

/** Digits, where the schema has a number: JavaScript also takes an empty text for 0, and `0x10` for 16. */
function single(name: string, field: z.core.$ZodType, values: readonly string[]): string {
  const [value = '', ...more] = values;
  if (more.length > 0) throw misread(name, 'is given more than once');
  if (isNumber(field) && !/^-?\d+(?:\.\d+)?$/.test(value)) throw misread(name, 'expected a number');
  return value;
}

/**
 * A query string as an object for its schema. A field that the schema has as an array may be given several times, or once with commas between its
 * values, as the peer's client sends it; any other field given twice is a fault. Fields that the schema does not know are dropped, as the clients of the
 * seeds send some.
 */
export function queryObject(schema: z.ZodType, search: URLSearchParams): Record<string, string | string[]> {
  if (!(schema instanceof z.ZodObject)) return {};
  if (search.size > QUERY_MAX)
    throw new Fault('invalid', 'request.invalid', `The query holds more than ${QUERY_MAX} parameters.`, { field: '(query)', in: 'query', max: QUERY_MAX });
  const fields: Record<string, string | string[]> = {};
  for (const [name, field] of Object.entries(schema.shape as Record<string, z.core.$ZodType>)) {
    const values = search.getAll(name);
    if (values.length === 0) continue;
    // No text that is stored holds one, and the database refuses to compare with it.
    if (values.some((value) => value.includes('\0'))) throw misread(name, 'expected text without NUL characters');
    fields[name] = isArray(field) ? values.flatMap((value) => value.split(',')) : single(name, field, values);
  }
  return fields;
}
