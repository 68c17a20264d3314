/** How a commit of the journal goes out: an ordinary activity, named after the events that it has; the last one, where its actor can take that back, within the task at hand. */
import * as wf from '@temporalio/workflow';
import type { ActorEnd, CommitBatch, EndingActivities, KernelActivities, RecordedEvent } from '../../src/contracts/actor';

export const commitsOf = (first: RecordedEvent, last: RecordedEvent): wf.ActivityInterfaceFor<KernelActivities & EndingActivities> =>
  wf.proxyActivities<KernelActivities & EndingActivities>({
    activityId: `commit-${first.seq}`,
    summary: first.seq === last.seq ? `#${first.seq} ${first.type}` : `#${first.seq}–${last.seq} ${first.type} …`,
    startToCloseTimeout: '20 seconds',
    // As long as the journal cannot be reached, the actor waits and goes on afterwards: nothing is dropped.
    retry: { initialInterval: 100, maximumInterval: 5_000, backoffCoefficient: 2 },
  });

/** A workflow task waits for it no longer than this. */
const { commitUnlessEnded } = wf.proxyLocalActivities<EndingActivities>({ scheduleToCloseTimeout: '5 seconds', retry: { maximumAttempts: 1 } });

/** What does not succeed at once is not tried again here. */
export const lastCommit = (batch: CommitBatch): Promise<ActorEnd | null> => commitUnlessEnded(batch);
