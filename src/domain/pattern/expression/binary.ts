/** Operators with two sides. */
import type { BinaryOperator } from '../../../contracts/pattern/expression';
import { canonicalJson } from '../../canonical-json';
import type { Json } from '../../../contracts/pattern/json';
import type { Budget } from './budget';
import { finite, isEqual, isTrue, order, textOf } from './values';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** `left` may be an outcome still; `right` is asked for only when the operator needs it. */
export function binary(operator: BinaryOperator, left: Json, right: () => Json, budget: Budget): Json {
  const plain = budget.plain(left);
  if (operator === '||') return isTrue(plain) ? left : right();
  if (operator === '&&') return isTrue(plain) ? right() : left;
  if (operator === '??') return plain === null ? right() : left;
  const other = budget.plain(right());
  switch (operator) {
    case '==':
      return isEqual(plain, other);
    case '!=':
      return !isEqual(plain, other);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(operator, order(plain, other));
    case 'in':
      return contains(other, plain);
    case 'contains':
      return contains(plain, other);
    case '+':
      if (typeof plain === 'string' || typeof other === 'string') return budget.text(`${textOf(plain)}${textOf(other)}`);
      return arithmetic(operator, plain, other);
    default:
      return arithmetic(operator, plain, other);
  }
}

function compared(operator: '<' | '<=' | '>' | '>=', difference: number | null): boolean {
  if (difference === null) return false;
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function contains(whole: Json, part: Json): boolean {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (isList(whole)) {
    const wanted = canonicalJson(part);
    return whole.some((each) => typeof each === typeof part && canonicalJson(each) === wanted);
  }
  return whole !== null && typeof whole === 'object' && typeof part === 'string' && Object.hasOwn(whole, part);
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Json, right: Json): number | null {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (operator === '+') return finite(left + right);
  if (operator === '-') return finite(left - right);
  if (operator === '*') return finite(left * right);
  return finite(operator === '/' ? left / right : left % right);
}
