/** Durable events of threads: appended while the thread's row is locked, read by pages. */
import type { z } from 'zod';
import type { ThreadEvent, ThreadEventType } from '../contracts/conversation/events';
import { PAYLOAD_MAX } from '../contracts/conversation/events';
import type { EventsPage } from '../contracts/conversation/ports';
import { charsTold } from '../domain/conversation/said';
import { canonicalJson } from '../domain/canonical-json';
import { guarded, type Queryable } from './database';

type Json = z.core.util.JSONType;

/** Told of new events: JSON of `{tenant, thread, first, last, events?}` (migrations/0019_conversations.sql). */
export const CONVERSATIONS_CHANNEL = 'everthread_conversations';

export interface NewThreadEvent {
  readonly rolloutId: string;
  readonly runId: string | null;
  readonly type: ThreadEventType;
  readonly payload: Json;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** What is kept of the beginning of a payload that is too large. */
const KEPT = 32 * 1024;

function bounded(payload: Json): Json {
  const text = JSON.stringify(payload);
  const bytes = Buffer.byteLength(text);
  return bytes <= PAYLOAD_MAX ? payload : { truncated: true, bytes, beginning: text.slice(0, KEPT) };
}

/** Within whatever transaction `db` is in; returns the sequence of the last one, or null for a thread that is not there or was deleted. */
export async function appendThreadEvents(db: Queryable, tenant: string, threadId: string, events: readonly NewThreadEvent[]): Promise<number | null> {
  const given = events.map(({ payload, createdAt, ...event }) => ({
    ...event,
    ...{ payload: bounded(payload), createdAt: new Date(createdAt).toISOString(), chars: charsTold(event.type, payload) },
  }));
  const { rows } = await db.query<{ last: string | null }>({
    name: 'conversation-append',
    text: 'select conversation_append($1, $2, $3::jsonb) as last',
    values: [tenant, threadId, canonicalJson(given)],
  });
  const last = rows[0]?.last ?? null;
  return last === null ? null : Number(last);
}

interface Stored {
  sequence: string;
  rollout_id: string;
  thread_id: string;
  run_id: string | null;
  type: ThreadEventType;
  payload: Json;
  created_at: Date;
}

const COLUMNS = 'sequence, rollout_id, thread_id, run_id, type, payload, created_at';

const eventOf = (row: Stored): ThreadEvent => ({
  ...{ sequence: Number(row.sequence), rolloutId: row.rollout_id, threadId: row.thread_id, runId: row.run_id, type: row.type, payload: row.payload },
  createdAt: row.created_at.toISOString(),
});

const FROM = `select ${COLUMNS} from conversation_events where tenant = $1 and thread_id = $2`;
const FORWARD = 'and sequence > $3 order by sequence limit $4';
const BACKWARD = 'and sequence < $3 order by sequence desc limit $4';

/** One read of one index, whatever the number of events. */
export function readThreadEvents(
  db: Queryable,
  tenant: string,
  threadId: string,
  { rolloutId, after, before, limit, types }: EventsPage & { readonly types?: readonly ThreadEventType[] },
): Promise<{ readonly events: readonly ThreadEvent[]; readonly more: boolean }> {
  const back = before !== undefined;
  const values: unknown[] = [tenant, threadId, back ? before : (after ?? 0), limit + 1];
  const within = rolloutId === null ? '' : ` and rollout_id = $${values.push(rolloutId)}`;
  const only = types ? ` and type = any($${values.push(types)})` : '';
  return guarded(async () => {
    const { rows } = await db.query<Stored>({
      name: `thread-events-${back ? 'back' : 'on'}${within && '-rollout'}${only && '-types'}`,
      text: `${FROM}${within}${only} ${back ? BACKWARD : FORWARD}`,
      values,
    });
    const page = rows.slice(0, limit).map(eventOf);
    return { events: back ? page.reverse() : page, more: rows.length > limit };
  });
}
