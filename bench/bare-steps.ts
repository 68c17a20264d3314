/** The least that Temporal can do for steps one after the other: the yardstick for scripts. */
import * as wf from '@temporalio/workflow';

interface Clock {
  now(): Promise<{ readonly iso: string; readonly unix_ms: number }>;
}

export async function bareSteps(steps: number): Promise<string> {
  const { now } = wf.proxyActivities<Clock>({ startToCloseTimeout: '10 seconds' });
  let at = '';
  for (let step = 0; step < steps; step++) at = (await now()).iso;
  return at;
}
