/** Lists of several answers as one list of entries, with how many answers have each. */
import { keyOf, memberAt } from './answer';
import type { MergedItem } from './aggregated';

export interface Uniting {
  /** Answers in all; an entry's confidence is the part of them that have it. */
  readonly total: number;
  /** Path of the member by which entries are the same; null, or an entry without it: by the whole entry. */
  readonly key: string | null;
  /** What becomes of entries that are the same, with the place of the list that each is from; without it the first of them stays. */
  readonly merge?: (items: readonly unknown[], places: readonly number[]) => unknown;
}

export type United = MergedItem & { readonly by: readonly number[] };

/** In the order in which entries first appear. A list that has an entry twice has it once. `by`: places of the lists that have it. */
export function unite(lists: readonly (readonly unknown[])[], { total, key, merge }: Uniting): readonly United[] {
  const found = new Map<string, { readonly items: unknown[]; readonly places: number[] }>();
  lists.forEach((list, place) => {
    for (const item of list) {
      const spelled = entryKey(item, key);
      const known = found.get(spelled);
      if (!known) found.set(spelled, { items: [item], places: [place] });
      else {
        known.items.push(item);
        known.places.push(place);
      }
    }
  });
  return [...found.values()].map(({ items, places }) => {
    const by = [...new Set(places)];
    return {
      ...{ value: merge && items.length > 1 ? merge(items, places) : items[0], by },
      ...{ foundBy: by.length, total, confidence: total === 0 ? 0 : by.length / total },
    };
  });
}

/** A value under the key is never taken for a whole entry that looks the same. */
function entryKey(item: unknown, path: string | null): string {
  const own = path === null ? undefined : memberAt(item, path);
  return own === undefined || own === null ? `=${keyOf(item)}` : `#${keyOf(own)}`;
}

export const concat = (values: readonly unknown[]): readonly unknown[] =>
  values.flatMap((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
