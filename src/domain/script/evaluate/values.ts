/** The few rules about plain values that operators and functions share. */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import { canonicalJson } from '../../canonical-json';
import type { Budget } from './limits';

export type JsonObject = { readonly [key: string]: Json };

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a value is, for messages: `the number 5`, `a list of 3 items`. Texts are cut. */
export function described(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return value.length === 1 ? 'a list of 1 item' : `a list of ${value.length} items`;
  return 'an object';
}

/** `a, b, c`, of many only the first. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 12).map((name) => name.slice(0, 60));
  return names.length > first.length ? `${first.join(', ')} and ${names.length - first.length} more` : first.join(', ');
}

/** As it stands inside a text: nothing for null, JSON for lists and objects. */
export function textOf(value: Json, budget: Budget): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(budget.walk(value)) : String(value);
}

export function isEqual(left: Json, right: Json, budget: Budget): boolean {
  budget.step(typeof left === 'string' ? 1 + (left.length >> 8) : 1);
  if (left === right) return true;
  if (isList(left) && isList(right)) return left.length === right.length && left.every((item, at) => isEqual(item, right[at] as Json, budget));
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && isEqual(left[name] as Json, right[name] as Json, budget))
  );
}

/** The same text for equal values, and only for them. */
export const keyOf = (value: Json, budget: Budget): string => canonicalJson(budget.walk(value));

/** True or false; null is taken for false. */
export function truth(value: Json, what: string): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new Fault('invalid', 'expression.operand', `${what} is true or false, found ${described(value)}.`);
}

/** Below, equal or above zero, of two numbers or two texts (these by their code units); null: they cannot be compared. */
export function order(left: Json, right: Json): number | null {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return null;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Characters as people count them: code points. */
export const characters = (text: string): number => (SURROGATE.test(text) ? [...text].length : text.length);

/** A part of a text; positions count characters, from the end where they are negative. */
export const partOf = (text: string, from: number, to?: number): string => (SURROGATE.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to));
