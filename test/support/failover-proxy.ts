/**
 * What stands before the API processes in production, as small as it can be: each TCP connection goes to one of those whose /api/health/ready says yes, in turn, and ends when
 * its server does. Bytes pass as they come, so streams and WebSockets need nothing special.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const LOOK_MS = 150;
const ANSWER_MS = 3_000;

export interface FailoverProxy {
  readonly url: string;
  /** Connections that a backend has been given. */
  given(backend: string): number;
  /** Backends that are ready, by the last look. */
  ready(): readonly string[];
  close(): Promise<void>;
}

/** `backends`: URLs of API processes. */
export async function failoverProxy(backends: readonly string[]): Promise<FailoverProxy> {
  const ready = new Set<string>();
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const look = async (backend: string): Promise<void> => {
    const yes = await fetch(`${backend}/api/health/ready`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(ANSWER_MS) }).then(
      async (answer) => answer.ok && (await answer.text()) !== '',
      () => false,
    );
    if (yes) ready.add(backend);
    else ready.delete(backend);
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void Promise.all(backends.map(look)).finally(() => (looking = false));
  }, LOOK_MS);
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    const able = [...ready];
    const backend = able[turn++ % Math.max(1, able.length)];
    if (backend === undefined) return void client.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    counts.set(backend, (counts.get(backend) ?? 0) + 1);
    const { hostname, port } = new URL(backend);
    const upstream = connect({ host: hostname, port: Number(port) });
    upstream.on('error', () => client.destroy()).on('close', () => client.end());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  await Promise.all(backends.map(look));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given: (backend) => counts.get(backend) ?? 0,
    ready: () => [...ready],
    async close() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
