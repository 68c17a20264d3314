import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { serve, until, type Served } from './serve';

let served: Served;
let host: WebSocketServer;
let hostServer: ReturnType<typeof createServer>;
const opened: { socket: WebSocket; request: IncomingMessage; got: { text: string; binary: boolean }[] }[] = [];

beforeEach(async () => {
  opened.length = 0;
  served = await serve();
  hostServer = createServer().listen(0, '127.0.0.1');
  await once(hostServer, 'listening');
  host = new WebSocketServer({ server: hostServer });
  host.on('connection', (socket, request) => {
    const got: { text: string; binary: boolean }[] = [];
    socket.on('message', (data, binary) => got.push({ text: data.toString(), binary }));
    opened.push({ socket, request, got });
    socket.send(Buffer.from('$ '), { binary: true });
  });
  served.threads.terminalUrl = `ws://127.0.0.1:${(hostServer.address() as AddressInfo).port}/terminal`;
  served.threads.add({ id: 'a', hostId: 'host-1', sessionId: 'a.1' });
});
afterEach(async () => {
  await served.server.close(200);
  host.clients.forEach((client) => client.terminate());
  host.close();
  await new Promise((resolve) => hostServer.close(resolve));
});

function attach(id = 'a', headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${served.url.replace('http', 'ws')}/api/managed-threads/${id}/terminal`, { headers });
  const got: { text: string; binary: boolean }[] = [];
  socket.on('message', (data, binary) => got.push({ text: data.toString(), binary }));
  socket.on('error', () => undefined);
  return { socket, got };
}

/** The plain answer to an upgrade that was refused. */
async function refusal(socket: WebSocket): Promise<{ status: number | undefined; body: any }> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: JSON.parse(text) };
}

it.each(['a key that is revoked', 'a token that expires'])('closes the terminal of %s', async (what) => {
  const revoked = new AbortController();
  const credential = what.startsWith('a key') ? { valid: revoked.signal } : { expiresAt: Date.now() + 300 };
  const closing = await serve({ authenticate: () => ({ ...OPEN_PRINCIPAL, ...credential }) });
  closing.threads.terminalUrl = served.threads.terminalUrl;
  closing.threads.add({ id: 'a', hostId: 'host-1', sessionId: 'a.1' });
  const socket = new WebSocket(`${closing.url.replace('http', 'ws')}/api/managed-threads/a/terminal`);
  const closed = once(socket, 'close');
  await once(socket, 'message');

  revoked.abort();

  expect((await closed)[0]).toBe(1008);
  await closing.server.close(200);
});

it('carries bytes both ways, and resizes, and tells the host who types', async () => {
  const { socket, got } = attach();
  await until(() => got.length === 1, 'the first output');

  socket.send(Buffer.from('ls\r'));
  socket.send('typed as text');
  socket.send('{"type":"resize","cols":100,"rows":30}');
  socket.send('{"type":"resize","cols":1,"rows":1}');
  await until(() => opened[0]?.got.length === 4, 'the input');

  expect(got).toEqual([{ text: '$ ', binary: true }]);
  expect(opened[0]?.got).toEqual([
    { text: 'ls\r', binary: true },
    { text: 'typed as text', binary: true },
    { text: '{"type":"resize","cols":100,"rows":30}', binary: false },
    { text: '{"type":"resize","cols":1,"rows":1}', binary: true },
  ]);
  expect(opened[0]?.request.headers).toMatchObject({ authorization: 'Bearer relay', 'x-everthread-subject': 'local' });
  socket.terminate();
});

it('ends the host side when the client leaves, and the client with the words of the host', async () => {
  const first = attach();
  await until(() => first.got.length === 1, 'the first output');
  first.socket.close(1000);
  await until(() => opened[0]?.socket.readyState === WebSocket.CLOSED, 'the host side ends');

  const second = attach();
  await until(() => second.got.length === 1, 'the first output');
  opened[1]?.socket.close(4404, 'the session is gone');
  const [code, reason] = (await once(second.socket, 'close')) as [number, Buffer];

  expect([code, reason.toString()]).toEqual([4404, 'the session is gone']);
});

it('refuses before the upgrade what has no terminal, is not there or cannot be reached', async () => {
  served.threads.add({ id: 'idle', status: 'idle' });
  served.threads.add({ id: 'far', hostId: 'host-2', sessionId: 'far.1' });
  const idle = await refusal(attach('idle').socket);
  const nobody = await refusal(attach('nobody').socket);
  served.threads.terminalUrl = 'ws://127.0.0.1:1/';
  const far = await refusal(attach('far').socket);

  expect([idle.status, idle.body.code]).toEqual([409, 'thread.no_session']);
  expect([nobody.status, nobody.body.code]).toEqual([404, 'thread.not_found']);
  expect([far.status, far.body.code]).toEqual([503, 'host.unreachable']);
});

it('closes a client whose message is too large', async () => {
  const { socket, got } = attach();
  await until(() => got.length === 1, 'the first output');

  socket.send(Buffer.alloc(64 * 1024 + 1));

  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
});

it('does not read from the host what the client does not take', async () => {
  const { socket, got } = attach();
  await until(() => got.length === 1, 'the first output');
  socket.pause();
  const hosted = opened[0]!.socket;
  const chunk = Buffer.alloc(256 * 1024, 'x');
  for (let n = 0; n < 400; n++) hosted.send(chunk);

  let waits = -1;
  for (let still = 0; still < 10; still++) {
    if (waits !== hosted.bufferedAmount) still = 0;
    waits = hosted.bufferedAmount;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  socket.resume();
  await until(() => got.length === 401, 'everything arrives');

  expect(waits).toBeGreaterThan(50 * 1024 * 1024);
  socket.terminate();
});

it('tells clients that the server restarts, and cuts off those that do not answer', async () => {
  const { socket, got } = attach();
  await until(() => got.length === 1, 'the first output');

  const closing = served.server.close(500);

  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1012);
  await closing;
});

it('cuts off a client that no longer answers', async () => {
  await served.server.close(100);
  served = await serve({ pingMs: 50 });
  served.threads.terminalUrl = `ws://127.0.0.1:${(hostServer.address() as AddressInfo).port}/terminal`;
  served.threads.add({ id: 'a', hostId: 'host-1', sessionId: 'a.1' });
  const { socket, got } = attach();
  await until(() => got.length === 1, 'the first output');

  socket.pause();

  await until(() => opened.at(-1)?.socket.readyState === WebSocket.CLOSED, 'the host side ends');
  socket.terminate();
});
