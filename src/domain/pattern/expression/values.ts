/** The few rules about plain values that expressions, functions and formulas share. */
import { canonicalJson } from '../../canonical-json';
import type { Json } from '../../../contracts/pattern/json';

/** False are: false, null, 0 and the empty text. Everything else is true, empty lists too. */
export const isTrue = (value: Json): boolean => value !== false && value !== null && value !== 0 && value !== '';

/** A number that JSON can say; null for what divides by zero or overflows. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** As it stands inside a text: nothing for null, JSON for lists and objects. */
export const textOf = (value: Json): string => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

export const isEqual = (left: Json, right: Json): boolean =>
  left === right || (typeof left === 'object' && typeof right === 'object' && canonicalJson(left) === canonicalJson(right));

/** Below, equal or above zero, for two numbers or two texts; null: they cannot be compared, and every comparison of them is false. */
export function order(left: Json, right: Json): number | null {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return null;
}
