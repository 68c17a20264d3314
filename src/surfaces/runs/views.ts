/** What clients read of runs (digest §2.5–2.6). Fields of the peer come first, in its order; those after them are ours. */
import { z } from 'zod';
import { prefixedId } from '../../domain/run/ledger/ids';
import type { RunRow, RunSummary } from './ports';

const count = z.int().min(0);
const time = z.iso.datetime();

const Status = z
  .enum(['created', 'running', 'completed', 'failed', 'cancelled'])
  .describe('A run that waits for an approval is `running`; its session says what it waits for. `created`: a branch that nobody has had run yet.');

const Summary = z
  .object({
    ...{ steps_executed: count, intents_submitted: count, commits: count, rejections: count, failures: count },
    final_answer: z.string().nullable(),
    terminated_by: z.string().describe('`CognitionDone`, `MaxStepsReached`, `BudgetExhausted`, `WritExpired`, `Cancelled` or `Error`.'),
  })
  .meta({ id: 'RunSummary' });

const ours = {
  run_id: z.string(),
  writ_id: z.string(),
  created_at: time,
  updated_at: time,
  ended_at: time.nullable(),
  parent_run_id: z.string().nullable().describe('The run that delegated to it.'),
  branched_from: z.object({ run_id: z.string().nullable(), commit_id: z.string() }).nullable(),
};

export const RunRecord = z
  .object({ trajectory_id: z.string(), task: z.string(), status: Status, summary: Summary.nullable(), tenant_id: z.string(), ...ours })
  .meta({ id: 'RunRecord' });
const RunItem = z
  .object({
    ...{ run_id: z.string(), task: z.string(), status: Status, trajectory_id: z.string(), tenant_id: z.string() },
    ...{ created_at: time, updated_at: time, ended_at: time.nullable() },
  })
  .meta({ id: 'RunItem' });
export const RunList = z
  .object({ runs: z.array(RunItem), total: count, limit: count, offset: count, next_cursor: z.string().nullable().describe('Null at the end.') })
  .meta({ id: 'RunList' });

export const recordStatus = ({ status }: Pick<RunRow, 'status'>): z.output<typeof Status> => (status === 'waiting_approval' ? 'running' : status);

export const summaryView = (summary: RunSummary): z.output<typeof Summary> => ({ ...summary });

/** Of what is not `shown` to the caller, everything but what was said. */
export const recordView = (row: RunRow, shown: boolean): z.output<typeof RunRecord> => ({
  ...{ trajectory_id: row.trajectoryId, task: shown ? row.task : '', status: recordStatus(row) },
  summary: row.summary && summaryView(shown ? row.summary : { ...row.summary, final_answer: null }),
  tenant_id: row.tenant,
  ...{ run_id: row.runId, writ_id: prefixedId('writ', row.writId), created_at: row.createdAt, updated_at: row.updatedAt, ended_at: row.endedAt },
  parent_run_id: row.parentRunId,
  branched_from: row.branchedFrom && { run_id: row.branchedFrom.runId, commit_id: prefixedId('commit', row.branchedFrom.commitId) },
});

export const itemView = (row: RunRow, shown: boolean): z.output<typeof RunItem> => ({
  ...{ run_id: row.runId, task: shown ? row.task : '', status: recordStatus(row), trajectory_id: row.trajectoryId, tenant_id: row.tenant },
  ...{ created_at: row.createdAt, updated_at: row.updatedAt, ended_at: row.endedAt },
});
