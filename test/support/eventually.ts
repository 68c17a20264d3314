import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a fact; the error after the deadline says which one. */
export async function eventually(what: string, fact: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const until = Date.now() + withinMs; !(await fact()); await delay(20)) {
    if (Date.now() > until) throw new Error(`It did not come true within ${withinMs} ms: ${what}`);
  }
}
