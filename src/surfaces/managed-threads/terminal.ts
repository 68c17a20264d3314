/** What the agent's terminal shows, and the terminal itself. Both come from the host that runs it. */
import WebSocket, { type RawData } from 'ws';
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import { route, socketRoute } from '../http/route';
import { ThreadParams } from './bodies';
import { existing } from './get-thread';
import { join } from './join-sockets';
import type { ManagedThreadPorts, TerminalAddress, ThreadReads } from './ports';
import { Screen } from './wire';

/** Bytes of one message from a host: a screen drawn anew is the largest. */
const HOST_MESSAGE_MAX = 4 * 1024 * 1024;
const DIAL_MS = 5_000;

/** Where the thread's terminal is, or `thread.no_session` (conflict): an idle thread has none until it is woken, one that ended has none. */
async function terminalOf(reads: ThreadReads, tenant: string, id: string): Promise<TerminalAddress> {
  const { hostId, sessionId, status } = await existing(reads, tenant, id);
  if (hostId && sessionId) return { tenant, threadId: id, hostId, sessionId };
  throw new Fault('conflict', 'thread.no_session', `The thread is ${status} and has no terminal now.`, { status });
}

export const getScreen = route({
  operationId: 'getScreen',
  method: 'get',
  path: '/api/managed-threads/:id/screen',
  summary: "Get the rendered screen of a thread's terminal",
  scope: 'threads:read',
  params: ThreadParams,
  reply: { status: 200, description: 'What a person would see now.', body: Screen },
  faults: [409],
  handle: async ({ params, principal }, { reads, relay }: ManagedThreadPorts) => {
    const address = await terminalOf(reads, principal.tenant, params.id);
    const { lines, cursor, cols, rows, title, alternate } = await relay.screen(address);
    return { body: { text: lines.join('\n'), lines, cursor, size: { cols, rows }, title, alternate, sessionId: address.sessionId } };
  },
});

const Resize = z.strictObject({ type: z.literal('resize'), cols: z.int().min(20).max(500), rows: z.int().min(5).max(300) });

/** A resize stays what it is; every other message is input, also text: terminals in browsers send what is typed as text. */
export function toHost(data: RawData, isBinary: boolean): { data: string | RawData; binary: boolean } {
  if (isBinary) return { data, binary: true };
  const text = data.toString();
  if (text.startsWith('{')) {
    try {
      const resize = Resize.safeParse(JSON.parse(text));
      if (resize.success) return { data: JSON.stringify(resize.data), binary: false };
    } catch {
      // Somebody typed a brace.
    }
  }
  return { data: Buffer.from(text), binary: true };
}

function dial(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const host = new WebSocket(url, { headers, handshakeTimeout: DIAL_MS, maxPayload: HOST_MESSAGE_MAX, perMessageDeflate: false, followRedirects: false });
    const refuse = (reason: string): void => {
      host.on('error', () => undefined);
      host.terminate();
      reject(new Fault('unavailable', 'host.unreachable', 'The host of this thread did not open its terminal.', { reason }));
    };
    signal.addEventListener('abort', () => refuse('the client left'), { once: true });
    host.once('unexpected-response', (_request, response) => refuse(`it answered ${response.statusCode}`));
    host.once('error', () => refuse('it did not answer'));
    host.once('open', () => {
      // Output that comes before the client is attached waits in the socket, not here.
      host.pause();
      resolve(host);
    });
  });
}

export const attachTerminal = socketRoute({
  operationId: 'attachTerminal',
  path: '/api/managed-threads/:id/terminal',
  summary: 'Attach a terminal (WebSocket): binary messages are its bytes, `{"type":"resize","cols":…,"rows":…}` sets its size',
  scope: 'threads:write',
  params: ThreadParams,
  open: async ({ params, principal, signal }, { reads, relay }: ManagedThreadPorts) => {
    const address = await terminalOf(reads, principal.tenant, params.id);
    const { url, headers } = await relay.terminal(address, { subject: principal.subject });
    const host = await dial(url, headers, signal);
    return (client) => join({ client, host, toHost });
  },
});
