/** How a role has done before, as a confidence. Pure; the formula stands in docs/org-charts.md. */
import type { PastRun } from '../../contracts/execution/org';
import type { Oracle } from '../../contracts/pattern/org-chart';
import { mean, sum } from '../pattern/aggregation/answer';

const DAY_MS = 86_400_000;
type HistoryOracle = Extract<Oracle, { type: 'history' }>;

/**
 * `runs` newest first. Their mean, each half as heavy after every `halfLifeDays`; the fewer runs there are up to `saturationRuns`, the less it takes away from 1. Null with fewer than `minRuns`:
 * that is no history. Drift: when the newest `driftRecentN` are worse than those before them by more than `driftThreshold`, they alone count.
 */
export function historyConfidence(runs: readonly PastRun[], oracle: HistoryOracle, now: number): number | null {
  const known = runs.slice(0, oracle.maxRuns);
  if (known.length < oracle.minRuns) return null;
  const recent = mean(known.slice(0, oracle.driftRecentN).map(({ confidence }) => confidence));
  const older = mean(known.slice(oracle.driftRecentN).map(({ confidence }) => confidence));
  const drifted = oracle.drift && recent !== null && older !== null && older - recent > oracle.driftThreshold;
  const counted = drifted ? known.slice(0, oracle.driftRecentN) : known;
  const weights = counted.map(({ at }) => 0.5 ** (Math.max(0, now - Date.parse(at)) / DAY_MS / oracle.halfLifeDays));
  const total = sum(weights);
  const average =
    total === 0 ? mean(counted.map(({ confidence }) => confidence)) : sum(counted.map(({ confidence }, at) => confidence * (weights[at] ?? 0))) / total;
  const trust = Math.min(1, known.length / oracle.saturationRuns);
  return average === null ? null : 1 - trust * (1 - average);
}
