/** Objects of several answers as one object. */
import type { Merge } from '../../../contracts/pattern/aggregation';
import { confidenceOf, isObject, type Answer } from './answer';
import { concat, unite } from './items';

/** What one answer has for the thing at hand. */
export interface Part {
  readonly value: unknown;
  readonly answer: Answer;
}

type Rules = Pick<Merge, 'arrayStrategy' | 'conflictResolution' | 'deduplicationKey'>;

/** Members that are objects everywhere are merged in turn, lists by `arrayStrategy`; where kinds differ or values do, `conflictResolution` chooses. */
export function deep(parts: readonly Part[], rules: Rules): unknown {
  const values = parts.map(({ value }) => value);
  if (values.every(isObject)) return members(parts, (own) => deep(own, rules));
  if (values.every(Array.isArray)) return listsBy(parts, rules);
  return resolve(parts, rules.conflictResolution);
}

/** The members of the top, each from one answer. */
export function shallow(parts: readonly Part[], rules: Rules): unknown {
  return parts.every(({ value }) => isObject(value))
    ? members(parts, (own) => resolve(own, rules.conflictResolution))
    : resolve(parts, rules.conflictResolution);
}

function members(parts: readonly Part[], merged: (own: readonly Part[]) => unknown): unknown {
  const names = [...new Set(parts.flatMap(({ value }) => Object.keys(value as object)))];
  const own = (name: string): readonly Part[] =>
    parts.flatMap(({ value, answer }) => (isObject(value) && Object.hasOwn(value, name) ? [{ value: value[name], answer }] : []));
  return Object.fromEntries(names.map((name) => [name, merged(own(name))]));
}

function listsBy(parts: readonly Part[], rules: Rules): unknown {
  const { arrayStrategy, deduplicationKey } = rules;
  const lists = parts.map(({ value }) => value as readonly unknown[]);
  if (arrayStrategy === 'concat') return concat(lists);
  if (arrayStrategy === 'vote') return resolve(parts, 'majority');
  const united = unite(lists, {
    ...{ total: lists.length, key: deduplicationKey },
    // Entries that are the same by their key are merged as everything else is.
    merge: (items, places) =>
      items.every(isObject)
        ? deep(
            items.map((value, at) => ({ value, answer: parts[places[at]!]!.answer })),
            rules,
          )
        : items[0],
  });
  return united.map(({ value }) => value);
}

/** One of several values. Majority: the one that most answers have; of equals the first. Null when there is none. */
export function resolve(parts: readonly Part[], by: Merge['conflictResolution']): unknown {
  const [first] = parts;
  if (!first) return null;
  switch (by) {
    case 'first':
      return first.value;
    case 'last':
      return parts.at(-1)?.value;
    case 'highest-confidence':
      return parts.reduce((best, part) => ((confidenceOf(part.answer) ?? -1) > (confidenceOf(best.answer) ?? -1) ? part : best)).value;
    case 'majority': {
      const counts = unite(
        parts.map(({ value }) => [value]),
        { total: parts.length, key: null },
      );
      return counts.reduce((best, item) => (item.foundBy > best.foundBy ? item : best)).value;
    }
  }
}
