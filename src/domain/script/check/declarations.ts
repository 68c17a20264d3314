/** Checks what stands above the steps: types, constraints, defaults, names. */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import { nearest } from '../../nearest';
import { regexpProblem } from '../../regexp';
import { evaluate } from '../evaluate/evaluate';
import { fitType } from '../fit/fits';
import { enumsOf } from '../ir/enums';
import { RESERVED_NAMES } from '../ir/names';
import type { Expression, Field, Script, Type } from '../syntax/ast';
import type { Place, Problems } from '../syntax/problem';
import type { ExpressionCheck } from './expressions';
import { MODEL_TOOLS } from './functions';
import { Scope } from './scope';

/** Characters of a pattern, and patterns of a script: to compile one may take milliseconds. */
const REGEXP_MAX = 500;
const PATTERNS_MAX = 100;
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
  twice(
    script.enums,
    ({ name }) => name,
    ({ name, at }) => problems.add(at, `The enum \`${name}\` is declared twice.`),
  );
  for (const { name, values, at } of script.enums) {
    if (values.length === 0) problems.add(at, `The enum \`${name}\` has no values.`, 'Write them in quotes, one in each of the lines below.');
    twice(
      values,
      ({ value }) => value,
      (one) => problems.add(one.at, `"${one.value}" is in the enum twice.`),
    );
  }
  const types = new TypeCheck(problems, enumsOf(script.enums));
  const empty = new Scope();
  for (const fields of [script.input, script.output, script.stream ?? [], script.env]) {
    types.fields(fields);
    for (const { value } of fields) if (value) expressions.check(value, empty);
  }
  const scope = new Scope();
  if (script.env.length > 0) scope.bind('env');
  for (const { name, at } of script.input) {
    if (RESERVED_NAMES.has(name)) problems.add(at, `An input cannot be called \`${name}\`.`, `What \`${name}\` holds is found under this name.`);
    scope.bind(name);
  }
  scope.bind('input');
  for (const { name, value, at } of script.constants) {
    if (!isConstant(value)) problems.add(at, `The constant \`${name}\` must be a value as it stands.`, 'Use `let` among the steps for what is computed.');
    else {
      const problem = problemOf(value, () => null);
      if (problem !== null) problems.add(value.at, problem);
    }
    if (RESERVED_NAMES.has(name) || !scope.bind(name)) problems.add(at, `\`${name}\` is the name of something else already.`);
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
  #patterns = 0;

  constructor(
    private readonly problems: Problems,
    private readonly enums: Readonly<Record<string, readonly string[]>>,
  ) {}

  fields(fields: readonly (Field & { readonly at: Place })[]): void {
    twice(
      fields,
      ({ name }) => name,
      ({ name, at }) => this.problems.add(at, `The field \`${name}\` is declared twice.`),
    );
    for (const { type, value } of fields) {
      const sound = this.type(type);
      if (value && !isConstant(value)) this.problems.add(value.at, 'A default must be a value as it stands.');
      else if (value && sound) this.#default(value, type);
    }
  }

  #default(value: Expression, type: Type): void {
    const misfit = problemOf(value, (known) => fitType(known, type, { enums: this.enums }).misfit);
    if (misfit !== null) this.problems.add(value.at, `The default does not fit its own type. ${misfit}`);
  }

  /** Whether nothing is wrong with it. */
  type(type: Type): boolean {
    const { size } = this.problems;
    if (type.kind === 'enum' && !Object.hasOwn(this.enums, type.name)) {
      const known = ['text', 'number', 'integer', 'boolean', 'date', 'timestamp', 'binary', 'any', 'object', 'list'];
      this.problems.add(
        type.at,
        `There is no type \`${type.name}\`.`,
        () => nearest(type.name, [...known, ...Object.keys(this.enums)]).trim() || 'Declare an enum of this name, or use a type that is known.',
      );
    }
    if (type.kind === 'list') this.type(type.of);
    if (type.kind === 'object' && type.fields) this.fields(type.fields);
    this.#constraints(type);
    return this.problems.size === size && !this.problems.isFull;
  }

  #constraints(type: Type): void {
    const allowed = CONSTRAINTS[type.kind === 'scalar' ? type.name : type.kind] ?? [];
    twice(
      type.constraints,
      ({ name }) => name,
      ({ name, at }) => this.problems.add(at, `\`${name}\` is given twice.`),
    );
    for (const { name, value, at } of type.constraints) {
      if (!allowed.includes(name))
        this.problems.add(at, `This type has no constraint \`${name}\`.`, allowed.length > 0 ? `It has ${allowed.join(', ')}.` : null);
      else if (name === 'pattern') this.#pattern(value);
      else if (!isNumber(value)) this.problems.add(value.at, `\`${name}\` is a number.`);
    }
    const bound = (name: string): number | null => {
      const value = type.constraints.find((constraint) => constraint.name === name)?.value;
      return value && isNumber(value) ? Number(evaluate(value, () => undefined)) : null;
    };
    const [min, max] = [bound('min'), bound('max')];
    if (min !== null && max !== null && min > max) this.problems.add(type.at, `\`min\` is above \`max\`: nothing is from ${min} to ${max}.`);
  }

  #pattern(value: Expression): void {
    const isPlain = value.kind === 'text' && value.parts.every((part) => typeof part === 'string');
    if (!isPlain) return this.problems.add(value.at, '`pattern` is a text.');
    if (++this.#patterns > PATTERNS_MAX) return this.problems.add(value.at, `A script has at most ${PATTERNS_MAX} patterns.`);
    const pattern = value.parts.join('');
    const problem = pattern.length > REGEXP_MAX ? `it has more than ${REGEXP_MAX} characters` : regexpProblem(pattern);
    if (problem !== null)
      this.problems.add(value.at, `The pattern cannot be used: ${problem}.`, 'Patterns are regular expressions as RE2 has them; write \\\\ for one backslash.');
  }
}

/** What is wrong with a value as it stands: that it is too large, or what `problem` says. */
function problemOf(value: Expression, problem: (known: Json) => string | null): string | null {
  try {
    return problem(evaluate(value, () => undefined));
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message;
    throw thrown;
  }
}

const isNumber = (value: Expression): boolean => value.kind === 'number' || (value.kind === 'unary' && value.operator === '-' && value.of.kind === 'number');
