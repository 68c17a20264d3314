import { WebSocket } from 'ws';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { SCOPES } from '../../src/surfaces/http/scope';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { rawRequest, serve, type Served } from './serve';

interface Walked {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  readonly socket: boolean;
}

/** Every route of every surface, sockets included. A new route is walked without being added here. */
const ROUTES: Walked[] = [managedThreads, controlPlane].flatMap((surface) => [
  ...surface.routes.map(({ method, path, scope }) => ({ method: method.toUpperCase(), path, scope, socket: false })),
  ...(surface.sockets ?? []).map(({ path, scope }) => ({ method: 'GET', path, scope, socket: true })),
]);
const named = ROUTES.map((route) => [`${route.socket ? 'WS' : route.method} ${route.path}`, route] as const);

const BODIES: Record<string, unknown> = {
  '/api/managed-threads/:id/send': { message: 'hello' },
  '/api/managed-threads/:id/approvals': { approve: true },
  '/api/managed-threads/:id/shared-decisions': { category: 'note', summary: 'It is so.' },
};

const PEOPLE: Record<string, Principal> = {
  reader: { tenant: 'default', subject: 'reader', scopes: ['threads:read'], keyId: null },
  writer: { tenant: 'default', subject: 'writer', scopes: ['threads:write'], keyId: null },
  stranger: { tenant: 'other', subject: 'stranger', scopes: ['threads:*'], keyId: null },
  nobody: { tenant: 'default', subject: 'nobody', scopes: [], keyId: null },
};

interface Sent {
  readonly status: number | undefined;
  readonly body: any;
}

function send(served: Served, { method, path, socket }: Walked, id: string, headers: Record<string, string>): Promise<Sent> {
  const url = `${served.url}${path.replace(':executionId', 'exec_1').replace(':id', id)}`;
  const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const body = JSON.stringify(BODIES[path] ?? {});
  const type = method === 'POST' ? { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) } : {};
  return new Promise((resolve, reject) => {
    const request = rawRequest(url, { method, headers: { ...(socket ? upgrade : type), ...headers } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) }));
    });
    request.on('upgrade', (_response, stream) => {
      stream.destroy();
      resolve({ status: 101, body: undefined });
    });
    request.on('error', reject);
    request.end(method === 'POST' ? body : undefined);
  });
}

describe('every route', () => {
  it.each(named)('%s has a scope that the table knows', (_name, { scope }) => {
    expect(Object.keys(SCOPES)).toContain(scope);
  });

  it('asks who calls, except where it was written down that it does not', () => {
    expect(ROUTES.filter(({ scope }) => scope === 'public').map(({ path }) => path)).toEqual(['/api/health', '/api/health/ready', '/api/health/live']);
  });
});

describe('in open mode', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.server.close(100));

  it.each(named)('%s refuses a foreign Host', async (_name, route) => {
    const answer = await send(served, route, 'thr_1', { Host: 'rebound.example:80' });

    expect([answer.status, answer.body.code ?? answer.body.error.details.code]).toEqual([403, 'access.foreign_host']);
  });

  it.each(named)('%s refuses a foreign Origin', async (_name, route) => {
    const host = `127.0.0.1:${served.server.port}`;
    for (const origin of ['https://page.example', 'null', 'http://localhost:1', 'http://127.0.0.1.page.example']) {
      const answer = await send(served, route, 'thr_1', { Host: host, Origin: origin });
      expect([origin, answer.status, answer.body.code ?? answer.body.error.details.code]).toEqual([origin, 403, 'access.foreign_origin']);
    }
  });

  it('lets its own pages and every loopback name in', async () => {
    const { port } = served.server;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      const answer = await send(served, ROUTES[0]!, '', { Host: host, Origin: `http://${host}` });
      expect([host, answer.status]).toEqual([host, 200]);
    }
  });

  it('refuses names that only look like its own', async () => {
    for (const host of ['localhost.page.example', 'a@127.0.0.1', '127.0.0.1/x', '127.0.0.1 x', '2130706433.page.example']) {
      expect((await send(served, ROUTES[0]!, '', { Host: host })).status).toBe(403);
    }
  });

  it('guards what no route serves, the descriptions included', async () => {
    for (const path of ['/', '/openapi/managed-threads.json', '/nothing']) {
      const answer = await send(served, { method: 'GET', path, scope: 'public', socket: false }, '', { Host: 'rebound.example' });
      expect(answer.status).toBe(403);
    }
  });
});

describe('with keys configured', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({
      open: null,
      authenticate: (request) => {
        const who = PEOPLE[(request.headers.authorization ?? '').replace('Bearer ', '')];
        if (!who) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
        return who;
      },
    });
    served.threads.add({ id: 'thr_mine', status: 'ready', hostId: 'host-1', sessionId: 'thr_mine.1' });
  });
  afterAll(() => served.server.close(100));

  const guarded = named.filter(([, { scope }]) => scope !== 'public');

  it.each(guarded)('%s is 401 without credentials', async (_name, route) => {
    expect((await send(served, route, 'thr_mine', {})).status).toBe(401);
  });

  it.each(guarded)('%s is 403 without its scope', async (_name, route) => {
    const without = route.scope === 'threads:read' ? 'writer' : 'reader';
    for (const who of ['nobody', without]) {
      const answer = await send(served, route, 'thr_mine', { Authorization: `Bearer ${who}` });
      expect([who, answer.status, answer.body.code, answer.body.scope]).toEqual([who, 403, 'access.scope_missing', route.scope]);
    }
  });

  it.each(guarded.filter(([, { path }]) => path.startsWith('/api/managed-threads/:id')))("%s is 404 for another tenant's thread", async (_name, route) => {
    const before = served.threads.rows.get('default/thr_mine');

    const answer = await send(served, route, 'thr_mine', { Authorization: 'Bearer stranger' });

    expect([answer.status, answer.body.code]).toEqual([404, 'thread.not_found']);
    expect(served.threads.rows.get('default/thr_mine')).toEqual(before);
  });

  it('shows another tenant nothing in lists', async () => {
    const list = await served.call('GET', '/managed-threads', undefined, { Authorization: 'Bearer stranger' });

    expect(list.body).toMatchObject({ threads: [], count: 0, total: 0 });
  });

  it('does not tell a page from another host that it is not welcome: credentials decide', async () => {
    const answer = await send(served, ROUTES[0]!, '', { Host: 'threads.example', Authorization: 'Bearer reader' });

    expect(answer.status).toBe(200);
  });

  it('opens no socket to who may only read', async () => {
    const socket = new WebSocket(`${served.url.replace('http', 'ws')}/api/managed-threads/thr_mine/terminal`, { headers: { Authorization: 'Bearer reader' } });
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => resolve(101));
      socket.on('error', () => undefined);
    });
    socket.terminate();

    expect(status).toBe(403);
  });
});
