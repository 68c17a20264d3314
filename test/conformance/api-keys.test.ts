import { randomBytes, randomUUID } from 'node:crypto';
import { keyHash, keyOf } from '../../src/domain/access/api-key';
import { keyAdmin } from '../../src/main/key-admin';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const make = async (tenant: string, expiresAt: string | null = null) => {
  const key = keyOf('pk_live', randomBytes(32));
  const row = await world.store.keys.create({ tenant, name: 'ci', hash: keyHash(key), hint: 'pk_live_…', scopes: ['threads:*'], createdBy: 'test', expiresAt });
  return { key, row };
};
const stateOf = async (key: string) => (await world.store.keys.findLive(keyHash(key)))?.state ?? null;

describe('API keys', () => {
  it('are found by their hash while they live, and are not in the database themselves', async () => {
    expect(await world.store.keys.everMade()).toBe(false);
    const { key, row } = await make('acme');

    expect(await world.store.keys.findLive(keyHash(key))).toEqual({ key: row, state: 'live' });
    expect(await stateOf(keyOf('pk_live', randomBytes(32)))).toBeNull();
    expect(await world.store.keys.everMade()).toBe(true);
    const { rows } = await world.pool.query('select to_jsonb(api_keys)::text as row from api_keys');
    expect(rows.map((stored) => stored.row).join()).not.toContain(key.slice(8));
  });

  it('end by revocation, for good, and by time', async () => {
    const [revoked, expired] = [await make('acme'), await make('acme', new Date(Date.now() + 3_600_000).toISOString())];
    expect(await world.store.keys.revoke('acme', revoked.row.id)).toBe(true);
    const at = (await world.store.keys.get('acme', revoked.row.id))?.revokedAt;
    expect(await world.store.keys.revoke('acme', revoked.row.id)).toBe(true);
    await world.pool.query(`update api_keys set expires_at = clock_timestamp() - interval '1 second' where id = $1`, [expired.row.id]);

    expect([await stateOf(revoked.key), await stateOf(expired.key)]).toEqual(['revoked', 'expired']);
    expect((await world.store.keys.get('acme', revoked.row.id))?.revokedAt).toBe(at);
    expect(await world.store.keys.everMade()).toBe(true);
  });

  it('that have ended are told from those that live, by one question', async () => {
    const [live, revoked, expired] = [await make('acme'), await make('acme'), await make('acme')];
    await world.store.keys.revoke('acme', revoked.row.id);
    await world.pool.query(`update api_keys set expires_at = clock_timestamp() where id = $1`, [expired.row.id]);

    expect([...(await world.store.keys.ended([live, revoked, expired].map(({ row }) => row.id)))].sort()).toEqual([revoked.row.id, expired.row.id].sort());
  });

  it('are rotated: the next one is the same but for the key, and the old one stays for its grace', async () => {
    const [abrupt, gentle] = [await make('acme'), await make('acme')];
    const next = () => ({ hash: keyHash(randomUUID()), hint: 'pk_live_…', createdBy: 'test' });

    const first = await world.store.keys.rotate('acme', abrupt.row.id, next(), 0);
    await world.store.keys.rotate('acme', gentle.row.id, next(), 3_600);

    expect(first).toMatchObject({ tenant: 'acme', name: 'ci', scopes: ['threads:*'], rotatedFrom: abrupt.row.id, expiresAt: null });
    expect([await stateOf(abrupt.key), await stateOf(gentle.key)]).toEqual(['revoked', 'live']);
    const left = Date.parse((await world.store.keys.get('acme', gentle.row.id))?.expiresAt ?? '') - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
    await expect(world.store.keys.rotate('acme', abrupt.row.id, next(), 0)).rejects.toMatchObject({ code: 'keys.not_live', kind: 'conflict' });
  });

  it('are rotated once by requests with one Idempotency-Key, at once too, and one of them is shown the key', async () => {
    const admin = keyAdmin(world.store.keys, world.store.idempotency);
    for (const graceSeconds of [0, 60]) {
      const { row } = await make('acme');
      const rotate = () => admin.rotate('acme', row.id, { createdBy: 'test', graceSeconds }, { tenant: 'acme', key: row.id });
      const made = [...(await Promise.all([rotate(), rotate(), rotate()])), await rotate()];

      const [shown] = made.flatMap((answer) => answer?.key ?? []);
      expect(new Set(made.map((answer) => answer?.row.id)).size).toBe(1);
      expect(made.map((answer) => answer?.key ?? null).sort()).toEqual([shown, null, null, null].sort());
      expect(await world.store.keys.findLive(keyHash(shown ?? ''))).toMatchObject({ state: 'live', key: { rotatedFrom: row.id } });
    }
  });

  it('of another tenant are not there: not to read, list, rotate or revoke', async () => {
    const { key, row } = await make('acme');

    expect(await world.store.keys.get('blue', row.id)).toBeNull();
    expect(await world.store.keys.rotate('blue', row.id, { hash: keyHash('x'), hint: '…', createdBy: 'test' }, 0)).toBeNull();
    expect(await world.store.keys.revoke('blue', row.id)).toBe(false);
    expect((await world.store.keys.list('blue', { limit: 10, offset: 0 })).total).toBe(0);
    expect(await stateOf(key)).toBe('live');
    expect((await world.store.keys.list(null, { limit: 1, offset: 0 })).keys[0]?.id).toBe(row.id);
  });

  it('note their last use', async () => {
    const { row } = await make('acme');
    await world.store.keys.touch([row.id]);

    expect((await world.store.keys.get('acme', row.id))?.lastUsedAt).not.toBeNull();
  });

  it('tell every process of a change', async () => {
    let told = 0;
    const { hears } = await world.store.watchKeys(() => (told += 1));
    await until('this process hears', () => hears());
    const { row } = await make('acme');
    await until('the new key is told', () => told >= 1);
    const before = told;
    await world.store.keys.revoke('acme', row.id);

    await until('the revocation is told', () => told > before);
  });

  it('are bounded for each tenant', async () => {
    await world.pool.query(
      `insert into api_keys (id, tenant, name, hash, hint, scopes, created_by)
       select 'many_' || n, 'many', 'n', encode(sha256(n::text::bytea), 'hex'), '…', '{}', 'test' from generate_series(1, 1000) n`,
    );

    await expect(make('many')).rejects.toMatchObject({ code: 'keys.too_many', kind: 'exhausted' });
  });

  it('are counted by one maker at a time, so that several at once do not all find the last room', async () => {
    await world.pool.query(
      `insert into api_keys (id, tenant, name, hash, hint, scopes, created_by)
       select 'full_' || n, 'full', 'n', encode(sha256(('full' || n)::bytea), 'hex'), '…', '{}', 'test' from generate_series(1, 999) n`,
    );
    const other = await world.pool.connect();
    try {
      await other.query('begin');
      await other.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['api_keys/full']);
      const late = expect(make('full')).rejects.toMatchObject({ code: 'keys.too_many' });
      const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
      await until('the second maker waits', async () => (await world.pool.query(waiting)).rowCount === 1);
      await other.query(
        `insert into api_keys (id, tenant, name, hash, hint, scopes, created_by) values ('full_0', 'full', 'n', encode(sha256('full0'), 'hex'), '…', '{}', 'test')`,
      );
      await other.query('commit');
      await late;
    } finally {
      other.release();
    }
  });
});
