/** The Responses API (`POST /v1/responses`), as Codex speaks it. */
import { Collector, textOf, type Reply } from './conversation';
import { list, pick, type Json, type StreamEvent, type Wire, type WireContext } from './wire';

const USAGE = {
  input_tokens: 12,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 17,
};

export const responsesApi: Wire = {
  name: 'responses',
  matches: (path) => path.endsWith('/responses'),
  streams: (_path, body) => body['stream'] !== false,

  read(body) {
    const collector = new Collector(list(body['tools']).map((tool) => String(tool['name'] ?? tool['type'])));
    for (const item of list(body['input'])) {
      if (item['type'] === 'function_call_output' || item['type'] === 'custom_tool_call_output') collector.tool(textOf(item['output']));
      else if (item['role'] === 'user' && !isContext(textOf(item['content']))) collector.user(textOf(item['content']));
      else if (item['role'] === 'assistant') collector.assistant(textOf(item['content']));
    }
    return collector.done();
  },

  stream(reply, context) {
    const id = `resp_${context.ordinal}`;
    const item = itemOf(reply, context);
    const events: StreamEvent[] = [
      named('response.created', { response: { id } }),
      named('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }),
    ];
    if ('say' in reply) {
      for (const delta of reply.say.match(/[\s\S]{1,24}/g) ?? []) {
        events.push(named('response.output_text.delta', { item_id: item['id'], output_index: 0, content_index: 0, delta }));
      }
    }
    events.push(named('response.output_item.done', { output_index: 0, item }), named('response.completed', { response: { id, usage: USAGE, output: [item] } }));
    return events;
  },

  whole: (reply, context) => ({ id: `resp_${context.ordinal}`, status: 'completed', output: [itemOf(reply, context)], usage: USAGE }),
};

const named = (type: string, data: Json): StreamEvent => ({ event: type, data: { type, ...data } });

/** Context that Codex itself sends in the user's name: wrapped in a tag, or under a heading of its own. */
const isContext = (text: string) => /^\s*<[a-z_]+[\s>]/i.test(text) || text.startsWith('# AGENTS.md instructions');

function itemOf(reply: Reply, { ordinal, conversation }: WireContext): Json {
  if ('say' in reply) {
    return {
      type: 'message',
      id: `msg_${ordinal}`,
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: reply.say, annotations: [] }],
    };
  }
  if ('write' in reply) {
    const input = `*** Begin Patch\n*** Add File: ${reply.write.path}\n${reply.write.content.replace(/^(?=[^\n])/gm, '+')}*** End Patch\n`;
    return { type: 'custom_tool_call', id: `ctc_${ordinal}`, status: 'completed', call_id: `call_${ordinal}`, name: pick(conversation, 'apply_patch'), input };
  }
  const escalation = reply.escalated ? { sandbox_permissions: 'require_escalated', justification: 'The person asked for this command.' } : {};
  const name = pick(conversation, 'exec_command', 'shell_command', 'shell');
  const command = name === 'exec_command' ? { cmd: reply.run } : { command: reply.run };
  return {
    type: 'function_call',
    id: `fc_${ordinal}`,
    status: 'completed',
    call_id: `call_${ordinal}`,
    name,
    arguments: JSON.stringify({ ...command, ...escalation }),
  };
}
