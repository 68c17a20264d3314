/** Several numbers as one, and how far they agree (digest of seed 001, §2.5). */
import type { Statistic } from '../../../contracts/pattern/aggregation';
import { mean, sum } from './answer';

/**
 * From 0 to 1: max(0, 1 - standard deviation / |mean|), with the deviation of a sample (divided by n - 1). One number agrees with itself. Around a mean of 0 nothing can be said
 * in parts of it: 1 when all are equal, else 0.
 */
export function numericAgreement(values: readonly number[]): number {
  const middle = mean(values);
  if (middle === null) return 0;
  const deviation = Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / Math.max(1, values.length - 1));
  if (deviation === 0) return 1;
  return middle === 0 ? 0 : Math.max(0, 1 - deviation / Math.abs(middle));
}

const STATISTICS = ['average', 'median', 'min', 'max', 'sum'] as const satisfies readonly Statistic['strategy'][];

export const isStatistic = (word: string): word is Statistic['strategy'] => (STATISTICS as readonly string[]).includes(word);

/** Null for no numbers. */
export function statistic(values: readonly number[], by: Statistic['strategy']): number | null {
  if (values.length === 0) return null;
  switch (by) {
    case 'average':
      return mean(values);
    case 'median':
      return median(values);
    case 'sum':
      return sum(values);
    default:
      return Math[by](...values);
  }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return mean(sorted.length % 2 === 1 ? sorted.slice(half, half + 1) : sorted.slice(half - 1, half + 1));
}
