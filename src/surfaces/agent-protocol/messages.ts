/** Messages as clients of LangChain read and write them: dictionaries with a `type` of their own. */
import { z } from 'zod';
import type { KeptMessage } from '../../domain/conversation/clients/said';

const json = z.json();
const common = { id: z.string(), content: z.string(), additional_kwargs: z.object({}), response_metadata: z.object({}) };

export const Message = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('human'), ...common }),
    z.object({ type: z.literal('system'), ...common }),
    z.object({
      type: z.literal('ai'),
      ...common,
      tool_calls: z.array(z.object({ type: z.literal('tool_call'), id: z.string(), name: z.string(), args: json })),
      invalid_tool_calls: z.array(json).max(0),
    }),
    z.object({ type: z.literal('tool'), ...common, tool_call_id: z.string(), name: z.string(), status: z.enum(['success', 'error']) }),
  ])
  .meta({ id: 'AgentProtocolMessage' });
export type Message = z.output<typeof Message>;

const rest = { additional_kwargs: {}, response_metadata: {} };

export function messageView(message: KeptMessage): Message {
  switch (message.role) {
    case 'user':
      return { type: 'human', id: message.id, content: message.text, ...rest };
    case 'system':
      return { type: 'system', id: message.id, content: message.text, ...rest };
    case 'assistant':
      return {
        ...{ type: 'ai', id: message.id, content: message.text, ...rest, invalid_tool_calls: [] },
        tool_calls: message.calls.map(({ id, tool, args }) => ({ type: 'tool_call', id, name: tool, args: args as z.core.util.JSONType })),
      };
    case 'tool':
      return {
        ...{ type: 'tool', id: message.id, content: message.text, ...rest },
        ...{ tool_call_id: message.callId, name: message.tool, status: message.failed ? 'error' : 'success' },
      };
  }
}
