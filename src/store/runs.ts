/** Runs in Postgres: admitted one by one against the limits, read, listed, summed up. Always within one tenant but for the global limit. */
import type { Pool } from 'pg';
import type { ActorRef } from '../contracts/actor';
import { runRef } from '../contracts/run/commands';
import type { RunStart } from '../contracts/run/start';
import type { RunStatus } from '../contracts/run/status';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { canonicalJson } from '../domain/canonical-json';
import type { RunState } from '../domain/run/state';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { insertRun, runOf, type RunRow, type StoredRun } from './run-row';
import type { Secrets } from './secrets';

/** Runs at once. `tenant` is for named tenants; the default one has the whole. */
export interface RunLimits {
  readonly global: number;
  readonly tenant: number;
}

/** An attempt before its workflow has told anything: how it is started. `carried`: of one that goes on. */
export interface AdmittedRun {
  readonly start: RunStart;
  readonly carried: { readonly state: RunState; readonly seq: number } | null;
}

export interface RunFilter {
  readonly statuses: readonly RunStatus[];
  /** Those that this run delegated to; null: those that somebody started. */
  readonly parentId: string | null;
  /** Without those that belong to somebody else; null: also those. */
  readonly viewer: string | null;
  readonly limit: number;
  readonly offset: number;
  /** Outranks the offset. */
  readonly cursor: string | null;
}

export interface RunUsage {
  readonly keyId: string | null;
  readonly runs: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly toolCalls: number;
  readonly usdMillicents: number;
  /** False: at least one of the runs cost more than that, and nobody knows how much. */
  readonly costKnown: boolean;
}

interface StoredUsage {
  key_id: string | null;
  runs: string;
  tokens_in: string;
  tokens_out: string;
  tool_calls: string;
  usd: string;
  cost_known: boolean;
}

/** What waits for a person uses nothing, and does not count. */
const ACTIVE = "parent_id is null and status = 'running'";
/** Held while runs are counted and admitted, over all processes. */
const ADMISSION_LOCK = "select pg_advisory_xact_lock(hashtext('everthread.runs.admission'))";

export class RunsStore {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** By id, or by the bare hex of its trajectory. Null when this tenant has no such run. */
  get(tenant: string, id: string): Promise<RunRow | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredRun>({
        name: 'run-get',
        text: 'select * from runs where tenant = $1 and (id = $2 or trajectory_id = $2)',
        values: [tenant, id],
      });
      return rows[0] ? runOf(rows[0]) : null;
    });
  }

  /**
   * Writes the row of a new run and admits it, unless the limits are reached: faults `run.capacity`, `run.tenant_capacity` (exhausted). A run that is there already (the request came
   * before) is left as it is.
   */
  async admit(start: RunStart, state: RunState, { task, limits }: { readonly task: string; readonly limits: RunLimits }): Promise<void> {
    const actor = runRef(start.tenant, start.id);
    const redact = await this.secrets.redactionFor(actor);
    await inTransaction(this.pool, async (db) => {
      await assertRoom(db, start.tenant, limits);
      if (await insertRun(db, actor, state, { task, redact })) await note(db, actor, { start, carried: null });
    });
  }

  /** Faults as {@link admit}; nothing is held for who asks. */
  async assertRoom(tenant: string, limits: RunLimits): Promise<void> {
    await inTransaction(this.pool, (db) => assertRoom(db, tenant, limits));
  }

  /** The row of a run that is not started; null limits, for it uses nothing. */
  async insertCreated(state: RunState, task: string): Promise<void> {
    const actor = runRef(state.start.tenant, state.start.id);
    const redact = await this.secrets.redactionFor(actor);
    await guarded(() => insertRun(this.pool, actor, state, { task, redact }));
  }

  /** Admits another attempt. False when the run is not as it was read (`lastSeq`, `status`): somebody else was first. Faults as {@link admit}. */
  async readmit(before: RunRow, admitted: AdmittedRun, limits: RunLimits): Promise<boolean> {
    const { tenant, id, lastSeq, status } = before;
    return inTransaction(this.pool, async (db) => {
      await assertRoom(db, tenant, limits);
      const { rowCount } = await db.query("update runs set status = 'running' where tenant = $1 and id = $2 and last_seq = $3 and status = $4", [
        ...[tenant, id, lastSeq, status],
      ]);
      if (rowCount !== 1) return false;
      await note(db, runRef(tenant, id), admitted);
      return true;
    });
  }

  /** Takes an admission back whose workflow could not be started. A new run is forgotten with it. */
  async dismiss(tenant: string, id: string): Promise<void> {
    await inTransaction(this.pool, async (db) => {
      await db.query("delete from runs where tenant = $1 and id = $2 and admitted is not null and last_seq = 0 and state->>'status' <> 'created'", [
        tenant,
        id,
      ]);
      await db.query("update runs set status = state->>'status', admitted = null, admitted_at = null where tenant = $1 and id = $2 and admitted is not null", [
        tenant,
        id,
      ]);
    });
  }

  /** Admissions that are older than this and have told nothing yet, oldest first. */
  overdue(olderThanMs: number): Promise<readonly AdmittedRun[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ admitted: AdmittedRun }>(
        "select admitted from runs where admitted is not null and admitted_at < clock_timestamp() - $1 * interval '1 millisecond' order by admitted_at limit 100",
        [olderThanMs],
      );
      return rows.map(({ admitted }) => admitted);
    });
  }

  /** Newest first, with the number of all that match. */
  list(tenant: string, filter: RunFilter): Promise<{ readonly runs: readonly RunRow[]; readonly total: number; readonly nextCursor: string | null }> {
    const values: unknown[] = [tenant, filter.parentId];
    const conditions = ['tenant = $1', filter.parentId === null ? '$2::text is null and parent_id is null' : 'parent_id = $2'];
    if (filter.viewer !== null) conditions.push(`(owner is null or owner = $${values.push(filter.viewer)})`);
    if (filter.statuses.length > 0) conditions.push(`status = any($${values.push(filter.statuses)})`);
    const all = `from runs where ${conditions.join(' and ')}`;
    const counted = [...values];
    const after = filter.cursor === null ? null : placeOf(filter.cursor);
    const beyond = after === null ? '' : ` and (created_at, id) < ($${values.push(after.createdAt)}, $${values.push(after.id)})`;
    const page = ` order by created_at desc, id desc limit $${values.push(filter.limit + 1)} offset $${values.push(after === null ? filter.offset : 0)}`;
    return guarded(async () => {
      const [found, count] = await Promise.all([
        this.pool.query<StoredRun>(`select * ${all}${beyond}${page}`, values),
        this.pool.query<{ total: string }>(`select count(*) as total ${all}`, counted),
      ]);
      const rows = found.rows.slice(0, filter.limit);
      const last = rows.at(-1);
      const nextCursor = found.rows.length > rows.length && last ? cursorOf(last) : null;
      return { runs: rows.map(runOf), total: Number(count.rows[0]?.total ?? 0), nextCursor };
    });
  }

  /** By key, those without one together. */
  usage(tenant: string): Promise<readonly RunUsage[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredUsage>(
        `select key_id, count(*) as runs, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out, sum(tool_calls) as tool_calls, sum(usd_millicents) as usd,
           bool_and(cost_known) as cost_known
         from runs where tenant = $1 group by key_id order by key_id nulls last`,
        [tenant],
      );
      return rows.map((row) => ({
        ...{ keyId: row.key_id, runs: Number(row.runs), tokensIn: Number(row.tokens_in), tokensOut: Number(row.tokens_out) },
        ...{ toolCalls: Number(row.tool_calls), usdMillicents: Number(row.usd), costKnown: row.cost_known },
      }));
    });
  }

  /** Whether the row of this run says that it has ended; or that it is about to go on, for then its last attempt has. */
  isOver(address: string): Promise<boolean> {
    const over = "status in ('completed', 'failed', 'cancelled') or (admitted is not null and last_seq > 0)";
    return guarded(async () => {
      const { rowCount } = await this.pool.query(`select 1 from runs where address = $1 and (${over})`, [address]);
      return rowCount !== 0;
    });
  }
}

async function assertRoom(db: Queryable, tenant: string, limits: RunLimits): Promise<void> {
  await db.query(ADMISSION_LOCK);
  const { rows } = await db.query<{ all: string; own: string }>(
    `select count(*) as all, count(*) filter (where tenant = $1) as own from runs where ${ACTIVE}`,
    [tenant],
  );
  const { all, own } = rows[0] as { all: string; own: string };
  if (Number(all) >= limits.global) throw new Fault('exhausted', 'run.capacity', `server at capacity (${limits.global})`, { max: limits.global });
  if (tenant !== DEFAULT_TENANT && Number(own) >= limits.tenant) {
    throw new Fault('exhausted', 'run.tenant_capacity', `tenant has reached max concurrent runs (${limits.tenant})`, { max: limits.tenant });
  }
}

async function note(db: Queryable, { tenant, id }: ActorRef, admitted: AdmittedRun): Promise<void> {
  await db.query('update runs set admitted = $3, admitted_at = clock_timestamp() where tenant = $1 and id = $2', [tenant, id, canonicalJson(admitted)]);
}

const cursorOf = ({ created_at, id }: StoredRun): string => Buffer.from(JSON.stringify([created_at.toISOString(), id])).toString('base64url');

/** Fault `run.cursor` (invalid). */
function placeOf(cursor: string): { readonly createdAt: string; readonly id: string } {
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof createdAt === 'string' && typeof id === 'string' && !Number.isNaN(Date.parse(createdAt))) return { createdAt, id };
  } catch {
    // Not one of ours.
  }
  throw new Fault('invalid', 'run.cursor', 'cursor: expected the next_cursor of a page', { field: 'cursor' });
}
