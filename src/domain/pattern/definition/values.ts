/** Values of a definition that may be expressions or operators: inputs, outputs, conditions, fallback values. docs/patterns.md lists the operators. */
import { ENTRIES_MAX, TEXT_MAX } from '../../../contracts/pattern/bounds';
import { FUNCTIONS, type Expression, type FunctionName } from '../../../contracts/pattern/expression';
import { parseText, type TextKind } from '../expression/parse-text';
import { nearest } from '../../nearest';
import { shown, type Reading } from './reading';
import type { Path } from '../../yaml/source';

/** What a name without `$` is: a field that is looked up as the expression runs, a variable as in org charts, or a mistake. */
export type Words = 'fields' | 'variables' | 'mistakes';
interface Mode {
  readonly text: TextKind;
  readonly words: Words;
}

const OUTSIDE: Mode = { text: 'value', words: 'mistakes' };
const FORMULA: Mode = { text: 'condition', words: 'fields' };
const INSIDE: Mode = { text: 'item', words: 'fields' };

export const NOTHING: Expression = { kind: 'literal', value: null };

/** A value: constants, `$name…`, texts with `${…}`, operators; of objects and lists each part. */
export const readValue = (reading: Reading, value: unknown, path: Path, words: Words = 'mistakes'): Expression =>
  valueOf(reading, value, path, { ...OUTSIDE, words });

export const readOptionalValue = (reading: Reading, value: unknown, path: Path, words: Words = 'mistakes'): Expression | null =>
  value === undefined ? null : readValue(reading, value, path, words);

/** An expression that says true or false: its text as a whole, or `$all`, `$any`, `$not`. */
export const readCondition = (reading: Reading, value: unknown, path: Path, words: Words = 'mistakes'): Expression =>
  valueOf(reading, value, path, { text: 'condition', words });

export const readOptionalCondition = (reading: Reading, value: unknown, path: Path, words: Words = 'mistakes'): Expression | null =>
  value === undefined ? null : readCondition(reading, value, path, words);

/** A formula whose names without `$` are fields. */
export const readFormula = (reading: Reading, value: unknown, path: Path): Expression => valueOf(reading, value, path, FORMULA);

/** A list, each entry an expression of its own; a single expression stands for a list of one. */
export const readValues = (reading: Reading, value: unknown, path: Path): Expression[] =>
  value === undefined
    ? []
    : Array.isArray(value)
      ? reading.list(value, path).map((each, at) => readValue(reading, each, [...path, at]))
      : [readValue(reading, value, path)];

function valueOf(reading: Reading, value: unknown, path: Path, mode: Mode): Expression {
  if (typeof value === 'string') return textOf(reading, value, path, mode);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    if (typeof value !== 'number' || Number.isFinite(value)) return { kind: 'literal', value };
  }
  if (Array.isArray(value)) {
    return { kind: 'list', items: reading.list(value, path).map((each, at) => valueOf(reading, each, [...path, at], mode)) };
  }
  if (typeof value === 'object' && value !== null) return objectOf(reading, value as { readonly [key: string]: unknown }, path, mode);
  reading.report(path, value === undefined ? 'It is missing.' : `${shown(value)} cannot be used.`, 'a value or an expression');
  return NOTHING;
}

function textOf(reading: Reading, text: string, path: Path, { text: kind, words }: Mode): Expression {
  if (text.length > TEXT_MAX) reading.report(path, `The text has ${text.length} characters.`, `at most ${TEXT_MAX}`);
  const parsed = parseText(text.slice(0, TEXT_MAX), kind);
  if ('problem' in parsed) {
    const { message, expected, at } = parsed.problem;
    reading.report(path, `${message} In ${shown(text)}, character ${at + 1}.`, expected, { offset: at });
    return NOTHING;
  }
  return named(reading, parsed.expression, path, words);
}

/** `expression` with its variables noted and its words as `words` says. */
function named(reading: Reading, expression: Expression, path: Path, words: Words): Expression {
  if (expression.kind === 'name') reading.use(expression.name, path);
  if (expression.kind === 'word' && words === 'variables') {
    reading.use(expression.name, path);
    return { kind: 'name', name: expression.name };
  }
  if (expression.kind === 'word' && words === 'mistakes') {
    reading.report(path, `${expression.name} is no value here.`, `a variable ($${expression.name}) or a text in quotes ('${expression.name}')`);
  }
  if (expression.kind === 'member' && isInput(expression.of, words)) reading.use(`input.${expression.key}`, path);
  return mapParts(expression, (part) => named(reading, part, path, words));
}

const isInput = (of: Expression, words: Words): boolean => (of.kind === 'name' || (of.kind === 'word' && words === 'variables')) && of.name === 'input';

/** The same expression with each part that is an expression replaced. */
export function mapParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  const changed = Object.entries(expression).map(([key, value]): [string, unknown] => {
    if (isExpression(value)) return [key, change(value)];
    if (!Array.isArray(value)) return [key, value];
    return [key, value.map((each: unknown) => (isExpression(each) ? change(each) : isNamed(each) ? { ...each, value: change(each.value) } : each))];
  });
  return Object.fromEntries(changed) as unknown as Expression;
}

const isExpression = (value: unknown): value is Expression => typeof value === 'object' && value !== null && 'kind' in value;
const isNamed = (value: unknown): value is { readonly name: string; readonly value: Expression } =>
  typeof value === 'object' && value !== null && 'value' in value && isExpression(value.value);

type Operator = (reading: Reading, value: unknown, path: Path, mode: Mode) => Expression;

const OPERATORS: Readonly<Record<string, Operator>> = {
  $template: (reading, value, path) => textOf(reading, reading.text(value, path), path, { text: 'template', words: 'fields' }),
  $formula: (reading, value, path) => valueOf(reading, value, path, FORMULA),
  $filter: (reading, value, path, mode) => {
    const fields = reading.object(value, path, ['items', 'condition']);
    return {
      kind: 'filter',
      items: itemsOf(reading, fields['items'], [...path, 'items'], mode),
      condition: valueOf(reading, fields['condition'], [...path, 'condition'], FORMULA),
    };
  },
  $map: (reading, value, path, mode) => {
    const fields = reading.object(value, path, ['items', 'transform']);
    return {
      kind: 'map',
      items: itemsOf(reading, fields['items'], [...path, 'items'], mode),
      transform: valueOf(reading, fields['transform'], [...path, 'transform'], INSIDE),
    };
  },
  $switch: (reading, value, path, mode) => {
    const fields = reading.object(value, path, ['value', 'cases', 'default']);
    const { default: inCases, ...cases } = reading.map(fields['cases'] ?? {}, [...path, 'cases']);
    const otherwise = fields['default'] ?? inCases;
    return {
      kind: 'switch',
      value: itemsOf(reading, fields['value'], [...path, 'value'], mode),
      cases: Object.entries(cases).map(([name, each]) => ({ name, value: valueOf(reading, each, [...path, 'cases', name], mode) })),
      otherwise: otherwise === undefined ? NOTHING : valueOf(reading, otherwise, [...path, fields['default'] === undefined ? 'cases' : 'default'], mode),
    };
  },
  $not: (reading, value, path, mode) => ({ kind: 'not', of: valueOf(reading, value, path, mode) }),
};

/** What a filter, a map or a switch looks at: a text is an expression. */
const itemsOf = (reading: Reading, value: unknown, path: Path, { words }: Mode): Expression => valueOf(reading, value, path, { text: 'condition', words });

export const OPERATOR_NAMES: readonly string[] = [...Object.keys(OPERATORS), ...Object.keys(FUNCTIONS).map((name) => `$${name}`)];

function objectOf(reading: Reading, value: { readonly [key: string]: unknown }, path: Path, mode: Mode): Expression {
  const keys = Object.keys(reading.map(value, path));
  const operator = keys.find((key) => key.startsWith('$'));
  if (operator === undefined) {
    const inside: Mode = mode.text === 'condition' && mode.words === 'mistakes' ? OUTSIDE : mode;
    return { kind: 'object', fields: keys.slice(0, ENTRIES_MAX).map((name) => ({ name, value: valueOf(reading, value[name], [...path, name], inside) })) };
  }
  const others = keys.filter((key) => key !== operator && key !== 'then');
  if (others.length > 0) reading.report(path, `${operator} stands beside ${others.join(', ')}.`, 'an operator alone, or with `then`');
  const given = operatorOf(reading, operator, value[operator], [...path, operator], mode);
  return value['then'] === undefined ? given : thenOf(reading, given, value['then'], [...path, 'then']);
}

function operatorOf(reading: Reading, operator: string, value: unknown, path: Path, mode: Mode): Expression {
  const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (known) return known(reading, value, path, mode);
  const name = operator.slice(1);
  if (!Object.hasOwn(FUNCTIONS, name)) {
    reading.report(path, `There is no operator ${operator}.${nearest(operator, OPERATOR_NAMES)}`, `one of ${OPERATOR_NAMES.join(', ')}`, { of: 'key' });
    return NOTHING;
  }
  const argument = valueOf(reading, value, path, mode);
  const [fewest, most] = FUNCTIONS[name as FunctionName];
  const spread = argument.kind === 'list' && fewest === most && most > 1;
  if (spread && argument.items.length !== most) reading.report(path, `${operator} has ${argument.items.length} entries.`, `${most} entries`);
  if (!spread && fewest > 1) reading.report(path, `${operator} has one value.`, `a list of ${fewest} entries`);
  return { kind: 'call', function: name as FunctionName, arguments: spread ? argument.items : [argument] };
}

/** `then: length`, or the name of a function of one argument. */
function thenOf(reading: Reading, given: Expression, value: unknown, path: Path): Expression {
  const name = reading.text(value, path);
  if (name === 'length') return { kind: 'member', of: given, key: 'length' };
  if (Object.hasOwn(FUNCTIONS, name) && FUNCTIONS[name as FunctionName][0] === 1) return { kind: 'call', function: name as FunctionName, arguments: [given] };
  reading.report(path, `${shown(name)} cannot follow an operator.`, `length, or one of ${Object.keys(FUNCTIONS).join(', ')} with one argument`);
  return NOTHING;
}
