/** What the parts of a run share: its actor, its activities, and the one thing that interrupts them all. */
import * as wf from '@temporalio/workflow';
import { RUNS_QUEUE, type RunActivities, type RunIdentity } from '../../src/contracts/run/activities';
import type { RunStart } from '../../src/contracts/run/start';
import { numbered, type Told } from '../../src/domain/run/log-lines';
import type { RunState } from '../../src/domain/run/state';
import type { Actor } from '../kernel/actor';

/** As long as a server cannot be reached, a run waits and goes on afterwards. */
const RETRY = { initialInterval: 200, maximumInterval: 10_000, backoffCoefficient: 2 };
/** A worker that says nothing for so long is taken for dead. */
const SILENCE_MAX = '10 seconds';
/** Beside what a tool or a model may take: reading the ledger, and writing what came of it. */
const AROUND_MS = 30_000;
/** A model call that takes longer is made again. */
const MODEL_CALL_MAX_MS = 15 * 60_000;

export class RunShell {
  private readonly interruption = new wf.CancellationScope({ cancellable: true });

  constructor(readonly actor: Actor<RunState>) {}

  get state(): RunState {
    return this.actor.state;
  }

  get start(): RunStart {
    return this.actor.state.start;
  }

  get identity(): RunIdentity {
    const { tenant, id, trajectoryId } = this.start;
    return { tenant, runId: id, trajectoryId };
  }

  record(...told: readonly Told[]): void {
    this.actor.record(numbered(this.state.logged, told));
  }

  private isCancelled(): boolean {
    return this.state.cancel !== null;
  }

  /** Ends what is at work: the model call, the tool, the delegated run. */
  interrupt(): void {
    this.interruption.cancel();
  }

  /** The work, or null when it was interrupted. */
  async interruptible<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.isCancelled()) return null;
    try {
      return await this.interruption.run(work);
    } catch (thrown) {
      // A call that is cancelled while its worker is dead ends by its time-out.
      if (wf.isCancellation(thrown) || this.isCancelled()) return null;
      throw thrown;
    }
  }

  /** Short calls that end by themselves. They are made also of a run that is being cancelled. */
  calls(summary: string): Pick<RunActivities, 'compileIntent' | 'prepareDelegation' | 'appendEntry' | 'endDelegation' | 'closeTrajectory'> {
    return wf.proxyActivities<RunActivities>({ summary, startToCloseTimeout: AROUND_MS, retry: RETRY });
  }

  modelCall(activityId: string, summary: string): Pick<RunActivities, 'think'> {
    return wf.proxyActivities<RunActivities>({
      ...{ activityId, summary, taskQueue: RUNS_QUEUE, retry: RETRY, heartbeatTimeout: SILENCE_MAX, startToCloseTimeout: MODEL_CALL_MAX_MS + AROUND_MS },
      cancellationType: wf.ActivityCancellationType.TRY_CANCEL,
    });
  }

  /** Cancelled, it is waited for: what became of the tool is in its answer. */
  toolCall(activityId: string, summary: string, timeoutMs: number): Pick<RunActivities, 'executeProposal'> {
    return wf.proxyActivities<RunActivities>({
      ...{ activityId, summary, taskQueue: RUNS_QUEUE, retry: RETRY, heartbeatTimeout: SILENCE_MAX, startToCloseTimeout: timeoutMs + AROUND_MS },
      cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  }
}
