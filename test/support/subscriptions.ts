/** What subscriptions read, read to its end. */
import { until } from './eventually';
import type { TestStore } from './database';

/**
 * Until everything that is committed by now has been dealt with; readers that meet take turns. An event counts as settled once nothing older is at work, and that goes for the whole server:
 * a transaction of another test's database holds it back, too.
 */
export async function dealWithAll({ store, pool }: Pick<TestStore, 'store' | 'pool'>): Promise<void> {
  const { rows } = await pool.query<{ now: string }>('select pg_current_xact_id()::text as now');
  await until('everything that is committed is settled', async () => {
    const settled = await pool.query('select 1 where pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8', [rows[0]?.now]);
    return settled.rowCount === 1;
  });
  while ((await store.subscriptions.next()) !== 0);
}
