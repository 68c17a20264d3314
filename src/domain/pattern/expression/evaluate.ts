/**
 * The value of an expression. Pure, without `eval`, and bounded: in steps, in the length of lists and in the characters it gives (`expression.too_large`).
 *
 * What is not there is null, and null goes through: a field of null is null, arithmetic with what is no number is null, a comparison by size with what
 * cannot be compared is false. `||` and `&&` give one of their sides, as in JavaScript; `??` gives the right side for null only.
 */
import type { Expression } from '../../../contracts/pattern/expression';
import type { Json } from '../../../contracts/pattern/json';
import { matches } from '../../regexp';
import { binary } from './binary';
import { Budget } from './budget';
import { call } from './functions';
import { isOutcome, memberOf } from './outcome';
import { finite, isTrue, textOf } from './values';

/** Values by name without `$`. Steps stand in it as outcomes (src/contracts/pattern/outcome.ts). */
export type Variables = { readonly [name: string]: Json };

/** The item at hand of a filter, a map or a formula: its fields are words, and it is `item` as a whole. */
export interface Item {
  readonly value: Json;
  readonly index?: number;
  /** Of an object's entry. */
  readonly key?: string;
}

interface Context {
  readonly variables: Variables;
  readonly item: Item | null;
  /** Fields of the objects around the place, those already known, the innermost first. */
  readonly fields: readonly { readonly [name: string]: Json }[];
  readonly entry: Json;
  readonly budget: Budget;
}

/** The value as plain JSON: where an outcome stood, its result. */
export function evaluate(expression: Expression, variables: Variables, item: Item | null = null): Json {
  const budget = new Budget();
  return new Budget().sized(budget.plain(valueOf(expression, { variables, item, fields: [], entry: null, budget })));
}

/** The value with outcomes as they are: for `assign`, `$final` and wherever the confidence of what is passed on must not be lost. */
export const evaluateKept = (expression: Expression, variables: Variables, item: Item | null = null): Json =>
  new Budget().sized(valueOf(expression, { variables, item, fields: [], entry: null, budget: new Budget() }));

/** Whether a condition holds (src/domain/pattern/expression/values.ts says what is true). */
export const holds = (expression: Expression, variables: Variables, item: Item | null = null): boolean => isTrue(evaluate(expression, variables, item));

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function valueOf(expression: Expression, context: Context): Json {
  const { budget } = context;
  budget.step();
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return Object.hasOwn(context.variables, expression.name) ? (context.variables[expression.name] ?? null) : null;
    case 'word':
      return wordOf(expression.name, context);
    case 'entry':
      return context.entry;
    case 'member':
      return memberOf(valueOf(expression.of, context), expression.key);
    case 'index':
      return atIndex(valueOf(expression.of, context), plainOf(expression.at, context));
    case 'each':
      return eachOf(expression, context);
    case 'not':
      return !isTrue(plainOf(expression.of, context));
    case 'negative': {
      const value = plainOf(expression.of, context);
      return typeof value === 'number' ? finite(-value) : null;
    }
    case 'binary':
      return binary(expression.operator, valueOf(expression.left, context), () => valueOf(expression.right, context), budget);
    case 'matches': {
      const value = plainOf(expression.of, context);
      return typeof value === 'string' && matches(expression.pattern, value);
    }
    case 'choice':
      return isTrue(plainOf(expression.when, context)) ? valueOf(expression.then, context) : valueOf(expression.otherwise, context);
    case 'call':
      return call(expression.function, expression.arguments.map((each) => plainOf(each, context)), budget); // prettier-ignore
    case 'text':
      return expression.parts.map((part) => budget.text(textOf(plainOf(part, context)))).join('');
    case 'list':
      return expression.items.map((each) => valueOf(each, context));
    case 'object':
      return objectOf(expression.fields, context);
    case 'filter':
    case 'map':
      return overItems(expression, context);
    case 'switch': {
      const value = textOf(plainOf(expression.value, context));
      return valueOf(expression.cases.find(({ name }) => name === value)?.value ?? expression.otherwise, context);
    }
  }
}

const plainOf = (expression: Expression, context: Context): Json => context.budget.plain(valueOf(expression, context));

function atIndex(of: Json, at: Json): Json {
  if (typeof at === 'string') return memberOf(of, at);
  const list = isOutcome(of) ? of.result : of;
  return typeof at === 'number' && Number.isInteger(at) && (isList(list) || typeof list === 'string') ? (list.at(at) ?? null) : null;
}

function entriesOf(value: Json): readonly Item[] {
  const of = isOutcome(value) ? value.result : value;
  if (isList(of)) return of.map((each, index) => ({ value: each, index }));
  if (of === null || typeof of !== 'object') return [];
  return Object.entries(of).map(([key, each], index) => ({ value: each, index, key }));
}

function eachOf({ of, take }: Extract<Expression, { kind: 'each' }>, context: Context): Json {
  const entries = context.budget.list(entriesOf(valueOf(of, context)));
  const taken = entries.map(({ value }) => (take === null ? value : valueOf(take, { ...context, entry: value })));
  return take !== null && hasEach(take) ? context.budget.list(taken.flat() as Json[]) : taken;
}

/** `a.*.b.*.c` is one list. */
const hasEach = (take: Expression): boolean => take.kind === 'each' || ((take.kind === 'member' || take.kind === 'index') && hasEach(take.of));

function objectOf(fields: Extract<Expression, { kind: 'object' }>['fields'], context: Context): Json {
  let known: { readonly [name: string]: Json } = {};
  for (const { name, value } of fields) {
    const given = valueOf(value, { ...context, fields: [known, ...context.fields] });
    known = Object.fromEntries([...Object.entries(known), [name, given]]);
  }
  return known;
}

/** Of a list the entries; of an object its entries as an object (filter) or as a list (map). */
function overItems(expression: Extract<Expression, { kind: 'filter' | 'map' }>, context: Context): Json {
  const items = valueOf(expression.items, context);
  const entries = context.budget.list(entriesOf(items));
  const inside = (item: Item): Context => ({ ...context, item, fields: [] });
  if (expression.kind === 'map') return entries.map((item) => valueOf(expression.transform, inside(item)));
  const kept = entries.filter((item) => isTrue(plainOf(expression.condition, inside(item))));
  return kept[0]?.key === undefined && (kept.length > 0 || !isObject(items)) ? kept.map(({ value }) => value) : Object.fromEntries(kept.map(({ key, value }) => [key ?? '', value])); // prettier-ignore
}

const isObject = (value: Json): boolean => {
  const of = isOutcome(value) ? value.result : value;
  return of !== null && typeof of === 'object' && !isList(of);
};

/** A word without `$`: the item and its fields, fields of the object around, the input, the last result, the counts of validation and execution. */
function wordOf(name: string, { item, fields, variables }: Context): Json {
  if (item !== null) {
    const field = fieldOf(item.value, name);
    if (field !== undefined) return field;
    if (name === 'item' || name === 'value') return item.value;
    if (name === 'index' && item.index !== undefined) return item.index;
    if (name === 'key' && item.key !== undefined) return item.key;
  }
  for (const source of [...fields, variables['input'], variables['result'], variables['validation'], variables['execution']]) {
    const field = source === undefined ? undefined : fieldOf(source, name);
    if (field !== undefined) return field;
  }
  return null;
}

function fieldOf(of: Json, name: string): Json | undefined {
  if (of === null || typeof of !== 'object' || isList(of)) return undefined;
  if (Object.hasOwn(of, name) && name !== '$outcome') return (of as { readonly [key: string]: Json })[name];
  return isOutcome(of) ? fieldOf(of.result, name) : undefined;
}
