import type { Principal } from '../../src/contracts/principal';
import { serve, type Served } from './serve';

const PEOPLE: Record<string, Principal> = {
  admin: { tenant: 'acme', subject: 'ada', scopes: ['admin'], keyId: 'key_a', operator: false },
  other: { tenant: 'blue', subject: 'bob', scopes: ['admin'], keyId: 'key_b', operator: false },
  operator: { tenant: 'default', subject: 'root', scopes: ['*'], keyId: 'key_o', operator: true },
};

let served: Served;
beforeEach(async () => {
  served = await serve({ open: null, authenticate: ({ headers }) => PEOPLE[(headers.authorization ?? '').slice(7)] as Principal });
});
afterEach(() => served.server.close(100));

const call = (who: string, method: string, path = '', body?: unknown) => served.call(method, `/auth/keys${path}`, body, { Authorization: `Bearer ${who}` });
const good = { name: 'ci', scopes: ['threads:read', 'runs:*'] };

it('makes a key and shows it once', async () => {
  const made = await call('admin', 'POST', '', { ...good, expiresAt: '2999-01-01T00:00:00+02:00', prefix: 'rt_live' });
  const read = await call('admin', 'GET', `/${made.body.id}`);
  const list = await call('admin', 'GET');

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...good,
    tenant: 'acme',
    createdBy: 'ada',
    expiresAt: '2998-12-31T22:00:00.000Z',
    key: expect.stringMatching(/^rt_live_/),
  });
  const { key: _key, ...rest } = made.body;
  expect(read.body).toEqual(rest);
  expect(list.body).toEqual({ keys: [rest], total: 1, limit: 20, offset: 0, hasMore: false });
});

it.each([
  [{}, 'name'],
  [{ ...good, name: '' }, 'name'],
  [{ ...good, scopes: [] }, 'scopes'],
  [{ ...good, scopes: ['threads:read', 'threads:fly'] }, 'scopes.1'],
  [{ ...good, tenant: 'a/b' }, 'tenant'],
  [{ ...good, expiresAt: 'tomorrow' }, 'expiresAt'],
  [{ ...good, expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
  [{ ...good, prefix: 'sk_live' }, 'prefix'],
])('refuses %j and names the field', async (body, field) => {
  const answer = await call('admin', 'POST', '', body);

  expect([answer.status, answer.body.error.code, answer.body.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
});

it('names the scopes that there are when one is unknown', async () => {
  const answer = await call('admin', 'POST', '', { ...good, scopes: ['threads:fly'] });

  expect(answer.body.error.message).toContain('threads:write');
});

it('lets only operators make keys for another tenant, or for all', async () => {
  for (const tenant of ['blue', '*']) {
    expect((await call('admin', 'POST', '', { ...good, tenant })).body.error.details.code).toBe('keys.other_tenant');
    expect((await call('operator', 'POST', '', { ...good, tenant })).body.tenant).toBe(tenant);
  }
});

it('rotates once for a key, and shows the new key once', async () => {
  const { body: made } = await call('admin', 'POST', '', { name: 'ci', scopes: ['threads:*'] });
  const rotate = () => served.call('POST', `/auth/keys/${made.id}/rotate`, {}, { Authorization: 'Bearer admin', 'Idempotency-Key': 'k' });
  const [first, again] = [await rotate(), await rotate()];

  expect([first.status, typeof first.body.key, again.status, again.body.key, again.body.id]).toEqual([201, 'string', 201, null, first.body.id]);
});

it('rotates and revokes', async () => {
  const { id } = (await call('admin', 'POST', '', good)).body;
  const next = await call('admin', 'POST', `/${id}/rotate`, { graceSeconds: 60 });
  const revoked = [await call('admin', 'DELETE', `/${id}`), await call('admin', 'DELETE', `/${id}`)];

  expect([next.status, next.body.rotatedFrom, typeof next.body.key]).toEqual([201, id, 'string']);
  expect(revoked.map(({ status }) => status)).toEqual([204, 204]);
  expect((await call('admin', 'GET', `/${id}`)).body.revokedAt).not.toBeNull();
  expect((await call('admin', 'POST', `/${id}/rotate`, { graceSeconds: -1 })).body.error.details.field).toBe('graceSeconds');
});

it("does not know another tenant's keys", async () => {
  const { id } = (await call('admin', 'POST', '', good)).body;

  for (const [method, path, body] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/rotate', {}],
  ] as const) {
    const answer = await call('other', method, `/${id}${path}`, body);
    expect([answer.status, answer.body.error.code]).toEqual([404, 'NOT_FOUND']);
  }
  expect((await call('other', 'GET')).body.total).toBe(0);
  expect((await call('operator', 'GET')).body.total).toBe(1);
});

it('refuses a name that the database could not keep', async () => {
  const { status, body } = await call('admin', 'POST', '', { ...good, name: 'c\0i' });

  expect([status, body.error.details.field]).toEqual([400, 'name']);
});
