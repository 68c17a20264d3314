/** Rows of the runs of schedules. An end is written once; what is written to a schedule that was deleted goes nowhere. */
import { RUNS_KEPT, type RunEnd, type RunRecord, type RunStatus, type ScheduledRun } from '../contracts/schedule';
import type { StoredValue } from '../contracts/execution/value';
import type { StartedTarget } from '../contracts/target';
import type { Queryable } from './database';

interface StoredRun {
  schedule_id: string;
  run_id: string;
  status: RunStatus;
  scheduled_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
  target_kind: StartedTarget['kind'] | null;
  target_id: string | null;
  error_code: string | null;
  error: string | null;
}

const runOf = (row: StoredRun): RunRecord => ({
  ...{ id: row.run_id, status: row.status, scheduledAt: row.scheduled_at.toISOString() },
  ...{ startedAt: row.started_at?.toISOString() ?? null, completedAt: row.completed_at?.toISOString() ?? null },
  target: row.target_kind !== null && row.target_id !== null ? { kind: row.target_kind, id: row.target_id } : null,
  error: row.error_code === null ? null : { code: row.error_code, message: row.error ?? '' },
});

const keyOf = ({ tenant, scheduleId, runId }: ScheduledRun): string[] => [tenant, scheduleId, runId];

/** The row, counted once. Older runs than are kept go. */
export async function addRun(db: Queryable, run: ScheduledRun): Promise<void> {
  const { rowCount } = await db.query(
    `with added as (
       insert into schedule_runs (tenant, schedule_id, run_id, status, scheduled_at)
       select tenant, id, $3, 'pending', $4 from schedules where tenant = $1 and id = $2
       on conflict do nothing returning 1)
     update schedules set run_count = run_count + 1 where tenant = $1 and id = $2 and exists (select 1 from added)`,
    [...keyOf(run), run.scheduledAt],
  );
  if (rowCount === 0) return;
  await db.query(
    `delete from schedule_runs where tenant = $1 and schedule_id = $2 and run_id in (
       select run_id from schedule_runs where tenant = $1 and schedule_id = $2 order by scheduled_at desc, run_id desc offset $3 limit 100)`,
    [run.tenant, run.scheduleId, RUNS_KEPT],
  );
}

export async function beginRun(db: Queryable, run: ScheduledRun): Promise<void> {
  await addRun(db, run);
  await db.query(
    `update schedule_runs set status = 'running', started_at = coalesce(started_at, clock_timestamp())
     where tenant = $1 and schedule_id = $2 and run_id = $3 and status in ('pending', 'running')`,
    keyOf(run),
  );
}

export async function endRun(db: Queryable, run: ScheduledRun, { status, target, error }: RunEnd): Promise<void> {
  await addRun(db, run);
  await db.query(
    `update schedule_runs set status = $4, completed_at = clock_timestamp(), target_kind = $5, target_id = $6, error_code = $7, error = $8
     where tenant = $1 and schedule_id = $2 and run_id = $3 and status in ('pending', 'running')`,
    [...keyOf(run), status, target?.kind ?? null, target?.id ?? null, error?.code ?? null, error?.message.slice(0, 2_000) ?? null],
  );
}

/**
 * The result of the newest execution that an earlier run started and that had completed when this run began: the same one at every try. Null when there is none. Only what
 * stands in the row: values that are kept apart come as `{ref}`.
 */
export async function previousResult(db: Queryable, run: ScheduledRun): Promise<StoredValue | null> {
  const { rows } = await db.query<{ result: StoredValue | null }>(
    `select e.state -> 'result' as result
     from schedule_runs mine
     join schedule_runs r on r.tenant = mine.tenant and r.schedule_id = mine.schedule_id and r.run_id <> mine.run_id and r.target_kind = 'pattern'
     join executions e on e.tenant = r.tenant and e.id = r.target_id and e.status = 'completed' and e.completed_at < mine.started_at
     where mine.tenant = $1 and mine.schedule_id = $2 and mine.run_id = $3
     order by r.scheduled_at desc, r.run_id desc limit 1`,
    keyOf(run),
  );
  return rows[0]?.result ?? null;
}

export async function listRuns(
  db: Queryable,
  tenant: string,
  id: string,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly runs: readonly RunRecord[]; readonly total: number }> {
  const page = await db.query<StoredRun>(
    'select * from schedule_runs where tenant = $1 and schedule_id = $2 order by scheduled_at desc, run_id desc limit $3 offset $4',
    [tenant, id, limit, offset],
  );
  const count = await db.query<{ total: string }>('select count(*) as total from schedule_runs where tenant = $1 and schedule_id = $2', [tenant, id]);
  return { runs: page.rows.map(runOf), total: Number(count.rows[0]?.total ?? 0) };
}

export async function getRun(db: Queryable, tenant: string, id: string, runId: string): Promise<RunRecord | null> {
  const { rows } = await db.query<StoredRun>('select * from schedule_runs where tenant = $1 and schedule_id = $2 and run_id = $3', [tenant, id, runId]);
  return rows[0] ? runOf(rows[0]) : null;
}

export async function lastRuns(db: Queryable, tenant: string, ids: readonly string[]): Promise<Map<string, RunRecord>> {
  const { rows } = await db.query<StoredRun>(
    `select runs.* from unnest($2::text[]) as wanted (id) cross join lateral (
       select * from schedule_runs where tenant = $1 and schedule_id = wanted.id order by scheduled_at desc, run_id desc limit 1) as runs`,
    [tenant, ids],
  );
  return new Map(rows.map((row) => [row.schedule_id, runOf(row)]));
}
