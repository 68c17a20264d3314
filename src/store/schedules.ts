/** Definitions of schedules and the rows of their runs. Whether one is active and when it comes next is asked of Temporal (src/gateway/schedules.ts). */
import type { Pool } from 'pg';
import type { Blobs, ScheduleRuns } from '../../activities/ports';
import { scheduleAddress, type RunEnd, type RunRecord, type ScheduleDefinition, type ScheduledRun, type ScheduleHead } from '../contracts/schedule';
import type { Target } from '../contracts/target';
import { guarded, inTransaction, type Queryable } from './database';
import { addRun, beginRun, endRun, getRun, lastRuns, listRuns, previousResult } from './schedule-runs';
import { open, seal, type SealingKeys } from './sealing';

interface StoredHead {
  id: string;
  revision: number;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  made: boolean;
  run_count: string;
}

interface StoredRevision {
  schedule_id: string;
  revision: number;
  definition: Omit<ScheduleDefinition, 'target'> & { readonly kind: Target['kind'] };
  key_id: string;
  input: Buffer;
}

/** Revisions of one schedule that are kept: a run that began under an older one may still need its own. */
const REVISIONS_KEPT = 20;

export class SchedulesStore implements ScheduleRuns {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
    private readonly blobs: Pick<Blobs, 'get'>,
  ) {}

  /** The row and its first definition, before Temporal has the schedule. Does nothing when it is there. */
  async insert(
    head: { readonly tenant: string; readonly id: string; readonly by: string; readonly at: string },
    definition: ScheduleDefinition,
  ): Promise<void> {
    await inTransaction(this.pool, async (db) => {
      const { rowCount } = await db.query(
        `insert into schedules (tenant, id, pattern_name, created_by, created_at, updated_at) values ($1, $2, $3, $4, $5, $5) on conflict do nothing`,
        [head.tenant, head.id, patternOf(definition.target), head.by, head.at],
      );
      if (rowCount === 1) await this.write(db, head.tenant, head.id, 1, definition);
    });
  }

  /** A further definition, which counts as soon as Temporal names it. Returns its number. */
  addRevision(tenant: string, id: string, definition: ScheduleDefinition): Promise<number | null> {
    return inTransaction(this.pool, async (db) => {
      const { rowCount } = await db.query('select 1 from schedules where tenant = $1 and id = $2 for update', [tenant, id]);
      if (rowCount === 0) return null;
      const { rows } = await db.query<{ next: number }>(
        'select coalesce(max(revision), 0) + 1 as next from schedule_revisions where tenant = $1 and schedule_id = $2',
        [tenant, id],
      );
      const next = rows[0]?.next ?? 1;
      await this.write(db, tenant, id, next, definition);
      await db.query('delete from schedule_revisions where tenant = $1 and schedule_id = $2 and revision <= $3', [tenant, id, next - REVISIONS_KEPT]);
      return next;
    });
  }

  private async write(db: Queryable, tenant: string, id: string, revision: number, { target, ...definition }: ScheduleDefinition): Promise<void> {
    const { keyId, bytes } = seal(this.keys, ownerOf(tenant, id, revision), JSON.stringify(target.input));
    await db.query('insert into schedule_revisions (tenant, schedule_id, revision, definition, key_id, input) values ($1, $2, $3, $4, $5, $6)', [
      ...[tenant, id, revision],
      ...[JSON.stringify({ ...definition, kind: target.kind }), keyId, bytes],
    ]);
  }

  /** Temporal has this revision now. */
  settle(tenant: string, id: string, revision: number, definition: ScheduleDefinition): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update schedules set made = true, revision = $3, pattern_name = $4, updated_at = case when revision = $3 then updated_at else clock_timestamp() end
         where tenant = $1 and id = $2 and revision <= $3`,
        [tenant, id, revision, patternOf(definition.target)],
      );
    });
  }

  count(tenant: string): Promise<number> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ total: string }>('select count(*) as total from schedules where tenant = $1', [tenant]);
      return Number(rows[0]?.total ?? 0);
    });
  }

  async get(tenant: string, id: string): Promise<ScheduleHead | null> {
    const { rows } = await guarded(() => this.pool.query<StoredHead>('select * from schedules where tenant = $1 and id = $2', [tenant, id]));
    return (await this.heads(tenant, rows))[0] ?? null;
  }

  /** Newest first, all of them: a tenant has few. */
  async list(tenant: string, { patternName, max }: { readonly patternName: string | null; readonly max: number }): Promise<readonly ScheduleHead[]> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredHead>(
        'select * from schedules where tenant = $1 and ($2::text is null or pattern_name = $2) order by created_at desc, id desc limit $3',
        [tenant, patternName, max],
      ),
    );
    return this.heads(tenant, rows);
  }

  private async heads(tenant: string, rows: readonly StoredHead[]): Promise<readonly ScheduleHead[]> {
    const ids = rows.map(({ id }) => id);
    const last = rows.length === 0 ? new Map<string, RunRecord>() : await guarded(() => lastRuns(this.pool, tenant, ids));
    return rows.map((row) => ({
      ...{ id: row.id, revision: row.revision, made: row.made, runCount: Number(row.run_count), lastRun: last.get(row.id) ?? null },
      ...{ createdBy: row.created_by, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
    }));
  }

  /** By `id/revision`; one that is not kept is not in the answer. */
  async definitions(tenant: string, wanted: readonly { readonly id: string; readonly revision: number }[]): Promise<ReadonlyMap<string, ScheduleDefinition>> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredRevision>(
        `select schedule_id, revision, definition, key_id, input from schedule_revisions
         where tenant = $1 and (schedule_id, revision) in (select * from unnest($2::text[], $3::integer[]))`,
        [tenant, wanted.map(({ id }) => id), wanted.map(({ revision }) => revision)],
      ),
    );
    return new Map(rows.map((row) => [`${row.schedule_id}/${row.revision}`, this.definitionOf(tenant, row)]));
  }

  private definitionOf(tenant: string, row: StoredRevision): ScheduleDefinition {
    const { kind, ...definition } = row.definition;
    const input = open(this.keys, ownerOf(tenant, row.schedule_id, row.revision), { keyId: row.key_id, bytes: row.input });
    return { ...definition, target: { kind, input: JSON.parse(input) as Target['input'] } };
  }

  remove(tenant: string, id: string): Promise<boolean> {
    return guarded(async () => (await this.pool.query('delete from schedules where tenant = $1 and id = $2', [tenant, id])).rowCount === 1);
  }

  takeTurn(tenant: string, id: string, holder: string, forMs: number): Promise<'taken' | 'busy' | 'gone'> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ taken: boolean }>(
        `with taken as (
           update schedules set turn_of = $3, turn_until = clock_timestamp() + $4 * interval '1 millisecond'
           where tenant = $1 and id = $2 and (turn_of is null or turn_until < clock_timestamp()) returning 1
         ) select exists (select 1 from taken) as taken from schedules where tenant = $1 and id = $2`,
        [tenant, id, holder, forMs],
      );
      return rows[0] === undefined ? 'gone' : rows[0].taken ? 'taken' : 'busy';
    });
  }

  endTurn(tenant: string, id: string, holder: string): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update schedules set turn_of = null, turn_until = null where tenant = $1 and id = $2 and turn_of = $3', [tenant, id, holder]);
    });
  }

  async begin(run: ScheduledRun, revision: number): Promise<Target | null> {
    await guarded(() => beginRun(this.pool, run));
    const found = await this.definitions(run.tenant, [{ id: run.scheduleId, revision }]);
    const definition = found.get(`${run.scheduleId}/${revision}`);
    return definition ? this.chained(run, definition) : null;
  }

  /** `metadata.chainOutput`: what the run before gave is part of the input. */
  private async chained(run: ScheduledRun, { target, metadata }: ScheduleDefinition): Promise<Target> {
    if (target.kind !== 'pattern' || metadata['chainOutput'] !== true) return target;
    const kept = await guarded(() => previousResult(this.pool, run));
    if (!kept) return target;
    const result: unknown = 'ref' in kept ? JSON.parse((await this.blobs.get(run.tenant, kept.ref)) ?? 'null') : kept.value;
    return { ...target, input: { ...target.input, input: { ...(target.input['input'] as object | undefined), previousResult: result } } };
  }

  end(run: ScheduledRun, end: RunEnd): Promise<void> {
    return guarded(() => endRun(this.pool, run, end));
  }

  /** Notes a run that nobody has taken up yet. Does nothing when it is known. */
  pending(run: ScheduledRun): Promise<void> {
    return guarded(() => addRun(this.pool, run));
  }

  run(tenant: string, id: string, runId: string): Promise<RunRecord | null> {
    return guarded(() => getRun(this.pool, tenant, id, runId));
  }

  /** Newest first. */
  runs(
    tenant: string,
    id: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly runs: readonly RunRecord[]; readonly total: number }> {
    return guarded(() => listRuns(this.pool, tenant, id, page));
  }
}

const ownerOf = (tenant: string, id: string, revision: number): string => `${scheduleAddress(tenant, id)}/${revision}`;
const patternOf = ({ kind, input }: Target): string | null => (kind === 'pattern' && typeof input['patternName'] === 'string' ? input['patternName'] : null);
