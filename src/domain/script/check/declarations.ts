/** Checks what stands above the steps: types, constraints, defaults, names. */
import { nearest } from '../../nearest';
import type { Expression, Field, Script, Type } from '../syntax/ast';
import type { Place, Problems } from '../syntax/problem';
import type { ExpressionCheck } from './expressions';
import { MODEL_TOOLS } from './functions';
import { Scope } from './scope';

const SIZES = ['min', 'max'];
/** Constraints by kind of type; of a text and a list they count its length. */
const CONSTRAINTS: Readonly<Record<string, readonly string[]>> = { text: [...SIZES, 'pattern'], number: SIZES, integer: SIZES, list: SIZES };
const VERSION = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?$/;

export interface Declared {
  /** Inputs, constants, and `env` where there are variables. */
  readonly scope: Scope;
  /** By the name under which steps use them. */
  readonly tools: ReadonlyMap<string, string>;
  /** Knows the enums. */
  readonly types: TypeCheck;
}

export function checkDeclarations(script: Script, problems: Problems, expressions: ExpressionCheck): Declared {
  if (script.version !== null && !VERSION.test(script.version))
    problems.add({ line: 1, column: 1 }, `The version "${script.version.slice(0, 60)}" is none.`, 'For example: version "0.1.0".');
  const enums = new Set<string>();
  for (const { name, values, at } of script.enums) {
    if (enums.has(name)) problems.add(at, `The enum \`${name}\` is declared twice.`);
    enums.add(name);
    if (values.length === 0) problems.add(at, `The enum \`${name}\` has no values.`, 'Write them in quotes, one in each of the lines below.');
    twice(
      values,
      ({ value }) => value,
      (one) => problems.add(one.at, `"${one.value}" is in the enum twice.`),
    );
  }
  const types = new TypeCheck(problems, enums);
  const empty = new Scope();
  for (const fields of [script.input, script.output, script.stream ?? [], script.env]) {
    types.fields(fields);
    for (const { value } of fields) if (value) expressions.check(value, empty);
  }
  const scope = new Scope();
  if (script.env.length > 0) scope.bind('env');
  for (const { name, at } of script.input)
    if (!scope.bind(name) && name === 'env') problems.add(at, 'An input cannot be called `env`.', 'The variables of `env` are found under this name.');
  scope.bind('input');
  for (const { name, value, at } of script.constants) {
    if (!isConstant(value)) problems.add(at, `The constant \`${name}\` must be a value as it stands.`, 'Use `let` among the steps for what is computed.');
    if (!scope.bind(name)) problems.add(at, `\`${name}\` is the name of something else already.`);
  }
  return { scope, tools: checkTools(script, problems), types };
}

function checkTools({ tools }: Script, problems: Problems): ReadonlyMap<string, string> {
  const known = new Map<string, string>(MODEL_TOOLS.map((name) => [name, 'native']));
  for (const { name, source, alias, at } of tools) {
    const used = alias ?? name;
    if (known.has(used)) problems.add(at, `There is a tool \`${used}\` already.`, `Give it another name: ${name} from ${source} as other_name.`);
    else known.set(used, source);
  }
  return known;
}

const isConstant = (value: Expression): boolean =>
  ['number', 'boolean', 'null'].includes(value.kind) ||
  (value.kind === 'unary' && value.operator === '-' && value.of.kind === 'number') ||
  (value.kind === 'text' && value.parts.every((part) => typeof part === 'string')) ||
  (value.kind === 'list' && value.items.every(isConstant)) ||
  (value.kind === 'object' && value.fields.every((field) => isConstant(field.value)));

export function twice<T>(items: readonly T[], key: (item: T) => string, found: (item: T) => void): void {
  const known = new Set<string>();
  for (const item of items) {
    if (known.has(key(item))) found(item);
    known.add(key(item));
  }
}

export class TypeCheck {
  constructor(
    private readonly problems: Problems,
    private readonly enums: ReadonlySet<string>,
  ) {}

  fields(fields: readonly (Field & { readonly at: Place })[]): void {
    twice(
      fields,
      ({ name }) => name,
      ({ name, at }) => this.problems.add(at, `The field \`${name}\` is declared twice.`),
    );
    for (const { type, value } of fields) {
      this.type(type);
      if (value && !isConstant(value)) this.problems.add(value.at, 'A default must be a value as it stands.');
    }
  }

  type(type: Type): void {
    if (type.kind === 'enum' && !this.enums.has(type.name)) {
      const names = ['text', 'number', 'integer', 'boolean', 'date', 'timestamp', 'binary', 'any', 'object', 'list', ...this.enums];
      this.problems.add(
        type.at,
        `There is no type \`${type.name}\`.`,
        nearest(type.name, names).trim() || 'Declare an enum of this name, or use a type that is known.',
      );
    }
    if (type.kind === 'list') this.type(type.of);
    if (type.kind === 'object' && type.fields) this.fields(type.fields);
    const allowed = CONSTRAINTS[type.kind === 'scalar' ? type.name : type.kind] ?? [];
    twice(
      type.constraints,
      ({ name }) => name,
      ({ name, at }) => this.problems.add(at, `\`${name}\` is given twice.`),
    );
    for (const { name, value, at } of type.constraints) {
      if (!allowed.includes(name))
        this.problems.add(at, `This type has no constraint \`${name}\`.`, allowed.length > 0 ? `It has ${allowed.join(', ')}.` : null);
      else if (name === 'pattern' ? value.kind !== 'text' : !isNumber(value))
        this.problems.add(value.at, `\`${name}\` is ${name === 'pattern' ? 'a text' : 'a number'}.`);
    }
  }
}

const isNumber = (value: Expression): boolean => value.kind === 'number' || (value.kind === 'unary' && value.operator === '-' && value.of.kind === 'number');
