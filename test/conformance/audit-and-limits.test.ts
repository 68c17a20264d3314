import { randomUUID } from 'node:crypto';
import { auditTenants, verifyAuditChain } from '../../src/store/audit-chain';
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

describe('the chain of audit entries', () => {
  const settled = { outcome: 'succeeded', status: 201, code: null, resourceId: 'thr_1' } as const;
  const verify = (tenant: string, noted?: { seq: number; hash: string }) => verifyAuditChain(world.pool, tenant, noted);
  /** Three settled entries, one that was never settled, one that was counted; their ids in order. */
  const filled = async (tenant: string): Promise<readonly string[]> => {
    const rows = [1, 2, 3, 4].map((n) => entry({ tenant, subject: `s${n}`, at: `2026-01-0${n}T00:00:00.000Z` }));
    for (const row of rows) await world.store.audit.begin(row);
    for (const { id } of rows.slice(0, 3)) await world.store.audit.settle(id, settled);
    const counted = entry({ tenant, at: '2026-01-05T00:00:00.000Z' });
    await world.store.audit.record(counted, { outcome: 'refused', status: 401, code: 'access.key_unknown', resourceId: null }, 5);
    return [...rows.map(({ id }) => id), counted.id];
  };
  /** As somebody could who owns the database: past the triggers. */
  const tamper = async (text: string, values: readonly unknown[]): Promise<void> => {
    const client = await world.pool.connect();
    try {
      await client.query('begin');
      await client.query(`set local session_replication_role = 'replica'`);
      await client.query(text, [...values]);
      await client.query('commit');
    } finally {
      client.release();
    }
  };

  it('holds over entries, outcomes and counts, each tenant by itself, and shows its head', async () => {
    await filled('chain-a');
    await filled('chain-b');

    expect(await verify('chain-a')).toEqual({ intact: true, links: 8, head: { seq: 8, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }, unchained: 0 });
    expect(await verify('chain-b')).toMatchObject({ intact: true, links: 8 });
    expect(await verify('nobody-ever')).toEqual({ intact: true, links: 0, head: null, unchained: 0 });
    expect(await auditTenants(world.pool)).toEqual(expect.arrayContaining(['chain-a', 'chain-b']));
  });

  it('holds when many write at once, with one link after the other', async () => {
    const rows = Array.from({ length: 60 }, () => entry({ tenant: 'chain-busy' }));
    await Promise.all(rows.map((row) => world.store.audit.begin(row).then(() => world.store.audit.settle(row.id, settled))));

    expect(await verify('chain-busy')).toMatchObject({ intact: true, links: 120, head: { seq: 120 } });
  });

  it.each([
    ['who asked was changed', `update audit set subject = 'mallory' where id = $1`, 2, 'the entry is not what it was'],
    ['its outcome was changed', `update audit set outcome = 'refused' where id = $1`, 6, 'the entry is not what it was'],
    ['it was removed', 'delete from audit where id = $1', 2, 'the entry is gone'],
    ['it and its links were removed', 'with gone as (delete from audit_links where entry_id = $1) delete from audit where id = $1', 2, 'a link is missing'],
    [
      'its link was changed with it',
      `with e as (update audit set subject = 'mallory' where id = $1 returning *) update audit_links l set content = audit_content(e::audit, part) from e where entry_id = e.id and part = 'begun'`,
      2,
      'the hash is not that of the link',
    ],
  ])('shows that of an entry %s', async (name, text, brokenAt, reason) => {
    const tenant = `chain-${name.replaceAll(' ', '-').slice(0, 40)}`;
    const [, second] = await filled(tenant);
    expect(await verify(tenant)).toMatchObject({ intact: true });
    await tamper(text, [second]);

    expect(await verify(tenant)).toEqual({ intact: false, reason, brokenAt, entryId: expect.any(String) });
  });

  it('shows an outcome that was given past it, and an entry that was put in', async () => {
    const ids = await filled('chain-past');
    await tamper(`update audit set outcome = 'succeeded', status = 200, settled_at = now() where id = $1`, [ids[3]]);
    expect(await verify('chain-past')).toMatchObject({ intact: false, entryId: ids[3], reason: 'no link speaks of the entry or of its outcome' });

    await filled('chain-put');
    await tamper(
      `insert into audit (id, tenant, at, subject, action, resource_type, request_id) values ('aud_put', 'chain-put', now(), 'x', 'a', 'b', 'r')`,
      [],
    );
    expect(await verify('chain-put')).toMatchObject({ intact: false, entryId: 'aud_put' });
  });

  it('shows a chain that was cut or written anew to who has noted its end', async () => {
    await filled('chain-noted');
    const before = await verify('chain-noted');
    const noted = (before as { head: { seq: number; hash: string } }).head;
    await world.store.audit.begin(entry({ tenant: 'chain-noted' }));
    expect(await verify('chain-noted', noted)).toMatchObject({ intact: true, links: 9 });

    await tamper(
      'with l as (delete from audit_links where tenant = $1), c as (delete from audit_chains where tenant = $1) delete from audit where tenant = $1',
      ['chain-noted'],
    );
    expect(await verify('chain-noted')).toMatchObject({ intact: true });
    expect(await verify('chain-noted', noted)).toMatchObject({ intact: false, reason: 'the link that was noted is not there' });
    await filled('chain-noted');
    expect(await verify('chain-noted', noted)).toMatchObject({ intact: false, reason: 'the link that was noted has another hash' });
  });

  it('still holds after its old entries were forgotten, wherever the old ones stood', async () => {
    const old = entry({ tenant: 'chain-old', at: '2020-01-01T00:00:00.000Z' });
    const young = entry({ tenant: 'chain-old' });
    const late = entry({ tenant: 'chain-old', at: '2020-01-02T00:00:00.000Z' });
    for (const row of [old, young, late]) await world.store.audit.begin(row);
    await world.store.audit.settle(old.id, settled);
    const { head } = (await verify('chain-old')) as { head: { seq: number; hash: string } };

    expect(await world.store.audit.forget(365 * 86_400_000)).toBeGreaterThanOrEqual(2);

    expect(await verify('chain-old', head)).toMatchObject({ intact: true, links: 3, head });
    await world.store.audit.settle(young.id, settled);
    expect(await verify('chain-old', head)).toMatchObject({ intact: true, links: 4 });
    await tamper('delete from audit where id = $1', [young.id]);
    expect(await verify('chain-old')).toMatchObject({ intact: false, reason: 'the entry is gone', entryId: young.id });
  });

  it('tells how many entries are from before there was one', async () => {
    await tamper(
      `insert into audit (id, tenant, at, subject, action, resource_type, request_id, chained) values ('aud_before', 'chain-before', now(), 'x', 'a', 'b', 'r', false)`,
      [],
    );
    await world.store.audit.settle('aud_before', settled);
    await filled('chain-before');

    expect(await verify('chain-before')).toMatchObject({ intact: true, links: 8, unchained: 1 });
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
