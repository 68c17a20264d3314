/**
 * Changes of one schedule, one after the other over all API processes: Temporal's update writes what was read before, and a change that comes in between would be undone.
 * A turn is noted in the schedule's row with an end, so that it holds no connection while Temporal is asked, and a process that is killed in its turn blocks nobody for long.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../errors/fault';

export interface TurnStore {
  /** Takes the turn for `holder` unless another one has it. `gone`: there is no such schedule. */
  takeTurn(tenant: string, id: string, holder: string, forMs: number): Promise<'taken' | 'busy' | 'gone'>;
  endTurn(tenant: string, id: string, holder: string): Promise<void>;
}

/** A turn asks Temporal a few times, each with a deadline of 15 s. */
const TURN_MS = 60_000;
const PATIENCE_MS = 20_000;
const EVERY_MS = 25;

/** Runs `work` in a turn of its own; null when there is no such schedule. Fault `schedule.busy` (unavailable) when others change it for longer than 20 s. */
export async function inTurn<T>(store: TurnStore, tenant: string, id: string, work: () => Promise<T>): Promise<T | null> {
  const holder = randomUUID();
  const until = performance.now() + PATIENCE_MS;
  for (let asked = 1; ; asked++) {
    const turn = await store.takeTurn(tenant, id, holder, TURN_MS);
    if (turn === 'gone') return null;
    if (turn === 'taken') break;
    if (performance.now() > until) throw new Fault('unavailable', 'schedule.busy', 'The schedule is being changed by others; try again.', { id });
    await wait(EVERY_MS * Math.min(asked, 8));
  }
  try {
    return await work();
  } finally {
    // What is left behind ends by itself.
    await store.endTurn(tenant, id, holder).catch(() => undefined);
  }
}
