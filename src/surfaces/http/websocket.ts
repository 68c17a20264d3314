/**
 * WebSocket upgrades, through the same guard, principal, scope and parsing as every other request. What is refused is refused before the upgrade,
 * as plain HTTP in the dialect of its surface. Open sockets are bounded, pinged, and closed with 1012 (service restart) when the server stops.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { Fault } from '../../errors/fault';
import { dialectOf, type ShellOptions } from './app';
import { actionOf, audited } from './audit';
import { admit, readAddress, requestIdOf } from './exchange';
import { onCredentialEnd } from './credential-end';
import { faultHeaders, shownFault, statusOf } from './fault-status';
import { openNow, refuseForeign } from './foreign';
import { surfaceNameOf } from './observation';
import { matches } from './path';
import { DIRECT } from './proxies';
import { takeQueryCredential } from './query-credential';
import type { OnSocket, SocketRoute } from './route';
import { assertScope } from './scope';

/** Bytes of one message from a client, where the route does not say. */
export const SOCKET_MESSAGE_MAX = 64 * 1024;

export interface SocketOptions extends ShellOptions {
  readonly maxSockets?: number;
  /** How often each client is asked whether it is still there; one that missed the last question is cut off. */
  readonly pingMs?: number;
}

export interface Sockets {
  /** For the server's `upgrade` event. Never rejects. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Closes every socket; those that have not closed within `graceMs` are cut off. */
  close(graceMs: number): Promise<void>;
  readonly open: number;
}

export function sockets(options: SocketOptions): Sockets {
  // One for each size of message that a route takes: the library bounds messages by server.
  const servers = new Map<number, WebSocketServer>();
  const clients = (): WebSocket[] => [...servers.values()].flatMap((server) => [...server.clients]);
  const max = options.maxSockets ?? 500;
  const alive = new WeakSet<WebSocket>();
  const ping = setInterval(() => pingAll(clients(), alive), options.pingMs ?? 30_000);
  ping.unref();

  const serverFor = (messageMax: number): WebSocketServer => {
    const server = servers.get(messageMax) ?? serverOf(messageMax);
    servers.set(messageMax, server);
    return server;
  };

  const accept = ({ request, socket, head }: Upgrade, { onSocket, connectionId, messageMax }: Prepared): void => {
    connectionIds.set(request, connectionId);
    serverFor(messageMax).handleUpgrade(request, socket, head, (client) => {
      alive.add(client);
      client.on('pong', () => alive.add(client));
      observe(client, targetOf(request).path, options);
      void (async () => onSocket(client))().catch((problem: unknown) => options.log.error({ err: problem, connectionId }, 'socket failed'));
    });
  };

  return {
    get open() {
      return clients().length;
    },
    async upgrade(request, socket, head) {
      const gone = new AbortController();
      const onGone = () => gone.abort();
      socket.on('error', onGone);
      socket.once('close', onGone);
      const requestId = requestIdOf(request.headers);
      const { path, search } = targetOf(request);
      try {
        if (clients().length >= max) throw new Fault('exhausted', 'stream.too_many', 'This server holds as many sockets as it can; try again soon.', { max });
        const prepared = await prepare(request, { path, search }, requestId, gone.signal, options);
        if (socket.destroyed) return;
        accept({ request, socket, head }, prepared);
        options.log.info({ requestId, path, connectionId: prepared.connectionId }, 'socket opened');
      } catch (thrown) {
        refuse(socket, shownFault(thrown), path, requestId, options);
        if (shownFault(thrown).kind === 'internal') options.log.error({ err: thrown, requestId, path }, 'upgrade failed');
      } finally {
        socket.off('error', onGone);
      }
    },
    async close(graceMs) {
      clearInterval(ping);
      const closed = clients().map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
      for (const client of clients()) client.close(1012, 'the server restarts');
      const cut = setTimeout(() => clients().forEach((client) => client.terminate()), graceMs);
      await Promise.all(closed);
      clearTimeout(cut);
      for (const server of servers.values()) server.close();
    },
  };
}

const connectionIds = new WeakMap<IncomingMessage, string>();

function serverOf(messageMax: number): WebSocketServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: messageMax, perMessageDeflate: false, clientTracking: true });
  server.on('headers', (headers: string[], request: IncomingMessage) => headers.push(`X-Connection-Id: ${connectionIds.get(request)}`));
  return server;
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

interface Prepared {
  readonly onSocket: OnSocket;
  readonly connectionId: string;
  readonly messageMax: number;
}

function pingAll(clients: readonly WebSocket[], alive: WeakSet<WebSocket>): void {
  for (const client of clients) {
    if (!alive.has(client)) client.terminate();
    else {
      alive.delete(client);
      client.ping();
    }
  }
}

function observe(client: WebSocket, path: string, { surfaces, observer, log }: ShellOptions): void {
  // Errors end in a close; the close is what handlers look at.
  client.on('error', (error) => log.debug({ err: error }, 'socket failed'));
  const closed = observer?.opened(surfaceNameOf(surfaces, path), 'websocket');
  if (closed) client.once('close', closed);
}

interface Target {
  readonly path: string;
  readonly search: URLSearchParams;
}

function targetOf(request: IncomingMessage): Target {
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  return { path, search: new URLSearchParams(rest.join('?')) };
}

function find(options: ShellOptions, path: string): { route: SocketRoute<void>; surface: string; params: Record<string, string> } {
  for (const { name, sockets: routes } of options.surfaces) {
    for (const route of routes) {
      const params = matches(route.path, path);
      if (params) return { route, surface: name, params };
    }
  }
  throw new Fault('not_found', 'request.unknown_route', 'No WebSocket is served here.', { path: path.slice(0, 500) });
}

async function prepare(request: IncomingMessage, { path, search }: Target, requestId: string, signal: AbortSignal, options: ShellOptions): Promise<Prepared> {
  const mode = await openNow(options.open);
  if (mode) refuseForeign(request.headers, mode);
  const { route, surface, params } = find(options, path);
  if (route.queryCredential) takeQueryCredential(request.headers, search);
  const principal = await admit(request, { scope: route.scope, requestId }, options);
  const connectionId = `conn_${randomUUID()}`;
  const open = async (): Promise<OnSocket> => {
    assertScope(principal, route.scope);
    await options.limits?.spend('write', principal);
    return route.open({ ...readAddress(route, params, search), principal, requestId, connectionId, headers: request.headers, signal }, undefined);
  };
  const { audit, log, proxies = DIRECT } = options;
  const attempt = {
    action: actionOf(surface, { ...route, method: 'get' }),
    resourceType: route.resource ?? surface,
    address: proxies.addressOf(request),
    params,
    principal,
    requestId,
  };
  // Whoever may write in a socket changes things by it.
  const onSocket = audit && !route.scope.endsWith(':read') ? await audited({ audit, log }, attempt, open, () => ({ status: 101 })) : await open();
  const watched: OnSocket = (socket) => {
    const unwatch = onCredentialEnd(principal, () => {
      if (route.lastWords && socket.readyState === socket.OPEN) socket.send(route.lastWords());
      socket.close(1008, 'the credential is no longer valid');
    });
    socket.once('close', unwatch);
    return socket.readyState === socket.OPEN ? onSocket(socket) : undefined;
  };
  return { onSocket: watched, connectionId, messageMax: route.messageMax ?? SOCKET_MESSAGE_MAX };
}

function refuse(socket: Duplex, fault: Fault, path: string, requestId: string, { surfaces }: ShellOptions): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(dialectOf(surfaces, path)(fault, requestId));
  const status = statusOf(fault);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...Object.entries(faultHeaders(fault)).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
