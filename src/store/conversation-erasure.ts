/**
 * Removes what a deleted thread said, for good: its events, runs and rollouts, what its runs said and did (rows, journal, ledger), and the values that they alone refer to. What stays is
 * the thread's row without content, so that its id stays taken; and of each journal and ledger the last hash and the time of the erasure (migration 0019). Deliveries of webhooks go
 * with it, and the histories of its workflows are noted for their removal.
 */
import type { Pool } from 'pg';
import type { ActorRef } from '../contracts/actor';
import { conversationRef } from '../contracts/conversation/commands';
import { inTransaction, type Queryable } from './database';

interface ErasedRun {
  id: string;
  address: string;
  trajectory_id: string;
}

/** The runs of the thread, and those that they delegated to. */
const RUNS = `with recursive all_runs as (
    select r.id, r.address, r.trajectory_id, r.tenant from runs r join conversation_runs c on c.tenant = r.tenant and c.run_id = r.id
    where c.tenant = $1 and c.thread_id = $2
    union
    select r.id, r.address, r.trajectory_id, r.tenant from runs r join all_runs p on r.tenant = p.tenant and r.parent_id = p.id
  ) select id, address, trajectory_id from all_runs`;

/** Inputs, summaries, tasks, intents and proposals name their thread or run, so nobody else has the same; a large answer stays while another run has it too. */
const BLOBS = `delete from blobs b where b.tenant = $1 and b.ref in (
    select input_ref from conversation_runs where tenant = $1 and thread_id = $2 and input_ref is not null
    union select data->>'summaryRef' from journal where actor = $3 and type = 'compaction_completed'
    union select start->>'specRef' from runs where tenant = $1 and id = any($4)
    union select ref from run_intents where tenant = $1 and run_id = any($4)
    union select ref from run_proposals where tenant = $1 and run_id = any($4)
    union select r.state->'finalAnswer'->>'ref' from runs r where r.tenant = $1 and r.id = any($4)
      and not exists (select 1 from runs o where o.tenant = $1 and o.id <> all($4) and o.state->'finalAnswer'->>'ref' = r.state->'finalAnswer'->>'ref')
  )`;

/** Twice is a no-op. A thread that was not deleted stays. */
export function eraseConversation(pool: Pool, tenant: string, threadId: string): Promise<void> {
  const actor = conversationRef(tenant, threadId);
  const ids = [tenant, threadId];
  return inTransaction(pool, async (db) => {
    const deleted = await db.query('select 1 from conversations where tenant = $1 and id = $2 and deleted_at is not null for update', ids);
    if (deleted.rowCount !== 1) return;
    const { rows: runs } = await db.query<ErasedRun>(RUNS, ids);
    await eraseCopies(db, tenant, [actor.address, ...runs.map(({ address }) => address)]);
    await eraseRuns(db, actor, runs);
    await db.query('delete from conversation_events where tenant = $1 and thread_id = $2', ids);
    await db.query('delete from conversation_runs where tenant = $1 and thread_id = $2', ids);
    await db.query('delete from conversation_rollouts where tenant = $1 and thread_id = $2', ids);
    await db.query('select erase_actor($1)', [actor.address]);
    await db.query(
      `update conversations set title = '', metadata = '{}', holder = null, erased_at = coalesce(erased_at, clock_timestamp()),
         state = jsonb_set(jsonb_set(state, '{title}', '""'), '{start,title}', '""') where tenant = $1 and id = $2`,
      ids,
    );
  });
}

/** What was told of them to webhooks; and their histories in Temporal, which somebody with a client removes once they are closed. */
async function eraseCopies(db: Queryable, tenant: string, addresses: readonly string[]): Promise<void> {
  await db.query('delete from webhook_deliveries where tenant = $1 and actor = any($2)', [tenant, addresses]);
  await db.query('insert into workflow_erasures (workflow_id) select unnest($1::text[]) on conflict do nothing', [addresses]);
}

async function eraseRuns(db: Queryable, { tenant, id, address }: ActorRef, runs: readonly ErasedRun[]): Promise<void> {
  const runIds = runs.map((run) => run.id);
  await db.query(BLOBS, [tenant, id, address, runIds]);
  for (const run of runs) {
    await db.query('select erase_actor($1)', [run.address]);
    await db.query('select erase_trajectory($1, $2)', [tenant, run.trajectory_id]);
  }
  await db.query('delete from run_intents where tenant = $1 and run_id = any($2)', [tenant, runIds]);
  await db.query('delete from run_proposals where tenant = $1 and run_id = any($2)', [tenant, runIds]);
  await db.query('delete from runs where tenant = $1 and id = any($2)', [tenant, runIds]);
}

/** Threads that were deleted and not erased for so long, because their worker was lost: erased by upkeep. Returns how many; at most 100. */
export async function eraseOverdue(pool: Pool, olderThanMs: number): Promise<number> {
  const { rows } = await pool.query<{ tenant: string; id: string }>(
    `select tenant, id from conversations where deleted_at < clock_timestamp() - make_interval(secs => $1::double precision / 1000) and erased_at is null limit 100`,
    [olderThanMs],
  );
  for (const { tenant, id } of rows) await eraseConversation(pool, tenant, id);
  return rows.length;
}

/** Workflows whose histories are to be looked at now; the older one is, the more seldom, at least once an hour. */
export const historiesToErase = async (pool: Pool, limit: number): Promise<readonly { readonly workflowId: string; readonly ageMs: number }[]> => {
  const { rows } = await pool.query<{ workflow_id: string; age_ms: number }>(
    `select workflow_id, (extract(epoch from clock_timestamp() - since) * 1000)::float8 as age_ms from workflow_erasures
     where looked_at <= clock_timestamp() - least((clock_timestamp() - since) / 4, interval '1 hour') order by looked_at limit $1`,
    [limit],
  );
  return rows.map(({ workflow_id: workflowId, age_ms: ageMs }) => ({ workflowId, ageMs }));
};

export const historyErased = async (pool: Pool, workflowId: string): Promise<void> => {
  await pool.query('delete from workflow_erasures where workflow_id = $1', [workflowId]);
};

/** Tried again after the others. */
export const historyWaits = async (pool: Pool, workflowId: string): Promise<void> => {
  await pool.query('update workflow_erasures set looked_at = clock_timestamp() where workflow_id = $1', [workflowId]);
};
