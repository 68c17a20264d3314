/** Work that only one of several starters may do at a time, whatever machines they are on: they share the database, so it keeps the lock. */
import type { Pool } from 'pg';
import { guarded } from './database';

/** An arbitrary number that names our lock among the advisory locks of a database; the one of migrations is another. */
const LOCK = 7_263_541_191;

/** Runs `work` while no other process does. Waits for its turn as long as the pool lets a statement take, then Fault `store.busy`. A holder that dies lets go. */
export async function oneStarterAtATime<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await guarded(() => pool.connect());
  try {
    await guarded(() => client.query('select pg_advisory_lock($1)', [LOCK]));
    return await work();
  } finally {
    // The lock goes with the connection, also when that is the thing that broke.
    client.release(true);
  }
}
