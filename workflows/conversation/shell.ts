/** What the parts of a conversation share: its actor, its activities, and what interrupts them. */
import * as wf from '@temporalio/workflow';
import type { ConversationActivities, ConversationIdentity } from '../../src/contracts/conversation/activities';
import type { ConversationEvent } from '../../src/contracts/conversation/journal';
import { RUNS_QUEUE } from '../../src/contracts/run/activities';
import type { ConversationState } from '../../src/domain/conversation/state';
import { faultFrom, type Fault } from '../../src/errors/fault';
import type { Actor } from '../kernel/actor';

/** As long as a server cannot be reached, or has no room for a run, a conversation waits and goes on afterwards. */
const RETRY = { initialInterval: 200, maximumInterval: 10_000, backoffCoefficient: 2 };
/** Of a summary: a provider that fails so often is not asked again. */
const SUMMARY_TRIES = 5;
const SUMMARY_MAX = '15 minutes';
const SILENCE_MAX = '10 seconds';

export type Outcome<T> = { readonly done: T } | { readonly fault: Fault } | 'interrupted';

export class ConversationShell {
  constructor(readonly actor: Actor<ConversationState>) {}

  get state(): ConversationState {
    return this.actor.state;
  }

  get identity(): ConversationIdentity {
    const { tenant, id } = this.state.start;
    return { tenant, threadId: id };
  }

  record(...events: readonly ConversationEvent[]): void {
    this.actor.record(events);
  }

  /** The work, unless `enough` becomes true first: then it is cancelled, and not waited for. */
  async unless<T>(enough: () => boolean, work: () => Promise<T>): Promise<Outcome<T>> {
    if (enough()) return 'interrupted';
    const scope = new wf.CancellationScope({ cancellable: true });
    const result: { outcome: Outcome<T> | null } = { outcome: null };
    void scope.run(work).then(
      (done) => (result.outcome = { done }),
      (thrown: unknown) => (result.outcome = wf.isCancellation(thrown) ? 'interrupted' : { fault: faultFrom(thrown) }),
    );
    await this.actor.until(() => result.outcome !== null || enough());
    if (result.outcome) return result.outcome;
    scope.cancel();
    return 'interrupted';
  }

  /** Short calls. */
  calls(summary: string): Omit<ConversationActivities, 'summariseRollout'> {
    return wf.proxyActivities<ConversationActivities>({
      ...{ summary, startToCloseTimeout: '30 seconds', retry: RETRY },
      cancellationType: wf.ActivityCancellationType.TRY_CANCEL,
    });
  }

  modelCall(activityId: string, summary: string): Pick<ConversationActivities, 'summariseRollout'> {
    return wf.proxyActivities<ConversationActivities>({
      ...{ activityId, summary, taskQueue: RUNS_QUEUE, heartbeatTimeout: SILENCE_MAX, startToCloseTimeout: SUMMARY_MAX },
      ...{ retry: { ...RETRY, maximumAttempts: SUMMARY_TRIES }, cancellationType: wf.ActivityCancellationType.TRY_CANCEL },
    });
  }
}
