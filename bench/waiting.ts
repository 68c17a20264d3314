/** Waiting with a bound: nothing in the benchmark waits for ever. */
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../src/errors/fault';

/** The promise, or fault `bench.late` (deadline) that names what did not come. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('deadline', 'bench.late', `${what} did not come within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until there is an answer other than null. */
export async function until<T>(ms: number, what: string, ask: () => Promise<T | null>, everyMs = 100): Promise<T> {
  for (const by = Date.now() + ms; ;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > by) throw new Fault('deadline', 'bench.late', `${what} did not come within ${ms / 1_000} s`);
    await delay(everyMs);
  }
}

/** Does the work for every item, some at a time. */
export async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const one = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, one));
}
