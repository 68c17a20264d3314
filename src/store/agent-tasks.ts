/** Tasks that agents were given: claimed before they hear of them, settled once, and told to the activity that waits. */
import type { Pool } from 'pg';
import type { AgentRef, HeldTask, TaskOutcome, WaitingActivity } from '../contracts/agent/outcome';
import type { AgentTask } from '../contracts/agent/task';
import { guarded } from './database';

interface TaskRow {
  tenant: string;
  agent_tenant: string;
  agent_id: string;
  workflow_id: string;
  run_id: string;
  activity_id: string;
  /** Null once it is settled. */
  task: AgentTask | null;
  state: 'claimed' | 'asked' | TaskOutcome['state'];
  outcome: TaskOutcome | null;
  claimed_at: Date;
  asked_at: Date | null;
}

/** `asked` says whether the agent may have heard of it already, and so whether it may still be sent. */
export type ClaimedTask =
  | { readonly state: 'new'; readonly held: HeldTask }
  | { readonly state: 'open'; readonly held: HeldTask }
  | { readonly state: 'settled'; readonly outcome: TaskOutcome };

export interface Claim {
  readonly task: AgentTask;
  readonly agent: AgentRef;
  readonly waiting: WaitingActivity;
  /** The agent is asked by whoever claims, at once. */
  readonly asking: boolean;
}

export interface Untold {
  readonly tenant: string;
  readonly taskId: string;
  readonly waiting: WaitingActivity;
  readonly outcome: TaskOutcome;
}

const waitingOf = (row: TaskRow): WaitingActivity => ({ workflowId: row.workflow_id, runId: row.run_id, activityId: row.activity_id });
const heldOf = (row: TaskRow): HeldTask => ({
  ...{ task: row.task as AgentTask, agent: { tenant: row.agent_tenant, id: row.agent_id }, waiting: waitingOf(row), asked: row.state !== 'claimed' },
  ...{ claimedAt: row.claimed_at.getTime(), askedAt: row.asked_at?.getTime() ?? null },
});

/** The outcome and what it counts for, in one statement: that is one transaction. */
const SETTLE = `
  with settled as (
    update agent_tasks set state = $5, outcome = $6, told = $7, settled_at = clock_timestamp(), task = null
    where tenant = $1 and task_id = $2 and agent_tenant = $3 and agent_id = $4 and settled_at is null returning *),
  counted as (
    insert into agent_counts as c (tenant, agent_tenant, agent_id, succeeded, failed, latency_ms)
    select s.tenant, s.agent_tenant, s.agent_id, $8::bigint, $9::bigint, $10::bigint from settled s where $8::bigint + $9::bigint > 0
    on conflict (tenant, agent_tenant, agent_id) do update
      set succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed, latency_ms = c.latency_ms + excluded.latency_ms)
  select * from settled`;

const HELD_MAX = 2_000;
const UNTOLD_MAX = 100;

export class AgentTasksStore {
  constructor(private readonly pool: Pool) {}

  /** Of any number of claims exactly one is `new`. A repetition points the row to the activity that waits now. */
  claim({ task, agent, waiting, asking }: Claim): Promise<ClaimedTask> {
    return guarded(async () => {
      const whom = [waiting.workflowId, waiting.runId, waiting.activityId];
      const inserted = await this.pool.query<TaskRow>({
        name: 'agent-task-claim',
        text: `insert into agent_tasks (tenant, task_id, agent_tenant, agent_id, execution_id, workflow_id, run_id, activity_id, task, deadline_at, state, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + $10 * interval '1 millisecond', case when $11 then 'asked' else 'claimed' end,
           case when $11 then clock_timestamp() end) on conflict do nothing returning *`,
        values: [task.tenant, task.taskId, agent.tenant, agent.id, task.executionId, ...whom, JSON.stringify(task), task.timeoutMs, asking],
      });
      if (inserted.rows[0]) return { state: 'new', held: heldOf(inserted.rows[0]) };
      const { rows } = await this.pool.query<TaskRow>(
        'update agent_tasks set workflow_id = $3, run_id = $4, activity_id = $5 where tenant = $1 and task_id = $2 returning *',
        [task.tenant, task.taskId, ...whom],
      );
      const row = rows[0] as TaskRow;
      return row.outcome ? { state: 'settled', outcome: row.outcome } : { state: 'open', held: heldOf(row) };
    });
  }

  /** The agent is about to be sent the task. False: it is settled already, and must not be sent. */
  asked(tenant: string, taskId: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        `update agent_tasks set state = 'asked', asked_at = coalesce(asked_at, clock_timestamp()) where tenant = $1 and task_id = $2 and settled_at is null`,
        [tenant, taskId],
      );
      return rowCount === 1;
    });
  }

  /**
   * The outcome, once: of any number of writers exactly one gets the row back, and the counts of the agent grow by it. `agent` must be the one that was asked. `told`: the
   * caller tells the waiting activity by returning.
   */
  settle(tenant: string, taskId: string, agent: AgentRef, outcome: TaskOutcome, { told = false } = {}): Promise<WaitingActivity | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<TaskRow>({
        name: 'agent-task-settle',
        text: SETTLE,
        values: [tenant, taskId, agent.tenant, agent.id, outcome.state, JSON.stringify(outcome), told, ...countsOf(outcome)],
      });
      return rows[0] ? waitingOf(rows[0]) : null;
    });
  }

  /** Whether this agent was given this task, and whether it is over. */
  state(tenant: string, taskId: string, agent: AgentRef): Promise<'open' | 'settled' | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ over: boolean }>(
        'select settled_at is not null as over from agent_tasks where tenant = $1 and task_id = $2 and agent_tenant = $3 and agent_id = $4',
        [tenant, taskId, agent.tenant, agent.id],
      );
      return rows[0] ? (rows[0].over ? 'settled' : 'open') : null;
    });
  }

  told(tenant: string, taskId: string): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update agent_tasks set told = true where tenant = $1 and task_id = $2', [tenant, taskId]);
    });
  }

  /** What the agent has in hand, oldest first. */
  openOf({ tenant, id }: AgentRef): Promise<readonly HeldTask[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<TaskRow>(
        `select * from agent_tasks where agent_tenant = $1 and agent_id = $2 and settled_at is null and deadline_at > clock_timestamp() order by claimed_at limit $3`,
        [tenant, id, HELD_MAX],
      );
      return rows.map(heldOf);
    });
  }

  /** Outcomes that nobody has told for `sinceMs`: whoever settled them died before. */
  untold(sinceMs: number): Promise<readonly Untold[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<TaskRow & { task_id: string }>(
        `select * from agent_tasks where settled_at < clock_timestamp() - $1 * interval '1 millisecond'
           and settled_at > clock_timestamp() - interval '1 hour' and not told order by settled_at limit $2`,
        [sinceMs, UNTOLD_MAX],
      );
      return rows.flatMap((row) => (row.outcome ? [{ tenant: row.tenant, taskId: row.task_id, waiting: waitingOf(row), outcome: row.outcome }] : []));
    });
  }

  /** Ends what is open long after its time, because its process died and nobody asked again; forgets what was told long ago. Returns how many rows changed. */
  tidy(overdueMs: number, keptMs: number): Promise<number> {
    return guarded(async () => {
      const overdue: TaskOutcome = {
        state: 'failed',
        fault: { kind: 'unavailable', code: 'agent.outcome_unknown', message: 'Nobody told how the task ended, and its time is over.', facts: {} },
      };
      const ended = await this.pool.query(
        `update agent_tasks set state = 'failed', outcome = $2, told = true, settled_at = clock_timestamp(), task = null where (tenant, task_id) in
         (select tenant, task_id from agent_tasks where settled_at is null and deadline_at < clock_timestamp() - $1 * interval '1 millisecond' limit 1000)`,
        [overdueMs, JSON.stringify(overdue)],
      );
      const forgotten = await this.pool.query(
        `delete from agent_tasks where (tenant, task_id) in
         (select tenant, task_id from agent_tasks where told and settled_at < clock_timestamp() - $1 * interval '1 millisecond' limit 10000)`,
        [keptMs],
      );
      return (ended.rowCount ?? 0) + (forgotten.rowCount ?? 0);
    });
  }
}

/** Succeeded, failed, milliseconds; a task that was cancelled counts as neither. */
export function countsOf(outcome: TaskOutcome): readonly [number, number, number] {
  if (outcome.state === 'cancelled') return [0, 0, 0];
  return outcome.state === 'completed' ? [1, 0, Math.round(outcome.result.durationMs)] : [0, 1, 0];
}
