/** `everthread migrate`: brings the database to this version's schema and gives the Temporal namespace our search attributes. Safe to repeat, and at once. */
import { Connection } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config';
import { SEARCH_ATTRIBUTES } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { openPool } from '../store/database';
import { migrate } from '../store/migrate';
import { databaseUrl, temporalAddress } from './connections';

/** Names of what was applied; empty when nothing was missing. */
export async function migrateDatabase(url: string): Promise<readonly string[]> {
  const pool = openPool({ url, max: 2, applicationName: 'everthread-migrate', statementTimeoutMs: 120_000 });
  try {
    return await migrate(pool);
  } finally {
    await pool.end();
  }
}

/** `INDEXED_VALUE_TYPE_KEYWORD` in Temporal's API. */
const KEYWORD = 2;
const PATIENCE_MS = 30_000;

/** Adds the attributes that the namespace lacks, waits until they can be used, and returns their names. Fault `temporal.unavailable` when the cluster does not answer or does not allow it. */
export async function registerSearchAttributes(config: Config): Promise<readonly string[]> {
  const address = temporalAddress(config);
  const namespace = config.temporal.namespace;
  const connection = await Connection.connect({ address, connectTimeout: 10_000 }).catch((problem: Error) => {
    throw new Fault('unavailable', 'temporal.unavailable', `Temporal at ${address} does not answer.`, { address }, problem);
  });
  try {
    const lacking = async (): Promise<readonly string[]> => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      return SEARCH_ATTRIBUTES.filter((name) => !(name in (customAttributes ?? {})));
    };
    const missing = await lacking();
    if (missing.length === 0) return [];
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])) });
    for (const by = Date.now() + PATIENCE_MS; (await lacking()).length > 0; await delay(200)) {
      if (Date.now() > by) throw new Fault('unavailable', 'temporal.search_attributes', 'The search attributes were added but do not appear.', { missing });
    }
    return missing;
  } finally {
    await connection.close();
  }
}

export async function migrateAll(config: Config, say: (line: string) => void): Promise<void> {
  const applied = await migrateDatabase(databaseUrl(config));
  say(applied.length === 0 ? 'The database has this version’s schema.' : `The database was migrated: ${applied.join(', ')}.`);
  const added = await registerSearchAttributes(config);
  say(
    added.length === 0
      ? 'Temporal has the search attributes.'
      : `Search attributes were added to the namespace ${config.temporal.namespace}: ${added.join(', ')}.`,
  );
}
