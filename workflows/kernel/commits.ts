/** How a commit of the journal goes out: an ordinary activity, named after the events that it has. */
import * as wf from '@temporalio/workflow';
import type { EndingActivities, KernelActivities, RecordedEvent } from '../../src/contracts/actor';

export const commitsOf = (first: RecordedEvent, last: RecordedEvent): wf.ActivityInterfaceFor<KernelActivities & EndingActivities> =>
  wf.proxyActivities<KernelActivities & EndingActivities>({
    activityId: `commit-${first.seq}`,
    summary: first.seq === last.seq ? `#${first.seq} ${first.type}` : `#${first.seq}–${last.seq} ${first.type} …`,
    startToCloseTimeout: '20 seconds',
    // As long as the journal cannot be reached, the actor waits and goes on afterwards: nothing is dropped.
    retry: { initialInterval: 100, maximumInterval: 5_000, backoffCoefficient: 2 },
  });
