/** The least that Temporal can do between a signal and an act: the yardstick for sending input to a terminal. */
import * as wf from '@temporalio/workflow';

interface BareActivities {
  touch(text: string): Promise<void>;
}

export async function bare(activityQueue: string): Promise<void> {
  const waiting: string[] = [];
  let ended = false;
  wf.setHandler(wf.defineSignal<[string]>('send'), (text) => void waiting.push(text));
  wf.setHandler(wf.defineSignal('end'), () => {
    ended = true;
  });
  const { touch } = wf.proxyActivities<BareActivities>({ taskQueue: activityQueue, startToCloseTimeout: '10 seconds' });
  for (;;) {
    await wf.condition(() => waiting.length > 0 || ended);
    const text = waiting.shift();
    if (text === undefined) return;
    await touch(text);
  }
}
