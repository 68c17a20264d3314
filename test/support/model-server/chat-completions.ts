/** The chat completions API (`POST …/chat/completions`) that OpenAI-compatible providers speak; OpenCode and Aider ask it. */
import { Collector, textOf, type Reply } from './conversation';
import { list, pick, type Json, type StreamEvent, type Wire, type WireContext } from './wire';

const USAGE = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };

export const chatCompletions: Wire = {
  name: 'chat-completions',
  matches: (path) => path.endsWith('/chat/completions'),
  streams: (_path, body) => body['stream'] === true,

  read(body) {
    const collector = new Collector(list(body['tools']).map((tool) => String((tool['function'] as Json | undefined)?.['name'])));
    for (const message of list(body['messages'])) {
      if (message['role'] === 'user') collector.user(textOf(message['content']));
      else if (message['role'] === 'assistant') collector.assistant(textOf(message['content']));
      else if (message['role'] === 'tool') collector.tool(textOf(message['content']));
    }
    return collector.done();
  },

  stream(reply, context) {
    const chunk = (delta: Json, finish: string | null): StreamEvent => ({
      data: {
        id: `chatcmpl-${context.ordinal}`,
        object: 'chat.completion.chunk',
        created: 0,
        model: 'loopback',
        choices: [{ index: 0, delta, finish_reason: finish }],
      },
    });
    const message = messageOf(reply, context);
    const pieces = 'say' in reply ? (reply.say.match(/[\s\S]{1,24}/g) ?? []).map((content) => chunk({ content }, null)) : [chunk(message, null)];
    const end: StreamEvent = {
      data: { id: `chatcmpl-${context.ordinal}`, object: 'chat.completion.chunk', created: 0, model: 'loopback', choices: [], usage: USAGE },
    };
    return [chunk({ role: 'assistant' }, null), ...pieces, chunk({}, finishOf(reply)), end, { data: '[DONE]' }];
  },

  whole: (reply, context) => ({
    id: `chatcmpl-${context.ordinal}`,
    object: 'chat.completion',
    created: 0,
    model: 'loopback',
    choices: [{ index: 0, message: { role: 'assistant', ...messageOf(reply, context) }, finish_reason: finishOf(reply) }],
    usage: USAGE,
  }),
};

const finishOf = (reply: Reply) => ('say' in reply ? 'stop' : 'tool_calls');

function messageOf(reply: Reply, { ordinal, conversation }: WireContext): Json {
  if ('say' in reply) return { content: reply.say };
  const call =
    'write' in reply
      ? { name: pick(conversation, 'write'), arguments: JSON.stringify({ filePath: reply.write.path, content: reply.write.content }) }
      : { name: pick(conversation, 'bash'), arguments: JSON.stringify({ command: reply.run, description: 'The person asked for this command.' }) };
  return { tool_calls: [{ index: 0, id: `call_${ordinal}`, type: 'function', function: call }] };
}
