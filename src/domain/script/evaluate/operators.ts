/** Operators. Nothing is guessed: what does not go together is a fault that says what stood on both sides. */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import type { BinaryOperator } from '../syntax/ast';
import type { Budget } from './limits';
import { described, isEqual, isList, order, textOf } from './values';

export type PlainOperator = Exclude<BinaryOperator, 'and' | 'or' | '??'>;

const operand = (message: string): Fault => new Fault('invalid', 'expression.operand', message);

const NAMES = { '+': 'Addition', '-': 'Subtraction', '*': 'Multiplication', '/': 'Division', '%': 'Division' } as const;

export function binary(operator: PlainOperator, left: Json, right: Json, budget: Budget): Json {
  switch (operator) {
    case '==':
      return isEqual(left, right, budget);
    case '!=':
      return !isEqual(left, right, budget);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(operator, left, right);
    case '+':
      return added(left, right, budget);
    default:
      return arithmetic(operator, left, right);
  }
}

function compared(operator: '<' | '<=' | '>' | '>=', left: Json, right: Json): boolean {
  const difference = order(left, right);
  if (difference === null)
    throw operand(`Comparison failed: \`${operator}\` compares two numbers or two texts, found ${described(left)} and ${described(right)}.`);
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

/** Numbers, two lists, or a text and what can be put into one. */
function added(left: Json, right: Json, budget: Budget): Json {
  if (typeof left === 'string' || typeof right === 'string') {
    const [before, after] = [textOf(left, budget), textOf(right, budget)];
    budget.room(before.length + after.length);
    return budget.text(before + after);
  }
  if (isList(left) && isList(right)) {
    budget.size(left.length + right.length);
    return budget.list([...left, ...right]);
  }
  return arithmetic('+', left, right);
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Json, right: Json): number {
  const name = NAMES[operator];
  if (typeof left !== 'number' || typeof right !== 'number') {
    const wanted = operator === '+' ? 'two numbers, two lists, or a text' : 'two numbers';
    throw operand(`${name} failed: \`${operator}\` takes ${wanted}, found ${described(left)} and ${described(right)}.`);
  }
  if ((operator === '/' || operator === '%') && right === 0) throw operand(`Division failed: ${left} cannot be divided by zero.`);
  const value = computed(operator, left, right);
  if (!Number.isFinite(value)) throw operand(`${name} failed: the result of ${left} ${operator} ${right} is too large for a number.`);
  // There is no second zero in JSON.
  return value + 0;
}

function computed(operator: '+' | '-' | '*' | '/' | '%', left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  return operator === '/' ? left / right : left % right;
}
