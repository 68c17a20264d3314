/** A server on loopback that speaks chat completions, streamed or whole, and says what the name of the model asks for, turn by turn. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Call {
  readonly tool: string;
  readonly args: unknown;
}
export interface Turn {
  readonly say?: string;
  readonly calls?: readonly Call[];
  readonly afterMs?: number;
  /** Instead of an answer. */
  readonly refuse?: { readonly status: number; readonly message: string };
}
export type Models = Readonly<Record<string, (turn: number) => Turn>>;

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export async function startScriptedChat(models: Models) {
  const timers = new Set<NodeJS.Timeout>();
  const asked: { readonly model: string; readonly turn: number }[] = [];
  const dropped: { readonly model: string; readonly turn: number; readonly at: number }[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await text(request)) as { model: string; stream?: boolean; messages: readonly { role: string }[] };
    const turn = body.messages.filter(({ role }) => role === 'assistant').length;
    asked.push({ model: body.model, turn });
    const said = models[body.model]?.(turn) ?? { refuse: { status: 404, message: `no model ${body.model}` } };
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer(response, said, { stream: body.stream === true, model: body.model, turn });
    }, said.afterMs ?? 0);
    timers.add(timer);
    response.once('close', () => {
      clearTimeout(timer);
      if (!response.writableEnded) dropped.push({ model: body.model, turn, at: Date.now() });
    });
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    /** Calls whose caller went away before the answer. */
    dropped,
    async close(): Promise<void> {
      timers.forEach(clearTimeout);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  response: ServerResponse,
  { say = '', calls = [], refuse }: Turn,
  { stream, model, turn }: { stream: boolean; model: string; turn: number },
): void {
  if (refuse) {
    response.writeHead(refuse.status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: refuse.message } }));
    return;
  }
  const tool_calls = calls.map(({ tool, args }, index) => ({
    ...{ index, id: `call_${turn}_${index}`, type: 'function', function: { name: tool, arguments: JSON.stringify(args) } },
  }));
  const head = { id: `chat_${turn}`, created: 1, model };
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const content = { role: 'assistant', content: say, ...(calls.length > 0 && { tool_calls }) };
  if (!stream) {
    const whole = { ...head, object: 'chat.completion', choices: [{ index: 0, message: content, finish_reason }], usage: USAGE };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices: unknown, usage: unknown = null): void =>
    void response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, usage })}\n\n`);
  chunk([{ index: 0, delta: content, finish_reason: null }]);
  chunk([{ index: 0, delta: {}, finish_reason }]);
  chunk([], USAGE);
  response.end('data: [DONE]\n\n');
}
