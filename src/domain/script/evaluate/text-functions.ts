/** Functions that work on texts, and those that take a text or a list. */
import type { Json } from '../../../contracts/pattern/json';
import type { Arguments, Implementation } from './arguments';
import { characters, isEqual, isList, isObject, partOf, textOf } from './values';

/** Counting characters goes through the whole text. */
const WORK = 4;

function count(args: Arguments): Json {
  const value = args.value(0);
  if (isList(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  if (typeof value !== 'string') throw args.refused(0, 'a list, an object or a text', value);
  args.budget.step(value.length >> WORK);
  return characters(value);
}

function contains(args: Arguments): Json {
  const whole = args.value(0);
  if (typeof whole === 'string') return holdsText(args, whole, args.text(1));
  if (isObject(whole)) return Object.hasOwn(whole, args.text(1));
  if (!isList(whole)) throw args.refused(0, 'a list, a text or an object', whole);
  const wanted = args.value(1);
  return whole.some((item) => isEqual(item, wanted, args.budget));
}

function holdsText({ budget }: Arguments, whole: string, part: string): boolean {
  budget.step(searching(whole, part));
  return whole.includes(part);
}

/** Steps of looking for a text in a text, at worst. */
const searching = (whole: string, part: string): number => (whole.length * (1 + (part.length >> 8))) >> WORK;

function slice(args: Arguments): Json {
  const whole = args.value(0);
  const [from, to] = [args.whole(1), args.has(2) ? args.whole(2) : undefined];
  if (typeof whole === 'string') {
    args.budget.step(whole.length >> WORK);
    return args.budget.text(partOf(whole, from, to));
  }
  if (!isList(whole)) throw args.refused(0, 'a list or a text', whole);
  return args.budget.list(whole.slice(from, to));
}

function split(args: Arguments): Json {
  const [text, separator] = [args.text(0), args.text(1)];
  args.budget.step(searching(text, separator));
  const parts = separator === '' ? [...text] : text.split(separator);
  args.budget.text(text);
  return args.budget.list(parts);
}

function join(args: Arguments): Json {
  const [items, separator] = [args.list(0), args.text(1)];
  const { budget } = args;
  budget.room(separator.length * Math.max(0, items.length - 1));
  return items.map((item, at) => (at === 0 ? '' : budget.text(separator)) + budget.text(textOf(item, budget))).join('');
}

function replace(args: Arguments): Json {
  const [text, what, by] = [args.text(0), args.text(1), args.text(2)];
  if (what === '') throw args.failed('an empty text stands everywhere, and cannot be replaced');
  args.budget.step(searching(text, what));
  const parts = text.split(what);
  args.budget.room(text.length + (by.length - what.length) * (parts.length - 1));
  return args.budget.text(parts.join(by));
}

const ofText =
  (make: (text: string) => string): Implementation =>
  (args) =>
    args.budget.text(make(args.text(0)));

function parsed(args: Arguments): Json {
  const text = args.text(0);
  args.budget.step(text.length >> WORK);
  try {
    return args.budget.walk(JSON.parse(text) as Json);
  } catch (problem) {
    if (!(problem instanceof SyntaxError)) throw problem;
    throw args.failed('the text is not JSON');
  }
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function toNumber(args: Arguments): Json {
  const value = args.value(0);
  if (typeof value === 'number' || value === null) return value;
  if (typeof value !== 'string') throw args.refused(0, 'a text or a number', value);
  const text = value.slice(0, 400).trim();
  const number = value.length <= 400 && DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number + 0 : null;
}

export const TEXTS: Readonly<Record<string, Implementation>> = {
  count,
  contains,
  slice,
  split,
  join,
  replace,
  starts_with: (args) => args.text(0).startsWith(args.text(1)),
  ends_with: (args) => args.text(0).endsWith(args.text(1)),
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: ofText((text) => text.trim()),
  to_text: (args) => args.budget.text(textOf(args.value(0), args.budget)),
  to_number: toNumber,
  to_json: (args) => args.budget.text(JSON.stringify(args.budget.walk(args.value(0)))),
  from_json: parsed,
};
