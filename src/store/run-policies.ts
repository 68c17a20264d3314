/** Which policies are in force for runs (migration 0020): each worker says it when it starts, when it changes, and every minute. */
import type { Pool } from 'pg';
import type { PolicySetInForce, ToldPolicies } from '../contracts/run/told-policies';
import { canonicalJson } from '../domain/canonical-json';
import { guarded } from './database';
import { LIVE_MS } from './run-tools';

const FORGOTTEN_AFTER = '7 days';
/** Workers that are read. */
const WORKERS_MAX = 1_000;

interface Stored {
  said: ToldPolicies;
  seen_at: Date;
  live: boolean;
}

export class RunPoliciesStore {
  constructor(private readonly pool: Pool) {}

  async publish(worker: string, said: ToldPolicies): Promise<void> {
    await guarded(() =>
      this.pool.query(
        `insert into run_policy_sets (worker, said) values ($1, $2)
         on conflict (worker) do update set said = excluded.said, seen_at = now()`,
        [worker, canonicalJson(said)],
      ),
    );
  }

  /** What workers said that are gone for good, unless nothing newer is there. At most 1,000 at a time. */
  async forget(): Promise<number> {
    const { rowCount } = await guarded(() =>
      this.pool.query(
        `delete from run_policy_sets where worker in (
           select worker from run_policy_sets old where seen_at < now() - $1::interval
             and exists (select 1 from run_policy_sets newer where newer.seen_at > old.seen_at) limit 1000)`,
        [FORGOTTEN_AFTER],
      ),
    );
    return rowCount ?? 0;
  }

  /** Of all workers that live, the set of most of them first; while none does, of the last one that did. */
  async inForce(): Promise<readonly PolicySetInForce[]> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>(
        `select said, seen_at, seen_at > now() - $1 * interval '1 millisecond' as live from run_policy_sets order by seen_at desc, worker limit $2`,
        [LIVE_MS, WORKERS_MAX],
      ),
    );
    const live = rows.filter((row) => row.live);
    const sets = new Map<string, PolicySetInForce>();
    for (const row of live.length > 0 ? live : rows.slice(0, 1)) {
      const key = canonicalJson(row.said);
      const known = sets.get(key);
      sets.set(key, known ? { ...known, workers: known.workers + 1 } : { ...row.said, workers: 1, seenAt: row.seen_at.toISOString(), live: row.live });
    }
    return [...sets.values()].sort((a, b) => b.workers - a.workers);
  }
}
