/** Several results of steps as one. Pure. Equal means equal as JSON, whatever the order of members; of equals the first counts. */
import type { Json } from '../../contracts/pattern/json';
import { isObject, keyOf, mean } from '../pattern/aggregation/answer';
import { isStepResult, wordsOf, type StepResult } from './step-result';

export type Method = 'consensus' | 'majority' | 'merge' | 'best' | 'all';

/** Lists inside the inputs are opened; what is null (a branch that was not taken) is left out. */
export const entriesOf = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]).flatMap(entriesOf) : value === null ? [] : [value];

const resultOf = (entry: Json): Json => (isStepResult(entry) ? entry.result : entry);
const confidenceOf = (entry: Json): number | null => (isStepResult(entry) ? entry.confidence : null);
const meanOf = (entries: readonly Json[]): number | null => mean(entries.flatMap((entry) => confidenceOf(entry) ?? []));

/**
 * consensus: the result that most have. majority: the one that more than half have, else null with confidence 0. merge: objects member by member, the later ones over the earlier ones;
 * anything else is a list. best: the surest one, with whose it is. all: the list of results.
 */
export function aggregateResults(step: string, method: Method, inputs: Json): StepResult {
  const entries = entriesOf(inputs);
  const made = (result: Json, confidence: number | null, more: Readonly<Record<string, Json>> = {}): StepResult => ({
    ...more,
    ...{ step, method, count: entries.length, result, summary: wordsOf(result), confidence },
  });
  switch (method) {
    case 'all':
      return made(entries.map(resultOf), meanOf(entries));
    case 'merge': {
      const results = entries.map(resultOf);
      const merged = results.length > 0 && results.every(isObject) ? (Object.assign({}, ...results) as Json) : results;
      return made(merged, meanOf(entries));
    }
    case 'best': {
      const best = entries.reduce<Json>((top, entry) => (top === null || (confidenceOf(entry) ?? -1) > (confidenceOf(top) ?? -1) ? entry : top), null);
      if (!isStepResult(best)) return made(best, null);
      return { ...best, ...{ step, method, count: entries.length, from: best.step } };
    }
    case 'consensus':
    case 'majority': {
      const groups = new Map<string, Json[]>();
      for (const entry of entries) {
        const key = keyOf(resultOf(entry));
        groups.set(key, [...(groups.get(key) ?? []), entry]);
      }
      const most = [...groups.values()].reduce<readonly Json[]>((top, group) => (group.length > top.length ? group : top), []);
      const share = entries.length === 0 ? 0 : most.length / entries.length;
      if (most.length === 0 || (method === 'majority' && share <= 0.5)) return made(null, 0, { share, decided: false });
      return made(resultOf(most[0] ?? null), meanOf(most), { share, decided: true });
    }
  }
}
