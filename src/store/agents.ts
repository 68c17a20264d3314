/** The registry of agents. Times are the database's, so that processes need not agree on a clock. */
import type { Pool } from 'pg';
import { SYSTEM, type Cause } from '../contracts/actor';
import { CALLED_AGENTS_QUEUE, type AgentKind, type AgentMode, type AgentRecord } from '../contracts/agent/agent';
import type { AgentRef } from '../contracts/agent/outcome';
import type { SelectAgents, SelectedAgent } from '../contracts/agent/task';
import { Fault } from '../errors/fault';
import { tellDeleted, tellMissing, tellPresence } from './agent-presence';
import { makeRoom, type AgentProfile } from './agent-connections';
import { ALIVE, recordOf, SELECT_AGENTS, VISIBLE, type AgentRow } from './agent-row';
import { chooseAgents } from './agent-selection';
import { guarded, inTransaction } from './database';
import { sealSecret, secretOf } from './agent-secret';
import type { SealingKeys } from './sealing';

export interface AgentFilter {
  readonly status?: 'connected' | 'disconnected' | undefined;
  readonly capabilities: readonly string[];
  readonly region?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface AgentPage {
  readonly agents: readonly AgentRecord[];
  /** Over all that the filter finds, whatever their status. */
  readonly connected: number;
  readonly disconnected: number;
  /** That the filter finds. */
  readonly total: number;
}

export interface CapabilityCount {
  readonly capability: string;
  readonly agents: number;
  readonly connected: number;
}

export interface HttpAgent extends AgentProfile {
  readonly agent: AgentRef;
  readonly url: string;
  readonly secret: string | null;
  readonly silentAfterMs: number;
  readonly by: string;
}

const CAPABILITIES_MAX = 1_000;

export class AgentsStore {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
  ) {}

  /** Makes an HTTP agent; the first of several makers of one id wins. */
  async addHttp(asked: HttpAgent): Promise<void> {
    const sealed = sealSecret(this.keys, asked.agent, asked.secret);
    await inTransaction(this.pool, async (db) => {
      const { rowCount } = await db.query('select 1 from agents where tenant = $1 and id = $2', [asked.agent.tenant, asked.agent.id]);
      if (rowCount) throw new Fault('conflict', 'agent.id_taken', 'An agent has this id already.', { id: asked.agent.id });
      await makeRoom(db, asked.agent, 'http');
      await db.query(
        `insert into agents (tenant, id, name, kind, capabilities, region, metadata, max_tasks, url, key_id, secret, task_queue, silent_after_ms, registered_by,
           connected, alive_until, connected_at)
         values ($1, $2, $3, 'http', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, 'infinity', clock_timestamp())`,
        [
          ...[asked.agent.tenant, asked.agent.id, asked.name, asked.capabilities, asked.region, JSON.stringify(asked.metadata), asked.maxConcurrentTasks],
          ...[asked.url, sealed?.keyId ?? null, sealed?.bytes ?? null, CALLED_AGENTS_QUEUE, asked.silentAfterMs, asked.by],
        ],
      );
      await tellPresence(db, asked.agent, 'closed', { subject: asked.by, via: 'api' });
    });
  }

  /** The queue of the process that holds it; null while none does. */
  queueOf({ tenant, id }: AgentRef): Promise<string | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ task_queue: string }>(`select task_queue from agents a where tenant = $1 and id = $2 and ${ALIVE}`, [
        tenant,
        id,
      ]);
      return rows[0]?.task_queue ?? null;
    });
  }

  /** An operator's word. Null: the tenant has no such agent of its own. Disconnecting what is not connected changes nothing. */
  async disconnect(tenant: string, id: string, by: Cause): Promise<AgentRecord | null> {
    await inTransaction(this.pool, async (db) => {
      await db.query(
        `update agents set connected = false, disconnected_at = clock_timestamp() where tenant = $1 and id = $2 and kind in ('socket', 'http') and connected`,
        [tenant, id],
      );
      await tellPresence(db, { tenant, id }, 'disconnected', by);
    });
    return this.get(tenant, id);
  }

  /** An HTTP agent that is made active is connected again: it has no connection of its own to make. */
  async setMode(tenant: string, id: string, mode: AgentMode, by: Cause): Promise<AgentRecord | null> {
    await inTransaction(this.pool, async (db) => {
      const set = `update agents set mode = $3, connected = connected or (kind = 'http' and $3 = 'active') where tenant = $1 and id = $2`;
      await db.query(set, [tenant, id, mode]);
      await tellPresence(db, { tenant, id }, 'disconnected', by);
    });
    return this.get(tenant, id);
  }

  remove(tenant: string, id: string, by: Cause): Promise<boolean> {
    return inTransaction(this.pool, async (db) => {
      await tellDeleted(db, { tenant, id }, by);
      const { rowCount } = await db.query('delete from agents where tenant = $1 and id = $2', [tenant, id]);
      if (rowCount) await db.query('delete from agent_counts where agent_tenant = $1 and agent_id = $2', [tenant, id]);
      return rowCount === 1;
    });
  }

  async get(tenant: string, id: string): Promise<AgentRecord | null> {
    const row = await this.row(tenant, id);
    return row && recordOf(row);
  }

  /** How an agent is called: its row, and the secret that signs calls to it. */
  async callable(
    tenant: string,
    id: string,
  ): Promise<{
    readonly agent: AgentRef;
    readonly record: AgentRecord;
    readonly taskQueue: string;
    readonly silentAfterMs: number;
    readonly secret: string | null;
  } | null> {
    const row = await this.row(tenant, id);
    if (!row) return null;
    const agent = { tenant: row.tenant, id: row.id };
    return { agent, record: recordOf(row), taskQueue: row.task_queue, silentAfterMs: row.silent_after_ms, secret: secretOf(this.keys, agent, row) };
  }

  /** What a call of an agent needs, without counting what it has in hand. Null: there is none, or it may not be given tasks now. */
  async calledNow(
    tenant: string,
    id: string,
  ): Promise<{ readonly agent: AgentRef; readonly kind: AgentKind; readonly url: string | null; readonly secret: string | null } | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Pick<AgentRow, 'tenant' | 'id' | 'kind' | 'url' | 'key_id' | 'secret'>>({
        name: 'agent-called',
        text: `select a.tenant, a.id, a.kind, a.url, a.key_id, a.secret from agents a where ${VISIBLE} and a.id = $2 and ${ALIVE} and a.mode = 'active'`,
        values: [tenant, id],
      }),
    );
    const row = rows[0];
    if (!row) return null;
    const agent = { tenant: row.tenant, id: row.id };
    return { agent, kind: row.kind, url: row.url, secret: secretOf(this.keys, agent, row) };
  }

  private async row(tenant: string, id: string): Promise<AgentRow | null> {
    const { rows } = await guarded(() => this.pool.query<AgentRow>(`${SELECT_AGENTS} where ${VISIBLE} and a.id = $2`, [tenant, id]));
    return rows[0] ?? null;
  }

  /** Newest registered first. */
  list(tenant: string, { status, capabilities, region, limit, offset }: AgentFilter): Promise<AgentPage> {
    return guarded(async () => {
      const found = `${VISIBLE} and a.capabilities @> $2 and ($3::text is null or a.region = $3)`;
      const [counts, page] = await Promise.all([
        this.pool.query<{ connected: number; total: number }>(
          `select count(*) filter (where ${ALIVE})::int as connected, count(*)::int as total from agents a where ${found}`,
          [tenant, capabilities, region ?? null],
        ),
        this.pool.query<AgentRow>(
          `${SELECT_AGENTS} where ${found} and ($4::boolean is null or ${ALIVE} = $4) order by a.registered_at desc, a.id desc limit $5 offset $6`,
          [tenant, capabilities, region ?? null, status === undefined ? null : status === 'connected', limit, offset],
        ),
      ]);
      const { connected = 0, total = 0 } = counts.rows[0] ?? {};
      const disconnected = total - connected;
      const matching = status === undefined ? total : status === 'connected' ? connected : disconnected;
      return { agents: page.rows.map(recordOf), connected, disconnected, total: matching };
    });
  }

  capabilities(tenant: string): Promise<readonly CapabilityCount[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<CapabilityCount>(
        `select capability, count(*)::int as agents, count(*) filter (where ${ALIVE})::int as connected
         from agents a cross join unnest(a.capabilities) as capability where ${VISIBLE} group by capability order by capability limit $2`,
        [tenant, CAPABILITIES_MAX],
      );
      return rows;
    });
  }

  /** Fault `agents.none` (unavailable) when fewer than `min` are there. */
  select(wanted: SelectAgents): Promise<readonly SelectedAgent[]> {
    return chooseAgents(this.pool, wanted);
  }

  /** Agents over all tenants, for metrics. */
  numbers(): Promise<readonly { readonly region: string | null; readonly connected: number; readonly healthy: number }[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ region: string | null; connected: number; healthy: number }>(
        `select region, count(*)::int as connected, count(*) filter (where a.mode = 'active')::int as healthy from agents a where ${ALIVE} group by region order by region limit 1000`,
      );
      return rows;
    });
  }

  /**
   * Removes a tenant's agents that were last there longer ago than that, with their counts, at most 1,000; returns their ids, sorted. That they are gone is told
   * already, or is told here.
   */
  removeStale(tenant: string, awayMs: number): Promise<readonly string[]> {
    return inTransaction(this.pool, async (db) => {
      const since = '(case when a.connected then a.alive_until else coalesce(a.disconnected_at, a.alive_until) end)';
      const { rows } = await db.query<{ id: string }>(
        `select a.id from agents a where a.tenant = $1 and not ${ALIVE} and ${since} < clock_timestamp() - $2 * interval '1 millisecond' order by a.id limit 1000 for update`,
        [tenant, awayMs],
      );
      const ids = rows.map(({ id }) => id);
      for (const id of ids) await tellPresence(db, { tenant, id }, 'lost', SYSTEM);
      await db.query('delete from agents where tenant = $1 and id = any($2)', [tenant, ids]);
      await db.query('delete from agent_counts where agent_tenant = $1 and agent_id = any($2)', [tenant, ids]);
      return ids;
    });
  }

  /** Tells of agents that went without a word, and of those that are back. Returns how many. */
  tellMissing(): Promise<number> {
    return tellMissing(this.pool);
  }

  /** Forgets agents that connected once and were not seen for so long; returns how many. */
  forget(unseenMs: number): Promise<number> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        `delete from agents where (tenant, id) in (select tenant, id from agents
           where kind <> 'http' and alive_until < clock_timestamp() - $1 * interval '1 millisecond' limit 1000)`,
        [unseenMs],
      );
      return rowCount ?? 0;
    });
  }
}
