import { randomUUID } from 'node:crypto';
import { openPool } from '../../src/store/database';
import { minuteLimit } from '../../src/store/rate-limits';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const entry = (more: Partial<{ tenant: string; subject: string; action: string; resourceId: string | null; at: string }> = {}) => ({
  id: `aud_${randomUUID()}`,
  tenant: 'acme',
  at: new Date().toISOString(),
  subject: 'ada',
  keyId: null,
  action: 'managed-threads.spawnThread',
  resourceType: 'managed-threads',
  resourceId: null,
  requestId: 'req-1',
  address: '127.0.0.1',
  ...more,
});
const page = { limit: 10, offset: 0 };

describe('the audit log', () => {
  it('holds what was begun as unknown, and its outcome once', async () => {
    const row = entry();
    await world.store.audit.begin(row);
    expect((await world.store.audit.list('acme', page)).rows).toEqual([{ ...row, outcome: 'unknown', status: null, code: null, settledAt: null, count: 1 }]);

    await world.store.audit.settle(row.id, { outcome: 'succeeded', status: 201, code: null, resourceId: 'thr_1' });
    await world.store.audit.settle(row.id, { outcome: 'failed', status: 500, code: 'internal', resourceId: 'thr_2' });

    expect((await world.store.audit.list('acme', page)).rows[0]).toMatchObject({ outcome: 'succeeded', status: 201, resourceId: 'thr_1' });
  });

  it('holds what was counted before it was written, settled as it is', async () => {
    const row = entry({ tenant: '-' });
    await world.store.audit.record(row, { outcome: 'refused', status: 401, code: 'access.key_unknown', resourceId: null }, 12);

    expect((await world.store.audit.list('-', page)).rows).toMatchObject([
      { ...row, outcome: 'refused', status: 401, count: 12, settledAt: expect.any(String) },
    ]);
    await expect(world.pool.query('update audit set count = 1 where id = $1', [row.id])).rejects.toThrow('settled once');
  });

  it('cannot be rewritten afterwards', async () => {
    const row = entry({ tenant: 'fixed' });
    await world.store.audit.begin(row);
    await expect(world.pool.query(`update audit set subject = 'bob' where id = $1`, [row.id])).rejects.toThrow('not rewritten');
    await world.store.audit.settle(row.id, { outcome: 'refused', status: 403, code: 'x', resourceId: null });
    await expect(world.pool.query(`update audit set outcome = 'succeeded' where id = $1`, [row.id])).rejects.toThrow('settled once');
  });

  it('is searched by who, what, on what, how it went and when; each tenant sees its own', async () => {
    const tenant = 'searched';
    await world.store.audit.begin(entry({ tenant, subject: 'bob', at: '2026-01-01T00:00:00.000Z' }));
    await world.store.audit.begin(entry({ tenant, action: 'control-plane.createKey', at: '2026-01-02T00:00:00.000Z' }));
    await world.store.audit.begin(entry({ tenant, resourceId: 'thr_9', at: '2026-01-03T00:00:00.000Z' }));
    const found = async (filter: object) => (await world.store.audit.list(tenant, { ...page, ...filter })).rows.map(({ at }) => at.slice(8, 10));

    expect(await found({})).toEqual(['03', '02', '01']);
    expect(await found({ subject: 'bob' })).toEqual(['01']);
    expect(await found({ action: 'control-plane.createKey' })).toEqual(['02']);
    expect(await found({ resourceType: 'managed-threads', resourceId: 'thr_9' })).toEqual(['03']);
    expect(await found({ outcome: 'succeeded' })).toEqual([]);
    expect(await found({ since: '2026-01-02T00:00:00Z', until: '2026-01-03T00:00:00Z' })).toEqual(['02']);
    expect(await found({ limit: 1, offset: 1 })).toEqual(['02']);
    expect((await world.store.audit.list('nobody', page)).total).toBe(0);
  });

  it('forgets what is old', async () => {
    await world.store.audit.begin(entry({ tenant: 'old', at: '2020-01-01T00:00:00.000Z' }));
    await world.store.audit.begin(entry({ tenant: 'old' }));

    expect(await world.store.audit.forget(365 * 86_400_000)).toBeGreaterThanOrEqual(1);
    expect((await world.store.audit.list('old', page)).total).toBe(1);
  });
});

describe('a limit for a minute', () => {
  it('is counted over all processes together, exactly', async () => {
    const other = openPool({ url: world.url });
    const [here, there] = [minuteLimit(world.pool, 'shared', 10), minuteLimit(other, 'shared', 10)];

    const taken = await Promise.all([here.take('a', 4), there.take('a', 4), here.take('a', 4), there.take('a', 4)]);
    await other.end();

    expect(taken.reduce((sum, { granted }) => sum + granted, 0)).toBe(10);
    expect(taken.every(({ resetMs }) => resetMs > 0 && resetMs <= 60_000)).toBe(true);
    expect((await here.take('b', 4)).granted).toBe(4);
    expect((await minuteLimit(world.pool, 'another', 10).take('a', 4)).granted).toBe(4);
  });

  it('begins anew when it is over, and is forgotten then', async () => {
    const limit = minuteLimit(world.pool, 'ending', 2);
    await limit.take('a', 2);
    expect((await limit.take('a', 1)).granted).toBe(0);
    await world.pool.query(`update rate_limits set expire = 1 where key = 'ending:a'`);

    expect((await limit.take('a', 1)).granted).toBe(1);
    await world.pool.query(`update rate_limits set expire = 1 where key = 'ending:a'`);
    await world.store.forgetMinutes();
    expect((await world.pool.query(`select 1 from rate_limits where key = 'ending:a'`)).rowCount).toBe(0);
  });

  it('goes on with a count of its own while the database does not answer', async () => {
    const gone = openPool({ url: 'postgres://nobody@127.0.0.1:1/none', connectTimeoutMs: 500 });
    const limit = minuteLimit(gone, 'gone', 3);

    expect([(await limit.take('a', 2)).granted, (await limit.take('a', 2)).granted, (await limit.take('a', 2)).granted]).toEqual([2, 1, 0]);
    await gone.end();
  });
});
