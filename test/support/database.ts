/**
 * A real Postgres for tests: one embedded server for all files of a run, started by the first file that asks, and a fresh database for each caller.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { postgresServer } from '../../src/embedded/postgres';
import { openPool } from '../../src/store/database';
import { migrate } from '../../src/store/migrate';
import type { SealingKeys } from '../../src/store/sealing';
import { store, type Store } from '../../src/store/store';
import { oncePerRun } from './once-per-run';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function startServer(folder: string): Promise<string> {
  const options = {
    folder: join(folder, 'postgres'),
    passwordFile: join(folder, 'password'),
    logFile: join(folder, 'postgres.log'),
    port: await freePort(),
    settings: { fsync: 'off', full_page_writes: 'off' },
  };
  const { spec, url } = await postgresServer(options);
  const keeper = join(__dirname, 'postgres-keeper.cjs');
  const owner = process.env['EVERTHREAD_TEST_OWNER'] as string;
  spawn(process.execPath, [keeper, owner, join(folder, 'keeper.pid'), JSON.stringify(spec)], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] },
  }).unref();
  for (const deadline = Date.now() + 30_000; ; await delay(30)) {
    try {
      await query(url('postgres'), 'select 1');
      return url('postgres');
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** The URL of the run's server. */
const sharedServer = (): Promise<string> => oncePerRun('postgres', startServer);

const urlOf = (server: string, database: string): string => server.replace(/\/postgres$/, `/${database}`);

/** A database with all migrations and no rows, which is only ever copied: that takes a tenth of the time of migrating. */
const migratedTemplate = (server: string): Promise<string> =>
  oncePerRun('migrated-database', async () => {
    const name = 'migrated';
    await query(server, `create database ${name}`);
    const pool = openPool({ url: urlOf(server, name), max: 1 });
    await migrate(pool).finally(() => pool.end());
    return name;
  });

/** A database of its own: empty, or with all migrations and no rows. */
export async function freshDatabase({ migrated = false } = {}): Promise<TestDatabase> {
  const server = await sharedServer();
  const name = `t_${randomBytes(8).toString('hex')}`;
  await query(server, `create database ${name}${migrated ? ` template ${await migratedTemplate(server)}` : ''}`);
  return { url: urlOf(server, name), drop: () => query(server, `drop database if exists ${name} with (force)`) };
}

export const TEST_SEALING: SealingKeys = { current: 'test', keys: { test: Buffer.alloc(32, 7) } };

export interface TestStore {
  readonly url: string;
  readonly pool: Pool;
  readonly store: Store;
  close(): Promise<void>;
}

/** A store on a migrated database of its own. */
export async function testStore(): Promise<TestStore> {
  const database = await freshDatabase({ migrated: true });
  const pool = openPool({ url: database.url });
  const made = store(pool, { url: database.url, sealing: TEST_SEALING });
  return {
    url: database.url,
    pool,
    store: made,
    async close() {
      await made.close();
      await pool.end();
      await database.drop();
    },
  };
}
