/** One firing of a trigger: starts the target once, and records how it went. What is started is in the store, sealed. */
import * as wf from '@temporalio/workflow';
import type { Firing, FiringEnd, TriggerActivities } from '../../src/contracts/trigger';
import { faultFrom } from '../../src/errors/fault';

const RETRY = { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' } as const;

const { startTriggeredTarget } = wf.proxyActivities<TriggerActivities>({
  summary: 'start the target',
  // A start takes a second; what takes this long went down with its worker.
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: RETRY,
});

const { recordFiring } = wf.proxyActivities<TriggerActivities>({
  summary: 'record the firing',
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: RETRY,
});

export async function fireTrigger(firing: Firing): Promise<FiringEnd | null> {
  try {
    return await startTriggeredTarget(firing);
  } catch (thrown) {
    const end: FiringEnd = { target: null, error: errorOf(thrown) };
    await wf.CancellationScope.nonCancellable(() => recordFiring({ ...firing, end }));
    throw wf.ApplicationFailure.nonRetryable(end.error?.message ?? '', end.error?.code ?? '');
  }
}

function errorOf(thrown: unknown): { readonly code: string; readonly message: string } {
  if (wf.isCancellation(thrown)) return { code: 'trigger.firing_cancelled', message: 'The firing was cancelled.' };
  const { code, message } = faultFrom(thrown);
  if (code !== 'internal') return { code, message };
  return {
    code: 'trigger.start_failed',
    message: 'The target could not be started within an hour, or starting it is broken; the log of the worker has the cause.',
  };
}
