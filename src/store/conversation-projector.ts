/** Conversations beside the events of their actor: the row, its rollouts and runs, and what the thread tells, all in the commit's transaction. */
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { ConversationEvent, ConversationEventData } from '../contracts/conversation/journal';
import type { METADATA_TYPES } from '../contracts/conversation/events';
import type { RunInput } from '../contracts/conversation/start';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { ConversationState } from '../domain/conversation/state';
import { getBlob } from './blobs';
import { appendThreadEvents, type NewThreadEvent } from './conversation-events';
import { endOfRun } from './conversation-run-end';
import type { Queryable } from './database';
import { payloadsOf } from './frame-parts';
import { FRAMES_CHANNEL } from './notice';
import type { Projection, Projector } from './projector';
import type { Redact } from './secrets';

type Recorded = RecordedEvent & ConversationEvent;

interface Place {
  readonly db: Queryable;
  readonly actor: ActorRef;
  readonly state: ConversationState;
  readonly redact: Redact;
  readonly event: Recorded;
}

export const conversationProjector: Projector = {
  executionOf: (_db, { id }) => Promise.resolve(id),
  async apply(db, { actor, projection, events, redact, lastSeq }: Projection) {
    const state = projection as unknown as ConversationState;
    const { tenant, id } = actor;
    const { rowCount } = await db.query('select 1 from conversations where tenant = $1 and id = $2 for update', [tenant, id]);
    if (rowCount !== 1) return;
    for (const event of events) await tell({ db, actor, state, redact, event: event as Recorded });
    await writeRow(db, actor, redact(state.deleted ? withoutContent(state) : state), { lastSeq, at: events.at(-1)?.at ?? null });
  },
};

const withoutContent = (state: ConversationState): ConversationState => ({ ...state, title: '', start: { ...state.start, title: '' } });

/** What changes in the row. */
async function writeRow(
  db: Queryable,
  { tenant, id }: ActorRef,
  state: ConversationState,
  { lastSeq, at }: { lastSeq: number; at: string | null },
): Promise<void> {
  await db.query({
    name: 'conversation-update',
    text: `update conversations set title = $3, archived = $4, rollout_id = $5, holder = $6, waits = waits and $6::jsonb is not null, state = $7, last_seq = $8,
             updated_at = greatest(updated_at, $9::timestamptz), deleted_at = case when $10 then coalesce(deleted_at, clock_timestamp()) end
           where tenant = $1 and id = $2 and last_seq < $8`,
    values: [
      ...[tenant, id, storableText(state.title), state.archived, state.rolloutId],
      ...[state.holder && canonicalJson(state.holder), canonicalJson(state), lastSeq, at, state.deleted],
    ],
  });
}

/** A thread that was deleted tells nothing more: what is appended to it is passed over. */
async function tell(place: Place): Promise<void> {
  const { db, actor, event } = place;
  switch (event.type) {
    case 'run_queued':
      return insertRun(place, event.data, 'queued');
    case 'run_started':
      return beginRun(place, event.data);
    case 'run_dequeued':
      await db.query("update conversation_runs set status = 'cancelled', ended_at = $3 where tenant = $1 and run_id = $2 and ended_at is null", [
        ...[actor.tenant, event.data.runId, event.at],
      ]);
      return;
    case 'run_ended':
      return append(place, await endOfRun(db, actor, { ...event.data, at: event.at }));
    case 'compaction_started':
      return append(place, [
        { ...at(place, event.data.rolloutId, null), type: 'compaction_started', payload: { compactionId: event.data.compactionId, reason: event.data.reason } },
      ]);
    case 'compaction_completed':
      return switchRollout(place, event.data);
    case 'compaction_failed': {
      const { compactionId, rolloutId, error } = event.data;
      const payload = { compactionId, status: 'failed', fromRolloutId: rolloutId, rolloutId, summary: null, error };
      return append(place, [{ ...at(place, rolloutId, null), type: 'compaction_completed', payload }]);
    }
    case 'renamed':
      return frame(place, 'thread_renamed', { title: event.data.title });
    case 'archived':
      return frame(place, 'thread_archived', { archived: event.data.archived });
    case 'deleted':
      await db.query("update conversation_runs set status = 'cancelled', ended_at = $3 where tenant = $1 and thread_id = $2 and status = 'queued'", [
        ...[actor.tenant, actor.id, event.at],
      ]);
      return frame(place, 'thread_deleted', {});
    default:
      return;
  }
}

const at = ({ event }: Place, rolloutId: string, runId: string | null): Pick<NewThreadEvent, 'rolloutId' | 'runId' | 'createdAt'> => ({
  ...{ rolloutId, runId, createdAt: event.at },
});

async function append({ db, actor }: Place, events: readonly NewThreadEvent[]): Promise<void> {
  if (events.length > 0) await appendThreadEvents(db, actor.tenant, actor.id, events);
}

async function inputOf({ db, actor }: Place, ref: string): Promise<RunInput | null> {
  const text = await getBlob(db, actor.tenant, ref);
  return text === null ? null : (JSON.parse(text) as RunInput);
}

async function insertRun(place: Place, data: Omit<ConversationEventData<'run_started'>, 'rolloutId'>, status: 'queued' | 'running'): Promise<void> {
  const { db, actor, event, state, redact } = place;
  const { runId, agent, executionMode, inputRef } = data;
  const input = await inputOf(place, inputRef);
  await db.query(
    `insert into conversation_runs (tenant, run_id, thread_id, rollout_id, agent_id, agent_slug, agent_version, execution_mode, status, by_subject, metadata, input_ref, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (tenant, run_id) do nothing`,
    [
      ...[actor.tenant, runId, actor.id, state.rolloutId, agent.id, agent.slug, agent.version, executionMode, status],
      ...[event.by.subject, canonicalJson(redact(input?.metadata ?? {})), inputRef, event.at],
    ],
  );
}

/** What was said stands in the thread before the run begins, which reads it there. */
async function beginRun(place: Place, data: ConversationEventData<'run_started'>): Promise<void> {
  const { db, actor, event, redact } = place;
  const { runId, rolloutId, agent, executionMode, inputRef } = data;
  await insertRun(place, data, 'running');
  const { rows } = await db.query<{ by_subject: string }>(
    `update conversation_runs set status = 'running', rollout_id = $3, started_at = $4 where tenant = $1 and run_id = $2 and thread_id = $5 returning by_subject`,
    [actor.tenant, runId, rolloutId, event.at, actor.id],
  );
  const by = rows[0]?.by_subject ?? event.by.subject;
  const started = { agentId: agent.id, agentSlug: agent.slug, agentVersion: agent.version, executionMode, by };
  const messages = (await inputOf(place, inputRef))?.messages ?? [];
  await append(place, [
    { ...at(place, rolloutId, runId), type: 'run_started', payload: started },
    ...messages.map(({ role, text }): NewThreadEvent => ({
      ...at(place, rolloutId, runId),
      ...{ type: role === 'user' ? 'user_message' : 'assistant_message', payload: { text: redact(text) } },
    })),
  ]);
}

/** The old rollout closes, the new one opens, and its first event is the summary: one transaction, so it happens or it does not. */
async function switchRollout(place: Place, data: ConversationEventData<'compaction_completed'>): Promise<void> {
  const { db, actor, event, redact } = place;
  const { compactionId, fromRolloutId, rolloutId, summaryRef } = data;
  const stored = await getBlob(db, actor.tenant, summaryRef);
  const summary = stored === null ? '' : (JSON.parse(stored) as { readonly summary: string }).summary;
  const ids = [actor.tenant, actor.id];
  await db.query('update conversation_rollouts set completed_at = $4 where tenant = $1 and thread_id = $2 and rollout_id = $3', [
    ...ids,
    fromRolloutId,
    event.at,
  ]);
  await db.query(
    `insert into conversation_rollouts (tenant, thread_id, rollout_id, ordinal, started_at)
     select $1, $2, $3, max(ordinal) + 1, $4 from conversation_rollouts where tenant = $1 and thread_id = $2`,
    [...ids, rolloutId, event.at],
  );
  const payload = { compactionId, status: 'completed', fromRolloutId, rolloutId, summary: redact(summary), error: null };
  await append(place, [{ ...at(place, rolloutId, null), type: 'compaction_completed', payload }]);
}

/** To whoever watches, as soon as the commit stands. */
async function frame({ db, actor, event, redact }: Place, type: (typeof METADATA_TYPES)[number], payload: object): Promise<void> {
  const text = canonicalJson(redact({ type, threadId: actor.id, payload }));
  for (const part of payloadsOf(actor.address, `c${event.seq}`, text)) await db.query('select pg_notify($1, $2)', [FRAMES_CHANNEL, part]);
}
