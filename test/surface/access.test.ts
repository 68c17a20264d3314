import { WebSocket } from 'ws';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { SCOPES } from '../../src/surfaces/http/scope';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { runSurface } from '../../src/surfaces/runs/surface';
import { agUi } from '../../src/surfaces/ag-ui/surface';
import { agentProtocol } from '../../src/surfaces/agent-protocol/surface';
import { scriptum } from '../../src/surfaces/scriptum/surface';
import { threadSurface } from '../../src/surfaces/threads/surface';
import { accessWorld, type AccessWorld } from '../support/access';
import { rawRequest, serve, type Served } from './serve';
import { everythingOf, NOBODYS, QUERIES, seedRows } from './tenant-rows';

interface Walked {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  readonly socket: boolean;
  readonly unguarded: boolean;
  /** What the description shows as an example, so that nothing but the caller is wrong with it. */
  readonly body: unknown;
}

/** Every route of every surface, sockets included. A new route is walked without being added here. */
const ROUTES: Walked[] = [managedThreads, controlPlane, runSurface, threadSurface, agentProtocol, agUi, scriptum].flatMap((surface) => [
  ...surface.routes.map(({ method, path, scope, unguarded, examples }) => ({
    ...{ method: method.toUpperCase(), path, scope, socket: false, unguarded: unguarded === true, body: Object.values(examples?.bodies ?? {})[0] ?? {} },
  })),
  ...(surface.sockets ?? []).map(({ path, scope }) => ({ method: 'GET', path, scope, socket: true, unguarded: false, body: null })),
]);
const named = ROUTES.map((route) => [`${route.socket ? 'WS' : route.method} ${route.path}`, route] as const);

const PEOPLE: Record<string, Principal> = {
  reader: { tenant: 'default', subject: 'reader', scopes: ['threads:read'], keyId: null, operator: false },
  writer: { tenant: 'default', subject: 'writer', scopes: ['threads:write'], keyId: null, operator: false },
  owner: { tenant: 'default', subject: 'owner', scopes: ['*'], keyId: null, operator: false },
  stranger: { tenant: 'other', subject: 'stranger', scopes: ['*'], keyId: null, operator: false },
  nobody: { tenant: 'default', subject: 'nobody', scopes: [], keyId: null, operator: false },
};

interface Sent {
  readonly status: number | undefined;
  readonly body: any;
}

/** `ids` by the names of the route's parameters, or one for all of them. */
function send(served: Served, route: Walked, ids: string | Readonly<Record<string, string>>, headers: Record<string, string>): Promise<Sent> {
  const { method, socket } = route;
  const url = `${served.url}${route.path.replace(/:([A-Za-z]+)/g, (_param, name: string) => (typeof ids === 'string' ? ids : (ids[name] ?? '')))}${QUERIES[route.path] ?? ''}`;
  const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const takes = !socket && ['POST', 'PUT', 'PATCH'].includes(method);
  const body = JSON.stringify(route.body);
  const type = takes ? { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) } : {};
  return new Promise((resolve, reject) => {
    const request = rawRequest(url, { method, headers: { ...(socket ? upgrade : type), ...headers } }, (response) => {
      // A stream has no end; that it began is the answer.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        response.destroy();
        return resolve({ status: response.statusCode, body: undefined });
      }
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      const json = response.headers['content-type']?.startsWith('application/json');
      response.on('end', () => resolve({ status: response.statusCode, body: text !== '' && json ? JSON.parse(text) : undefined }));
    });
    request.on('upgrade', (_response, stream) => {
      stream.destroy();
      resolve({ status: 101, body: undefined });
    });
    request.on('error', reject);
    request.end(takes ? body : undefined);
  });
}

/** The precise code, wherever the surface's dialect has it. */
const codeIn = ({ body }: Sent): unknown => {
  if (Array.isArray(body.details)) return body.details[0].metadata.code;
  return typeof body.error === 'object' ? body.error.details.code : body.code;
};

/** The scope that a refusal names. */
const needed = ({ body }: Sent): unknown => (Array.isArray(body.details) ? body.details[0].metadata.scope : (body.error?.details?.scope ?? body.scope));

describe('every route', () => {
  it.each(named)('%s has a scope that the table knows', (_name, { scope }) => {
    expect(Object.keys(SCOPES)).toContain(scope);
  });

  it('asks who calls, except where it was written down that it does not', () => {
    expect(ROUTES.filter(({ scope }) => scope === 'public').map(({ path }) => path)).toEqual([
      ...['/api/health', '/api/health/ready', '/api/health/live'],
      // Whoever calls proves it by a signature with the secret of the trigger.
      '/api/triggers/webhook/:path',
      ...['/health', '/ready'],
      // Templates are the same for everybody; what is downloaded is named by an address that was given out and is signed.
      ...['/v1/scriptum/templates', '/v1/scriptum/templates/:name', '/v1/scriptum/health', '/v1/scriptum/downloads/:token'],
    ]);
  });
});

/** Routes that look at who may have led the caller here. */
const guarded = named.filter(([, { unguarded }]) => !unguarded);

describe('in open mode', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.server.close(100));

  it('guards everything but the word that the process lives', () => {
    expect(ROUTES.filter(({ unguarded }) => unguarded).map(({ path }) => path)).toEqual(['/api/health/live']);
  });

  it.each(guarded)('%s refuses a foreign Host', async (_name, route) => {
    const answer = await send(served, route, 'thr_1', { Host: 'rebound.example:80' });

    expect([answer.status, codeIn(answer)]).toEqual([403, 'access.foreign_host']);
  });

  it.each(guarded)('%s refuses a foreign Origin', async (_name, route) => {
    const host = `127.0.0.1:${served.server.port}`;
    for (const origin of ['https://page.example', 'null', 'http://localhost:1', 'http://127.0.0.1.page.example']) {
      const answer = await send(served, route, 'thr_1', { Host: host, Origin: origin });
      expect([origin, answer.status, codeIn(answer)]).toEqual([origin, 403, 'access.foreign_origin']);
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
      const answer = await send(served, { method: 'GET', path, scope: 'public', socket: false, unguarded: false, body: {} }, '', { Host: 'rebound.example' });
      expect(answer.status).toBe(403);
    }
  });
});

describe('with the real keys and tokens of a database', () => {
  let served: Served;
  let access: AccessWorld;
  const refused: Record<string, { headers: Record<string, string>; status: number; code: string }> = {};
  const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });
  const guarded = named.filter(([, { scope }]) => scope !== 'public');

  beforeAll(async () => {
    access = await accessWorld();
    served = await serve({ open: null, authenticate: (request) => access.authenticator.authenticate(request) });
    served.threads.add({ id: 'thr_mine', status: 'ready', hostId: 'host-1', sessionId: 'thr_mine.1' });
    const [revoked, expired, everything] = [await access.key('default', ['*']), await access.key('default', ['*']), await access.key('default', ['*'])];
    await access.store.store.keys.revoke('default', revoked.id);
    await access.store.pool.query(`update api_keys set expires_at = clock_timestamp() - interval '1 second' where id = $1`, [expired.id]);
    const claims = { sub: 'ada', tenant: 'default', scope: '*' };
    const bad = (name: string, headers: Record<string, string>, code: string, status = 401) => (refused[name] = { headers, status, code });
    bad('nothing', {}, 'access.no_credentials');
    bad('a forged user', { 'x-thymos-user-id': 'root' }, 'access.no_credentials');
    bad('a forged tenant', { 'x-thymos-tenant-id': 'default', 'x-organization-id': 'default' }, 'access.no_credentials');
    bad('a key that nobody made', bearer(`pk_live_${'0'.repeat(43)}`), 'access.key_unknown');
    bad('something else', bearer('let-me-in'), 'access.credentials_unknown');
    bad('a password', { Authorization: 'Basic cm9vdDpyb290' }, 'access.credentials_malformed');
    bad('a revoked key', bearer(revoked.key), 'access.key_revoked');
    bad('an expired key', bearer(expired.key), 'access.key_expired');
    bad('two credentials', { ...bearer(everything.key), 'X-API-Key': revoked.key }, 'access.credentials_ambiguous');
    bad('a key for another tenant', { ...bearer(everything.key), 'x-organization-id': 'other' }, 'access.tenant', 403);
    bad('an expired token', bearer(await access.token(claims, { expiresIn: '-2m' })), 'access.token_expired');
    bad('a token of a stranger', bearer(await access.token(claims, { by: 'stranger' })), 'access.token_invalid');
    bad('a token signed with the public key as a secret', bearer(await access.token(claims, { by: 'public-key-as-secret' })), 'access.token_invalid');
    bad('a token without a signature', bearer(`${(await access.token(claims, { by: 'nobody' })).replace(/\.$/, '')}.x`), 'access.token_invalid');
    bad('a token of another issuer', bearer(await access.token(claims, { issuer: 'https://other.example' })), 'access.token_invalid');
    bad('a token for another audience', bearer(await access.token(claims, { audience: 'somebody-else' })), 'access.token_invalid');
    bad('a token without a tenant', bearer(await access.token({ sub: 'ada', scope: '*' })), 'access.token_tenant');
    bad('a token for another tenant', { ...bearer(await access.token(claims)), 'x-organization-id': 'other' }, 'access.tenant', 403);
  });
  afterAll(async () => {
    await served.server.close(100);
    await access.close();
  });

  it.each(guarded)('%s lets nothing of all that through', async (_name, route) => {
    const before = [...served.threads.rows.entries()];
    for (const [name, { headers, status, code }] of Object.entries(refused)) {
      const answer = await send(served, route, 'thr_mine', headers);
      expect([name, answer.status, codeIn(answer)]).toEqual([name, status, code]);
    }
    expect([...served.threads.rows.entries()]).toEqual(before);
  });

  it.each(guarded)('%s needs its scope and no other, of a key as of a token', async (_name, route) => {
    const others = Object.keys(SCOPES).filter((scope) => ![route.scope, 'public', 'admin'].includes(scope));
    const { key } = await access.key('default', others);
    for (const credential of [key, await access.token({ sub: 'ada', tenant: 'default', scopes: others })]) {
      const answer = await send(served, route, 'thr_mine', bearer(credential));
      expect([answer.status, codeIn(answer)]).toEqual([403, 'access.scope_missing']);
    }
  });

  it.each(guarded)('%s lets its scope in', async (_name, route) => {
    const { key } = await access.key('default', [route.scope]);
    const token = await access.token({ sub: 'ada', tenant: 'default', scope: route.scope }, { by: 'secret' });
    for (const credential of [key, token]) {
      const answer = await send(served, route, 'unheard-of', { Authorization: `Bearer ${credential}` });
      expect(answer.status).not.toBe(401);
      // A schedule or a trigger needs besides what its target would need; the route has let the caller in.
      if (answer.status === 403) expect([codeIn(answer), needed(answer)]).toEqual(['access.scope_missing', expect.not.stringMatching(`^${route.scope}$`)]);
    }
  });

  it('ends a stream when the key that opened it is revoked', async () => {
    const reader = await access.key('default', ['threads:read']);
    const stream = await fetch(`${served.url}/api/managed-threads/thr_mine/events`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${reader.key}` },
    });

    await access.store.store.keys.revoke('default', reader.id);

    expect(await stream.text()).toContain('retry:');
  });

  it('of an operator acts in the tenant that the header names, and in default without one', async () => {
    const { key } = await access.key('*', ['*']);
    const there = async (headers: Record<string, string>) =>
      (await served.call('GET', '/managed-threads/thr_mine', undefined, { Authorization: `Bearer ${key}`, ...headers })).status;

    expect([await there({}), await there({ 'x-organization-id': 'default' }), await there({ 'x-thymos-tenant-id': 'other' })]).toEqual([200, 200, 404]);
  });

  it('lets a key in by every way of sending it', async () => {
    const { key } = await access.key('default', ['threads:read']);
    const ways: Record<string, string>[] = [{ Authorization: `Bearer ${key}` }, { Authorization: `ApiKey ${key}` }, { 'X-API-Key': key }];
    for (const headers of ways) expect((await served.call('GET', '/managed-threads', undefined, headers)).status).toBe(200);
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
      expect([who, answer.status, codeIn(answer)]).toEqual([who, 403, 'access.scope_missing']);
    }
  });

  const ofOne = named.filter(([, { method, path }]) => path.includes('/:') && !(`${method} ${path}` in NOBODYS));

  it('knows of every exception that it is still one', () => {
    expect(Object.keys(NOBODYS).filter((name) => !ROUTES.some(({ method, path }) => `${method} ${path}` === name))).toEqual([]);
  });

  it.each(ofOne)("%s is 404 for another tenant's row, and not for who has it", async (_name, route) => {
    const ids = (await seedRows(served, 'default', { Authorization: 'Bearer owner' }))(route);
    const everything = async () => [await everythingOf(served, 'default'), await everythingOf(served, 'other')];
    const before = await everything();

    for (const accept of ['*/*', 'text/event-stream', 'application/x-ndjson']) {
      const strange = await send(served, route, ids, { Accept: accept, Authorization: 'Bearer stranger' });
      expect([accept, strange.status, codeIn(strange)]).toEqual([
        accept,
        404,
        expect.stringMatching(/^[a-z_]+\.(?:(?:[a-z]+_)?not_found|no_pending_approval|not_installed)$/),
      ]);
    }
    expect(await everything()).toEqual(before);

    // Were the row not there, the stranger's 404 would say nothing.
    expect((await send(served, route, ids, { Authorization: 'Bearer owner' })).status).not.toBe(404);
  });

  it('shows another tenant nothing in lists', async () => {
    const list = await served.call('GET', '/managed-threads', undefined, { Authorization: 'Bearer stranger' });

    expect(list.body).toMatchObject({ threads: [], count: 0, total: 0 });
    const grouped = await served.call('GET', '/managed-threads/executions/exec_1', undefined, { Authorization: 'Bearer stranger' });
    expect(grouped.body).toMatchObject({ threads: [], count: 0, total: 0 });
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
