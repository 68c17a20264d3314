/** Waiting for facts, in tests: nothing sleeps for luck. The error after the deadline says what was waited for. */
import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `look` gives something (not undefined, null or false), and returns it. */
export async function until<T>(what: string, look: () => T | Promise<T>, withinMs = 15_000): Promise<NonNullable<T>> {
  for (const by = Date.now() + withinMs; ; await delay(15)) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<T>;
    if (Date.now() > by) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
  }
}

/** The same for a fact of a whole system, which takes a little longer. */
export async function eventually(what: string, fact: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  await until(what, fact, withinMs);
}
