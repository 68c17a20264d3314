/** Agents as assistants of the Agent Protocol: read only; they are made with `POST /v1/agents`. */
import { z } from 'zod';
import type { AgentRecord } from '../../contracts/conversation/agent';
import type { ConversationPorts } from '../../gateway/conversation-following';
import { route } from '../http/route';
import * as bodies from './bodies';
import { AssistantView, assistantView } from './views';

const PAGE = 100;

export const searchAssistants = route({
  method: 'post',
  path: '/agent-protocol/assistants/search',
  summary: 'Find assistants, by slug',
  operationId: 'searchProtocolAssistants',
  scope: 'agent:read',
  limit: 'read',
  readsOnly: true,
  body: bodies.AssistantSearch,
  examples: { bodies: { first: { limit: 5 } } },
  reply: { status: 200, description: 'A page of them.', body: z.array(AssistantView) },
  faults: [422],
  handle: async ({ body, principal }, { agents }: ConversationPorts) => {
    const limit = Math.min(body.limit, PAGE);
    const found: AgentRecord[] = [];
    let afterSlug: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof agents.list>> = await agents.list(principal, { limit: PAGE, afterSlug });
      found.push(
        ...page.agents.filter(
          ({ definition: { slug, name } }) => (body.graph_id == null || slug === body.graph_id) && (body.name == null || name.includes(body.name)),
        ),
      );
      afterSlug = page.next;
    } while (afterSlug !== null && found.length < body.offset + limit);
    return { body: found.slice(body.offset, body.offset + limit).map(assistantView) };
  },
});

export const getAssistant = route({
  method: 'get',
  path: '/agent-protocol/assistants/:id',
  summary: 'Read an assistant',
  operationId: 'getProtocolAssistant',
  scope: 'agent:read',
  params: bodies.AssistantParams,
  reply: { status: 200, description: 'By slug or id, the newest version.', body: AssistantView },
  handle: async ({ params, principal }, { agents }: ConversationPorts) => ({ body: assistantView(await agents.get(principal, params.id)) }),
});
