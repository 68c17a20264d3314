/** What clients read of runs (digest §2.5–2.6, §2.11–2.18). Fields of the peer come first, in its order; those after them are ours. */
import { z } from 'zod';
import type { LedgerEntry, Resource } from '../../contracts/run/protocol';
import { shownId } from './ids';
import type { ReplayReport, RunRow, RunSummary, WorldAt } from './ports';

const count = z.int().min(0);
const time = z.iso.datetime();

const Status = z
  .enum(['running', 'completed', 'failed', 'cancelled'])
  .describe('A run that waits for an approval is `running`; its session says what it waits for.');

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
  branched_from: z.object({ run_id: z.string(), commit_id: z.string() }).nullable(),
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

export const recordView = (row: RunRow): z.output<typeof RunRecord> => ({
  ...{ trajectory_id: row.trajectoryId, task: row.task, status: recordStatus(row) },
  ...{ summary: row.summary && summaryView(row.summary), tenant_id: row.tenant },
  ...{ run_id: row.runId, writ_id: shownId('writ', row.writId), created_at: row.createdAt, updated_at: row.updatedAt, ended_at: row.endedAt },
  parent_run_id: row.parentRunId,
  branched_from: row.branchedFrom && { run_id: row.branchedFrom.runId, commit_id: shownId('commit', row.branchedFrom.commitId) },
});

export const itemView = (row: RunRow): z.output<typeof RunItem> => ({
  ...{ run_id: row.runId, task: row.task, status: recordStatus(row), trajectory_id: row.trajectoryId, tenant_id: row.tenant },
  ...{ created_at: row.createdAt, updated_at: row.updatedAt, ended_at: row.endedAt },
});

const ResourceView = z
  .object({
    ...{ kind: z.string(), id: z.string(), version: count, value: z.json() },
    retracted: z.literal(true).optional().describe('It was taken back; the value is the last one.'),
  })
  .meta({ id: 'WorldResource' });
export const World = z.object({ resources: z.array(ResourceView) }).meta({ id: 'World' });
export const WorldAtSeq = z
  .object({ seq: count, commits_replayed: count, head_commit: z.string().nullable(), resources: z.array(ResourceView) })
  .meta({ id: 'WorldAt' });

const resourceView = ({ kind, id, version, value, retracted }: Resource): z.output<typeof ResourceView> => ({
  ...{ kind, id, version, value },
  ...(retracted && { retracted }),
});
const order = (a: Resource, b: Resource): number => compare(a.kind, b.kind) || compare(a.id, b.id);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const resourcesView = ({ resources }: WorldAt): z.output<typeof ResourceView>[] => [...resources].sort(order).map(resourceView);
export const worldAtView = (world: WorldAt): z.output<typeof WorldAtSeq> => ({
  ...{ seq: world.seq, commits_replayed: world.commitsReplayed, head_commit: world.headCommit && shownId('commit', world.headCommit) },
  resources: resourcesView(world),
});

export const Replay = z
  .object({
    run_id: z.string(),
    trajectory_id: z.string(),
    entries_seen: count,
    commits_replayed: count,
    head_commit: z.string().nullable(),
    head_seq: count,
    compiler_versions_seen: z.array(z.string()),
    final_world_hash: z.string(),
    resources: count,
    ...{ rejected_proposals: count, pending_approvals: count, delegations: count, branches: count },
    tool_calls: z.array(z.object({ seq: count, commit_id: z.string(), tool: z.string(), latency_ms: count })),
    verdict: z.literal('ok'),
  })
  .meta({ id: 'ReplayReport' });

export const replayView = ({ runId, trajectoryId }: RunRow, report: ReplayReport): z.output<typeof Replay> => ({
  ...{ run_id: runId, trajectory_id: shownId('traj', trajectoryId), entries_seen: report.entriesSeen, commits_replayed: report.commitsReplayed },
  ...{ head_commit: report.headCommit && shownId('commit', report.headCommit), head_seq: report.headSeq },
  ...{ compiler_versions_seen: [...report.compilerVersionsSeen], final_world_hash: report.finalWorldHash, resources: report.resources },
  ...{ rejected_proposals: report.rejectedProposals, pending_approvals: report.pendingApprovals },
  ...{ delegations: report.delegations, branches: report.branches },
  tool_calls: report.toolCalls.map(({ seq, commitId, tool, latencyMs }) => ({ seq, commit_id: shownId('commit', commitId), tool, latency_ms: latencyMs })),
  verdict: 'ok',
});

export const Delegations = z
  .object({
    delegations: z.array(
      z.object({
        ...{ child_trajectory_id: z.string(), task: z.string(), final_answer: z.string().nullable(), seq: count },
        run_id: z.string().nullable().describe('The run of the child.'),
      }),
    ),
  })
  .meta({ id: 'Delegations' });

export const RoutingOutcomes = z
  .object({ outcomes: z.array(z.object({ decision_hash: z.string(), selected: z.string(), status: z.literal('committed'), latency_ms: count })) })
  .meta({ id: 'RoutingOutcomes' });

export function outcomesView(entries: readonly LedgerEntry[]): z.output<typeof RoutingOutcomes>['outcomes'] {
  return entries.flatMap(({ payload }) => {
    if (payload.type !== 'commit' || !payload.body.routing_evidence) return [];
    const { routing_evidence: evidence, observations } = payload.body;
    const latency_ms = observations.reduce((total, observation) => total + observation.latency_ms, 0);
    return [{ decision_hash: evidence.decision_hash, selected: evidence.selected, status: 'committed' as const, latency_ms }];
  });
}
