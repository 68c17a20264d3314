/** Rows of agents as records, and which rows a tenant sees. */
import type { AgentKind, AgentLoad, AgentMetadata, AgentMode, AgentRecord } from '../contracts/agent/agent';
import { SHARED } from '../contracts/agent/outcome';

export interface AgentRow {
  tenant: string;
  id: string;
  name: string;
  kind: AgentKind;
  capabilities: string[];
  region: string | null;
  metadata: AgentMetadata;
  mode: AgentMode;
  load: AgentLoad;
  max_tasks: number | null;
  url: string | null;
  key_id: string | null;
  secret: Buffer | null;
  task_queue: string;
  silent_after_ms: number;
  registered_at: Date;
  connected_at: Date | null;
  disconnected_at: Date | null;
  last_heartbeat: Date | null;
  alive: boolean;
  active: number;
  succeeded: number;
  failed: number;
  latency_ms: number;
}

/** The tenant's own, and those that all share unless the tenant has one of the same id. `$1` is the tenant. */
export const VISIBLE = `(a.tenant = $1 or (a.tenant = '${SHARED}' and not exists (select 1 from agents own where own.tenant = $1 and own.id = a.id)))`;
export const ALIVE = '(a.connected and a.alive_until > clock_timestamp())';
const OPEN = `(select t.agent_tenant, t.agent_id, count(*)::int as active from agent_tasks t
               where t.settled_at is null and t.deadline_at > clock_timestamp() group by 1, 2)`;

/** Agents with what they have in hand; aliases `a` and `o`. */
export const WITH_OPEN_TASKS = `agents a left join ${OPEN} o on o.agent_tenant = a.tenant and o.agent_id = a.id`;

export const SELECT_AGENTS = `
  select a.*, ${ALIVE} as alive, coalesce(o.active, 0) as active,
         coalesce(c.succeeded, 0)::float8 as succeeded, coalesce(c.failed, 0)::float8 as failed, coalesce(c.latency_ms, 0)::float8 as latency_ms
  from ${WITH_OPEN_TASKS} left join agent_counts c on c.tenant = $1 and c.agent_tenant = a.tenant and c.agent_id = a.id`;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const recordOf = (row: AgentRow): AgentRecord => ({
  ...{ id: row.id, name: row.name, kind: row.kind, status: row.alive ? 'connected' : 'disconnected', mode: row.mode, load: row.load },
  ...{ capabilities: row.capabilities, region: row.region, url: row.url, metadata: row.metadata, maxConcurrentTasks: row.max_tasks },
  registeredAt: row.registered_at.toISOString(),
  ...{ connectedAt: iso(row.connected_at), disconnectedAt: row.alive ? null : iso(row.disconnected_at), lastHeartbeat: iso(row.last_heartbeat) },
  activeTasks: row.active,
  statistics: {
    ...{ tasksCompleted: row.succeeded + row.failed, tasksSucceeded: row.succeeded, tasksFailed: row.failed },
    averageLatency: row.succeeded === 0 ? null : Math.round(row.latency_ms / row.succeeded),
  },
});
