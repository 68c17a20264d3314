/** Expressions as they are written, with no more parentheses than they need. */
import type { Argument, Expression } from './ast';

/** How tight the parts of an expression are bound; the higher, the tighter. */
const STRENGTH = {
  lambda: 0,
  or: 1,
  and: 2,
  not: 3,
  '==': 4,
  '!=': 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '??': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
  minus: 8,
  postfix: 9,
} as const;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function strengthOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return STRENGTH[expression.operator];
    case 'unary':
      return expression.operator === 'not' ? STRENGTH.not : STRENGTH.minus;
    case 'lambda':
      return STRENGTH.lambda;
    case 'number':
      // A negative number is written with a minus sign.
      return expression.value < 0 ? STRENGTH.minus : STRENGTH.postfix;
    default:
      return STRENGTH.postfix;
  }
}

const atLeast = (expression: Expression, strength: number): string =>
  strengthOf(expression) < strength ? `(${printExpression(expression)})` : printExpression(expression);

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'text':
      return `"${expression.parts.map((part) => (typeof part === 'string' ? escapedText(part) : `{${printExpression(part)}}`)).join('')}"`;
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'name':
      return expression.name;
    case 'field':
      return `${atLeast(expression.of, STRENGTH.postfix)}${expression.safe ? '?.' : '.'}${expression.name}`;
    case 'index':
      return `${atLeast(expression.of, STRENGTH.postfix)}${expression.safe ? '?[' : '['}${printExpression(expression.index)}]`;
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'object':
      return expression.fields.length === 0 ? '{}' : `{ ${printArguments(expression.fields, ': ')} }`;
    case 'lambda':
      return `${expression.parameters.join(', ')} => ${printExpression(expression.body)}`;
    case 'unary':
      return printUnary(expression);
    case 'binary':
      return printBinary(expression);
  }
}

function printUnary({ operator, of }: Extract<Expression, { kind: 'unary' }>): string {
  if (operator === 'not') return `not ${atLeast(of, STRENGTH.not)}`;
  const inner = atLeast(of, STRENGTH.minus);
  // Two minus signs would begin a comment.
  return inner.startsWith('-') ? `-(${inner})` : `-${inner}`;
}

function printBinary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): string {
  const strength = STRENGTH[operator];
  // Comparisons cannot be chained; all others are read from the left. `not` reaches as far to the right as it can.
  const before = atLeast(left, strength === STRENGTH['=='] ? strength + 1 : strength);
  return `${before} ${operator} ${atLeast(right, strength + 1)}`;
}

/** `a: 1, b: 2`, or with another sign between name and value. */
export const printArguments = (fields: readonly Argument[], between: ': ' | ' = '): string =>
  fields.map(({ name, value }) => `${NAME.test(name) ? name : printText(name)}${between}${printExpression(value)}`).join(', ');

/** A text in which nothing is put in. */
export const printText = (text: string): string => `"${escapedText(text)}"`;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\', '{': '\\{', '}': '\\}' };

/** Characters that nobody sees are written by their number, so that none of them ends a line. */
const escapedText = (text: string): string =>
  text.replace(/[\n\t\r"\\{}]|[\p{Cc}\u2028\u2029]/gu, (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
