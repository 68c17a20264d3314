/**
 * Values of expressions: here where all that they mention travels, by an activity where something is kept or is of the environment. What comes of the environment is always a reference, and so is what is
 * made of it; the activities see to that.
 */
import type { ScopePart } from '../../src/contracts/script/activities';
import type { IrArguments, IrExpression } from '../../src/contracts/script/ir';
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import { evaluate } from '../../src/domain/script/evaluate/evaluate';
import { namesIn, type Mentioned } from '../../src/domain/script/ir/names';
import { stepFault } from '../../src/domain/script/thread/failure';
import type { Performing } from './performing';
import type { ScriptShell } from './shell';

type Here = Pick<Performing, 'shell' | 'path' | 'names' | 'begun'>;

const mentioned = ({ texts }: ScriptShell, expressions: readonly IrExpression[]): Mentioned => namesIn(...expressions.map((text) => texts.expression(text)));

/** Every name that the expressions mention and that there is, with what it stands for. */
export function scopeOf({ shell, names }: Pick<Here, 'shell' | 'names'>, expressions: readonly IrExpression[]): ScopePart {
  const { names: free, input } = mentioned(shell, expressions);
  const scope: Record<string, StoredValue> = {};
  for (const name of free) {
    const known = names.get(name);
    if (known) scope[name] = known;
  }
  return input ? { ...scope, input: shell.start.input } : scope;
}

/** Undefined: it needs what is not here. */
function here({ shell, names }: Pick<Here, 'shell' | 'names'>, text: IrExpression): Json | undefined {
  const { env, names: free, input } = mentioned(shell, [text]);
  const whole = shell.start.input;
  if (env || (input && !('value' in whole))) return undefined;
  const known = new Map<string, Json>(input && 'value' in whole ? [['input', whole.value as Json]] : []);
  for (const name of free) {
    const value = names.get(name);
    if (value && !('value' in value)) return undefined;
    if (value) known.set(name, value.value as Json);
  }
  return evaluate(shell.texts.expression(text), (name) => known.get(name));
}

/** Fields that a person gave in place of arguments. */
export function overridden({ begun }: Pick<Here, 'begun'>, name: string): Json | undefined {
  const { override } = begun;
  const fields = override && 'value' in override ? (override.value as { readonly [key: string]: Json }) : null;
  return fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Values that travel or are kept, by the names of the expressions. `plain`: they decide the way, so they must travel. */
export async function valuesOf(at: Here, expressions: IrArguments, plain = false): Promise<Readonly<Record<string, StoredValue>>> {
  const values: Record<string, StoredValue> = {};
  const elsewhere: Record<string, IrExpression> = {};
  for (const [name, text] of Object.entries(expressions)) {
    const given = overridden(at, name);
    const found = given === undefined ? here(at, text) : given;
    if (found === undefined) elsewhere[name] = text;
    else values[name] = plain ? { value: found } : await at.shell.stored(found);
  }
  return Object.keys(elsewhere).length === 0 ? values : { ...values, ...(await evaluated(at, elsewhere, plain)) };
}

async function evaluated(at: Here, expressions: IrArguments, plain: boolean): Promise<Readonly<Record<string, StoredValue>>> {
  const { shell, path } = at;
  const input = { thread: shell.thread, path, scope: scopeOf(at, Object.values(expressions)), expressions, override: null, plain };
  const told = await shell.carrying((...entrusted) => shell.short(`${path} values`).evaluateStep(input, ...entrusted));
  if (told.outcome === 'failed') throw stepFault(told.error);
  return told.values;
}

export async function valueOf(at: Here, name: string, text: IrExpression): Promise<StoredValue> {
  const values = await valuesOf(at, { [name]: text });
  return values[name] ?? { value: null };
}

/** What decides the way: conditions, counts, durations, what people are shown. Of the environment only what is no text, list or object comes here. */
export async function plainOf(at: Here, name: string, text: IrExpression): Promise<Json> {
  const value = (await valuesOf(at, { [name]: text }, true))[name] ?? { value: null };
  if ('value' in value) return value.value as Json;
  throw stepFault({
    code: 'step.not_plain',
    message: `\`${name}\` is too large for this, or comes of the environment, of which only numbers, true and false decide.`,
  });
}

const described = (value: Json): string => JSON.stringify(value).slice(0, 100);

/** Null is taken for false, as `and` and `or` take it. */
export async function conditionOf(at: Here, name: string, text: IrExpression): Promise<boolean> {
  const value = await plainOf(at, name, text);
  if (value === null || typeof value === 'boolean') return value === true;
  throw stepFault({ code: 'expression.operand', message: `A condition is true or false, found ${described(value)}.` });
}

/** A whole number within the bounds; `otherwise` where there is no expression. */
export async function countOf(
  at: Here,
  name: string,
  text: IrExpression | undefined,
  { min, max, otherwise }: { readonly min: number; readonly max: number; readonly otherwise: number },
): Promise<number> {
  if (text === undefined) return otherwise;
  const value = await plainOf(at, name, text);
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw stepFault({ code: 'step.argument', message: `${name}: expected a whole number from ${min} to ${max}, found ${described(value)}.` });
}

/** A text as an expression: braces of texts begin what is put in. */
const textLiteral = (text: string): IrExpression => JSON.stringify(text).replaceAll('{', '\\{').replaceAll('}', '\\}');

/** A value as an expression. */
export const literalOf = (value: Json): IrExpression => (typeof value === 'string' ? textLiteral(value) : `from_json(${textLiteral(JSON.stringify(value))})`);

/** An object with these fields as one expression, so that all of it is evaluated in one place. */
export function objectText(args: IrArguments): IrExpression {
  const fields = Object.entries(args).map(([name, text]) => `${textLiteral(name)}: (${text})`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
