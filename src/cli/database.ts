/** The database of commands that speak to it straight: that of the configuration, or of the `everthread start` that runs on this machine. */
import type { Pool } from 'pg';
import { readConfig } from '../config/config';
import { Fault } from '../errors/fault';

/** Brings the database to this version and runs `work` on it. Fault `cli.no_database` (invalid) when nobody said which. */
export async function withDatabase<T>(applicationName: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const config = readConfig();
  const [{ embeddedDatabaseUrl }, { openPool }, { migrate }] = await Promise.all([
    import('../embedded/running-database.js'),
    import('../store/database.js'),
    import('../store/migrate.js'),
  ]);
  const url = config.database.url ?? embeddedDatabaseUrl(config.dataDir);
  if (url === null) {
    const message = 'Which database? Set EVERTHREAD_DATABASE_URL, or start Everthread first: then this finds its database by EVERTHREAD_DATA_DIR.';
    throw new Fault('invalid', 'cli.no_database', message);
  }
  const pool = openPool({ url, max: 2, applicationName });
  try {
    await migrate(pool);
    return await work(pool);
  } finally {
    await pool.end();
  }
}
