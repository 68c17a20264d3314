/** Tasks of one group: the same claims and receipts as ./agent-tasks.ts writes for one, all in one statement. */
import type { Pool } from 'pg';
import type { AgentKind } from '../contracts/agent/agent';
import type { AgentRef, TaskOutcome, WaitingActivity } from '../contracts/agent/outcome';
import { taskOf, type TaskGroup } from '../contracts/agent/task-group';
import { ALIVE, VISIBLE } from './agent-row';
import { secretOf, type SealedSecret } from './agent-secret';
import { countsOf } from './agent-tasks';
import { guarded } from './database';
import type { SealingKeys } from './sealing';

interface ClaimedRow extends SealedSecret {
  task_id: string;
  tenant: string;
  id: string;
  kind: AgentKind;
  url: string | null;
  fresh: boolean;
}

interface SettledTask {
  readonly taskId: string;
  readonly agent: AgentRef;
  readonly outcome: TaskOutcome;
  readonly text: string;
}

export interface ClaimedAgent {
  readonly agent: AgentRef;
  readonly kind: AgentKind;
  readonly url: string | null;
  readonly secret: string | null;
  /** The task was not claimed before. */
  readonly fresh: boolean;
}

/** Finds the agents and claims their tasks. Whoever claims asks at once. */
const CLAIM = `
  with found as (
    select m.task_id, m.task, a.tenant, a.id, a.kind, a.url, a.key_id, a.secret
    from unnest($2::text[], $3::text[], $4::text[]) as m (task_id, agent_id, task) join agents a on a.id = m.agent_id
    where ${VISIBLE} and ${ALIVE} and a.mode = 'active'),
  claimed as (
    insert into agent_tasks (tenant, task_id, agent_tenant, agent_id, execution_id, workflow_id, run_id, activity_id, task, deadline_at, state, asked_at)
    select $1, f.task_id, f.tenant, f.id, $5, $6, $7, $8, f.task::json, clock_timestamp() + $9 * interval '1 millisecond', 'asked', clock_timestamp()
    from found f order by f.task_id
    on conflict do nothing returning task_id)
  select f.task_id, f.tenant, f.id, f.kind, f.url, f.key_id, f.secret, c.task_id is not null as fresh from found f left join claimed c using (task_id)`;

/**
 * Outcomes and what they count for. Rows of counts are taken in one order, so that no two groups wait for each other in a ring. Nobody waits for the disk: the commit of the events that
 * tell of the outcomes does, and brings it there; a database that dies before has the claims, as after a worker that dies before it has settled.
 */
const SETTLE = `
  with told as (
    select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[])
      as o (task_id, agent_tenant, agent_id, state, outcome, succeeded, failed, latency_ms)),
  settled as (
    update agent_tasks t set state = o.state, outcome = o.outcome::json, told = true, settled_at = clock_timestamp(), task = null
    from told o
    where t.tenant = $1 and t.task_id = o.task_id and t.agent_tenant = o.agent_tenant and t.agent_id = o.agent_id and t.settled_at is null
      and set_config('synchronous_commit', 'off', true) = 'off'
    returning o.agent_tenant, o.agent_id, o.succeeded, o.failed, o.latency_ms)
  insert into agent_counts as c (tenant, agent_tenant, agent_id, succeeded, failed, latency_ms)
  select $1, agent_tenant, agent_id, sum(succeeded), sum(failed), sum(latency_ms) from settled where succeeded + failed > 0
  group by agent_tenant, agent_id order by agent_tenant, agent_id
  on conflict (tenant, agent_tenant, agent_id) do update
    set succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed, latency_ms = c.latency_ms + excluded.latency_ms`;

export class AgentGroupsStore {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
  ) {}

  /** By the id of the task; those whose agent may not be given tasks now are left out. A repetition claims nothing anew. */
  claim(group: TaskGroup, { workflowId, runId, activityId }: WaitingActivity): Promise<ReadonlyMap<string, ClaimedAgent>> {
    const { tenant, executionId, members, timeoutMs } = group;
    return guarded(async () => {
      const { rows } = await this.pool.query<ClaimedRow>({
        name: 'agent-group-claim',
        text: CLAIM,
        values: [
          ...[tenant, members.map(({ taskId }) => taskId), members.map(({ agentId }) => agentId)],
          ...[members.map((member) => JSON.stringify(taskOf(group, member))), executionId, workflowId, runId, activityId, timeoutMs],
        ],
      });
      return new Map(
        rows.map((row) => {
          const agent = { tenant: row.tenant, id: row.id };
          return [row.task_id, { agent, kind: row.kind, url: row.url, secret: secretOf(this.keys, agent, row), fresh: row.fresh }];
        }),
      );
    });
  }

  /** Outcomes, each once; those that are settled already stay as they are. Whoever settles tells the waiting activity. */
  settle(tenant: string, tasks: readonly SettledTask[]): Promise<void> {
    const counts = tasks.map(({ outcome }) => countsOf(outcome));
    return guarded(async () => {
      await this.pool.query({
        name: 'agent-group-settle',
        text: SETTLE,
        values: [
          ...[tenant, tasks.map(({ taskId }) => taskId), tasks.map(({ agent }) => agent.tenant), tasks.map(({ agent }) => agent.id)],
          ...[tasks.map(({ outcome }) => outcome.state), tasks.map(({ text }) => text)],
          ...[0, 1, 2].map((at) => counts.map((count) => count[at])),
        ],
      });
    });
  }
}
