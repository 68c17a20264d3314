/** The registry of agents over the store, the desk and the gateway: what the control plane's routes are given. */
import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { AgentDesk } from '../agent-desk/desk';
import { AgentSession } from '../agent-desk/session';
import type { Config } from '../config/config';
import { CALL_SILENT_AFTER_MS } from '../contracts/agent/agent';
import { Fault } from '../errors/fault';
import { causeOf } from '../gateway/executions';
import { AgentTrials } from '../gateway/agent-trials';
import { urlProblem, type AddressRule } from '../outgoing/address-rule';
import { guardedRequest } from '../outgoing/guarded-request';
import { makeOnce } from '../store/idempotent-row';
import type { Store } from '../store/store';
import type { AgentPorts, AgentTest } from '../surfaces/control-plane/agent-ports';
import type { Log } from '../surfaces/http/log';
import { openDesk } from './agent-desk';

const HEALTH_MS = 5_000;

/** The registry of an api process, and the desk that holds the sockets of its agents. */
export function openRegistry(config: Config, client: Client, store: Store, log: Log): { readonly ports: AgentPorts; stop(): Promise<void> } {
  const { desk, stop } = openDesk(config, client, store, log);
  return { ports: agentRegistry({ store, client, desk, rule: config.outgoing }), stop };
}

interface RegistryParts {
  readonly store: Store;
  readonly client: Client;
  readonly desk: AgentDesk;
  readonly rule: AddressRule;
}

function agentRegistry({ store, client, desk, rule }: RegistryParts): AgentPorts {
  const { agents } = store;
  const trials = new AgentTrials(client);
  return {
    list: (tenant, query) => agents.list(tenant, query),
    get: (tenant, id) => agents.get(tenant, id),
    capabilities: (tenant) => agents.capabilities(tenant),
    async disconnect(principal, id) {
      const { tenant } = principal;
      const agent = await agents.disconnect(tenant, id, causeOf(principal));
      if (agent) desk.disconnect({ tenant, id });
      return agent;
    },
    setMode: (principal, id, mode) => agents.setMode(principal.tenant, id, mode, causeOf(principal)),
    async remove(principal, id) {
      const { tenant } = principal;
      const removed = await agents.remove(tenant, id, causeOf(principal));
      if (removed) desk.disconnect({ tenant, id });
      return removed;
    },
    removeStale: (principal, awayMs) => agents.removeStale(principal.tenant, awayMs),
    addHttp: (principal, asked, { idempotencyKey }) => addHttp({ store, rule }, principal, asked, idempotencyKey),
    health: (tenant, id) => healthOf({ store, rule }, tenant, id),
    test: (tenant, id, test) => runTest(store, trials, tenant, id, test),
    accept: (start) => (socket) => void new AgentSession(socket, start, desk),
  };
}

type Addressing = Pick<RegistryParts, 'store' | 'rule'>;

const addHttp = async (
  { store, rule }: Addressing,
  principal: Parameters<AgentPorts['addHttp']>[0],
  asked: Parameters<AgentPorts['addHttp']>[1],
  key: string | null,
): ReturnType<AgentPorts['addHttp']> => {
  const reason = urlProblem(asked.url, rule);
  if (reason !== null) throw new Fault('invalid', 'request.invalid', `url: ${reason}`, { field: 'url', reason, in: 'body' });
  const { tenant, subject: by } = principal;
  const request = { tenant, route: 'POST /api/agents', key, body: asked };
  const { row, replayed } = await makeOnce(store.idempotency, request, asked.id ?? `agent_${randomUUID()}`, {
    find: (id) => store.agents.get(tenant, id),
    async make(id) {
      const profile = { name: asked.name, capabilities: asked.capabilities, region: asked.region ?? null, metadata: { ...asked.metadata } };
      const rest = { maxConcurrentTasks: asked.maxConcurrentTasks ?? null, url: asked.url, secret: asked.secret ?? null, silentAfterMs: CALL_SILENT_AFTER_MS };
      await store.agents.addHttp({ agent: { tenant, id }, ...profile, ...rest, by });
      const made = await store.agents.get(tenant, id);
      if (!made) throw new Fault('not_found', 'agent.not_found', 'The agent was deleted in the same moment.', { id });
      return made;
    },
  });
  return { agent: row, replayed };
};

async function healthOf({ store, rule }: Addressing, tenant: string, id: string): ReturnType<AgentPorts['health']> {
  const agent = await store.agents.get(tenant, id);
  if (!agent) return null;
  if (agent.mode === 'error') return { problem: 'An operator says that it is broken.' };
  if (agent.status === 'disconnected') return { problem: 'It is not connected.' };
  if (agent.url === null) return { problem: null };
  try {
    const { status } = await guardedRequest({ url: agent.url, method: 'GET', headers: {}, timeoutMs: HEALTH_MS, maxBytes: 1024 * 1024 }, rule);
    return { problem: status >= 500 ? `It answered ${status}.` : null };
  } catch (thrown) {
    if (thrown instanceof Fault) return { problem: thrown.message };
    throw thrown;
  }
}

async function runTest(store: Store, trials: AgentTrials, tenant: string, id: string, test: AgentTest): ReturnType<AgentPorts['test']> {
  const found = await store.agents.callable(tenant, id);
  if (!found) return null;
  const { name, capabilities, kind } = found.record;
  const agent = { agentId: id, name, capabilities, kind, taskQueue: found.taskQueue, silentAfterMs: found.silentAfterMs };
  return trials.run(agent, {
    ...{ tenant, taskId: randomUUID(), executionId: `test_${randomUUID()}`, agentId: id, patternName: 'test', patternVersion: '0.0.0' },
    ...{ capability: test.capability ?? capabilities[0] ?? 'test', input: test.data, timeoutMs: test.timeoutMs, priority: 'normal' as const },
    context: { stepIndex: 0, totalSteps: 1 },
    ...(test.task !== undefined && { instructions: test.task }),
  });
}
