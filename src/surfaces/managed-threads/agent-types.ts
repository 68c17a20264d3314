/** Which agents there are, and the refusal of those there are not. */
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import { pageOf, pageQuery } from '../http/paging';
import type { ManagedThreadPorts } from './ports';
import { AgentTypeList } from './wire';

export const listAgentTypes = route({
  operationId: 'listAgentTypes',
  method: 'get',
  path: '/api/agent-types',
  summary: 'List the types of agents that a thread may have',
  scope: 'threads:read',
  query: pageQuery({ limit: 100, max: 500 }),
  reply: { status: 200, description: 'A page of the known types; `available` says whether a live host has it, where that is known.', body: AgentTypeList },
  handle: async ({ query }, ports: ManagedThreadPorts) => {
    const all = await ports.agentTypes();
    const agentTypes = all
      .slice(query.offset, query.offset + query.limit)
      .map(({ available, ...rest }) => ({ ...rest, ...(available === null ? {} : { available }) }));
    return { body: { agentTypes, count: agentTypes.length, ...pageOf(query, agentTypes.length, all.length) } };
  },
});

/** Throws `thread.unknown_agent_type` (invalid), which lists the known ones. */
export async function assertAgentType(agentType: string, ports: Pick<ManagedThreadPorts, 'agentTypes'>): Promise<void> {
  const known = (await ports.agentTypes()).map(({ type }) => type);
  if (known.includes(agentType)) return;
  throw new Fault('invalid', 'thread.unknown_agent_type', `agentType: ${agentType} is not known; known are ${known.join(', ')}`, { field: 'agentType', known });
}
