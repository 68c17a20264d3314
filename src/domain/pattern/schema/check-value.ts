/** Whether a value fits a ValueSchema, and the value with its defaults. Pure; for inputs before an execution starts and for results inside one. */
import { canonicalJson } from '../../canonical-json';
import type { Json } from '../../../contracts/pattern/json';
import type { ValueSchema } from '../../../contracts/pattern/value-schema';
import { Fault } from '../../../errors/fault';
import { isEqual } from '../expression/values';
import { nearest } from '../../nearest';
import { matches } from '../../regexp';
import { hasFormat } from './formats';

/** Problems that are told of one value. */
const PROBLEMS_MAX = 20;

export interface ValueProblem {
  /** `documents[3].title`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

export interface CheckedValue {
  /** With the defaults of what was not given. */
  readonly value: Json;
  readonly problems: readonly ValueProblem[];
}

/** The input of an execution: the value with its defaults, or what is wrong with it. `undefined` stands for an empty input. */
export const checkInput = (input: ValueSchema, value: Json | undefined): CheckedValue => checkValue(input, value ?? {}, '');

export function checkValue(schema: ValueSchema, value: Json, path: string): CheckedValue {
  const problems: ValueProblem[] = [];
  const report: Report = (at, message, expected) => {
    if (problems.length < PROBLEMS_MAX) problems.push({ path: at, message, expected });
  };
  return { value: fit(schema, value, path, report), problems };
}

type Report = (path: string, message: string, expected: string) => void;
type JsonObject = { readonly [key: string]: Json };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is JsonObject => value !== null && typeof value === 'object' && !isList(value);

const EXPECTED: Readonly<Record<ValueSchema['type'], string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  any: 'any value',
};

function isOfType(type: ValueSchema['type'], value: Json): boolean {
  if (type === 'any') return true;
  if (type === 'array') return isList(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

const kindOf = (value: Json): string => (value === null ? 'null' : isList(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`);

function fit(schema: ValueSchema, value: Json, path: string, report: Report): Json {
  if (!isOfType(schema.type, value)) {
    report(path, `It is ${kindOf(value)}.`, EXPECTED[schema.type]);
    return value;
  }
  if (schema.enum && !schema.enum.some((each) => isEqual(each, value)))
    report(path, 'It is none of the values that are allowed.', `one of ${listed(schema.enum)}`);
  if (typeof value === 'string') checkText(schema, value, path, report);
  if (typeof value === 'number') checkNumber(schema, value, path, report);
  if (isList(value)) return fitList(schema, value, path, report);
  return isObject(value) ? fitObject(schema, value, path, report) : value;
}

const listed = (values: readonly Json[]): string => {
  const text = values.map((each) => JSON.stringify(each)).join(', ');
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
};

function checkText(schema: ValueSchema, value: string, path: string, report: Report): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (minLength !== undefined && value.length < minLength) report(path, `It has ${value.length} characters.`, `at least ${minLength}`);
  if (maxLength !== undefined && value.length > maxLength) report(path, `It has ${value.length} characters.`, `at most ${maxLength}`);
  if (format !== undefined && !hasFormat(format, value)) report(path, `It is no ${format}.`, `a text of the format ${format}`);
  if (pattern === undefined) return;
  try {
    if (!matches(pattern, value)) report(path, 'It does not match its pattern.', `a text that matches ${pattern}`);
  } catch (problem) {
    if (!(problem instanceof Fault)) throw problem;
    report(path, problem.message, `a shorter text that matches ${pattern}`);
  }
}

function checkNumber({ minimum, maximum, multipleOf }: ValueSchema, value: number, path: string, report: Report): void {
  if (minimum !== undefined && value < minimum) report(path, `It is ${value}.`, `at least ${minimum}`);
  if (maximum !== undefined && value > maximum) report(path, `It is ${value}.`, `at most ${maximum}`);
  if (multipleOf === undefined) return;
  const times = value / multipleOf;
  // 0.3 / 0.1 is not 3 in floating point.
  if (Math.abs(times - Math.round(times)) > 1e-9 * Math.max(1, Math.abs(times))) report(path, `It is ${value}.`, `a multiple of ${multipleOf}`);
}

function fitList(schema: ValueSchema, value: readonly Json[], path: string, report: Report): Json {
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (minItems !== undefined && value.length < minItems) report(path, `It has ${value.length} entries.`, `at least ${minItems}`);
  if (maxItems !== undefined && value.length > maxItems) report(path, `It has ${value.length} entries.`, `at most ${maxItems}`);
  if (uniqueItems === true && new Set(value.map((item) => canonicalJson(item))).size < value.length)
    report(path, 'It has an entry twice.', 'entries that are all different');
  return items === undefined ? value : value.map((each, at) => fit(items, each, `${path}[${at}]`, report));
}

function fitObject(schema: ValueSchema, value: JsonObject, path: string, report: Report): Json {
  const properties = schema.properties ?? {};
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of schema.required ?? []) {
    const property = properties[name];
    if (Object.hasOwn(value, name) || property?.default !== undefined) continue;
    report(inside(name), 'It is missing.', property ? EXPECTED[property.type] : 'a value');
  }
  const fields = Object.entries(value).map(([name, each]): [string, Json] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property) return [name, fit(property, each, inside(name), report)];
    if (schema.additionalProperties === false) {
      report(inside(name), `There is no field ${name} here.${nearest(name, Object.keys(properties))}`, `one of ${Object.keys(properties).join(', ')}`);
    }
    return [name, each];
  });
  const missing = Object.entries(properties).flatMap(([name, property]): [string, Json][] =>
    property.default !== undefined && !Object.hasOwn(value, name) ? [[name, property.default]] : [],
  );
  return Object.fromEntries([...fields, ...missing]);
}
