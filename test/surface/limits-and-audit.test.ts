import { OPEN_PRINCIPAL, type Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { RateLimits, type MinuteCounter } from '../../src/surfaces/http/limits';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { agentProtocol } from '../../src/surfaces/agent-protocol/surface';
import { runSurface } from '../../src/surfaces/runs/surface';
import { serve, type Served } from './serve';

const ADA: Principal = { tenant: 'default', subject: 'ada', scopes: ['*'], keyId: 'key_ada', operator: false };

const counting = (max: number): MinuteCounter => {
  let taken = 0;
  return {
    take: (_caller, count) => {
      const granted = Math.max(0, Math.min(count, max - taken));
      taken += granted;
      return Promise.resolve({ granted, remaining: max - taken, resetMs: 30_000 });
    },
  };
};

describe('a caller over the limit', () => {
  let served: Served;
  beforeAll(async () => {
    const limits = new RateLimits({ read: 2, write: 1, execute: 1 }, (_name, max) => counting(max));
    served = await serve({ open: null, authenticate: () => ADA, limits });
  });
  afterAll(() => served.server.close(100));

  it('is told so in the words of the surface, with the headers of the seed', async () => {
    const answers = [];
    for (let at = 0; at < 3; at++) answers.push(await served.call('GET', '/managed-threads'));
    const keys = await served.call('GET', '/auth/keys');

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0', '0']);
    const { headers, body } = answers[2] as (typeof answers)[number];
    expect(headers.get('x-ratelimit-limit')).toBe('2');
    expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(29);
    expect(body).toMatchObject({ error: expect.stringContaining('2 requests'), code: 'request.rate_limited' });
    expect([keys.status, keys.body.error.code]).toEqual([429, 'RATE_LIMITED']);
  });

  it('has other classes left, and health is nobody’s to limit', async () => {
    expect((await served.call('POST', '/managed-threads/none/send', { message: 'x' })).status).toBe(404);
    expect((await served.call('POST', '/managed-threads/none/send', { message: 'x' })).status).toBe(429);
    expect((await served.call('POST', '/managed-threads', {})).status).toBe(400);
    expect((await served.call('GET', '/health')).headers.get('x-ratelimit-limit')).toBeNull();
  });
});

describe('a web page of another origin', () => {
  let served: Served;
  const page = { Origin: 'https://app.example' };
  beforeAll(async () => {
    served = await serve({ open: { origins: ['https://app.example'] }, corsOrigins: ['https://app.example'] });
  });
  afterAll(() => served.server.close(100));

  it('may call when it is on the list, and read what it needs', async () => {
    const answer = await served.call('GET', '/managed-threads', undefined, page);
    const refused = await served.call('GET', '/managed-threads/none', undefined, page);

    for (const { headers } of [answer, refused]) {
      expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining');
      expect(headers.get('vary')).toContain('Origin');
    }
    expect([answer.status, refused.status]).toEqual([200, 404]);
  });

  it('is answered before it calls, for every route', async () => {
    for (const { path, method } of [...managedThreads.routes, ...controlPlane.routes, ...runSurface.routes]) {
      const asked = { ...page, 'Access-Control-Request-Method': method.toUpperCase(), 'Access-Control-Request-Headers': 'authorization,content-type' };
      const answer = await fetch(`${served.url}${path.replaceAll(/:\w+/g, 'x')}`, { method: 'OPTIONS', headers: asked });
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, 204, 'https://app.example']);
      expect(answer.headers.get('access-control-allow-methods')).toContain(method.toUpperCase());
      expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    }
  });

  it('is refused when it is not on the list', async () => {
    const answer = await served.call('GET', '/managed-threads', undefined, { Origin: 'https://app.example.evil' });

    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('the audit log', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve({
      open: null,
      authenticate: ({ headers }) => (headers.authorization === 'Bearer reader' ? { ...ADA, scopes: ['threads:read'] } : ADA),
    });
  });
  afterEach(() => served.server.close(100));

  const mutations = [managedThreads, controlPlane, runSurface, agentProtocol].flatMap((surface) =>
    surface.routes
      .filter(({ method, scope, readsOnly }) => method !== 'get' && scope !== 'public' && readsOnly !== true)
      .map(({ method, path }) => [`${method.toUpperCase()} ${path}`, method, path] as const),
  );

  it.each(mutations)('has an entry for every %s, whatever comes of it', async (_name, method, path) => {
    const address = path.replaceAll(/:\w+/g, 'none');
    // A stream would go on for as long as its execution, which never ends here: it is refused by its body.
    const body = path.endsWith('/stream') ? { input: 'not an object' } : {};
    const { status } = await served.call(method.toUpperCase(), address, method === 'delete' ? undefined : body, { 'X-Request-Id': 'req-audit' }, '');

    expect(served.audit.entries).toHaveLength(1);
    expect(served.audit.entries[0]).toMatchObject({
      ...{ tenant: 'default', subject: 'ada', keyId: 'key_ada', requestId: 'req-audit', status, address: expect.any(String) },
      ...{ action: expect.stringMatching(/^[a-z-]+\.[a-zA-Z]+$/), resourceId: path.includes(':') ? 'none' : null },
      outcome: status < 400 ? 'succeeded' : status < 500 ? 'refused' : 'failed',
    });
  });

  it('has one for what the scope forbids, with the reason, and none for what only reads', async () => {
    await served.call('POST', '/managed-threads/none/send', { message: 'x' }, { Authorization: 'Bearer reader' });
    await served.call('GET', '/managed-threads');
    await served.call('POST', '/threads/search', {}, {}, '/agent-protocol');

    expect(served.audit.entries).toMatchObject([{ action: 'managed-threads.sendToThread', outcome: 'refused', status: 403, code: 'access.scope_missing' }]);
  });

  it('names what was made', async () => {
    const made = await served.call('POST', '/auth/keys', { name: 'ci', scopes: ['runs:*'] });

    expect(served.audit.entries).toMatchObject([{ resourceType: 'api-key', resourceId: made.body.id, outcome: 'succeeded', status: 201 }]);
    expect(JSON.stringify(served.audit.entries)).not.toContain(made.body.key);
  });

  it('comes first: nothing is done while it cannot be written', async () => {
    served.audit.broken = new Fault('unavailable', 'store.unreachable', 'Gone.');
    const answer = await served.call('POST', '/auth/keys', { name: 'ci', scopes: ['runs:*'] });

    expect(answer.status).toBe(503);
    expect(served.keys.rows).toEqual([]);
  });

  it('is read with filters, by administrators', async () => {
    await served.call('POST', '/auth/keys', { name: 'ci', scopes: ['runs:*'] });
    await served.call('POST', '/managed-threads/none/send', { message: 'x' });
    const all = await served.call('GET', '/audit');
    const refused = await served.call('GET', '/audit?status=refused&limit=1');
    const bad = await served.call('GET', '/audit?status=success&startDate=yesterday');
    const reader = await served.call('GET', '/audit', undefined, { Authorization: 'Bearer reader' });

    expect(all.body).toMatchObject({ total: 2, limit: 100, offset: 0, hasMore: false });
    expect(refused.body.logs).toMatchObject([{ action: 'managed-threads.sendToThread', code: 'thread.not_found' }]);
    expect([bad.status, bad.body.error.details.field]).toEqual([400, 'status']);
    expect(reader.status).toBe(403);
  });

  it('knows who came in through the open door', async () => {
    const open = await serve({ authenticate: () => OPEN_PRINCIPAL });
    await open.call('POST', '/managed-threads/none/cancel', {});
    await open.server.close(100);

    expect(open.audit.entries).toMatchObject([{ subject: 'local', keyId: null }]);
  });
});
