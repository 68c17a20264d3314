/** What a run of a thread does, as the thread tells it: calls of tools and what came of them, and the approvals that it waits for. In the transaction of the run's own events. */
import type { z } from 'zod';
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { ThreadEventType } from '../contracts/conversation/events';
import type { RunEvent } from '../contracts/run/events';
import type { EntryPayload, Intent } from '../contracts/run/protocol';
import type { RunConversation } from '../contracts/run/start';
import { canonicalJson } from '../domain/canonical-json';
import type { RunState } from '../domain/run/state';
import { appendThreadEvents, type NewThreadEvent } from './conversation-events';
import type { Queryable } from './database';
import type { Redact } from './secrets';

type Json = z.core.util.JSONType;
type Recorded = RecordedEvent & RunEvent;

interface Place {
  readonly db: Queryable;
  readonly tenant: string;
  readonly trajectoryId: string;
  readonly redact: Redact;
}
type Told = { readonly type: ThreadEventType; readonly payload: Json };

/** Nothing for a thread that was deleted meanwhile. */
export async function tellThread(
  db: Queryable,
  { tenant, id }: ActorRef,
  state: RunState,
  { events, redact }: { readonly events: readonly RecordedEvent[]; readonly redact: Redact },
): Promise<void> {
  const { conversation, trajectoryId } = state.start;
  if (!conversation) return;
  const place = { db, tenant, trajectoryId, redact };
  const told: NewThreadEvent[] = [];
  for (const event of events) {
    const what = await toldOf(place, event as Recorded);
    if (what) told.push({ ...what, rolloutId: conversation.rolloutId, runId: id, createdAt: event.at });
  }
  if (told.length > 0 && (await appendThreadEvents(db, tenant, conversation.threadId, told)) === null) return;
  if (events.some(({ type }) => type.startsWith('approval_'))) await noteWaiting(db, { tenant, runId: id, conversation }, state);
}

/** The thread says while its run waits for a person. */
async function noteWaiting(
  db: Queryable,
  { tenant, runId, conversation }: { readonly tenant: string; readonly runId: string; readonly conversation: RunConversation },
  { pending }: RunState,
): Promise<void> {
  const shown = pending && { channel: pending.channel, proposalId: pending.proposalId, tool: pending.tool, reason: pending.reason, since: pending.since };
  await db.query("update conversations set waits = $3 where tenant = $1 and id = $2 and holder->>'id' = $4 and deleted_at is null", [
    ...[tenant, conversation.threadId, pending !== null, runId],
  ]);
  await db.query('update conversation_runs set status = $3, pending = $4 where tenant = $1 and run_id = $2 and ended_at is null', [
    ...[tenant, runId, pending ? 'waiting_approval' : 'running', shown && canonicalJson(shown)],
  ]);
}

async function toldOf(place: Place, { type, data }: Recorded): Promise<Told | null> {
  switch (type) {
    case 'intent_declared':
      return { type: 'tool_call', payload: { ...callOf(data), arguments: await argumentsOf(place, data.intentId), rationale: data.rationale } };
    case 'approval_requested':
      return {
        type: 'approval_requested',
        payload: { ...callOf(data), channel: data.channel, proposalId: data.proposalId, reason: data.reason, quorum: data.quorum },
      };
    case 'approval_resolved':
      return {
        type: 'approval_resolved',
        payload: { ...callOf(data), channel: data.channel, proposalId: data.proposalId, approved: data.approved, approvers: [...data.approvers] },
      };
    case 'commit_recorded':
      return result(data, 'done', await outputAt(place, data.seq), null);
    case 'delegation_ended':
      return result(data, data.status === 'completed' ? 'done' : 'failed', await outputAt(place, data.seq), data.status === 'completed' ? null : data.status);
    case 'execution_failed':
      return result(data, data.outcome, null, data.error);
    case 'proposal_rejected':
      return result(data, 'rejected', null, reasonText(data.reason));
    default:
      return null;
  }
}

interface Call {
  readonly intentId: string;
  readonly tool: string;
}
const callOf = ({ intentId, tool }: Call) => ({ callId: intentId, tool });
const result = (call: Call, status: 'done' | 'failed' | 'unknown' | 'rejected', output: Json, error: string | null): Told => ({
  type: 'tool_result',
  payload: { ...callOf(call), status, output, error },
});

const reasonText = ({ kind, detail }: { readonly kind: string; readonly detail: unknown }): string =>
  `${kind}: ${typeof detail === 'string' ? detail : ((detail as { readonly detail?: string }).detail ?? JSON.stringify(detail))}`;

async function argumentsOf({ db, tenant, redact }: Place, intentId: string): Promise<Json> {
  const { rows } = await db.query<{ value: Buffer }>({
    name: 'conversation-arguments',
    text: 'select b.value from run_intents i join blobs b on b.tenant = i.tenant and b.ref = i.ref where i.tenant = $1 and i.intent_id = $2',
    values: [tenant, intentId],
  });
  return rows[0] ? redact((JSON.parse(rows[0].value.toString('utf8')) as Intent).body.args) : null;
}

/** What the ledger's entry says came of it. */
async function outputAt({ db, tenant, trajectoryId }: Place, seq: number): Promise<Json> {
  const { rows } = await db.query<{ payload: EntryPayload }>({
    name: 'conversation-output',
    text: 'select payload from ledger_entries where tenant = $1 and trajectory_id = $2 and seq = $3',
    values: [tenant, trajectoryId, seq],
  });
  const payload = rows[0]?.payload;
  if (payload?.type === 'delegation') return payload.final_answer;
  if (payload?.type !== 'commit') return null;
  const outputs = payload.body.observations.map(({ output }) => output);
  return outputs.length === 1 ? (outputs[0] ?? null) : outputs;
}
