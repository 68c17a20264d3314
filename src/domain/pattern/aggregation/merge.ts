/**
 * Merge: the answers of several agents put together (digest of seed 001, §2.5; cases C1 to C4).
 *
 * - deep: objects member by member, all the way down. - shallow: objects member by member at the top. - concat: all entries of lists, as they are. - union: all entries once.
 * - intersection: entries that every answer has. Confidence is the mean of what agents stated; an entry of a union has its own, the part of the answers that have it.
 */
import type { Merge } from '../../../contracts/pattern/aggregation';
import { isObject, meanConfidence, substance, type Answer } from './answer';
import { deep, resolve, shallow, type Part } from './deep-merge';
import { concat, unite, type United } from './items';
import { decided, undecided, type MergedItem, type MergeDetails, type Aggregated } from './aggregated';

/** What the scoring formula may speak of. */
export interface ScoreWords {
  readonly foundByCount: number;
  readonly totalAgents: number;
  /** Mean of the confidences stated by the agents that have the entry; 1 when none did. */
  readonly averageConfidence: number;
}

/** Value of `scoring.formula` for an entry; what is no number counts as 0. */
export type Score = (words: ScoreWords) => unknown;

export function merge(answers: readonly Answer[], config: Merge, score: Score): Aggregated {
  const parts = answers.flatMap((answer): Part[] => {
    const value = config.fields === null ? substance(answer.result) : pick(answer.result, config.fields);
    return value === undefined || value === null ? [] : [{ value, answer }];
  });
  if (parts.length === 0) return undecided('no_answers', 'No agent gave an answer.', { kind: 'merge', answers: 0, items: {} });
  const confidence = meanConfidence(parts.map(({ answer }) => answer));
  if (config.method === 'deep' || config.method === 'shallow') {
    const value = config.method === 'deep' ? deep(parts, config) : shallow(parts, config);
    return decided(value, confidence, { kind: 'merge', answers: parts.length, items: {} });
  }
  const { value, items } = lists(parts, config, score);
  return decided(value, confidence, { kind: 'merge', answers: parts.length, items });
}

const pick = (result: unknown, fields: readonly string[]): unknown =>
  isObject(result) ? Object.fromEntries(fields.flatMap((name) => (Object.hasOwn(result, name) ? [[name, result[name]] as const] : []))) : undefined;

interface Lists {
  readonly value: unknown;
  readonly items: MergeDetails['items'];
}

/** Answers that are objects: each member that is a list in any of them as a list, the others by the rule for conflicts. Other answers: one list of all. */
function lists(parts: readonly Part[], config: Merge, score: Score): Lists {
  if (!parts.every(({ value }) => isObject(value))) {
    const items = entries(parts, config, score);
    return { value: items.map(({ value }) => value), items: { result: items } };
  }
  const names = [...new Set(parts.flatMap(({ value }) => Object.keys(value as object)))];
  const members = names.map((name) => {
    const own = parts.flatMap(({ value, answer }): Part[] => (isObject(value) && Object.hasOwn(value, name) ? [{ value: value[name], answer }] : []));
    if (!own.some(({ value }) => Array.isArray(value))) return { name, value: resolve(own, config.conflictResolution), items: null };
    const items = entries(own, config, score, parts.length);
    return { name, value: items.map(({ value }) => value), items };
  });
  return {
    value: Object.fromEntries(members.map(({ name, value }) => [name, value])),
    items: Object.fromEntries(members.flatMap(({ name, items }) => (items ? [[name, items] as const] : []))),
  };
}

/** Entries with their scores, best first where a formula scores them, at most `limit`. `total`: answers that could have had them. */
function entries(parts: readonly Part[], config: Merge, score: Score, total = parts.length): readonly MergedItem[] {
  const all = parts.map(({ value }) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
  const once = config.deduplication || config.method !== 'concat';
  const united = once
    ? unite(all, { total, key: config.deduplicationKey, merge: (items) => joined(items, config) })
    : all.flatMap((list, place) => list.map((value) => ({ value, by: [place], foundBy: 1, total, confidence: 1 / Math.max(1, total) })));
  const kept = config.method === 'intersection' ? united.filter(({ foundBy }) => foundBy === total) : united;
  return scored(kept, parts, config, score).slice(0, config.limit ?? undefined);
}

function scored(items: readonly United[], parts: readonly Part[], { scoring }: Merge, score: Score): readonly MergedItem[] {
  const plain = items.map(({ by, ...item }) => ({ item, by }));
  if (scoring === null) return plain.map(({ item }) => item);
  return plain
    .map(({ item, by }) => {
      const averageConfidence = meanConfidence(by.flatMap((at) => parts[at]?.answer ?? [])) ?? 1;
      const value = score({ foundByCount: item.foundBy, totalAgents: item.total, averageConfidence });
      return { item, score: typeof value === 'number' && Number.isFinite(value) ? value : 0 };
    })
    .filter((scored) => scored.score >= scoring.minScore - 1e-9)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/** Of duplicates the first stays; members that are to be collected come from all of them. */
function joined(items: readonly unknown[], { mergeFields }: Merge): unknown {
  const [first] = items;
  if (!isObject(first)) return first;
  const collected = mergeFields.flatMap((name) => {
    const values = items.flatMap((item) => (isObject(item) && Object.hasOwn(item, name) ? [item[name]] : []));
    return values.length === 0 ? [] : [[name, unite([concat(values)], { total: 1, key: null }).map(({ value }) => value)] as const];
  });
  return { ...first, ...Object.fromEntries(collected) };
}
