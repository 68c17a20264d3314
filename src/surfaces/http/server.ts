/** The HTTP server of a process: the shell of ./app.ts and the sockets of ./websocket.ts on one port, and a way to stop that loses nobody. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Fault } from '../../errors/fault';
import { httpApp } from './app';
import { heardByMany } from './heard-by-many';
import { sockets, type SocketOptions } from './websocket';

export interface HttpServerOptions extends SocketOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no more connections, lets requests finish, tells streams to come back and sockets that the server restarts; whatever is still open
   * after `graceMs` (default 10 s) is cut off. Calling it again waits for the same end.
   */
  close(graceMs?: number): Promise<void>;
}

/** Resolves when the port is open. Fault `http.listen` (unavailable) when it cannot be. */
export async function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const stopping = heardByMany();
  const app = httpApp({ ...options, stopping: stopping.signal });
  const upgrades = sockets(options);
  const answer = app.callback();
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 30_000, connectionsCheckingInterval: 5_000 },
    (request, response) => void answer(request, response),
  );
  server.maxHeadersCount = 200;
  server.on('upgrade', (request, socket, head) => void upgrades.upgrade(request, socket, head));
  server.on('clientError', refuseBroken);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    close: (graceMs = 10_000) => (closed ??= stop(server, stopping, () => upgrades.close(graceMs), graceMs)),
  };
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(new Fault('unavailable', 'http.listen', `Cannot listen on ${host}:${port}: ${error.message}`, { host, port }, error));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

async function stop(server: Server, stopping: AbortController, closeSockets: () => Promise<void>, graceMs: number): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  stopping.abort();
  server.closeIdleConnections();
  // A connection that becomes idle after its last answer is not noticed by itself before its keep-alive runs out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await Promise.all([done, closeSockets()]);
  clearInterval(sweep);
  clearTimeout(cut);
}

/** What is not HTTP, or not all of a request in time, gets the same kind of answer as everything else. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? (['431 Request Header Fields Too Large', 'request.headers_too_large', 'The headers are too large.'] as const)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? (['408 Request Timeout', 'request.timeout', 'The request was not complete in time.'] as const)
        : (['400 Bad Request', 'request.malformed', 'This is not an HTTP request.'] as const);
  const body = JSON.stringify({ error: text, code });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
