/** What the benchmark finds out: figures, each with its samples summed up and, where one was set, its target. */

export type Unit = 'ms' | 's' | 'MiB' | 'KiB' | 'events' | 'times' | 'sessions' | 'per second';

export interface Target {
  readonly limit: 'at most' | 'at least';
  /** For the median. */
  readonly value: number;
}

export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly target?: Target;
  readonly met?: boolean;
  /** What a reader must know to understand the figure. */
  readonly note?: string;
}

export const atMost = (value: number): Target => ({ limit: 'at most', value });
export const atLeast = (value: number): Target => ({ limit: 'at least', value });

/** The value below which a share of the samples lies: nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

export function figure(
  what: string,
  unit: Unit,
  samples: readonly number[],
  { target, note }: { readonly target?: Target; readonly note?: string } = {},
): Figure {
  const p50 = rounded(median(samples));
  const met = target && (target.limit === 'at most' ? p50 <= target.value : p50 >= target.value);
  return {
    what,
    unit,
    samples: samples.length,
    p50,
    p95: rounded(percentile(samples, 0.95)),
    min: rounded(percentile(samples, 0)),
    max: rounded(percentile(samples, 1)),
    ...(target && { target, met }),
    ...(note !== undefined && { note }),
  };
}
