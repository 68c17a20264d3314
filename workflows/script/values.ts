/**
 * Values of expressions: here where all that they mention travels, by an activity where something is kept or is of the environment. What comes of the environment is always a reference.
 */
import type { ScopePart } from '../../src/contracts/script/activities';
import type { IrArguments, IrExpression } from '../../src/contracts/script/ir';
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import { evaluate } from '../../src/domain/script/evaluate/evaluate';
import { namesIn, type Mentioned } from '../../src/domain/script/ir/names';
import { stepFault } from '../../src/domain/script/thread/failure';
import type { Named, Names } from '../../src/domain/script/thread/names';
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
    if (known) scope[name] = known.value;
  }
  return input ? { ...scope, input: shell.start.input } : scope;
}

function isSealed({ shell, names }: Pick<Here, 'shell' | 'names'>, text: IrExpression): boolean {
  const { env, names: free } = mentioned(shell, [text]);
  return env || free.some((name) => names.get(name)?.sealed === true);
}

/** Undefined: it needs what is not here. */
function here({ shell, names }: Pick<Here, 'shell' | 'names'>, text: IrExpression): Json | undefined {
  const { env, names: free, input } = mentioned(shell, [text]);
  const whole = shell.start.input;
  if (env || (input && !('value' in whole))) return undefined;
  const known = new Map<string, Json>(input && 'value' in whole ? [['input', whole.value as Json]] : []);
  for (const name of free) {
    const value = names.get(name)?.value;
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

/** Values that travel or are kept, by the names of the expressions. */
export async function valuesOf(at: Here, expressions: IrArguments): Promise<Readonly<Record<string, Named>>> {
  const values: Record<string, Named> = {};
  const elsewhere: Record<string, IrExpression> = {};
  for (const [name, text] of Object.entries(expressions)) {
    const found = overridden(at, name) ?? here(at, text);
    if (found === undefined) elsewhere[name] = text;
    else values[name] = { value: await at.shell.stored(found), sealed: false };
  }
  if (Object.keys(elsewhere).length > 0) Object.assign(values, await evaluated(at, elsewhere));
  return values;
}

async function evaluated(at: Here, expressions: IrArguments): Promise<Readonly<Record<string, Named>>> {
  const { shell, path } = at;
  const sealed = new Set(Object.keys(expressions).filter((name) => isSealed(at, expressions[name] ?? '')));
  // What comes of a sealed value is kept as well: it mentions the environment, if only to say so.
  const texts = Object.fromEntries(
    Object.entries(expressions).map(([name, text]) => [name, sealed.has(name) && !mentioned(shell, [text]).env ? `[(${text}), env][0]` : text]),
  );
  const told = await shell.call(() =>
    shell.short(`${path} values`).evaluateStep({ thread: shell.thread, path, scope: scopeOf(at, Object.values(texts)), expressions: texts, override: null }),
  );
  if (told.outcome === 'failed') throw stepFault(told.error);
  return Object.fromEntries(Object.entries(told.values).map(([name, value]) => [name, { value, sealed: sealed.has(name) }]));
}

export async function valueOf(at: Here, name: string, text: IrExpression): Promise<Named> {
  const values = await valuesOf(at, { [name]: text });
  return values[name] ?? { value: { value: null }, sealed: false };
}

/**
 * What decides the way: conditions, counts, durations. These must be here, also where they come of something kept or of the environment; `only` is then put around the expression, so that nothing else
 * of the environment can travel.
 */
export async function plainOf(at: Here, name: string, text: IrExpression, only: (text: string) => string = (same) => same): Promise<Json> {
  const { shell } = at;
  const found = overridden(at, name) ?? here(at, text);
  if (found !== undefined) return found;
  const { value } = await valueOf(at, name, `[${only(`(${text})`)}]`);
  if ('value' in value) return (value.value as readonly Json[])[0] ?? null;
  const { items } = await shell.call(() => shell.short(`${at.path} ${name}`).readPage({ tenant: shell.start.tenant, list: value, from: 0, count: 1 }));
  const [item] = items;
  if (item && 'value' in item) return item.value as Json;
  throw stepFault({ code: 'step.value_too_large', message: `\`${name}\` is too large for what decides how it goes on.` });
}

const described = (value: Json): string => JSON.stringify(value).slice(0, 100);

/** Null is taken for false, as `and` and `or` take it. */
export async function conditionOf(at: Here, name: string, text: IrExpression): Promise<boolean> {
  const value = await plainOf(at, name, text, (condition) => `${condition} == true`);
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
  const value = await plainOf(at, name, text, (count) => `${count} + 0`);
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw stepFault({ code: 'step.argument', message: `${name}: expected a whole number from ${min} to ${max}, found ${described(value)}.` });
}

/** An object with these fields, as one expression, so that what is sealed in it stays so. */
export function objectText(args: IrArguments): IrExpression {
  const fields = Object.entries(args).map(([name, text]) => `${JSON.stringify(name).replaceAll('{', '\\{').replaceAll('}', '\\}')}: (${text})`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

export const bind = (names: Names, name: string, { value, sealed }: Named): void => names.set(name, value, sealed);
