/** The Messages API (`POST /v1/messages`), as Claude Code speaks it. */
import { Collector, textOf, type Reply } from './conversation';
import { list, pick, type Json, type StreamEvent, type Wire, type WireContext } from './wire';

export const messagesApi: Wire = {
  name: 'messages',
  matches: (path) => path.endsWith('/messages') || path.endsWith('/messages/count_tokens'),
  streams: (_path, body) => body['stream'] === true,

  read(body) {
    const collector = new Collector(list(body['tools']).map((tool) => String(tool['name'])));
    for (const message of list(body['messages'])) {
      const parts = typeof message['content'] === 'string' ? [{ type: 'text', text: message['content'] }] : list(message['content']);
      for (const part of parts) {
        const text = part['type'] === 'tool_result' ? textOf(part) : withoutContext(textOf(part));
        if (part['type'] === 'tool_result') collector.tool(text);
        else if (part['type'] !== 'text' || (message['role'] !== 'assistant' && message['role'] !== 'user')) continue;
        else if (message['role'] === 'assistant') collector.assistant(text);
        else collector.user(text);
      }
    }
    return collector.done();
  },

  stream(reply, context) {
    const message = messageOf(reply, context);
    const block = blockOf(reply, context);
    const start = 'say' in reply ? { type: 'text', text: '' } : { ...block, input: {} };
    const deltas =
      'say' in reply
        ? (reply.say.match(/[\s\S]{1,24}/g) ?? []).map((text) => ({ type: 'text_delta', text }))
        : [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input']) }];
    return [
      named('message_start', { message: { ...message, content: [], stop_reason: null } }),
      named('content_block_start', { index: 0, content_block: start }),
      ...deltas.map((delta) => named('content_block_delta', { index: 0, delta })),
      named('content_block_stop', { index: 0 }),
      named('message_delta', { delta: { stop_reason: message['stop_reason'], stop_sequence: null }, usage: { output_tokens: 5 } }),
      named('message_stop', {}),
    ];
  },

  whole: (reply, context) => ({ ...messageOf(reply, context), input_tokens: 12 }),
};

/** Claude Code puts reminders of its own among a person's words, and marks what was pasted. */
const withoutContext = (text: string): string =>
  text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').replace(/<\/?pasted_content\b[^>]*>\n?/g, '');

const named = (type: string, data: Json): StreamEvent => ({ event: type, data: { type, ...data } });

const messageOf = (reply: Reply, context: WireContext): Json => ({
  id: `msg_${context.ordinal}`,
  type: 'message',
  role: 'assistant',
  model: String(context.body['model'] ?? 'loopback'),
  content: [blockOf(reply, context)],
  stop_reason: 'say' in reply ? 'end_turn' : 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 5 },
});

function blockOf(reply: Reply, { ordinal, conversation }: WireContext): Json {
  if ('say' in reply) return { type: 'text', text: reply.say };
  if ('write' in reply) {
    return {
      type: 'tool_use',
      id: `toolu_${ordinal}`,
      name: pick(conversation, 'Write'),
      input: { file_path: reply.write.path, content: reply.write.content },
    };
  }
  return {
    type: 'tool_use',
    id: `toolu_${ordinal}`,
    name: pick(conversation, 'Bash'),
    input: { command: reply.run, description: 'The person asked for this command' },
  };
}
