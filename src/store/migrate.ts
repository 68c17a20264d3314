/**
 * Brings a database to the schema of this code: the numbered files in ./migrations, each in a transaction of its own, in order, once.
 *
 * Safe to call from any number of processes at once: an advisory lock lets one work while the others wait, then they find nothing to do.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase, Pool, QueryConfig } from 'pg';
import { Fault } from '../errors/fault';
import { guarded } from './database';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** An arbitrary number that names our lock among the advisory locks of a database. */
const LOCK = 7_263_541_190;

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const files = (await readdir(directory)).filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => ({ version: Number(file.slice(0, 4)), name: file.slice(5, -4), sql: await readFile(join(directory, file), 'utf8') })),
  );
}

/**
 * Applies what is missing and returns the names of what was applied. Fault `store.newer_schema` (unsupported) when the database was
 * migrated by newer code: nothing is touched then.
 */
export async function migrate(pool: Pool, directory = join(__dirname, 'migrations')): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  const client = await guarded(() => pool.connect());
  let locked = false;
  try {
    return await guarded(async () => {
      await client.query(`set lock_timeout = '60s'; set statement_timeout = '120s'`);
      await patiently(client, 'select pg_advisory_lock($1)', [LOCK]);
      locked = true;
      await client.query(
        'create table if not exists schema_migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())',
      );
      const applied = await applyMissing(client, migrations);
      await adoptRestoredRows(client);
      return applied;
    });
  } finally {
    if (locked) await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    // Closed rather than reused: its timeouts are not the pool's.
    client.release(true);
  }
}

/** For statements that may take longer than the pool's own patience: the server's timeouts, set above, end them first. */
async function patiently(client: ClientBase, text: string, values?: unknown[]): Promise<void> {
  const query: QueryConfig & { readonly query_timeout: number } = { text, query_timeout: 150_000, ...(values ? { values } : {}) };
  await client.query(query);
}

async function applyMissing(client: ClientBase, migrations: readonly Migration[]): Promise<readonly string[]> {
  const known = await client.query<{ version: number }>('select version from schema_migrations');
  const done = new Set(known.rows.map((row) => row.version));
  const newest = migrations.at(-1)?.version ?? 0;
  const highest = Math.max(0, ...done);
  if (highest > newest) {
    throw new Fault('unsupported', 'store.newer_schema', `The database has schema ${highest}, this version knows ${newest}: start a newer version.`, {
      database: highest,
      code: newest,
    });
  }
  const applied: string[] = [];
  for (const migration of migrations.filter(({ version }) => !done.has(version))) {
    await client.query('begin');
    try {
      await patiently(client, migration.sql);
      await client.query('insert into schema_migrations (version, name) values ($1, $2)', [migration.version, migration.name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    applied.push(migration.name);
  }
  return applied;
}

/**
 * A database restored from a dump into another server holds transaction ids of the old one. Those beyond the new server's counter would stay
 * hidden from readers of an execution until it catches up; such rows get the oldest id, and their order remains that of their position.
 */
async function adoptRestoredRows(client: ClientBase): Promise<void> {
  const ahead = await client.query('select 1 from journal where tx >= pg_snapshot_xmax(pg_current_snapshot()) limit 1');
  if (ahead.rowCount === 0) return;
  await client.query('begin');
  try {
    await client.query('alter table journal disable trigger journal_append_only');
    await patiently(client, `update journal set tx = '3'::xid8`);
    await client.query('alter table journal enable trigger journal_append_only');
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
