/** Many of the same at a time, for a while: how many a second, and what one of them costs the processors. */
import { performance } from 'node:perf_hooks';
import { processorMs } from './processor-time';

/** Under way at a time. */
export const WIDTH = 20;

export interface Load {
  readonly done: number;
  readonly ms: number;
  /** Of all that were done; what the processes use at rest included. Null where nobody counts. */
  readonly processorMs: number | null;
}

/** `processes`: those whose processor time is counted, with all that they have started. */
export async function load(ms: number, processes: readonly number[], work: () => Promise<unknown>): Promise<Load> {
  const used = (): number | null => processes.reduce<number | null>((sum, pid) => add(sum, processorMs(pid)), 0);
  const started = performance.now();
  const before = used();
  let done = 0;
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      while (performance.now() < started + ms) {
        await work();
        done += 1;
      }
    }),
  );
  const took = performance.now() - started;
  const after = used();
  return { done, ms: took, processorMs: before === null || after === null ? null : after - before };
}

const add = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

const total = (loads: readonly Load[], of: 'done' | 'ms'): number => loads.reduce((sum, one) => sum + one[of], 0);

export const perSecond = (loads: readonly Load[]): number => (total(loads, 'done') * 1_000) / total(loads, 'ms');

/** Milliseconds of the processors for one. */
export function costOfOne(loads: readonly Load[]): number | null {
  const used = loads.reduce<number | null>((sum, one) => add(sum, one.processorMs), 0);
  return used === null ? null : used / total(loads, 'done');
}
