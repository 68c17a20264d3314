import { createHash, randomUUID } from 'node:crypto';
import type { Making } from '../../src/contracts/idempotency';
import type { ThreadSpec } from '../../src/contracts/managed-thread/spawn';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import { Fault } from '../../src/errors/fault';
import { makeOnce } from '../../src/store/idempotent-row';
import { store } from '../../src/store/store';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const spec = (id: string): ThreadSpec => ({
  id,
  tenant: 'default',
  executionId: 'exec-1',
  name: 'one',
  agentType: 'scripted',
  role: null,
  objective: 'do it',
  workspace: null,
  contextFiles: [
    { path: 'a.md', content: 'a'.repeat(500_000) },
    { path: 'b.md', content: 'b'.repeat(500_000) },
    { path: 'c.md', content: 'c'.repeat(500_000) },
  ],
  approvalPreset: 'standard',
  policy: {},
  metadata: { source: 'test' },
  envNames: ['API_TOKEN'],
  createdAt: '2026-01-02T03:04:05.000Z',
});

describe('blobs', () => {
  it('are named by the SHA-256 of their bytes, and written once', async () => {
    const value = 'grüße\u0000 aus dem Terminal';

    const ref = await world.store.blobs.put('default', value);

    expect(ref).toBe(createHash('sha256').update(value).digest('hex'));
    expect(await world.store.blobs.put('default', value)).toBe(ref);
    expect(await world.store.blobs.get('default', ref)).toBe(value);
  });

  it('are not there for another tenant', async () => {
    const ref = await world.store.blobs.put('red', 'ours');

    expect(await world.store.blobs.get('blue', ref)).toBeNull();
  });

  it('take a mebibyte and refuse more', async () => {
    const ref = await world.store.blobs.put('default', 'x'.repeat(1024 * 1024));
    expect(await world.store.blobs.get('default', ref)).toHaveLength(1024 * 1024);

    await expect(world.store.blobs.put('default', 'x'.repeat(1024 * 1024 + 1))).rejects.toMatchObject({ code: 'blob.too_large', kind: 'invalid' });
  });
});

describe('thread specs', () => {
  it('come back whole, with context files that together are larger than one blob', async () => {
    const ref = await world.store.specs.write(spec('s1'));

    expect(await world.store.specs.read('default', ref)).toEqual(spec('s1'));
    await expect(world.store.specs.read('other', ref)).rejects.toMatchObject({ code: 'thread.spec_missing', kind: 'not_found' });
  });

  it('have their environment sealed: readable with the key, not in the table, not under another address', async () => {
    const actor = threadRef('default', 's2');
    await world.store.secrets.sealEnvironment(actor, { API_TOKEN: 'plain-to-see-123' });

    expect(await world.store.specs.environment(actor)).toEqual({ API_TOKEN: 'plain-to-see-123' });
    expect(await world.store.specs.environment(threadRef('default', 's3'))).toEqual({});
    const { rows } = await world.pool.query('select sealed from secrets where actor = $1', [actor.address]);
    expect(rows[0].sealed.toString('latin1')).not.toContain('plain-to-see');
    await world.pool.query('insert into secrets (actor, key_id, sealed) select $2, key_id, sealed from secrets where actor = $1', [
      actor.address,
      'managed-thread/thief',
    ]);
    await expect(world.store.specs.environment(threadRef('default', 'thief'))).rejects.toMatchObject({ code: 'store.unsealing_failed' });
    await world.pool.query('delete from secrets where actor = $1', ['managed-thread/thief']);
  });

  it('keep the first environment of an id, and refuse another one instead of starting with values that nobody sees', async () => {
    const [given, none] = [threadRef('default', 's5'), threadRef('default', 's6')];
    await world.store.secrets.sealEnvironment(given, { A: '1', B: '2' }, { chosen: true });
    await world.store.secrets.sealEnvironment(none, {}, { chosen: true });

    await world.store.secrets.sealEnvironment(given, { B: '2', A: '1' }, { chosen: true });
    for (const [actor, other] of [
      [given, { A: '1' }],
      [given, {}],
      [none, { A: '1' }],
    ] as const) {
      await expect(world.store.secrets.sealEnvironment(actor, other, { chosen: true })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'thread.environment_differs',
      });
    }
    expect(await world.store.specs.environment(given)).toEqual({ A: '1', B: '2' });
    expect(await world.store.specs.environment(none)).toEqual({});
  });

  it('stay readable while the key is changed, and after the old key is gone', async () => {
    const actor = threadRef('default', 's4');
    await world.store.secrets.sealEnvironment(actor, { A: 'kept' });
    const next = Buffer.alloc(32, 9);
    const both = store(world.pool, { url: world.url, sealing: { current: 'next', keys: { ...TEST_SEALING.keys, next } } });
    expect(await both.specs.environment(actor)).toEqual({ A: 'kept' });

    while ((await both.secrets.reseal()) > 0);

    const only = store(world.pool, { url: world.url, sealing: { current: 'next', keys: { next } } });
    expect(await only.specs.environment(actor)).toEqual({ A: 'kept' });
  });
});

describe('idempotency', () => {
  const request = (key: string, resultId: string, bodyHash = 'h') => ({ tenant: 'default', route: 'spawn', key, bodyHash, resultId });

  it('gives all of many racing requests the result of one', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => world.store.idempotency.claim(request('k1', `r${index}`))));

    expect(claims.filter(({ first }) => first)).toHaveLength(1);
    expect(new Set(claims.map(({ resultId }) => resultId)).size).toBe(1);
  });

  it('refuses the same key with another body, and knows other tenants nothing of it', async () => {
    await world.store.idempotency.claim(request('k2', 'r1'));

    await expect(world.store.idempotency.claim(request('k2', 'r2', 'other'))).rejects.toMatchObject({ code: 'idempotency.key_reused', kind: 'conflict' });
    expect(await world.store.idempotency.claim({ ...request('k2', 'r3', 'other'), tenant: 'blue' })).toMatchObject({ first: true, resultId: 'r3' });
  });

  it('forgets old keys only', async () => {
    await world.store.idempotency.claim(request('old', 'r1'));
    await world.pool.query(`update idempotency set created_at = now() - interval '8 days' where key = 'old'`);
    await world.store.idempotency.claim(request('young', 'r2'));

    expect(await world.store.idempotency.forget(7 * 86_400_000)).toBe(1);

    expect(await world.store.idempotency.claim(request('old', 'r3'))).toMatchObject({ first: true, resultId: 'r3' });
    expect(await world.store.idempotency.claim(request('young', 'r4'))).toMatchObject({ first: false, resultId: 'r2' });
  });

  describe('of what is made', () => {
    const things = new Map<string, number>();
    const making = { find: async (id: string) => things.get(id) ?? null, make: async (id: string) => (things.set(id, things.size), things.get(id) as number) };
    const once = (key: string | null, body: unknown, how: Making<number> = making) =>
      makeOnce(world.store.idempotency, { tenant: 'default', route: 'POST /things', key, body }, randomUUID(), how);

    it('makes one thing for each key, whatever the order of the body’s fields, and one for each request without a key', async () => {
      const made = await once('thing-1', { a: 1, b: 2 });
      expect(await once('thing-1', { b: 2, a: 1 })).toEqual({ ...made, replayed: true });
      await expect(once('thing-1', { a: 2, b: 2 })).rejects.toMatchObject({ code: 'idempotency.key_reused' });
      expect((await once(null, {})).row).not.toBe((await once(null, {})).row);
    });

    it('knows a key from when threads and schedules were hashed as they came', async () => {
      const body = { b: 2, a: 1 };
      const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
      await world.store.idempotency.claim({ tenant: 'default', route: 'POST /things', key: 'thing-2', bodyHash, resultId: 'former' });
      things.set('former', 77);

      expect(await once('thing-2', body)).toEqual({ row: 77, replayed: true });
    });

    it('says that what a key made was deleted, and does not make it again', async () => {
      await once('thing-3', {});
      things.clear();

      await expect(once('thing-3', {})).rejects.toMatchObject({ kind: 'conflict', code: 'idempotency.result_gone' });
      expect(things.size).toBe(0);
    });

    it('makes what a request that was cut off did not, under the same id', async () => {
      const ids: string[] = [];
      const cut = { ...making, make: (id: string) => (ids.push(id), Promise.reject(new Error('killed'))) };
      await expect(once('thing-4', {}, cut)).rejects.toThrow('killed');
      await once('thing-4', {}, { ...making, make: (id) => (ids.push(id), making.make(id)) });

      expect(ids[1]).toBe(ids[0]);
    });

    it('leaves the key of a refused request free', async () => {
      const refused = { ...making, make: () => Promise.reject(new Fault('conflict', 'thing.full', 'No room.')) };
      await expect(once('thing-5', { size: 'large' }, refused)).rejects.toMatchObject({ code: 'thing.full' });

      expect((await once('thing-5', { size: 'small' })).replayed).toBe(false);
    });
  });
});
