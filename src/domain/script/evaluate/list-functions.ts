/** Functions that work on lists. */
import type { Json } from '../../../contracts/pattern/json';
import type { Arguments, Implementation } from './arguments';
import { described, isList, keyOf, order } from './values';

function unique(args: Arguments): Json {
  const seen = new Set<string>();
  return args.list(0).filter((item) => {
    const key = keyOf(item, args.budget);
    return !seen.has(key) && seen.add(key);
  });
}

function flatten(args: Arguments): Json {
  const lists = args.list(0);
  const items: Json[] = [];
  for (const [at, list] of lists.entries()) {
    if (!isList(list)) throw args.failed(`expected a list of lists, found ${described(list)} at ${at}`);
    args.budget.size(items.length + list.length);
    args.budget.step(list.length);
    for (const item of list) items.push(item);
  }
  return items;
}

/** Items of one key stay in their order. */
function sort(args: Arguments): Json {
  const items = args.list(0);
  const key = args.has(1) ? args.lambda(1) : (item: Json): Json => item;
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const [first] = keyed;
  const kind = typeof first?.key;
  const other = keyed.find((one) => typeof one.key !== kind || (kind !== 'number' && kind !== 'string'));
  if (first && other) {
    const found = other === first ? described(first.key) : `${described(first.key)} and ${described(other.key)}`;
    throw args.failed(`a list is sorted by numbers or by texts, found ${found}`);
  }
  args.budget.step(Math.ceil(items.length * Math.log2(items.length + 1)));
  return keyed.sort((a, b) => order(a.key, b.key) ?? 0).map(({ item }) => item);
}

function range(args: Arguments): Json {
  const [from, to] = args.has(1) ? [args.whole(0), args.whole(1)] : [0, args.whole(0)];
  const size = Math.max(0, to - from);
  args.budget.size(size);
  return args.budget.list(Array.from({ length: size }, (_, at) => from + at));
}

function extreme(pick: (a: number, b: number) => number): Implementation {
  return (args) => {
    const numbers = args.numbers(0);
    return numbers.length === 0 ? null : numbers.reduce((a, b) => pick(a, b));
  };
}

function total(args: Arguments): number {
  const sum = args.numbers(0).reduce((a, b) => a + b, 0);
  if (!Number.isFinite(sum)) throw args.failed('the sum is too large for a number');
  return sum;
}

export const LISTS: Readonly<Record<string, Implementation>> = {
  first: (args) => args.list(0)[0] ?? null,
  last: (args) => args.list(0).at(-1) ?? null,
  map: (args) => args.budget.list(args.list(0).map(args.lambda(1))),
  filter: (args) => args.list(0).filter(args.test(1)),
  any: (args) => args.list(0).some(args.test(1)),
  all: (args) => args.list(0).every(args.test(1)),
  sort,
  unique,
  flatten,
  range,
  sum: total,
  mean: (args) => {
    const size = args.list(0).length;
    return size === 0 ? null : total(args) / size;
  },
  min: extreme(Math.min),
  max: extreme(Math.max),
};
