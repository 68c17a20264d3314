/** Reading managed threads: rows kept by their commits, so a read costs the same however many events a thread has. Always within one tenant. */
import type { Pool } from 'pg';
import type { ThreadSpec } from '../contracts/managed-thread/spawn';
import { threadRef } from '../contracts/managed-thread/commands';
import { TERMINAL_STATUSES, type ThreadStatus } from '../contracts/managed-thread/status';
import { Batched } from './batched';
import { guarded } from './database';
import type { Secrets } from './secrets';
import { insertThread, pendingProjection, threadOf, type StoredThread, type ThreadRow } from './thread-row';
import type { SpecStore } from './thread-specs';

export interface ThreadFilter {
  readonly statuses?: readonly ThreadStatus[];
  readonly executionId?: string;
  readonly role?: string;
  readonly agentType?: string;
  /** 1 to 500; 100 unless told. */
  readonly limit?: number;
  readonly offset?: number;
}

/** Threads that one list returns at most. */
export const THREADS_PAGE_MAX = 500;

const THREADS_BY_ID = 'select t.* from unnest($1::text[], $2::text[]) as k (tenant, id) join threads t on t.tenant = k.tenant and t.id = k.id';

export class ThreadReads {
  readonly #byId = new Batched<ThreadRow>((keys) => this.#readThreads(keys), { atOnce: 4, max: 100, patienceMs: 10 });

  constructor(
    private readonly pool: Pool,
    private readonly specs: SpecStore,
    private readonly secrets: Secrets,
  ) {}

  /** Null when this tenant has no such thread. */
  getThread(tenant: string, id: string): Promise<ThreadRow | null> {
    // Neither holds a NUL: the surface refuses it.
    return this.#byId.get(`${tenant}\0${id}`);
  }

  /** Of keys that are a tenant and an id. */
  #readThreads(keys: readonly string[]): Promise<ReadonlyMap<string, ThreadRow>> {
    const named = keys.map((key) => key.split('\0'));
    const [tenants, ids] = [named.map(([tenant = '']) => tenant), named.map(([, id = '']) => id)];
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredThread>(
        keys.length === 1
          ? { name: 'thread-get', text: 'select * from threads where tenant = $1 and id = $2', values: [tenants[0], ids[0]] }
          : { name: 'threads-get', text: THREADS_BY_ID, values: [tenants, ids] },
      );
      return new Map(rows.map((row) => [`${row.tenant}\0${row.id}`, threadOf(row)]));
    });
  }

  /** Newest first, with the number of all threads that match. */
  listThreads(tenant: string, filter: ThreadFilter = {}): Promise<{ readonly threads: readonly ThreadRow[]; readonly total: number }> {
    const conditions = ['tenant = $1'];
    const values: unknown[] = [tenant];
    const where = (condition: string, value: unknown): void => {
      values.push(value);
      conditions.push(`${condition.replace('?', `$${values.length}`)}`);
    };
    if (filter.statuses && filter.statuses.length > 0) where('status = any(?)', [...new Set(filter.statuses)]);
    if (filter.executionId !== undefined) where('execution_id = ?', filter.executionId);
    if (filter.role !== undefined) where('role = ?', filter.role);
    if (filter.agentType !== undefined) where('agent_type = ?', filter.agentType);
    const limit = Math.max(1, Math.min(filter.limit ?? 100, THREADS_PAGE_MAX));
    const matching = `from threads where ${conditions.join(' and ')}`;
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<StoredThread>(`select * ${matching} order by created_at desc, id desc limit $${values.length + 1} offset $${values.length + 2}`, [
          ...values,
          limit,
          Math.max(0, filter.offset ?? 0),
        ]),
        this.pool.query<{ total: string }>(`select count(*) as total ${matching}`, values),
      ]);
      return { threads: page.rows.map(threadOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /**
   * The row of a thread whose workflow was just started, so that it can be read before any worker has taken it up. Does nothing when the
   * worker was faster. `specRef` is what `specs.write` returned.
   */
  insertPendingThread(spec: ThreadSpec, specRef: string): Promise<void> {
    return guarded(async () => {
      const actor = threadRef(spec.tenant, spec.id);
      const stored = await this.specs.stored(this.pool, spec.tenant, specRef);
      const redact = await this.secrets.redactionFor(actor);
      await insertThread(this.pool, actor.address, stored, pendingProjection(specRef, spec.createdAt), 0, redact);
    });
  }

  /** Threads that are not at their end and have a session at this host, of all tenants: for the host itself. */
  sessionsAtHost(hostId: string): Promise<readonly { readonly address: string; readonly sessionId: string }[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ address: string; session_id: string }>(
        'select address, session_id from threads where host_id = $1 and session_id is not null and not status = any($2)',
        [hostId, TERMINAL_STATUSES],
      );
      return rows.map(({ address, session_id }) => ({ address, sessionId: session_id }));
    });
  }

  /** Whether the thread at this address has come to its end; false for one that nobody knows. */
  isOver(address: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query('select 1 from threads where address = $1 and status = any($2)', [address, TERMINAL_STATUSES]);
      return rowCount !== 0;
    });
  }
}
