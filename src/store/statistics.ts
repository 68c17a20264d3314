/**
 * Numbers over all tenants, for metrics and health. They read whole tables, so whoever asks asks rarely, and never for one request of one client
 * (src/main/remembered.ts).
 */
import type { Pool } from 'pg';
import { EXECUTION_STATUSES, hasEnded, type ExecutionStatus } from '../contracts/execution/status';
import { TERMINAL_STATUSES, THREAD_STATUSES, type ThreadStatus } from '../contracts/managed-thread/status';
import { guarded } from './database';

export interface ThreadNumbers {
  /** Every status word, also those that no thread has. */
  readonly byStatus: Readonly<Record<ThreadStatus, number>>;
  /** Messages that wait in threads which have not ended. */
  readonly queued: number;
}

export interface HostNumbers {
  readonly hostId: string;
  readonly sessions: number;
  readonly capacity: number;
}

/** Of patterns, and of the ids that clients gave to threads of their own; an execution that spawned threads counts once. */
export interface ExecutionNumbers {
  readonly total: number;
  /** Pending or running; of threads those with at least one that has not ended. */
  readonly active: number;
  /** From acceptance to the end, of threads from the first spawn to the last end, over those that are not active; null without any. */
  readonly averageMs: number | null;
}

const ENDED = EXECUTION_STATUSES.filter(hasEnded);
const LIVING = EXECUTION_STATUSES.filter((status) => !hasEnded(status));

/** Hosts that are counted at most; the registry's listing has the same bound. */
const HOSTS_MAX = 1_000;

/** Executions of patterns, and beside them the threads that clients grouped under an id of their own. */
const EXECUTIONS = `
  select count(*)::float8 as total, count(*) filter (where active)::float8 as active,
         (avg(extract(epoch from ended - began)) filter (where not active) * 1000)::float8 as average_ms
  from (
    select status = any($2) as active, created_at as began, completed_at as ended from executions
    union all
    select bool_or(not status = any($1)), min(created_at), max(updated_at) from threads t
    where not exists (select 1 from executions e where e.tenant = t.tenant and e.id = t.execution_id) group by tenant, execution_id
  ) executions`;

/** Upper bounds of the buckets of durations, in seconds. */
export const DURATION_BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600] as const;
/** Patterns that are told apart, those with the most executions. */
const PATTERNS_MAX = 200;

const PATTERNS = `
  select pattern_name as pattern, status, count(*)::float8 as executions, coalesce(sum(duration_ms), 0)::float8 as duration_ms,
         array[${DURATION_BUCKETS.map((seconds) => `count(*) filter (where duration_ms <= ${seconds * 1_000})::float8`).join(', ')}] as buckets
  from executions where status = any($1) and pattern_name in (select pattern_name from executions group by pattern_name order by count(*) desc, pattern_name limit $2)
  group by pattern_name, status order by pattern_name, status`;

export interface PatternNumbers {
  readonly pattern: string;
  readonly status: ExecutionStatus;
  readonly executions: number;
  readonly durationMs: number;
  /** How many took at most so long, by {@link DURATION_BUCKETS}. */
  readonly buckets: readonly number[];
}

export class Statistics {
  constructor(private readonly pool: Pool) {}

  threads(): Promise<ThreadNumbers> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ status: ThreadStatus; threads: number; queued: number }>(
        'select status, count(*)::float8 as threads, coalesce(sum(queued), 0)::float8 as queued from threads group by status',
      );
      const none = Object.fromEntries(THREAD_STATUSES.map((status) => [status, 0])) as Record<ThreadStatus, number>;
      const living = rows.filter(({ status }) => !TERMINAL_STATUSES.includes(status));
      return {
        byStatus: { ...none, ...Object.fromEntries(rows.map(({ status, threads }) => [status, threads])) },
        queued: living.reduce((sum, { queued }) => sum + queued, 0),
      };
    });
  }

  /** Hosts that renewed their row within this time. */
  hosts(withinMs: number): Promise<readonly HostNumbers[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ host_id: string; sessions: number; capacity: number }>(
        `select host_id, sessions, capacity from hosts where last_seen_at > clock_timestamp() - $1 * interval '1 millisecond' order by host_id limit $2`,
        [withinMs, HOSTS_MAX],
      );
      return rows.map(({ host_id, sessions, capacity }) => ({ hostId: host_id, sessions, capacity }));
    });
  }

  executions(): Promise<ExecutionNumbers> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ total: number; active: number; average_ms: number | null }>(EXECUTIONS, [TERMINAL_STATUSES, LIVING]);
      const found = rows[0] as (typeof rows)[number];
      return { total: found.total, active: found.active, averageMs: found.average_ms };
    });
  }

  /** Executions that have ended, by pattern and status. */
  patterns(): Promise<readonly PatternNumbers[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Omit<PatternNumbers, 'durationMs'> & { duration_ms: number }>(PATTERNS, [ENDED, PATTERNS_MAX]);
      return rows.map(({ duration_ms: durationMs, ...row }) => ({ ...row, durationMs }));
    });
  }
}
