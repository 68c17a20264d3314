/** The few rules about plain values that expressions, functions and formulas share. */
import type { Json } from '../../../contracts/pattern/json';

/** False are: false, null, 0 and the empty text. Everything else is true, empty lists too. */
export const isTrue = (value: Json): boolean => value !== false && value !== null && value !== 0 && value !== '';

/** A number that JSON can say; null for what divides by zero or overflows. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** As it stands inside a text: nothing for null, JSON for lists and objects. */
export const textOf = (value: Json): string => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** JSON with the keys in order, so that equal values have equal texts. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: Json) => canonical(each)).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  return `{${Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key] ?? null)}`)
    .join(',')}}`;
}

export const isEqual = (left: Json, right: Json): boolean =>
  left === right || (typeof left === 'object' && typeof right === 'object' && canonical(left) === canonical(right));

/** Below, equal or above zero, for two numbers or two texts; null: they cannot be compared, and every comparison of them is false. */
export function order(left: Json, right: Json): number | null {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return null;
}
