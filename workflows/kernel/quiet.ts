/** The end of what one workflow task has to tell. */
import * as wf from '@temporalio/workflow';

/** Rounds of conditions in which nothing was counted. */
const QUIET_ROUNDS = 3;

/** Until the workflow task at hand counts nothing more. Each round lets whoever waits for a fact go on once; it costs no event and no time. */
export async function quiet(count: () => number): Promise<void> {
  for (let rounds = 0, seen = count(); rounds < QUIET_ROUNDS; seen = count()) {
    let looks = 0;
    await wf.condition(() => ++looks > 1);
    rounds = count() === seen ? rounds + 1 : 0;
  }
}
