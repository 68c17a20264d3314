/**
 * The events of the actor itself. They say what happened and to which ids, never what was said: that stands in the thread's events (events.ts), which the projector writes in the same
 * transaction and which go when the thread is deleted.
 */
import { z } from 'zod';
import { ExecutionMode } from './agent';

const id = z.string();
const run = {
  runId: id,
  inputRef: id,
  agent: z.object({ id, slug: z.string(), version: z.int() }),
  executionMode: ExecutionMode,
  autoCompactTokens: z.int().nullable(),
  keyId: z.string().nullable(),
};
const Refusal = z.object({ code: z.string(), message: z.string() });
const End = z.enum(['completed', 'failed', 'cancelled']);

export const CONVERSATION_EVENTS = {
  run_queued: z.object({ ...run, next: z.boolean() }),
  /** It holds the thread from now on. */
  run_started: z.object({ ...run, rolloutId: id }),
  run_cancel_requested: z.object({ runId: id, by: z.string(), reason: z.string().nullable() }),
  /** Taken out of the queue. */
  run_dequeued: z.object({ runId: id, by: z.string() }),
  /** `error`: of one that ended before it was a run. `published`: its publisher has told of the end. */
  run_ended: z.object({ runId: id, rolloutId: id, status: End, error: Refusal.nullable(), published: z.boolean() }),
  compaction_started: z.object({ compactionId: id, rolloutId: id, reason: z.enum(['requested', 'automatic']) }),
  /** The switch to the new rollout: it happens with this event, or not at all. */
  compaction_completed: z.object({ compactionId: id, fromRolloutId: id, rolloutId: id, summaryRef: id }),
  compaction_failed: z.object({ compactionId: id, rolloutId: id, error: Refusal }),
  renamed: z.object({ title: z.string() }),
  archived: z.object({ archived: z.boolean() }),
  deleted: z.object({ by: z.string() }),
  /** A command that came by signal and could not be done. */
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;
export type ConversationEventType = keyof typeof CONVERSATION_EVENTS;
export type ConversationEvent = {
  [T in ConversationEventType]: { readonly type: T; readonly data: z.output<(typeof CONVERSATION_EVENTS)[T]> };
}[ConversationEventType];
export type ConversationEventData<T extends ConversationEventType> = z.output<(typeof CONVERSATION_EVENTS)[T]>;
