/**
 * The value of an expression. Pure, the same in every process and at every replay, without `eval`, and bounded in steps, lists and characters. docs/scriptum.md has the rules.
 *
 * Faults are `invalid`: `expression.name`, `.field`, `.index`, `.operand`, `.argument`, `.too_large`.
 */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import type { Expression } from '../syntax/ast';
import { printExpression } from '../syntax/print-expression';
import type { Lambda } from './arguments';
import { call } from './functions';
import { Budget, EVALUATION_LIMITS, type EvaluationLimits } from './limits';
import { binary } from './operators';
import { characters, described, isList, isObject, listed, partOf, textOf, truth } from './values';

/** What a name stands for (`env` and `input` are names too); undefined where there is none. Asked each time that the name comes up, so it should be quick. */
export type Lookup = (name: string) => Json | undefined;

/** Parameters of the lambdas around, the innermost first. */
interface Bound {
  readonly name: string;
  readonly value: Json;
  readonly outer: Bound | null;
}

interface Context {
  readonly lookup: Lookup;
  readonly bound: Bound | null;
  readonly budget: Budget;
}

export function evaluate(expression: Expression, lookup: Lookup, limits: EvaluationLimits = EVALUATION_LIMITS): Json {
  const value = valueOf(expression, { lookup, bound: null, budget: new Budget(limits) });
  // Counted anew: what an expression gives is gone through when it is stored.
  return new Budget(limits).walk(value);
}

/** Whether a condition holds: it gives true or false; null is taken for false. */
export const holds = (expression: Expression, lookup: Lookup, limits: EvaluationLimits = EVALUATION_LIMITS): boolean =>
  truth(evaluate(expression, lookup, limits), 'A condition');

function valueOf(expression: Expression, context: Context): Json {
  context.budget.step();
  switch (expression.kind) {
    case 'number':
    case 'boolean':
      return expression.value;
    case 'null':
      return null;
    case 'text':
      return textFrom(expression.parts, context);
    case 'name':
      return named(expression.name, context);
    case 'field':
    case 'index':
      return partAt(expression, context, expression.safe);
    case 'call':
      return called(expression, context);
    case 'list':
      return context.budget.list(expression.items.map((item) => valueOf(item, context)));
    case 'object':
      return Object.fromEntries(expression.fields.map(({ name, value }) => [name, valueOf(value, context)]));
    case 'unary':
      return unary(expression, context);
    case 'binary':
      return joined(expression, context);
    case 'lambda':
      throw new Fault('invalid', 'expression.argument', 'A lambda can only be an argument of a function that takes one.');
  }
}

function textFrom(parts: readonly (string | Expression)[], context: Context): string {
  const { budget } = context;
  return parts.map((part) => budget.text(typeof part === 'string' ? part : textOf(valueOf(part, context), budget))).join('');
}

function known(name: string, { bound, lookup }: Context): Json | undefined {
  for (let at = bound; at; at = at.outer) if (at.name === name) return at.value;
  return lookup(name);
}

function named(name: string, context: Context): Json {
  const value = known(name, context);
  if (value === undefined) throw new Fault('invalid', 'expression.name', `\`${name}\` has no value: the step that binds it was passed over.`, { name });
  return value;
}

type Part = Extract<Expression, { readonly kind: 'field' | 'index' }>;

/** `safe`: null where there is no such part. */
function partAt(expression: Part, context: Context, safe: boolean): Json {
  const of = valueOf(expression.of, context);
  const found = expression.kind === 'field' ? fieldOf(of, expression.name) : itemOf(of, valueOf(expression.index, context), context.budget);
  if (found !== undefined) return found;
  // A part of what is no list, object or text is never meant, but of null it may be.
  if (safe && (of === null || isObject(of) || (expression.kind === 'index' && typeof of !== 'number' && typeof of !== 'boolean'))) return null;
  throw noSuchPart(expression, of, context);
}

/** Without ever reaching what the programming language itself gives to a value. */
const fieldOf = (of: Json, name: string): Json | undefined => (isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined);

function itemOf(of: Json, index: Json, budget: Budget): Json | undefined {
  if (typeof index === 'string') return fieldOf(of, index);
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined;
  if (isList(of)) return of.at(index);
  if (typeof of !== 'string') return undefined;
  budget.step(of.length >> 4);
  const part = partOf(of, index, index === -1 ? undefined : index + 1);
  return part === '' ? undefined : part;
}

function noSuchPart(expression: Part, of: Json, context: Context): Fault {
  const whole = printExpression(expression.of).slice(0, 100);
  if (expression.kind === 'field') {
    const why = isObject(of) ? `has no field \`${expression.name}\`${hasOf(of)}` : `is ${described(of)}, which has no field \`${expression.name}\``;
    return new Fault('invalid', 'expression.field', `Field access failed: \`${whole}\` ${why}.`, { field: expression.name });
  }
  const index = valueOf(expression.index, context);
  if (isObject(of) && typeof index === 'string')
    return new Fault('invalid', 'expression.index', `Index access failed: \`${whole}\` has no field ${described(index).slice(9)}${hasOf(of)}.`);
  const size = typeof of === 'string' ? `a text of ${characters(of)} characters` : described(of);
  const wanted = isList(of) || typeof of === 'string' ? ' The first one has the index 0.' : '';
  return new Fault('invalid', 'expression.index', `Index access failed: \`${whole}\` is ${size}, which has nothing at ${described(index)}.${wanted}`);
}

const hasOf = (of: { readonly [key: string]: Json }): string => {
  const names = Object.keys(of);
  return names.length === 0 ? '; it is empty' : `; it has ${listed(names)}`;
};

function unary({ operator, of }: Extract<Expression, { kind: 'unary' }>, context: Context): Json {
  const value = valueOf(of, context);
  if (operator === 'not') return !truth(value, 'What stands behind `not`');
  if (typeof value !== 'number') throw new Fault('invalid', 'expression.operand', `The minus sign takes a number, found ${described(value)}.`);
  return 0 - value;
}

/** The right side is looked at only where it decides. */
function joined({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, context: Context): Json {
  if (operator === '??') return orNull(left, context) ?? valueOf(right, context);
  const first = valueOf(left, context);
  if (operator !== 'and' && operator !== 'or') return binary(operator, first, valueOf(right, context), context.budget);
  const what = `What stands beside \`${operator}\``;
  if (truth(first, what) === (operator === 'or')) return operator === 'or';
  return truth(valueOf(right, context), what);
}

/** Left of `??`, what is not there is null: a name without a value, a part that is missing, and each part of what is missing. */
function orNull(expression: Expression, context: Context): Json {
  if (expression.kind === 'name') {
    context.budget.step();
    return known(expression.name, context) ?? null;
  }
  if (expression.kind === 'binary' && expression.operator === '??') return orNull(expression.left, context) ?? orNull(expression.right, context);
  if (expression.kind !== 'field' && expression.kind !== 'index') return valueOf(expression, context);
  context.budget.step();
  const of = orNull(expression.of, context);
  return (expression.kind === 'field' ? fieldOf(of, expression.name) : itemOf(of, valueOf(expression.index, context), context.budget)) ?? null;
}

function called({ name, args }: Extract<Expression, { kind: 'call' }>, context: Context): Json {
  const values = args.map((arg) => (arg.kind === 'lambda' ? lambda(arg, context) : valueOf(arg, context)));
  return call(name, values, context.budget);
}

function lambda({ parameters, body }: Extract<Expression, { kind: 'lambda' }>, { lookup, bound, budget }: Context): Lambda {
  const [name = ''] = parameters;
  return (value) => valueOf(body, { lookup, bound: { name, value, outer: bound }, budget });
}
