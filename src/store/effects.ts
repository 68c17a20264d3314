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

/** What is known of an effect, without claiming it; null: nobody has. */
export const findEffect = (pool: Pool, address: string, effectId: string): Promise<EffectState | null> =>
  guarded(async () => (await stateOf(pool, address, effectId)) ?? null);

async function stateOf(pool: Pool, address: string, effectId: string): Promise<EffectState | undefined> {
  const { rows } = await pool.query<{ state: 'claimed' | 'done'; receipt: unknown }>('select state, receipt from effects where actor = $1 and effect_id = $2', [
    address,
    effectId,
  ]);
  return rows[0] && (rows[0].state === 'done' ? { state: 'done', receipt: rows[0].receipt } : { state: 'claimed' });
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
        const there = await stateOf(pool, actor.address, effectId);
        if (there) return there;
      }
      throw new Fault('unavailable', 'effect.contended', 'The effect was claimed and released again and again.', { effectId });
    }),

  settle: (actor, effectId, receipt) => guarded(() => settleEffect(pool, actor, effectId, receipt)),

  release: (actor, effectId) =>
    guarded(async () => {
      await pool.query(`delete from effects where actor = $1 and effect_id = $2 and state = 'claimed'`, [actor.address, effectId]);
    }),
});
