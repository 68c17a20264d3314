/** Events of rows (../contracts/row-events.ts), in the transaction that changes the row: what was told has happened, and what happened is told. */
import type { ActorRef, Cause, NewEvent, RecordedEvent } from '../contracts/actor';
import { Fault } from '../errors/fault';
import type { Queryable } from './database';
import { entryOf, genesisHash } from './journal-entry';
import { noticeOf } from './notice';

/** The next event of this row. Writers of one row take turns, to the end of their transactions. */
export async function recordRowEvent(db: Queryable, ref: ActorRef, event: NewEvent, by: Cause): Promise<void> {
  const { address, kind, tenant, id } = ref;
  const genesis = genesisHash(address);
  await db.query('insert into actors (address, kind, tenant, entity_id, last_hash) values ($1, $2, $3, $4, $5) on conflict do nothing', [
    ...[address, kind, tenant, id, genesis],
  ]);
  const { rows } = await db.query<{ last_seq: string }>('select last_seq from actors where address = $1 for update', [address]);
  const recorded: RecordedEvent = { ...event, seq: Number(rows[0]?.last_seq ?? 0) + 1, at: new Date().toISOString(), by, requestId: null };
  const appended = await db.query<{ outcome: string }>('select outcome from journal_append($1, $2, $3, $4, null, $5, $6, $7)', [
    ...[address, kind, tenant, id, genesis, [entryOf(recorded).text], noticeOf(ref, null, [recorded])],
  ]);
  if (appended.rows[0]?.outcome !== 'ok')
    throw new Fault('conflict', 'journal.conflict', `Event ${recorded.seq} of ${address} cannot be appended.`, { address });
}
