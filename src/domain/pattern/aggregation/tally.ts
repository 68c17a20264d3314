/** Counting votes: answers with an equal choice stand together. */
import { choiceOf, confidenceOf, keyOf, labelOf, sum, type Answer } from './answer';

/** One choice and those who made it, in the order in which they did. */
export interface Option {
  readonly key: string;
  readonly value: unknown;
  readonly answers: readonly Answer[];
  /** Number of votes, or what they weigh together. */
  readonly weight: number;
}

/** Options in the order in which each was first named; abstentions are in none. `weigh` says what an answer weighs. */
export function tally(answers: readonly Answer[], field: string | null, weigh: (answer: Answer) => number = () => 1): readonly Option[] {
  const byKey = new Map<string, { readonly value: unknown; readonly answers: Answer[] }>();
  for (const answer of answers) {
    const value = choiceOf(answer.result, field);
    if (value === undefined || value === null) continue;
    const key = keyOf(value);
    const known = byKey.get(key);
    if (known) known.answers.push(answer);
    else byKey.set(key, { value, answers: [answer] });
  }
  return [...byKey].map(([key, { value, answers: those }]) => ({ key, value, answers: those, weight: sum(those.map(weigh)) }));
}

/** Part of all weight that each option has. A text and another value that is written like it are one line: only labels can be shown. */
export function distributionOf(options: readonly Option[]): Readonly<Record<string, number>> {
  const total = sum(options.map(({ weight }) => weight));
  const parts = new Map<string, number>();
  for (const { value, weight } of options) {
    const label = labelOf(value);
    parts.set(label, (parts.get(label) ?? 0) + (total === 0 ? 0 : weight / total));
  }
  return Object.fromEntries(parts);
}

/** Those with the greatest weight. Weights that differ by less than rounding are equal: 0.1 + 0.2 and 0.3 tie. */
export function heaviest(options: readonly Option[]): readonly Option[] {
  const most = Math.max(0, ...options.map(({ weight }) => weight));
  return options.filter(({ weight }) => weight >= most - ROUNDING);
}

const ROUNDING = 1e-9;

/** The confidence of the surest of its voters; null when none says. */
export const surest = ({ answers }: Option): number | null => {
  const stated = answers.flatMap((answer) => confidenceOf(answer) ?? []);
  return stated.length === 0 ? null : Math.max(...stated);
};

export const votesIn = (options: readonly Option[]): number => sum(options.map(({ answers }) => answers.length));
