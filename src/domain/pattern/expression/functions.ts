/**
 * The functions of expressions. What an argument should have been and is not makes the result null: a missing field is no reason to fail. `sum`, `min`,
 * `max`, `average`, `all` and `any` take their arguments or one list, and leave out what is no number (`all` and `any`: nothing).
 */
import { FUNCTIONS, type FunctionName } from '../../../contracts/pattern/expression';
import { canonicalJson } from '../../canonical-json';
import type { Json } from '../../../contracts/pattern/json';
import type { Budget } from './budget';
import { cosineSimilarity, similarityOf } from './similarity';
import { finite, isTrue, textOf } from './values';

type Implementation = (args: readonly Json[], budget: Budget) => Json;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } => value !== null && typeof value === 'object' && !Array.isArray(value);

const listed = (args: readonly Json[]): readonly Json[] => (args.length === 1 && isList(args[0]) ? args[0] : args);
const numbers = (args: readonly Json[]): readonly number[] => listed(args).filter((each) => typeof each === 'number');

const ofNumbers =
  (compute: (values: readonly number[]) => number): Implementation =>
  (args) => {
    const values = numbers(args);
    return values.length === 0 ? null : finite(compute(values));
  };
const ofNumber =
  (compute: (value: number) => number): Implementation =>
  ([value]) =>
    typeof value === 'number' ? finite(compute(value)) : null;
const ofText =
  (compute: (value: string) => Json): Implementation =>
  ([value]) =>
    typeof value === 'string' ? compute(value) : null;
const ofTwoTexts =
  (compute: (left: string, right: string) => Json): Implementation =>
  ([left, right]) =>
    typeof left === 'string' && typeof right === 'string' ? compute(left, right) : null;

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

function unique(items: readonly Json[]): Json {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = canonicalJson(item);
    return !seen.has(key) && seen.add(key);
  });
}

const toNumber = (value: Json): Json => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(value) ? finite(Number(value)) : null;
};

const IMPLEMENTATIONS: Readonly<Record<FunctionName, Implementation>> = {
  min: ofNumbers((values) => values.reduce((a, b) => Math.min(a, b))),
  max: ofNumbers((values) => values.reduce((a, b) => Math.max(a, b))),
  sum: (args) => finite(total(numbers(args))),
  average: ofNumbers((values) => total(values) / values.length),
  count: ([value]) => (isList(value) ? value.length : isObject(value) ? Object.keys(value).length : null),
  all: (args) => listed(args).every(isTrue),
  any: (args) => listed(args).some(isTrue),
  abs: ofNumber(Math.abs),
  round: ([value, digits]) => {
    if (typeof value !== 'number') return null;
    const factor = 10 ** (typeof digits === 'number' ? Math.max(0, Math.min(15, Math.trunc(digits))) : 0);
    return finite(Math.round(value * factor) / factor);
  },
  floor: ofNumber(Math.floor),
  ceil: ofNumber(Math.ceil),
  sqrt: ofNumber(Math.sqrt),
  pow: ([base, exponent]) => (typeof base === 'number' && typeof exponent === 'number' ? finite(base ** exponent) : null),
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: ofText((text) => text.trim()),
  starts_with: ofTwoTexts((text, start) => text.startsWith(start)),
  ends_with: ofTwoTexts((text, end) => text.endsWith(end)),
  join: ([items, separator], budget) => (isList(items) ? budget.text(items.map(textOf).join(typeof separator === 'string' ? separator : ', ')) : null),
  split: ofTwoTexts((text, separator) => text.split(separator)),
  first: ([items]) => (isList(items) ? (items[0] ?? null) : null),
  last: ([items]) => (isList(items) ? (items.at(-1) ?? null) : null),
  keys: ([value]) => (isObject(value) ? Object.keys(value) : null),
  values: ([value]) => (isObject(value) ? Object.values(value) : null),
  unique: ([items]) => (isList(items) ? unique(items) : null),
  flatten: ([items]) => (isList(items) ? items.flat() : null),
  concat: (args) => args.flatMap((each) => (each === null ? [] : each)),
  coalesce: (args) => args.find((each) => each !== null) ?? null,
  exists: ([value]) => value !== null,
  string: ([value]) => textOf(value ?? null),
  number: ([value]) => toNumber(value ?? null),
  cosine_similarity: ([left, right]) => cosineSimilarity(left ?? null, right ?? null),
  similarity: ([left, right]) => similarityOf(left ?? null, right ?? null),
};

/** The value of a function. Arguments are plain (no outcomes); the count of them was checked when the definition was read. */
export function call(name: FunctionName, args: readonly Json[], budget: Budget): Json {
  if (!Object.hasOwn(FUNCTIONS, name)) return null;
  const value = IMPLEMENTATIONS[name](args, budget);
  return Array.isArray(value) ? budget.list(value) : value;
}
