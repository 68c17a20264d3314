/** Claims and receipts in Postgres; the port `Effects`. */
import type { Pool } from 'pg';
import type { Effects, EffectState } from '../../activities/ports';
import type { ActorRef } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { canonicalJson } from '../domain/canonical-json';
import { guarded, type Queryable } from './database';

/** A claim that vanishes between our insert and our read was released; after so many times somebody else is at work. */
const CLAIM_ATTEMPTS = 5;

/** Leaves the receipt of a claimed effect within whatever transaction `db` is in; the first one stands. Fault `effect.not_claimed` (conflict). */
export async function settleEffect(db: Queryable, actor: Pick<ActorRef, 'address'>, effectId: string, receipt: unknown): Promise<void> {
  const settled = await db.query(
    `update effects set state = 'done', receipt = case when state = 'claimed' then $3::jsonb else receipt end, settled_at = coalesce(settled_at, clock_timestamp())
     where actor = $1 and effect_id = $2`,
    [actor.address, effectId, canonicalJson(receipt)],
  );
  if (settled.rowCount === 0) throw new Fault('conflict', 'effect.not_claimed', 'A receipt needs a claim.', { effectId });
}

export const effects = (pool: Pool): Effects => ({
  claim: (actor, effectId, kind) =>
    guarded(async () => {
      for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
        const claimed = await pool.query({
          name: 'effect-claim',
          text: 'insert into effects (actor, effect_id, kind) values ($1, $2, $3) on conflict do nothing',
          values: [actor.address, effectId, kind],
        });
        if (claimed.rowCount === 1) return { state: 'new' } satisfies EffectState;
        const { rows } = await pool.query<{ state: 'claimed' | 'done'; receipt: unknown }>(
          'select state, receipt from effects where actor = $1 and effect_id = $2',
          [actor.address, effectId],
        );
        const row = rows[0];
        if (row) return row.state === 'done' ? { state: 'done', receipt: row.receipt } : { state: 'claimed' };
      }
      throw new Fault('unavailable', 'effect.contended', 'The effect was claimed and released again and again.', { effectId });
    }),

  settle: (actor, effectId, receipt) => guarded(() => settleEffect(pool, actor, effectId, receipt)),

  release: (actor, effectId) =>
    guarded(async () => {
      await pool.query(`delete from effects where actor = $1 and effect_id = $2 and state = 'claimed'`, [actor.address, effectId]);
    }),
});
