/** Agents that come and go: connections of sockets, and what workers offer by their configuration. Each says again and again that it is there. */
import type { Pool } from 'pg';
import { SYSTEM } from '../contracts/actor';
import { AGENT_LIMITS, CALLED_AGENTS_QUEUE, type AgentKind, type AgentLoad, type AgentMetadata, type AgentMode } from '../contracts/agent/agent';
import { SHARED, type AgentRef } from '../contracts/agent/outcome';
import { Fault } from '../errors/fault';
import { tellPresence } from './agent-presence';
import { ALIVE } from './agent-row';
import { guarded, inTransaction, type Queryable } from './database';

/** What an agent says of itself when it registers. */
export interface AgentProfile {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly region: string | null;
  readonly metadata: AgentMetadata;
  readonly maxConcurrentTasks: number | null;
}

export interface Connecting extends AgentProfile {
  readonly agent: AgentRef;
  readonly taskQueue: string;
  readonly connectionId: string;
  readonly silentAfterMs: number;
  readonly aliveForMs: number;
  readonly by: string;
}

/** A sign of life of a connection; null: none since the last one. */
export interface Beat {
  readonly agent: AgentRef;
  readonly connectionId: string;
  readonly heartbeatAgoMs: number | null;
}

/** What stands in the row of a connection that is still this process's own. */
export interface StillHeld {
  readonly connectionId: string;
  readonly mode: AgentMode;
}

export class AgentConnections {
  constructor(private readonly pool: Pool) {}

  /**
   * Registers a connection, which takes the place of an older one of the same agent. Faults `agent.id_taken` (conflict) for an id of another kind of agent,
   * `agents.too_many` (exhausted).
   */
  async connect(asked: Connecting): Promise<void> {
    await inTransaction(this.pool, async (db) => {
      await makeRoom(db, asked.agent, 'socket');
      await db.query(
        `insert into agents as a (tenant, id, name, kind, capabilities, region, metadata, max_tasks, task_queue, connection_id, silent_after_ms, registered_by,
           connected, alive_until, connected_at, last_heartbeat)
         values ($1, $2, $3, 'socket', $4, $5, $6, $7, $8, $9, $10, $11, true, clock_timestamp() + $12 * interval '1 millisecond', clock_timestamp(), clock_timestamp())
         on conflict (tenant, id) do update set name = excluded.name, capabilities = excluded.capabilities, region = excluded.region, metadata = excluded.metadata,
           max_tasks = excluded.max_tasks, task_queue = excluded.task_queue, silent_after_ms = excluded.silent_after_ms, load = 'available', connected = true,
           connected_at = case when a.connection_id = excluded.connection_id then a.connected_at else excluded.connected_at end,
           connection_id = excluded.connection_id, alive_until = excluded.alive_until, last_heartbeat = excluded.last_heartbeat`,
        [
          ...[asked.agent.tenant, asked.agent.id, asked.name, asked.capabilities, asked.region, JSON.stringify(asked.metadata), asked.maxConcurrentTasks],
          ...[asked.taskQueue, asked.connectionId, asked.silentAfterMs, asked.by, asked.aliveForMs],
        ],
      );
      await tellPresence(db, asked.agent, 'closed', { subject: asked.by, via: 'api' });
    });
  }

  /** Moves on the time for which these connections are believed. What is not in the answer belongs to another connection now, or was disconnected or deleted. */
  renew(beats: readonly Beat[], aliveForMs: number): Promise<readonly StillHeld[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ connection_id: string; mode: AgentMode }>(
        `update agents a set alive_until = clock_timestamp() + $1 * interval '1 millisecond',
           last_heartbeat = coalesce(clock_timestamp() - b.ago * interval '1 millisecond', a.last_heartbeat)
         from unnest($2::text[], $3::text[], $4::text[], $5::float8[]) as b (tenant, id, connection, ago)
         where a.tenant = b.tenant and a.id = b.id and a.connection_id = b.connection and a.connected returning a.connection_id, a.mode`,
        [
          aliveForMs,
          beats.map(({ agent }) => agent.tenant),
          beats.map(({ agent }) => agent.id),
          beats.map(({ connectionId }) => connectionId),
          beats.map(({ heartbeatAgoMs }) => heartbeatAgoMs),
        ],
      );
      return rows.map(({ connection_id: connectionId, mode }) => ({ connectionId, mode }));
    });
  }

  /** What the agent says while it is connected. Does nothing for a connection that has lost its row. */
  describe(
    { tenant, id }: AgentRef,
    connectionId: string,
    said: { readonly load: AgentLoad; readonly capabilities?: readonly string[] | undefined; readonly maxConcurrentTasks?: number | undefined },
  ): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update agents set load = $4, capabilities = coalesce($5, capabilities), max_tasks = coalesce($6, max_tasks)
         where tenant = $1 and id = $2 and connection_id = $3`,
        [tenant, id, connectionId, said.load, said.capabilities ?? null, said.maxConcurrentTasks ?? null],
      );
    });
  }

  /** The connection is over. Does nothing when a newer one has the row. */
  release({ tenant, id }: AgentRef, connectionId: string): Promise<void> {
    return inTransaction(this.pool, async (db) => {
      await db.query(
        `update agents set connected = false, disconnected_at = clock_timestamp() where tenant = $1 and id = $2 and connection_id = $3 and connected`,
        [tenant, id, connectionId],
      );
      await tellPresence(db, { tenant, id }, 'closed', SYSTEM);
    });
  }

  /** Agents that a worker's configuration describes, for all tenants; again and again, as long as it runs. Those that it no longer has run out by themselves. */
  offer(kind: 'in-process' | 'llm', agents: readonly (AgentProfile & { readonly id: string })[], silentAfterMs: number, aliveForMs: number): Promise<void> {
    return guarded(async () => {
      for (const agent of agents) {
        await this.pool.query(
          `insert into agents as a (tenant, id, name, kind, capabilities, region, metadata, max_tasks, task_queue, silent_after_ms, registered_by, connected, alive_until, connected_at)
           values ('${SHARED}', $1, $2, $3, $4, $5, $6, $7, $8, $9, 'configuration', true, clock_timestamp() + $10 * interval '1 millisecond', clock_timestamp())
           on conflict (tenant, id) do update set name = excluded.name, kind = excluded.kind, capabilities = excluded.capabilities, region = excluded.region,
             metadata = excluded.metadata, max_tasks = excluded.max_tasks, silent_after_ms = excluded.silent_after_ms, connected = true,
             connected_at = case when ${ALIVE} then a.connected_at else excluded.connected_at end, alive_until = excluded.alive_until,
             last_heartbeat = clock_timestamp()`,
          [
            ...[agent.id, agent.name, kind, agent.capabilities, agent.region, JSON.stringify(agent.metadata), agent.maxConcurrentTasks],
            ...[CALLED_AGENTS_QUEUE, silentAfterMs, aliveForMs],
          ],
        );
      }
    });
  }
}

/** Locks the row of an agent that is there; for one that is not, makes sure that there is a place. */
export async function makeRoom(db: Queryable, { tenant, id }: AgentRef, kind: AgentKind): Promise<void> {
  const { rows } = await db.query<{ kind: AgentKind }>('select kind from agents where tenant = $1 and id = $2 for update', [tenant, id]);
  if (rows[0]) {
    if (rows[0].kind !== kind) throw new Fault('conflict', 'agent.id_taken', `An agent of another kind (${rows[0].kind}) has this id.`, { id });
    return;
  }
  const count = await db.query<{ total: string }>('select count(*) as total from agents where tenant = $1', [tenant]);
  if (Number(count.rows[0]?.total) >= AGENT_LIMITS.agents)
    throw new Fault('exhausted', 'agents.too_many', `A tenant may have ${AGENT_LIMITS.agents} agents; delete some.`, { max: AGENT_LIMITS.agents });
}
