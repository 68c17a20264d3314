/**
 * A model on loopback that speaks the wires of the CLIs under test and remembers what it was asked. Everything that it does not know is answered
 * 404 and remembered too, so that a test can tell when a CLI calls something new.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, type Conversation, type Script } from './conversation';
import { chatCompletions } from './chat-completions';
import { geminiApi } from './gemini-api';
import { messagesApi } from './messages-api';
import { responsesApi } from './responses-api';
import type { Json, Wire } from './wire';

const WIRES: readonly Wire[] = [responsesApi, geminiApi, chatCompletions, messagesApi];
const BODY_LIMIT = 32 * 1024 * 1024;
const REMEMBERED = 1_000;

export interface ModelRequest {
  readonly wire: Wire['name'] | null;
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  readonly conversation: Conversation | null;
}

export interface ModelServer {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** Every request so far, oldest first; at most the last 1,000. */
  readonly requests: readonly ModelRequest[];
  /** Conversations that ended in these words of a person and offered tools (so: the agent's own, not a title's). */
  asked(text: string): readonly Conversation[];
  close(): Promise<void>;
}

export async function startModelServer(script: Script = answer): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let ordinal = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const body = await readBody(request);
    const wire = request.method === 'POST' ? WIRES.find((candidate) => candidate.matches(path)) : undefined;
    const conversation = wire?.read(body) ?? null;
    requests.push({ wire: wire?.name ?? null, method: request.method ?? '', path: request.url ?? '', body, conversation });
    if (requests.length > REMEMBERED) requests.shift();
    if (!wire || !conversation) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not a model request","type":"not_found_error"}}');
      return;
    }
    const reply = script(conversation);
    const context = { body, conversation, ordinal: ++ordinal };
    const send = () => {
      if (!wire.streams(path, body)) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wire.whole(reply, context)));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      for (const { event, data } of wire.stream(reply, context)) {
        response.write(`${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
      }
      response.end();
    };
    if (!('say' in reply) || !reply.afterMs) return send();
    const timer = setTimeout(() => {
      timers.delete(timer);
      send();
    }, reply.afterMs);
    timers.add(timer);
  };

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    asked: (text) =>
      requests.flatMap(({ conversation }) =>
        conversation && conversation.tools.length > 0 && conversation.users.at(-1)?.includes(text) ? [conversation] : [],
      ),
    async close() {
      timers.forEach(clearTimeout);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > BODY_LIMIT) break;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as Json;
  } catch {
    return {};
  }
}
