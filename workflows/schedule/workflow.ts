/**
 * One run of a schedule: starts the target, tries again as the schedule says, and records how it went. Temporal starts it at its time, or the gateway by hand.
 *
 * A run that cannot start its target fails, so that the schedule can pause itself on failure. The start itself is never interrupted: a run that another one takes the
 * place of stops between two tries, and says `skipped` only when nothing was started.
 */
import * as wf from '@temporalio/workflow';
import type { RunEnd, ScheduleActivities, ScheduledRun, ScheduledStart } from '../../src/contracts/schedule';
import type { StartedTarget } from '../../src/contracts/target';
import { retryDelay, runOf } from '../../src/domain/schedule/run';
import { faultFrom } from '../../src/errors/fault';

const RETRY = { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' } as const;

const { startScheduledTarget } = wf.proxyActivities<ScheduleActivities>({
  summary: 'start the target',
  // A start takes a second; what takes this long went down with its worker.
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: RETRY,
});

const { recordScheduledRun } = wf.proxyActivities<ScheduleActivities>({
  summary: 'record the run',
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: RETRY,
});

export async function scheduledStart(input: ScheduledStart): Promise<StartedTarget> {
  const { workflowId, startTime } = wf.workflowInfo();
  const run = runOf(input, workflowId, startTime.toISOString());
  const end = await attempt(run, input);
  await wf.CancellationScope.nonCancellable(() => recordScheduledRun({ ...run, end }));
  if (end.status === 'success') return end.target;
  if (end.status === 'skipped') throw new wf.CancelledFailure(end.error.message);
  throw wf.ApplicationFailure.nonRetryable(end.error.message, end.error.code);
}

async function attempt(run: ScheduledRun, { revision, retryPolicy }: ScheduledStart): Promise<RunEnd> {
  try {
    for (let retries = 0; ; retries++) {
      const outcome = await wf.CancellationScope.nonCancellable(() => startScheduledTarget({ ...run, revision }));
      if (outcome.state === 'started') return { status: 'success', target: outcome.target, error: null };
      const delay = outcome.mayRetry ? retryDelay(retryPolicy, retries) : null;
      if (delay === null) return { status: 'failure', target: null, error: outcome.error };
      await wf.sleep(delay);
    }
  } catch (thrown) {
    if (wf.isCancellation(thrown)) return { status: 'skipped', target: null, error: { code: 'schedule.run_cancelled', message: 'The run was cancelled.' } };
    return { status: 'failure', target: null, error: errorOf(thrown) };
  }
}

function errorOf(thrown: unknown): { readonly code: string; readonly message: string } {
  const fault = faultFrom(thrown);
  if (fault.code !== 'internal') return { code: fault.code, message: fault.message };
  return {
    code: 'schedule.start_failed',
    message: 'The target could not be started within an hour, or starting it is broken; the log of the worker has the cause.',
  };
}
