/** `everthread migrate`: brings the database to this version's schema and gives the Temporal namespace our search attributes. Safe to repeat, and at once. */
import type { Pool } from 'pg';
import type { Config } from '../config/config';
import { openPool } from '../store/database';
import { migrate } from '../store/migrate';
import { oneStarterAtATime } from '../store/starter-lock';
import { databaseUrl, temporalAddress } from './connections';
import { registerSearchAttributes } from './search-attributes';

async function withPool<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ url, max: 2, applicationName: 'everthread-migrate', statementTimeoutMs: 120_000 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** Names of what was applied; empty when nothing was missing. */
export const migrateDatabase = (url: string): Promise<readonly string[]> => withPool(url, migrate);

/** Names of the search attributes that were added to the namespace. Starters that share the database at `url` take turns. */
export const migrateNamespace = (config: Config, url: string): Promise<readonly string[]> =>
  withPool(url, (pool) => oneStarterAtATime(pool, () => registerSearchAttributes(config)));

export async function migrateAll(config: Config, say: (line: string) => void): Promise<void> {
  const url = databaseUrl(config);
  // Asked before anything is changed: a configuration that names no cluster is a slip.
  const address = temporalAddress(config);
  const applied = await migrateDatabase(url);
  say(applied.length === 0 ? 'The database has this version’s schema.' : `The database was migrated: ${applied.join(', ')}.`);
  const added = await migrateNamespace(config, url);
  const where = `${config.temporal.namespace} at ${address}`;
  say(
    added.length === 0 ? `The namespace ${where} has the search attributes.` : `Search attributes were added to the namespace ${where}: ${added.join(', ')}.`,
  );
}
