/**
 * Numbers over all tenants, for metrics and health. They read whole tables, so whoever asks asks rarely, and never for one request of one client
 * (src/main/remembered.ts).
 */
import type { Pool } from 'pg';
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

export interface ExecutionNumbers {
  readonly total: number;
  /** With at least one thread that has not ended. */
  readonly active: number;
  /** From the first thread's spawn to the last one's end, over those that are not active; null without any. */
  readonly averageMs: number | null;
}

/** Hosts that are counted at most; the registry's listing has the same bound. */
const HOSTS_MAX = 1_000;

const EXECUTIONS = `
  select count(*)::float8 as total, count(*) filter (where active)::float8 as active,
         (avg(extract(epoch from ended - began)) filter (where not active) * 1000)::float8 as average_ms
  from (select bool_or(not status = any($1)) as active, min(created_at) as began, max(updated_at) as ended from threads group by tenant, execution_id) executions`;

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
      const { rows } = await this.pool.query<{ total: number; active: number; average_ms: number | null }>(EXECUTIONS, [TERMINAL_STATUSES]);
      const found = rows[0] as (typeof rows)[number];
      return { total: found.total, active: found.active, averageMs: found.average_ms };
    });
  }
}
