/** Threads of scripts in Postgres: admitted one by one against the limits, read, listed, forgotten. Always within one tenant but for the global limit. */
import type { Pool } from 'pg';
import { scriptRef } from '../contracts/script/commands';
import type { ScriptStart, ScriptThreadProjection } from '../contracts/script/start';
import type { ScriptThreadStatus } from '../contracts/script/status';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { canonicalJson } from '../domain/canonical-json';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { insertScriptThread, THREAD_COLUMNS, threadRowOf, type ScriptThreadRow, type StoredScriptThread } from './script-thread-row';
import type { Secrets } from './secrets';

/** Threads at once that somebody started and that wait for nobody. `tenant` is for named tenants; the default one has the whole. */
export interface ScriptThreadLimits {
  readonly global: number;
  readonly tenant: number;
}

export interface ScriptThreadFilter {
  readonly status: ScriptThreadStatus | null;
  /** Empty: of all scripts. */
  readonly scriptName: string;
  /** All must be there with these values. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Null: of all that were published. */
  readonly version: number | null;
  readonly limit: number;
  readonly after: ThreadPlace | null;
}

/** Where a page ended. */
export interface ThreadPlace {
  readonly createdAt: string;
  readonly id: string;
}

/** Held while threads are counted and admitted, over all processes. */
const ADMISSION_LOCK = "select pg_advisory_xact_lock(hashtext('everthread.script_threads.admission'))";
const ACTIVE = "parent_id is null and status in ('PENDING', 'RUNNING')";
/** Threads that one pass forgets. */
const FORGET_MAX = 100;

export class ScriptThreadsStore {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  get(tenant: string, id: string): Promise<ScriptThreadRow | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredScriptThread>({
        name: 'script-thread-get',
        text: `select ${THREAD_COLUMNS} from script_threads t where t.tenant = $1 and t.id = $2`,
        values: [tenant, id],
      });
      return rows[0] ? threadRowOf(rows[0]) : null;
    });
  }

  /**
   * Writes the row of a thread and notes what its workflow is to be started with. One that is there already is left as it is. Faults: `script_thread.capacity`,
   * `script_thread.tenant_capacity` (exhausted), `script.not_found` for a script that was deleted meanwhile. A thread that another one runs is not counted: it waits for nobody else.
   */
  async admit(start: ScriptStart, projection: ScriptThreadProjection, limits: ScriptThreadLimits): Promise<void> {
    const actor = scriptRef(start.tenant, start.id);
    const redact = await this.secrets.redactionFor(actor);
    await inTransaction(this.pool, async (db) => {
      if (start.parent === null) await assertRoom(db, start.tenant, limits);
      if (start.version > 0 || start.parent === null) await assertScript(db, start.tenant, start.scriptName);
      if (!(await insertScriptThread(db, actor, projection, redact))) return;
      await db.query('update script_threads set admitted = $3, admitted_at = clock_timestamp() where tenant = $1 and id = $2', [
        ...[start.tenant, start.id, JSON.stringify(start)],
      ]);
    });
  }

  /** Takes an admission back whose workflow could not be started; false for one that has told something, and stays. */
  dismiss(tenant: string, id: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query('delete from script_threads where tenant = $1 and id = $2 and admitted is not null and last_seq = 0', [
        ...[tenant, id],
      ]);
      return rowCount === 1;
    });
  }

  /** The sealed environment of a thread that was not made after all. */
  async forgetUnowned(tenant: string, id: string): Promise<void> {
    const { address } = scriptRef(tenant, id);
    await guarded(() =>
      this.pool.query('delete from secrets where actor = $1 and not exists (select 1 from script_threads t where t.address = $1)', [address]),
    );
  }

  /** What threads are to be started with whose admission is older than this and who have told nothing yet, oldest first. Those of children are their parents' to start. */
  overdue(olderThanMs: number): Promise<readonly ScriptStart[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ admitted: ScriptStart }>(
        `select admitted from script_threads where admitted is not null and parent_id is null and admitted_at < clock_timestamp() - $1 * interval '1 millisecond'
         order by admitted_at limit 20`,
        [olderThanMs],
      );
      return rows.map(({ admitted }) => admitted);
    });
  }

  /**
   * Takes back the rows of threads that others were to run and never started: whoever ended between the row and the start starts nothing any more. At most 100 at a time; returns the addresses.
   */
  async dismissOrphans(olderThanMs: number): Promise<readonly string[]> {
    return inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<{ address: string }>(
        `delete from script_threads where (tenant, id) in (
           select c.tenant, c.id from script_threads c where c.admitted is not null and c.last_seq = 0 and c.parent_id is not null
             and c.admitted_at < clock_timestamp() - $1 * interval '1 millisecond'
             and not exists (select 1 from script_threads p where p.tenant = c.tenant and p.id = c.parent_id and p.ended_at is null)
           order by c.admitted_at limit $2 for update skip locked) returning address`,
        [olderThanMs, FORGET_MAX],
      );
      const addresses = rows.map(({ address }) => address);
      await db.query('delete from secrets where actor = any($1)', [addresses]);
      return addresses;
    });
  }

  /** What the workflow at this address was to be started with, while it has told nothing. */
  admitted(address: string): Promise<ScriptStart | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ admitted: ScriptStart }>('select admitted from script_threads where address = $1 and admitted is not null', [
        address,
      ]);
      return rows[0]?.admitted ?? null;
    });
  }

  /** Newest first. */
  list(tenant: string, filter: ScriptThreadFilter): Promise<{ readonly threads: readonly ScriptThreadRow[]; readonly next: ThreadPlace | null }> {
    const values: unknown[] = [tenant];
    const conditions = ['t.tenant = $1', filter.version === null ? 't.version > 0' : `t.version = $${values.push(filter.version)}`];
    if (filter.status !== null) conditions.push(`t.status = $${values.push(filter.status)}`);
    if (filter.scriptName !== '') conditions.push(`t.script_name = $${values.push(filter.scriptName)}`);
    if (Object.keys(filter.metadata).length > 0) conditions.push(`t.metadata @> $${values.push(canonicalJson(filter.metadata))}::jsonb`);
    if (filter.after !== null) conditions.push(`(t.created_at, t.id) < ($${values.push(filter.after.createdAt)}, $${values.push(filter.after.id)})`);
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredScriptThread>(
        `select ${THREAD_COLUMNS} from script_threads t where ${conditions.join(' and ')} order by t.created_at desc, t.id desc limit $${values.push(filter.limit + 1)}`,
        values,
      );
      const page = rows.slice(0, filter.limit);
      const last = page.at(-1);
      return { threads: page.map(threadRowOf), next: rows.length > page.length && last ? { createdAt: last.created_at.toISOString(), id: last.id } : null };
    });
  }

  /** Whether the row of this thread says that it has ended. */
  isOver(address: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query('select 1 from script_threads where address = $1 and ended_at is not null', [address]);
      return rowCount !== 0;
    });
  }

  /** How many threads there are in each status, over all tenants. */
  numbers(): Promise<Readonly<Partial<Record<ScriptThreadStatus, number>>>> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ status: ScriptThreadStatus; threads: number }>(
        'select status, count(*)::float8 as threads from script_threads group by status',
      );
      return Object.fromEntries(rows.map(({ status, threads }) => [status, threads]));
    });
  }

  /** The sealed environment of threads that have ended so long ago, or were not made after all; it was for them alone. At most 10,000 at a time. */
  async forgetEnvironments(endedBeforeMs: number): Promise<void> {
    await guarded(() =>
      this.pool.query(
        `delete from secrets where actor in (select s.actor from secrets s left join script_threads t on t.address = s.actor
           where s.public_names is not null and coalesce(t.ended_at, case when t.address is null then s.created_at end) < clock_timestamp() - $1 * interval '1 millisecond'
           limit 10000)`,
        [endedBeforeMs],
      ),
    );
  }

  /** Forgets threads that ended so long ago with everything that is kept of them: rows, events, claims. Values by reference stay, for others may have the same. Returns how many. */
  forget(endedBeforeMs: number): Promise<number> {
    return inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<{ tenant: string; id: string; address: string }>(
        `select tenant, id, address from script_threads where ended_at < clock_timestamp() - $1 * interval '1 millisecond' order by ended_at limit $2 for update skip locked`,
        [endedBeforeMs, FORGET_MAX],
      );
      const addresses = rows.map(({ address }) => address);
      for (const address of addresses) await db.query('select erase_actor($1)', [address]);
      await db.query('delete from secrets where actor = any($1)', [addresses]);
      await db.query('delete from script_threads where address = any($1)', [addresses]);
      return rows.length;
    });
  }
}

/** Whoever deletes the script waits for this transaction, and finds the thread then. */
async function assertScript(db: Queryable, tenant: string, name: string): Promise<void> {
  const { rowCount } = await db.query('select 1 from scripts where tenant = $1 and name = $2 for key share', [tenant, name]);
  if (rowCount === 0) throw new Fault('not_found', 'script.not_found', 'There is no script of this name.', { name });
}

async function assertRoom(db: Queryable, tenant: string, limits: ScriptThreadLimits): Promise<void> {
  await db.query(ADMISSION_LOCK);
  const { rows } = await db.query<{ all: string; own: string }>(
    `select count(*) as all, count(*) filter (where tenant = $1) as own from script_threads where ${ACTIVE}`,
    [tenant],
  );
  const { all, own } = rows[0] as { all: string; own: string };
  if (Number(all) >= limits.global)
    throw new Fault('exhausted', 'script_thread.capacity', `${limits.global} threads of scripts run already; at most so many do at one time.`, {
      max: limits.global,
    });
  if (tenant !== DEFAULT_TENANT && Number(own) >= limits.tenant)
    throw new Fault(
      'exhausted',
      'script_thread.tenant_capacity',
      `${limits.tenant} threads of scripts of this tenant run already; at most so many do at one time.`,
      {
        max: limits.tenant,
      },
    );
}
