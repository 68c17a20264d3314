/** Reading executions: rows kept by their commits, so a read costs the same however many events one has. Always within one tenant. */
import type { Pool } from 'pg';
import type { ActorRef } from '../contracts/actor';
import type { PastRun } from '../contracts/execution/org';
import type { ExecutionProjection } from '../contracts/execution/start';
import type { ExecutionStatus } from '../contracts/execution/status';
import { guarded } from './database';
import { findResult, type KeptResult } from './execution-results';
import { executionOf, taskOf, writePending, type AgentTaskRow, type ExecutionRow, type StoredExecution, type StoredTask } from './execution-row';
import type { Secrets } from './secrets';

export interface ExecutionFilter {
  readonly pattern?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  /** Accepted at or after, and before. ISO 8601. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly batchId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface ExecutionSummary {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly inProgress: number;
  readonly averageMs: number | null;
  readonly averageConfidence: number | null;
}

/** Of one hour or day (UTC), by the time of acceptance. */
export interface ExecutionPeriod extends Omit<ExecutionSummary, 'inProgress'> {
  readonly from: string;
}

/** Executions that one look at a role's history goes through. */
const ROLE_RUNS_MAX = 1_000;

interface RoleRunsWanted {
  readonly tenant: string;
  readonly patternName: string;
  readonly executionId: string;
  readonly role: string;
  readonly maxRuns: number;
}

/** Tasks that one read returns at most; an execution gives no more. */
export const TASKS_READ_MAX = 1_000;

const COUNTS = `count(*)::float8 as total, count(*) filter (where status = 'completed')::float8 as successful, count(*) filter (where status = 'failed')::float8 as failed,
  count(*) filter (where status = 'cancelled')::float8 as cancelled, count(*) filter (where status in ('pending', 'running'))::float8 as in_progress,
  (avg(duration_ms) filter (where status in ('completed', 'failed')))::float8 as average_ms, avg(confidence) as average_confidence`;

interface StoredCounts {
  total: number;
  successful: number;
  failed: number;
  cancelled: number;
  in_progress: number;
  average_ms: number | null;
  average_confidence: number | null;
}

const countsOf = (row: StoredCounts): ExecutionSummary => ({
  ...{ total: row.total, successful: row.successful, failed: row.failed, cancelled: row.cancelled, inProgress: row.in_progress },
  ...{ averageMs: row.average_ms, averageConfidence: row.average_confidence },
});

export class ExecutionsStore {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** How sure the results of a role were: of the newest executions of the pattern that have ended, of each the last one that was measured without history. Newest first. */
  roleRuns({ tenant, patternName, executionId, role, maxRuns }: RoleRunsWanted): Promise<readonly PastRun[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ confidence: number; at: Date }>(
        `select j.confidence, j.at from (
           select address, created_at from executions
           where tenant = $1 and pattern_name = $2 and id <> $3 and status in ('completed', 'failed') order by created_at desc, id desc limit $5) e
         cross join lateral (
           select (data->>'measured')::float8 as confidence, at from journal
           where actor = e.address and type = 'step_confidence' and data->>'role' = $4 and data->>'measured' is not null and data->>'action' <> 'review_verdict'
           order by seq desc limit 1) j
         order by e.created_at desc`,
        [tenant, patternName, executionId, role, Math.min(maxRuns, ROLE_RUNS_MAX)],
      );
      return rows.map(({ confidence, at }) => ({ confidence, at: at.toISOString() }));
    });
  }

  /** Null when this tenant has no such execution. */
  get(tenant: string, id: string): Promise<ExecutionRow | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredExecution>({
        name: 'execution-get',
        text: 'select * from executions where tenant = $1 and id = $2',
        values: [tenant, id],
      });
      return rows[0] ? executionOf(rows[0]) : null;
    });
  }

  /** The row of an execution that no worker has taken up yet; the one that is there where there is one. */
  insertPending(actor: ActorRef, projection: ExecutionProjection): Promise<ExecutionRow | null> {
    return guarded(async () => {
      const written = await writePending(this.pool, actor, projection, await this.secrets.redactionFor(actor));
      return written ?? this.get(actor.tenant, actor.id);
    });
  }

  /** Whether the row of this execution or batch says that it has ended. */
  isOver(address: string): Promise<boolean> {
    const ended = ['completed', 'failed', 'cancelled'];
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        'select 1 from executions where address = $1 and status = any($2) union all select 1 from batches where address = $1 and status = any($2)',
        [address, ended],
      );
      return rowCount !== 0;
    });
  }

  /** The tasks of one execution in the order in which they were given. */
  tasks(tenant: string, executionId: string): Promise<readonly AgentTaskRow[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredTask>({
        name: 'execution-tasks',
        text: 'select * from execution_agents where tenant = $1 and execution_id = $2 order by seq limit $3',
        values: [tenant, executionId, TASKS_READ_MAX],
      });
      return rows.map(taskOf);
    });
  }

  /** Newest first, with the number of all that match. */
  list(tenant: string, filter: ExecutionFilter): Promise<{ readonly executions: readonly ExecutionRow[]; readonly total: number }> {
    const conditions = ['tenant = $1'];
    const values: unknown[] = [tenant];
    const where = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition.replace('?', `$${values.length}`));
    };
    where('pattern_name = ?', filter.pattern);
    where('status = ?', filter.status);
    where('created_at >= ?', filter.since);
    where('created_at < ?', filter.until);
    where('batch_id = ?', filter.batchId);
    where('parent_id = ?', filter.parentId);
    const matching = `from executions where ${conditions.join(' and ')}`;
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<StoredExecution>(`select * ${matching} order by created_at desc, id desc limit $${values.length + 1} offset $${values.length + 2}`, [
          ...values,
          filter.limit,
          filter.offset,
        ]),
        this.pool.query<{ total: string }>(`select count(*) as total ${matching}`, values),
      ]);
      return { executions: page.rows.map(executionOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** An earlier result of a pattern's step that was good enough (./execution-results.ts). */
  goodResult(request: Parameters<typeof findResult>[1]): Promise<KeptResult | null> {
    return guarded(() => findResult(this.pool, request));
  }

  /** Over all executions that are kept, or those of one pattern, in any of its versions. */
  summary(tenant: string, pattern: string | null = null): Promise<ExecutionSummary> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredCounts>(`select ${COUNTS} from executions where tenant = $1 and ($2::text is null or pattern_name = $2)`, [
        ...[tenant, pattern],
      ]);
      return countsOf(rows[0] as StoredCounts);
    });
  }

  /** The last `count` hours or days up to now, oldest first; those without an execution are there too. */
  periods(tenant: string, unit: 'hour' | 'day', count: number): Promise<readonly ExecutionPeriod[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredCounts & { begins: Date }>(
        `select slots.begins at time zone 'UTC' as begins, counted.* from
           generate_series(date_trunc($2, now() at time zone 'UTC') - ($3 - 1) * ('1 ' || $2)::interval, date_trunc($2, now() at time zone 'UTC'), ('1 ' || $2)::interval) as slots (begins)
         cross join lateral (
           select ${COUNTS} from executions
           where tenant = $1 and created_at >= slots.begins at time zone 'UTC' and created_at < (slots.begins + ('1 ' || $2)::interval) at time zone 'UTC') as counted
         order by slots.begins`,
        [tenant, unit, count],
      );
      return rows.map((row) => {
        const { inProgress, ...counts } = countsOf(row);
        return { from: row.begins.toISOString(), ...counts };
      });
    });
  }
}
