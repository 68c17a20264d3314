/** Search in runs (digest §2.22): tasks, answers, and the lines of their logs, of the newest runs of a tenant. */
import type { Pool } from 'pg';
import { LOG_EVENT_TYPES } from '../contracts/run/events';
import { RUN_KIND } from '../contracts/run/commands';
import type { RunStatus } from '../contracts/run/status';
import { guarded } from './database';

/** Runs that one search looks through, newest first: it must not grow with all that ever ran. */
const RUNS_LOOKED_AT = 2_000;
/** The first line says the task again. */
const LINES = LOG_EVENT_TYPES.filter((type) => type !== 'run_created');
/** Lines of one run that are shown. */
const LINES_MAX = 3;

export interface FoundInRun {
  readonly runId: string;
  readonly status: RunStatus;
  readonly task: string;
  readonly answer: string | null;
  /** Where it was found; of a line, the event. */
  readonly field: 'task' | 'answer' | 'event';
  readonly event: { readonly type: string; readonly data: Readonly<Record<string, unknown>>; readonly at: string } | null;
}

interface Found {
  id: string;
  status: RunStatus;
  task: string;
  answer: string | null;
  field: FoundInRun['field'];
  type: string | null;
  data: Record<string, unknown> | null;
  at: Date | null;
}

/** Any part of a text, whatever its case, in runs that the viewer may read. Of one run the task first, then the answer, then at most three lines. */
export const searchRuns = (
  pool: Pool,
  tenant: string,
  { query, viewer, limit }: { readonly query: string; readonly viewer: string; readonly limit: number },
): Promise<readonly FoundInRun[]> =>
  guarded(async () => {
    const pattern = `%${query.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const { rows } = await pool.query<Found>(
      `with newest as (select id, address, status, task, answer, created_at from runs where tenant = $1 and (owner is null or owner = $8) order by created_at desc, id desc limit $5)
       select id, status, task, answer, field, type, data, at from (
         select id, status, task, answer, created_at, 1 as part, 'task' as field, null as type, null::jsonb as data, null::timestamptz as at, 0::bigint as seq
           from newest where task ilike $2
         union all
         select id, status, task, answer, created_at, 2, 'answer', null, null, null, 0 from newest where answer ilike $2
         union all
         select id, status, task, answer, created_at, 3, 'event', lines.type, lines.data, lines.at, lines.seq from newest
           cross join lateral (
             select type, data, at, seq from journal where actor = newest.address and kind = $6 and type = any($4) and data::text ilike $2 order by seq limit $7) lines
       ) found order by created_at desc, id desc, part, seq limit $3`,
      [tenant, pattern, limit, LINES, RUNS_LOOKED_AT, RUN_KIND, LINES_MAX, viewer],
    );
    return rows.map(({ id, status, task, answer, field, type, data, at }) => ({
      ...{ runId: id, status, task, answer, field },
      event: type === null ? null : { type, data: data ?? {}, at: at?.toISOString() ?? '' },
    }));
  });
