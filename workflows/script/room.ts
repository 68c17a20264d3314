/** How many steps of a thread wait for people at one time. */
import { PARALLEL_MAX } from '../../src/contracts/script/start';
import type { ScriptShell } from './shell';

/** Until one more may. Who comes out of it pauses at once: of many that are let go together, each looks again. */
export async function untilRoom({ actor }: Pick<ScriptShell, 'actor'>): Promise<void> {
  const full = (): boolean => actor.state.pauses.length >= PARALLEL_MAX;
  while (full()) await actor.until(() => !full());
}
