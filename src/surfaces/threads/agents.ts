/** Agents that converse in threads (digest §1.5): made and changed by slug, each change a version. */
import { z } from 'zod';
import { AgentDefinition, type AgentRecord } from '../../contracts/conversation/agent';
import { cappedLimit } from '../http/paging';
import { route } from '../http/route';
import { storable } from '../http/stored-json';
import { envelope, enveloped, paged, pageEnvelope } from './envelope';
import type { ThreadPorts } from './ports';

const resource = 'agent';
const time = z.iso.datetime();

/** As it is kept: what was left out has its default. */
const AgentView = z
  .looseObject({
    ...{ id: z.string(), orgId: z.string(), slug: z.string(), version: z.int().min(1), name: z.string(), description: z.string() },
    ...{ model: z.string().nullable(), systemPrompt: z.string(), tools: z.array(z.string()), executionMode: z.string(), targetDeviceId: z.string().nullable() },
    ...{ createdBy: z.string(), createdAt: time, updatedAt: time },
  })
  .meta({ id: 'ThreadAgent' });

const agentView = ({ id, tenant, version, definition, createdBy, createdAt, updatedAt }: AgentRecord): z.output<typeof AgentView> => ({
  ...{ id, orgId: tenant, version },
  ...definition,
  ...{ createdBy, createdAt, updatedAt },
});

export const upsertAgent = route({
  method: 'post',
  path: '/v1/agents',
  summary: 'Make an agent, or its next version',
  operationId: 'upsertThreadAgent',
  resource,
  scope: 'agent:run',
  bodyRequired: true,
  body: storable(AgentDefinition).meta({ id: 'ThreadAgentDefinition' }),
  examples: {
    bodies: {
      writer: { slug: 'writer', name: 'Writer', model: 'anthropic/claude-sonnet-5', systemPrompt: 'Write plainly.', tools: ['fs_read'], maxIterations: 8 },
    },
  },
  reply: {
    status: 200,
    description: 'By its slug. The same definition again changes nothing.',
    body: enveloped(
      z.object({
        ...{ id: z.string(), slug: z.string(), action: z.enum(['created', 'updated', 'unchanged']), version: z.int().min(1) },
        ...{ sandboxId: z.string().nullable(), targetDeviceId: z.string().nullable(), endpoint: z.string().describe('Where it is run.') },
      }),
    ).meta({ id: 'ThreadAgentKept' }),
  },
  handle: async (request, { agents }: ThreadPorts) => {
    const { agent, action } = await agents.upsert(request.principal, request.body);
    const { slug, targetDeviceId } = agent.definition;
    return { body: envelope(request, { id: agent.id, slug, action, version: agent.version, sandboxId: null, targetDeviceId, endpoint: '/v1/run' }) };
  },
});

export const listAgents = route({
  method: 'get',
  path: '/v1/agents',
  summary: 'List agents, by slug',
  operationId: 'listThreadAgents',
  scope: 'agent:read',
  query: z.object({ limit: cappedLimit(50, 100), cursor: z.string().max(1_024).optional() }),
  reply: { status: 200, description: 'The newest version of each.', body: paged(z.object({ agents: z.array(AgentView) })).meta({ id: 'ThreadAgents' }) },
  handle: async (request, { agents, cursors }: ThreadPorts) => {
    const { principal, query } = request;
    const purpose = ['agents', principal.tenant];
    const afterSlug = query.cursor === undefined ? null : cursors.open(purpose, query.cursor);
    const { agents: found, next } = await agents.list(principal, { limit: query.limit, afterSlug });
    return { body: pageEnvelope(request, { agents: found.map(agentView) }, next === null ? null : cursors.seal(purpose, next)) };
  },
});

export const getAgent = route({
  method: 'get',
  path: '/v1/agents/:slug',
  summary: 'Read an agent',
  operationId: 'getThreadAgent',
  scope: 'agent:read',
  params: z.object({ slug: z.string().min(1).max(200).describe('Slug or id.') }),
  reply: { status: 200, description: 'Its newest version.', body: enveloped(AgentView).meta({ id: 'ThreadAgentRecord' }) },
  handle: async (request, { agents }: ThreadPorts) => ({ body: envelope(request, agentView(await agents.get(request.principal, request.params.slug))) }),
});
