/** The end of what one workflow task has to tell. */
import * as wf from '@temporalio/workflow';

/**
 * Until the workflow task at hand counts nothing more. Each round lets whoever waits for a fact go on once, and all that follows from it without another wait; one in which nothing
 * was counted is the last. It costs no event and no time.
 */
export async function quiet(count: () => number): Promise<void> {
  for (;;) {
    const seen = count();
    let looks = 0;
    await wf.condition(() => ++looks > 1);
    if (count() === seen) return;
  }
}
