import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { SYSTEM } from '../../src/contracts/actor';
import { openPool } from '../../src/store/database';
import { migrate } from '../../src/store/migrate';
import { store } from '../../src/store/store';
import { freshDatabase, TEST_SEALING, type TestDatabase } from '../support/database';

let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = openPool({ url: database.url });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const files = async (): Promise<string[]> => (await readdir(join(__dirname, '../../src/store/migrations'))).sort();

describe('migrations', () => {
  it('are applied once, in order, by whichever of five starters comes first', async () => {
    const pools = Array.from({ length: 5 }, () => openPool({ url: database.url }));

    const applied = await Promise.all(pools.map((one) => migrate(one)));

    await Promise.all(pools.map((one) => one.end()));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    const { rows } = await pool.query('select version, name from schema_migrations order by version');
    expect(rows.map(({ version, name }) => `${String(version).padStart(4, '0')}_${name}.sql`)).toEqual(await files());
    expect(await migrate(pool)).toEqual([]);
  });

  it('leave a database alone that newer code has migrated', async () => {
    await migrate(pool);
    await pool.query(`insert into schema_migrations (version, name) values (9999, 'from_the_future')`);

    await expect(migrate(pool)).rejects.toMatchObject({ code: 'store.newer_schema', kind: 'unsupported', facts: { database: 9999 } });
  });

  it('undo what a failing file began, and go on from there when it is mended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    await writeFile(join(folder, '0001_journal.sql'), 'create table journal (tx xid8); create table one (n int);');
    await writeFile(join(folder, '0002_two.sql'), 'create table two (n int); select 1 / 0;');
    await expect(migrate(pool, folder)).rejects.toMatchObject({ code: 'store.failed' });
    expect((await pool.query(`select to_regclass('one') as one, to_regclass('two') as two`)).rows[0]).toEqual({ one: 'one', two: null });

    await writeFile(join(folder, '0002_two.sql'), 'create table two (n int);');

    expect(await migrate(pool, folder)).toEqual(['two']);
    await rm(folder, { recursive: true });
  });

  it('make rows readable that were restored from a server with a later transaction counter', async () => {
    await migrate(pool);
    const actor = { address: 'probe/1', kind: 'probe', tenant: 'default', id: '1' };
    const made = store(pool, {
      url: database.url,
      sealing: TEST_SEALING,
      projectors: { probe: { executionOf: () => Promise.resolve('exec'), apply: () => Promise.resolve() } },
    });
    await made.journal.commit({
      actor,
      events: [1, 2].map((seq) => ({ seq, type: 't', data: {}, at: '2026-01-02T03:04:05.000Z', by: SYSTEM, requestId: null })),
      projection: {},
    });
    await pool.query(`alter table journal disable trigger all; update journal set tx = '999999999999'::xid8; alter table journal enable trigger all`);

    await migrate(pool);

    const rows = made.feed.subscribeExecution('default', 'exec');
    expect([(await rows.next()).value?.seq, (await rows.next()).value?.seq]).toEqual([1, 2]);
    await rows.return();
    await made.close();
    await expect(pool.query('delete from journal')).rejects.toThrow(/append-only/);
  });
});
