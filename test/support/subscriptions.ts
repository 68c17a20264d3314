/** What the journal's readers over all actors have read, or could. */
import { until } from './eventually';
import type { TestStore } from './database';

/**
 * Until everything that is committed by now is settled: an event is, once nothing older is at work. That goes for the whole server: a transaction of another test's database holds it back,
 * too.
 */
export async function settled({ pool }: Pick<TestStore, 'pool'>): Promise<void> {
  const { rows } = await pool.query<{ now: string }>('select pg_current_xact_id()::text as now');
  await until('everything that is committed is settled', async () => {
    const found = await pool.query('select 1 where pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8', [rows[0]?.now]);
    return found.rowCount === 1;
  });
}

/** Until subscriptions have dealt with everything that is committed by now; readers that meet take turns. */
export async function dealWithAll(world: Pick<TestStore, 'store' | 'pool'>): Promise<void> {
  await settled(world);
  while ((await world.store.subscriptions.next()) !== 0);
}
