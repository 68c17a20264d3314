/** Intents of runs and what is being said in them, in Postgres; the ports `Intents` and `Deltas`. */
import type { Pool } from 'pg';
import { FRAMES_MAX, type DeltaFrame, type Deltas, type Intents, type MadeIntent } from '../contracts/run/thinking';
import type { ThinkingRequest } from '../contracts/run/ports';
import type { Intent } from '../contracts/run/protocol';
import { canonicalJson } from '../domain/canonical-json';
import { putBlob } from './blobs';
import { guarded, inTransaction } from './database';

const FOUND_MAX = 10_000;

export const runIntents = (pool: Pool): Intents => ({
  keep: (tenant, runId, made) =>
    guarded(() =>
      inTransaction(pool, async (db) => {
        const refs: string[] = [];
        for (const { intent } of made) refs.push(await putBlob(db, tenant, canonicalJson(intent)));
        const column = <T>(of: (one: MadeIntent) => T): T[] => made.map(of);
        await db.query({
          name: 'run-intents-keep',
          text: `insert into run_intents (tenant, run_id, intent_id, ref, call_id, step)
                 select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::integer[]) on conflict do nothing`,
          values: [tenant, runId, column(({ intent }) => intent.id), refs, column(({ callId }) => callId), column(({ step }) => step)],
        });
        return refs;
      }),
    ),

  keepProposal: (tenant, runId, proposal) =>
    guarded(() =>
      inTransaction(pool, async (db) => {
        const ref = await putBlob(db, tenant, proposal);
        await db.query({
          name: 'run-proposals-keep',
          text: 'insert into run_proposals (tenant, run_id, ref) values ($1, $2, $3) on conflict do nothing',
          values: [tenant, runId, ref],
        });
        return ref;
      }),
    ),

  find: (tenant, ids) =>
    guarded(async () => {
      const { rows } = await pool.query<{ intent_id: string; call_id: string; step: number; value: Buffer }>({
        name: 'run-intents-find',
        text: `select i.intent_id, i.call_id, i.step, b.value from run_intents i join blobs b on b.tenant = i.tenant and b.ref = i.ref
               where i.tenant = $1 and i.intent_id = any($2)`,
        values: [tenant, ids.slice(0, FOUND_MAX)],
      });
      return new Map(rows.map(({ intent_id, call_id, step, value }) => [intent_id, told(JSON.parse(value.toString('utf8')) as Intent, call_id, step)]));
    }),
});

type Found = ThinkingRequest['intents'] extends ReadonlyMap<string, infer I> ? I : never;
const told = ({ body: { target, args, rationale } }: Intent, callId: string, step: number): Found => ({ tool: target, args, rationale, callId, step });

export const runDeltas = (pool: Pool): Deltas => ({
  append: (actor, { turn, n, deltas }) =>
    guarded(async () => {
      if (n > FRAMES_MAX) return;
      await pool.query({
        name: 'run-deltas-append',
        text: 'insert into run_deltas (actor, turn, n, deltas) values ($1, $2, $3, $4::jsonb) on conflict do nothing',
        values: [actor, turn, n, canonicalJson(deltas)],
      });
    }),

  read: (actor) =>
    guarded(async () => {
      const { rows } = await pool.query<Omit<DeltaFrame, 'type'>>({
        name: 'run-deltas-read',
        text: 'select turn, n, deltas from run_deltas where actor = $1 order by at desc, n desc limit $2',
        values: [actor, FRAMES_MAX],
      });
      return rows.reverse().map((row) => ({ type: 'cognition' as const, ...row }));
    }),

  forget: (olderThanMs) =>
    guarded(async () => {
      const { rowCount } = await pool.query(`delete from run_deltas where at < clock_timestamp() - make_interval(secs => $1::double precision / 1000)`, [
        olderThanMs,
      ]);
      return rowCount ?? 0;
    }),
});
