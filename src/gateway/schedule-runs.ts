/** Runs as they are: a row that says `running` is believed only as long as its workflow runs. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { runAddress, type RunEnd, type RunRecord, type ScheduledRun } from '../contracts/schedule';
import { Fault } from '../errors/fault';
import { temporalUnavailable } from './doors';
import { ANSWER_MS } from './temporal-schedules';

export interface RunStore {
  pending(run: ScheduledRun): Promise<void>;
  end(run: ScheduledRun, end: RunEnd): Promise<void>;
  runs(
    tenant: string,
    id: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly runs: readonly RunRecord[]; readonly total: number }>;
  run(tenant: string, id: string, runId: string): Promise<RunRecord | null>;
}

/** How a workflow that recorded no end came to its own. */
const ENDS: Readonly<Record<string, string>> = {
  TERMINATED: 'The run’s workflow was terminated in Temporal.',
  TIMED_OUT: 'The run’s workflow timed out.',
  CANCELLED: 'The run’s workflow was cancelled.',
  FAILED: 'The run’s workflow failed.',
  COMPLETED: 'The run’s workflow ended without a record of it.',
};
const FORGOTTEN = 'Temporal knows nothing of this run any more, and its end was not recorded.';

export class RunTruth {
  constructor(
    private readonly client: Client,
    private readonly store: RunStore,
  ) {}

  /** The row of a run that was begun by hand just now, or before with the same key. */
  async noted(run: ScheduledRun): Promise<RunRecord> {
    await this.store.pending(run);
    const known = await this.store.run(run.tenant, run.scheduleId, run.runId);
    if (known) return known;
    throw new Fault('not_found', 'schedule.not_found', 'The schedule was deleted while it was triggered.', { id: run.scheduleId });
  }

  /** The run itself when it has ended or its workflow still runs; else what became of it, which is recorded. */
  async of(tenant: string, scheduleId: string, run: RunRecord): Promise<RunRecord> {
    if (run.status !== 'pending' && run.status !== 'running') return run;
    const message = await this.endOf(runAddress(tenant, scheduleId, run.id));
    if (message === null) return run;
    const end: RunEnd = { status: 'failure', target: null, error: { code: 'schedule.run_ended', message } };
    // It may have recorded its end since the row was read: the first end stands.
    await this.store.end({ tenant, scheduleId, runId: run.id, scheduledAt: run.scheduledAt }, end);
    return (await this.store.run(tenant, scheduleId, run.id)) ?? run;
  }

  /** Null while the workflow runs. */
  private async endOf(workflowId: string): Promise<string | null> {
    try {
      const { status } = await this.client.withDeadline(Date.now() + ANSWER_MS, () => this.client.workflow.getHandle(workflowId).describe());
      return status.name === 'RUNNING' ? null : (ENDS[status.name] ?? ENDS['FAILED']!);
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError) return FORGOTTEN;
      throw temporalUnavailable(thrown);
    }
  }
}
