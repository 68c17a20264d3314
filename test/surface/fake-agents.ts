/** Agents in memory, for tests of the surface: their sockets stay open and say nothing. */
import type { AgentRecord } from '../../src/contracts/agent/agent';
import { Fault } from '../../src/errors/fault';
import type { AgentPorts } from '../../src/surfaces/control-plane/agent-ports';

const AT = '2026-03-01T08:00:00.000Z';

export class FakeAgents implements AgentPorts {
  readonly rows = new Map<string, AgentRecord>();
  readonly accepted: Parameters<AgentPorts['accept']>[0][] = [];
  readonly #keys = new Map<string, string>();

  add(tenant: string, agent: Partial<AgentRecord> & Pick<AgentRecord, 'id'>): AgentRecord {
    const record: AgentRecord = {
      ...{
        name: agent.id,
        kind: 'socket',
        status: 'connected',
        mode: 'active',
        load: 'available',
        capabilities: ['echo'],
        region: null,
        url: null,
        metadata: {},
      },
      ...{ maxConcurrentTasks: null, registeredAt: AT, connectedAt: AT, disconnectedAt: null, lastHeartbeat: AT, activeTasks: 0 },
      statistics: { tasksCompleted: 0, tasksSucceeded: 0, tasksFailed: 0, averageLatency: null },
      ...agent,
    };
    this.rows.set(`${tenant}/${agent.id}`, record);
    return record;
  }

  list: AgentPorts['list'] = async (tenant, query) => {
    const mine = [...this.rows].filter(([key]) => key.startsWith(`${tenant}/`)).map(([, row]) => row);
    const found = mine.filter(
      (row) => query.capabilities.every((name) => row.capabilities.includes(name)) && (query.region === undefined || row.region === query.region),
    );
    const shown = found.filter(({ status }) => query.status === undefined || status === query.status);
    const connected = found.filter(({ status }) => status === 'connected').length;
    return { agents: shown.slice(query.offset, query.offset + query.limit), total: shown.length, connected, disconnected: found.length - connected };
  };
  get: AgentPorts['get'] = async (tenant, id) => this.rows.get(`${tenant}/${id}`) ?? null;
  capabilities: AgentPorts['capabilities'] = async () => [{ capability: 'echo', agents: this.rows.size, connected: this.rows.size }];
  disconnect: AgentPorts['disconnect'] = async ({ tenant }, id) => this.#change(tenant, id, { status: 'disconnected', disconnectedAt: AT });
  setMode: AgentPorts['setMode'] = async ({ tenant }, id, mode) => this.#change(tenant, id, { mode });
  remove: AgentPorts['remove'] = async ({ tenant }, id) => this.rows.delete(`${tenant}/${id}`);
  removeStale: AgentPorts['removeStale'] = async ({ tenant }) => {
    const gone = [...this.rows].filter(([key, row]) => key.startsWith(`${tenant}/`) && row.status === 'disconnected');
    for (const [key] of gone) this.rows.delete(key);
    return gone.map(([, { id }]) => id);
  };
  addHttp: AgentPorts['addHttp'] = async ({ tenant }, { secret: _secret, region = null, id = `agent_${this.rows.size + 1}`, ...asked }, { idempotencyKey }) => {
    const known = idempotencyKey === null ? undefined : this.#keys.get(`${tenant}/${idempotencyKey}`);
    const row = known === undefined ? undefined : this.rows.get(`${tenant}/${known}`);
    if (row) return { agent: row, replayed: true };
    if (this.rows.has(`${tenant}/${id}`)) throw new Fault('conflict', 'agent.id_taken', 'An agent has this id already.', { id });
    if (idempotencyKey !== null) this.#keys.set(`${tenant}/${idempotencyKey}`, id);
    return { agent: this.add(tenant, { id, kind: 'http', region, ...asked, maxConcurrentTasks: asked.maxConcurrentTasks ?? null }), replayed: false };
  };
  health: AgentPorts['health'] = async (tenant, id) => (this.rows.has(`${tenant}/${id}`) ? { problem: null } : null);
  test: AgentPorts['test'] = async (tenant, id, { data }) => (this.rows.has(`${tenant}/${id}`) ? { agentId: id, result: data, durationMs: 1 } : null);
  accept: AgentPorts['accept'] = (start) => {
    this.accepted.push(start);
    return () => undefined;
  };

  #change(tenant: string, id: string, change: Partial<AgentRecord>): AgentRecord | null {
    const row = this.rows.get(`${tenant}/${id}`);
    if (!row) return null;
    const changed = { ...row, ...change };
    this.rows.set(`${tenant}/${id}`, changed);
    return changed;
  }
}
