/**
 * Whether a value is of a type, and what it is then: defaults filled in, timestamps in one spelling. The input of a thread, what it emits and yields, its environment and the answers that people give are
 * checked here. Pure; used in workflows as in activities.
 */
import type { Json } from '../../../contracts/pattern/json';
import type { IrField, IrType } from '../../../contracts/script/ir';
import { regexpOf, REGEXP_WORK_MAX, type Regexp } from '../../regexp';
import { evaluate } from '../evaluate/evaluate';
import { characters, described, isList, isObject, listed } from '../evaluate/values';
import type { ScriptTexts } from '../ir/texts';
import type { Argument, Field, Type } from '../syntax/ast';
import { fromText } from './from-text';
import { SCALARS } from './scalars';

export type Enums = Readonly<Record<string, readonly string[]>>;

export interface FitOptions {
  readonly enums: Enums;
  readonly texts: ScriptTexts;
  /** What comes as a text from a person or an environment is taken for what it says: `"12"` for a number, `"true"` for a boolean, JSON for a list or an object. */
  readonly convert?: boolean;
}

/** `misfit`: one sentence that names the field, what was expected and what was found; the value is then as it was given. */
export interface Fit {
  readonly misfit: string | null;
  readonly value: Json;
}

export const fits = (value: Json, type: IrType, options: FitOptions): Fit => fitType(value, options.texts.type(type), options);

/** An object with these fields and no others; without fields, any value. What is optional and missing is null. */
export function fitFields(value: Json, fields: readonly IrField[], options: FitOptions): Fit {
  const { texts } = options;
  const read = fields.map(({ name, type, optional, default: otherwise }) => ({
    name,
    optional: optional === true,
    type: texts.type(type),
    value: otherwise === undefined ? null : texts.expression(otherwise),
  }));
  return attempt(value, () => (fields.length === 0 ? value : new Fitting(options).fields(value, read, '')));
}

/** As {@link fits}, of a type that was read. */
export const fitType = (value: Json, type: Type, options: Pick<FitOptions, 'enums' | 'convert'>): Fit =>
  attempt(value, () => new Fitting(options).value(value, type, ''));

/** Thrown and caught here: the first misfit ends the work. */
class Misfit extends Error {}

function attempt(value: Json, fit: () => Json): Fit {
  try {
    return { misfit: null, value: fit() };
  } catch (thrown) {
    if (thrown instanceof Misfit) return { misfit: thrown.message, value };
    throw thrown;
  }
}

type Declared = Pick<Field, 'name' | 'optional' | 'type' | 'value'>;

class Fitting {
  readonly #regexps = new Map<string, Regexp>();
  #work = REGEXP_WORK_MAX;

  constructor(private readonly options: Pick<FitOptions, 'enums' | 'convert'>) {}

  value(given: Json, type: Type, path: string): Json {
    const value = this.options.convert && typeof given === 'string' ? fromText(given, type) : given;
    switch (type.kind) {
      case 'scalar': {
        const { says, take } = SCALARS[type.name];
        const taken = take(value);
        if (taken === undefined) throw refused(path, says, value);
        this.#constraints(taken, type, path);
        return taken;
      }
      case 'enum':
        return this.#enum(value, type.name, path);
      case 'list':
        if (!isList(value)) throw refused(path, 'a list', value);
        this.#constraints(value, type, path);
        return value.map((item, at) => this.value(item, type.of, `${path}[${at}]`));
      case 'object':
        if (!isObject(value)) throw refused(path, 'an object', value);
        return type.fields === null ? value : this.fields(value, type.fields, path);
    }
  }

  fields(value: Json, fields: readonly Declared[], path: string): Json {
    if (!isObject(value)) throw refused(path, `an object with ${listed(fields.map(({ name }) => name)) || 'no fields'}`, value);
    const known = new Set(fields.map(({ name }) => name));
    const other = Object.keys(value).find((name) => !known.has(name));
    if (other !== undefined) {
      const there = fields.length === 0 ? 'there are none' : `there are ${listed([...known])}`;
      throw new Misfit(`There is no field \`${inside(path, other.slice(0, 100))}\`; ${there}.`);
    }
    return Object.fromEntries(fields.map((field) => [field.name, this.#field(Object.hasOwn(value, field.name) ? value[field.name] : undefined, field, path)]));
  }

  #field(given: Json | undefined, { name, optional, type, value }: Declared, path: string): Json {
    const at = inside(path, name);
    if (given === undefined || given === null) {
      if (value)
        return this.value(
          evaluate(value, () => undefined),
          type,
          at,
        );
      if (optional) return null;
      if (given === undefined) throw new Misfit(`\`${at}\` is missing: expected ${this.#said(type)}.`);
    }
    return this.value(given, type, at);
  }

  #said(type: Type): string {
    if (type.kind === 'scalar') return SCALARS[type.name].says;
    return type.kind === 'list' ? 'a list' : type.kind === 'object' ? 'an object' : this.#oneOf(type.name);
  }

  #oneOf(name: string): string {
    return `one of ${listed((this.options.enums[name] ?? []).map((value) => JSON.stringify(value)))}`;
  }

  #enum(value: Json, name: string, path: string): Json {
    const known = Object.hasOwn(this.options.enums, name) ? this.options.enums[name] : undefined;
    if (typeof value === 'string' && known?.includes(value)) return value;
    throw refused(path, this.#oneOf(name), value);
  }

  /** `min` and `max` of a number, of the characters of a text, of the items of a list; `pattern` of a text. */
  #constraints(value: Json, type: Type, path: string): void {
    if (type.constraints.length === 0) return;
    const [size, what] = sizeOf(value);
    for (const constraint of type.constraints) {
      if (constraint.name === 'pattern') this.#pattern(value, constraint, path);
      else if (size !== null) bounded(size, constraint, { what, path });
    }
  }

  #pattern(value: Json, constraint: Argument, path: string): void {
    const pattern = literalOf(constraint);
    if (typeof value !== 'string' || typeof pattern !== 'string') return;
    let regexp = this.#regexps.get(pattern);
    if (!regexp) this.#regexps.set(pattern, (regexp = regexpOf(pattern)));
    this.#work -= regexp.work(value);
    if (this.#work < 0) throw new Misfit(`${subject(path)} is too long for the pattern ${pattern}: ${value.length} characters.`);
    if (!regexp.test(value)) throw refused(path, `a text that matches ${pattern}`, value);
  }
}

const literalOf = ({ value }: Argument): Json => evaluate(value, () => undefined);

function sizeOf(value: Json): readonly [number | null, string] {
  if (typeof value === 'number') return [value, ''];
  if (typeof value === 'string') return [characters(value), 'characters'];
  return isList(value) ? [value.length, 'items'] : [null, ''];
}

function bounded(size: number, constraint: Argument, { what, path }: { readonly what: string; readonly path: string }): void {
  const bound = literalOf(constraint);
  if (typeof bound !== 'number' || (constraint.name === 'min' ? size >= bound : size <= bound)) return;
  const limit = `${constraint.name === 'min' ? 'at least' : 'at most'} ${bound}`;
  const found = what === '' ? `the number ${size}` : `${size}`;
  throw new Misfit(
    path === '' ? `Expected ${limit}${what && ` ${what}`}, found ${found}.` : `\`${path}\`: expected ${limit}${what && ` ${what}`}, found ${found}.`,
  );
}

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const subject = (path: string): string => (path === '' ? 'The value' : `\`${path}\``);

const refused = (path: string, expected: string, found: Json): Misfit =>
  new Misfit(path === '' ? `Expected ${expected}, found ${described(found)}.` : `\`${path}\`: expected ${expected}, found ${described(found)}.`);
