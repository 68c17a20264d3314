/**
 * A TLS-terminating gRPC proxy before a plain Temporal server: what stands before clusters in production, and what Temporal Cloud looks like to a client. It notes what each call
 * brought. The certificates of `certificates/` are for `temporal.test` and good for nothing but these tests.
 */
import { readFileSync } from 'node:fs';
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

const FOLDER = join(__dirname, 'certificates');
export const AUTHORITY_FILE = join(FOLDER, 'authority.pem');
export const SERVER_NAME = 'temporal.test';

export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The name that the client asked for in its TLS greeting. */
  readonly serverName: string | false | null;
}

export interface TlsFront {
  readonly address: string;
  readonly calls: readonly SeenCall[];
  close(): Promise<void>;
}

export async function tlsFront(target: string): Promise<TlsFront> {
  const calls: SeenCall[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const backend = connect(`http://${target}`);
  backend.on('error', () => undefined);
  const server = createSecureServer({ key: readFileSync(join(FOLDER, 'server-key.pem')), cert: readFileSync(join(FOLDER, 'server.pem')) });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    calls.push({ path: headers[':path'] ?? '', headers, serverName: (stream.session?.socket as TLSSocket | undefined)?.servername ?? null });
    forward(stream, backend.request({ ...headers, ':scheme': 'http', ':authority': target }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      for (const session of sessions) session.destroy();
      backend.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(stream: ServerHttp2Stream, upstream: ReturnType<ReturnType<typeof connect>['request']>): void {
  let trailers: IncomingHttpHeaders = {};
  upstream.on('response', (headers) => stream.respond(headers, { waitForTrailers: true }));
  upstream.on('trailers', (given: IncomingHttpHeaders) => (trailers = given));
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  upstream.on('error', () => stream.destroy());
  stream.on('error', () => upstream.destroy());
  stream.on('close', () => upstream.destroy());
  stream.pipe(upstream);
  upstream.pipe(stream);
}
