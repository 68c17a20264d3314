/** The Gemini API (`…/models/<model>:streamGenerateContent?alt=sse` and its neighbours), as Gemini CLI speaks it. */
import { Collector, textOf, type Reply } from './conversation';
import { list, pick, type Json, type Wire, type WireContext } from './wire';

export const geminiApi: Wire = {
  name: 'gemini',
  matches: (path) => /:(streamGenerateContent|generateContent|countTokens|embedContent)$/.test(path),
  streams: (path) => path.endsWith(':streamGenerateContent'),

  read(body) {
    const tools = list(body['tools']).flatMap((tool) => list(tool['functionDeclarations']).map((one) => String(one['name'])));
    const collector = new Collector(tools);
    for (const content of list(body['contents'])) {
      const parts = list(content['parts']);
      for (const response of parts.map((part) => part['functionResponse'] as Json | undefined).filter((found) => found !== undefined)) {
        collector.tool(textOf((response['response'] as Json | undefined)?.['output'] ?? (response['response'] as Json | undefined)?.['error']));
      }
      // A cancelled turn leaves its words in the same content as the next.
      for (const part of parts) {
        const text = part['thought'] ? '' : textOf(part['text']);
        if (content['role'] === 'model') collector.assistant(text);
        else if (!isContext(text)) collector.user(text);
      }
    }
    return collector.done();
  },

  stream: (reply, context) => [{ data: bodyOf(reply, context) }],
  whole: (reply, context) => ({ ...bodyOf(reply, context), totalTokens: 12 }),
};

/** The set-up that Gemini CLI puts among a person's words at the head of a conversation. */
const isContext = (text: string) => /^\s*(<session_context>|This is the Gemini CLI|<hook_context>)/.test(text);

function bodyOf(reply: Reply, context: WireContext): Json {
  return {
    candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [partOf(reply, context)] } }],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 },
    modelVersion: 'loopback',
  };
}

function partOf(reply: Reply, { conversation, body }: WireContext): Json {
  const schema = (body['generationConfig'] as Json | undefined)?.['responseJsonSchema'] ?? (body['generationConfig'] as Json | undefined)?.['responseSchema'];
  if (schema !== undefined) return { text: '{}' };
  if ('say' in reply) return { text: reply.say };
  if ('write' in reply)
    return { functionCall: { name: pick(conversation, 'write_file'), args: { file_path: reply.write.path, content: reply.write.content } } };
  return { functionCall: { name: pick(conversation, 'run_shell_command'), args: { command: reply.run, description: 'The person asked for this command.' } } };
}
