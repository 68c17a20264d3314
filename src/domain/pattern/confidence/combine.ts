/** Several confidences as one (digest of seed 001, §2.6). */
import { confidenceIn, mean, sum } from '../aggregation/answer';

/** What one oracle says; null: it could not tell, and has no voice. `weight` counts for `weighted` only. */
export interface Signal {
  readonly confidence: number | null;
  readonly weight?: number;
}

/**
 * Signals of several oracles. min: the least sure decides. product: each takes away. weighted: their mean by weight, 1 where none is given; with no weight at all, the plain mean.
 * Null when none could tell.
 */
export function combined(signals: readonly Signal[], by: 'min' | 'weighted' | 'product'): number | null {
  const told = signals.flatMap(({ confidence, weight = 1 }) => {
    const value = confidenceIn(confidence);
    return value === null ? [] : [{ value, weight: Math.max(0, weight) }];
  });
  if (told.length === 0) return null;
  switch (by) {
    case 'min':
      return Math.min(...told.map(({ value }) => value));
    case 'product':
      return told.reduce((product, { value }) => product * value, 1);
    case 'weighted': {
      const total = sum(told.map(({ weight }) => weight));
      return total === 0 ? mean(told.map(({ value }) => value)) : sum(told.map(({ value, weight }) => value * weight)) / total;
    }
  }
}
