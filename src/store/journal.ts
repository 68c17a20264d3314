/**
 * The journal's write path; the port `Journal`. Everything that is published passes here, so this is the one place where events are redacted.
 *
 * One transaction holds the events with their hashes, large data, the projection row and the notification. The function `journal_append`
 * does the ordering, the comparing and the hashing in one round trip while it holds the actor's row.
 */
import type { Pool, PoolClient } from 'pg';
import type { Journal } from '../../activities/ports';
import { LIMITS, type ActorRef, type CommitBatch, type RecordedEvent } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { putBlob } from './blobs';
import { inTransaction } from './database';
import { entryOf, genesisHash, type Entry } from './journal-entry';
import { noticeOf } from './notice';
import type { Projector } from './projector';
import type { Redact, Secrets } from './secrets';

export interface JournalOptions {
  readonly pool: Pool;
  readonly secrets: Secrets;
  /** By kind of actor. A kind without one has events and no row. */
  readonly projectors: Readonly<Record<string, Projector>>;
}

interface Appended {
  outcome: 'ok' | 'conflict' | 'gap';
  at_seq: string;
  inserted: number;
}

const APPEND = {
  name: 'journal-append',
  text: 'select outcome, at_seq, inserted from journal_append($1, $2, $3, $4, $5, $6, $7, $8)',
};

/** Faults before anything is written: `journal.batch_too_large` (invalid), `journal.gap` (conflict) when the batch itself has a hole. */
function checkBatch({ actor, events }: CommitBatch): void {
  if (events.length > LIMITS.commitEvents) {
    throw new Fault('invalid', 'journal.batch_too_large', `A commit holds at most ${LIMITS.commitEvents} events.`, {
      events: events.length,
      max: LIMITS.commitEvents,
    });
  }
  events.forEach((event, index) => {
    const expected = (events[0] as RecordedEvent).seq + index;
    if (event.seq !== expected || event.seq < 1)
      throw new Fault('conflict', 'journal.gap', `Event ${expected} of ${actor.address} is missing in the batch.`, { expected, found: event.seq });
  });
}

export function journal({ pool, secrets, projectors }: JournalOptions): Journal {
  async function append(
    client: PoolClient,
    actor: ActorRef,
    execution: string | null,
    events: readonly RecordedEvent[],
    entries: readonly Entry[],
  ): Promise<Appended> {
    for (const { blob } of entries) if (blob) await putBlob(client, actor.tenant, blob.value);
    const notice = noticeOf(actor, execution, events);
    const texts = entries.map((entry) => entry.text);
    const { rows } = await client.query<Appended>({
      ...APPEND,
      values: [actor.address, actor.kind, actor.tenant, actor.id, execution, genesisHash(actor.address), texts, notice],
    });
    return rows[0] as Appended;
  }

  async function write(client: PoolClient, batch: CommitBatch, events: readonly RecordedEvent[], entries: readonly Entry[], redact: Redact): Promise<void> {
    const { actor, projection } = batch;
    const projector = projectors[actor.kind];
    const execution = projector ? await projector.executionOf(client, actor, projection) : null;
    const { outcome, at_seq, inserted } = await append(client, actor, execution, events, entries);
    const seq = Number(at_seq);
    if (outcome === 'conflict') {
      throw new Fault('conflict', 'journal.conflict', `Event ${seq} of ${actor.address} is there with other content.`, { address: actor.address, seq });
    }
    if (outcome === 'gap')
      throw new Fault('conflict', 'journal.gap', `The last event of ${actor.address} is ${seq}; the batch does not follow on it.`, {
        address: actor.address,
        lastSeq: seq,
      });
    if (!projector || (events.length > 0 && inserted === 0)) return;
    await projector.apply(client, { actor, projection, redact, lastSeq: seq, events: inserted === 0 ? [] : events.slice(-inserted) });
  }

  return {
    async commit(batch) {
      checkBatch(batch);
      const redact = await secrets.redactionFor(batch.actor);
      const events = batch.events.map((event) => ({ ...event, at: new Date(event.at).toISOString(), data: redact(event.data) }));
      const entries = events.map(entryOf);
      await inTransaction(pool, (client) => write(client, batch, events, entries, redact));
    },
  };
}
