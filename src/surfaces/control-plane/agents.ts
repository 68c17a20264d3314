/** The registry of agents: who is there, what they did, and what an operator may do about them (seed 001 "Agents"; digest §2.8 for the rest). */
import { z } from 'zod';
import { AGENT_LIMITS, AGENT_MODES, AGENT_STATUSES, AgentId, AgentMetadata, Capabilities, Capability } from '../../contracts/agent/agent';
import { Fault } from '../../errors/fault';
import { pageOf, pageShape, queryInt } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import type { AgentPort } from './agent-ports';
import { Agent, AgentList, agentView, listedView } from './agent-views';

const resource = 'agent';
const AgentParams = z.object({ id: AgentId });
const hasNoNul = (value: string): boolean => !value.includes('\0');
const text = (max: number) => z.string().min(1).max(max).refine(hasNoNul, 'expected text without NUL characters');
const unknown = (id: string): Fault => new Fault('not_found', 'agent.not_found', 'There is no such agent.', { id });

/** Names between commas. */
const CapabilityList = z
  .string()
  .max(1_000)
  .transform((given) =>
    given
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .pipe(Capabilities);

const HttpAgentBody = z
  .strictObject({
    id: AgentId.optional().describe('Without it one is made.'),
    name: text(200),
    url: z.string().min(1).max(2_048).describe('Tasks are posted to it. A public address, unless the operator allows private ones.'),
    capabilities: Capabilities.refine((names) => names.length > 0, 'expected at least one capability'),
    region: text(64).optional(),
    metadata: AgentMetadata.default({}),
    secret: text(512).optional().describe('Signs what is sent to the agent. It is never shown again.'),
    maxConcurrentTasks: z.int().min(1).max(AGENT_LIMITS.concurrentTasks).optional(),
  })
  .meta({ id: 'NewHttpAgent' });

export const listAgents = route({
  method: 'get',
  path: '/api/agents',
  summary: 'List agents, newest registered first',
  operationId: 'listAgents',
  scope: 'agents:read',
  query: z.object({
    status: z.enum(AGENT_STATUSES).optional(),
    capabilities: CapabilityList.optional().describe('Names separated by commas; an agent must have all of them.'),
    region: text(64).optional(),
    ...pageShape({ limit: 100, max: 1_000 }),
  }),
  reply: { status: 200, description: 'A page of agents.', body: AgentList },
  handle: async ({ query, principal }, { agents }: AgentPort) => {
    const found = await agents.list(principal.tenant, { ...query, capabilities: query.capabilities ?? [] });
    const shown = found.agents.map(listedView);
    const { connected, disconnected, total } = found;
    return { body: { agents: shown, connected, disconnected, count: shown.length, ...pageOf(query, shown.length, total) } };
  },
});

export const registerAgent = route({
  method: 'post',
  path: '/api/agents',
  summary: 'Register an agent that is called over HTTP',
  operationId: 'registerAgent',
  resource,
  scope: 'agents:write',
  idempotent: true,
  body: HttpAgentBody,
  examples: { bodies: { classifier: { name: 'classifier', url: 'https://agents.example/classify', capabilities: ['classification'] } } },
  reply: { status: 201, description: 'The agent. It may be given tasks at once.', body: Agent },
  handle: async ({ body, principal, idempotencyKey }, { agents }: AgentPort) => {
    const { agent, replayed } = await agents.addHttp(principal, body, { idempotencyKey });
    const headers = { Location: `/api/agents/${encodeURIComponent(agent.id)}`, ...replayedHeader(replayed) };
    return { body: agentView(agent), headers };
  },
});

export const deleteStaleAgents = route({
  method: 'delete',
  path: '/api/agents',
  summary: 'Delete agents that have been away for long',
  operationId: 'deleteStaleAgents',
  resource,
  scope: 'agents:write',
  query: z.object({
    stale: z.literal('true', 'expected true: all agents are not deleted at once').describe('Says that this is meant.'),
    threshold: queryInt(1, 31_536_000).default(300).describe('Seconds since they were last there.'),
  }),
  reply: {
    status: 200,
    description: 'Those that are gone, with their statistics: at most 1,000 at a time. Agents of the configuration stay.',
    body: z.object({ deleted: z.int(), agents: z.array(z.string()) }),
  },
  handle: async ({ query, principal }, { agents }: AgentPort) => {
    const gone = await agents.removeStale(principal, query.threshold * 1_000);
    return { body: { deleted: gone.length, agents: gone } };
  },
});

export const listCapabilities = route({
  method: 'get',
  path: '/api/agents/stats/capabilities',
  summary: 'Count agents by capability',
  operationId: 'listCapabilities',
  scope: 'agents:read',
  reply: {
    status: 200,
    description: 'Capabilities by name, the first 1,000.',
    body: z.object({ capabilities: z.array(z.object({ capability: z.string(), agents: z.int(), connected: z.int() })) }),
  },
  handle: async ({ principal }, { agents }: AgentPort) => ({ body: { capabilities: await agents.capabilities(principal.tenant) } }),
});

export const getAgent = route({
  method: 'get',
  path: '/api/agents/:id',
  summary: 'Read an agent and its statistics',
  operationId: 'getAgent',
  scope: 'agents:read',
  params: AgentParams,
  reply: { status: 200, description: 'The agent.', body: Agent },
  handle: async ({ params, principal }, { agents }: AgentPort) => {
    const agent = await agents.get(principal.tenant, params.id);
    if (!agent) throw unknown(params.id);
    return { body: agentView(agent) };
  },
});

export const deleteAgent = route({
  method: 'delete',
  path: '/api/agents/:id',
  summary: 'Delete an agent and its statistics',
  operationId: 'deleteAgent',
  resource,
  scope: 'agents:write',
  params: AgentParams,
  reply: { status: 204, description: 'It is gone. One that connects again is a new agent.' },
  handle: async ({ params, principal }, { agents }: AgentPort) => {
    if (!(await agents.remove(principal, params.id))) throw unknown(params.id);
    return {};
  },
});

export const disconnectAgent = route({
  method: 'post',
  path: '/api/agents/:id/disconnect',
  summary: 'Disconnect an agent',
  operationId: 'disconnectAgent',
  resource,
  scope: 'agents:write',
  params: AgentParams,
  body: z.strictObject({}).default({}),
  reply: {
    status: 200,
    description: 'It is given no more tasks; its socket is closed, and what it had in hand goes to others. Disconnecting it again changes nothing.',
    body: z.object({ id: z.string(), disconnected: z.literal(true), disconnectedAt: z.iso.datetime() }),
  },
  handle: async ({ params, principal }, { agents }: AgentPort) => {
    const agent = await agents.disconnect(principal, params.id);
    if (!agent) throw unknown(params.id);
    return { body: { id: agent.id, disconnected: true as const, disconnectedAt: agent.disconnectedAt ?? new Date().toISOString() } };
  },
});

export const setAgentStatus = route({
  method: 'patch',
  path: '/api/agents/:id/status',
  summary: 'Say whether an agent may be given tasks',
  operationId: 'setAgentStatus',
  resource,
  scope: 'agents:write',
  params: AgentParams,
  body: z.strictObject({ status: z.enum(AGENT_MODES, `expected one of ${AGENT_MODES.join(', ')}`) }),
  examples: { bodies: { pause: { status: 'inactive' } } },
  reply: { status: 200, description: 'The agent. What it has in hand goes on.', body: Agent },
  handle: async ({ params, body, principal }, { agents }: AgentPort) => {
    const agent = await agents.setMode(principal, params.id, body.status);
    if (!agent) throw unknown(params.id);
    return { body: agentView(agent) };
  },
});

export const getAgentHealth = route({
  method: 'get',
  path: '/api/agents/:id/health',
  summary: 'Ask whether an agent is well',
  operationId: 'getAgentHealth',
  scope: 'agents:read',
  params: AgentParams,
  reply: {
    status: 200,
    description: 'Of an agent that connects: whether it gave a sign of life in time. An HTTP agent is called.',
    body: z.object({ agentId: z.string(), status: z.enum(['healthy', 'unhealthy']), timestamp: z.iso.datetime(), error: z.string().optional() }),
  },
  handle: async ({ params, principal }, { agents }: AgentPort) => {
    const health = await agents.health(principal.tenant, params.id);
    if (!health) throw unknown(params.id);
    const { problem } = health;
    const status = problem === null ? ('healthy' as const) : ('unhealthy' as const);
    return { body: { agentId: params.id, status, timestamp: new Date().toISOString(), ...(problem !== null && { error: problem }) } };
  },
});

const TestResult = z
  .object({
    agentId: z.string(),
    success: z.boolean(),
    result: z.unknown(),
    confidence: z.number().optional(),
    reasoning: z.string().optional(),
    duration: z.number().optional().describe('Milliseconds.'),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'AgentTestResult' });

export const testAgent = route({
  method: 'post',
  path: '/api/agents/:id/test',
  summary: 'Give an agent one task and wait for its answer',
  operationId: 'testAgent',
  resource,
  scope: 'agents:write',
  limit: 'execute',
  params: AgentParams,
  body: z.strictObject({
    task: text(16_384).optional().describe('Instructions.'),
    data: z.unknown().optional().describe('The input.'),
    capability: Capability.optional().describe('Without it the first that the agent has.'),
    timeoutMs: z.int().min(1_000).max(120_000).default(30_000),
  }),
  examples: { bodies: { hello: { task: 'Say hello.', data: { name: 'Ada' } } } },
  reply: { status: 200, description: 'What became of the task. A task that failed is an answer too.', body: TestResult },
  handle: async ({ params, body, principal }, { agents }: AgentPort) => {
    try {
      const done = await agents.test(principal.tenant, params.id, { ...body, data: body.data ?? null });
      if (!done) throw unknown(params.id);
      const { durationMs: duration, agentId, result, confidence, reasoning } = done;
      return {
        body: { agentId, success: true, result, duration, ...(confidence !== undefined && { confidence }), ...(reasoning !== undefined && { reasoning }) },
      };
    } catch (thrown) {
      if (!(thrown instanceof Fault) || !thrown.code.startsWith('agent.') || thrown.code === 'agent.not_found') throw thrown;
      return { body: { agentId: params.id, success: false, result: null, error: { code: thrown.code, message: thrown.message } } };
    }
  },
});
