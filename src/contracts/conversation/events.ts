/**
 * What a thread tells: durable events, numbered 1, 2, 3 … per thread without gaps, and frames, which are only heard (seed 002; digest §1.3, §1.4).
 *
 * `approval_requested` and `approval_resolved` are ours: a client of the seed's that does not know them passes over them, and one that does sees that a run waits for a person.
 */
import { z } from 'zod';

const text = z.string();
const call = { callId: text, tool: text };
const RunEnd = z.enum(['completed', 'failed', 'cancelled']);
const Refusal = z.object({ code: text, message: text });

export const Usage = z.object({
  inputTokens: z.int(),
  outputTokens: z.int(),
  totalTokens: z.int(),
  toolCalls: z.int(),
  usdMillicents: z.int(),
});
export type Usage = z.output<typeof Usage>;

/** Payloads as this server writes them. What a local run publishes has the type's fields where they matter, and any others. */
export const THREAD_EVENTS = {
  run_started: z.object({ agentId: text, agentSlug: text, agentVersion: z.int(), executionMode: text, by: text }),
  user_message: z.object({ text }),
  assistant_message: z.object({ text }),
  /** `callId` is the same in everything that is told of one call. */
  tool_call: z.object({ ...call, arguments: z.json(), rationale: text }),
  /** `rejected`: it was not executed; `unknown`: begun, and nobody can prove how it ended. */
  tool_result: z.object({ ...call, status: z.enum(['done', 'failed', 'unknown', 'rejected']), output: z.json(), error: text.nullable() }),
  approval_requested: z.object({ ...call, channel: text, proposalId: text, reason: text, quorum: z.int() }),
  approval_resolved: z.object({ ...call, channel: text, proposalId: text, approved: z.boolean(), approvers: z.array(text) }),
  /** How the run ended, whichever way. */
  run_completed: z.object({ status: RunEnd, terminatedBy: text.nullable(), error: Refusal.nullable(), usage: Usage.nullable(), iterations: z.int() }),
  compaction_started: z.object({ compactionId: text, reason: z.enum(['requested', 'automatic']) }),
  /**
   * The first event of the rollout that it opened, with the summary that stands for what was before. `failed`: an event of the rollout that goes on, without summary.
   */
  compaction_completed: z.object({
    compactionId: text,
    status: z.enum(['completed', 'failed']),
    fromRolloutId: text,
    rolloutId: text,
    summary: text.nullable(),
    error: Refusal.nullable(),
  }),
} as const;
export type ThreadEventType = keyof typeof THREAD_EVENTS;
export const THREAD_EVENT_TYPES = Object.keys(THREAD_EVENTS) as readonly ThreadEventType[];
export const ThreadEventType = z.enum(THREAD_EVENT_TYPES as readonly [ThreadEventType, ...ThreadEventType[]]);

/** Bytes of one payload's JSON. */
export const PAYLOAD_MAX = 256 * 1024;

/** A durable event as reads, streams and the lines of an export have it. */
export interface ThreadEvent {
  readonly sequence: number;
  readonly rolloutId: string;
  readonly threadId: string;
  readonly runId: string | null;
  readonly type: ThreadEventType;
  readonly payload: z.core.util.JSONType;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** One line of an exported rollout, as it is read back. */
export const ExportedEvent = z.strictObject({
  sequence: z.int().min(1),
  rolloutId: z.string().min(1).max(64),
  threadId: z.string().min(1).max(64),
  runId: z.string().min(1).max(64).nullable(),
  type: ThreadEventType,
  payload: z.json(),
  createdAt: z.iso.datetime(),
});
export type ExportedEvent = z.output<typeof ExportedEvent>;

/** What a local run may publish for good. The server alone compacts, asks for approvals and takes them. */
export const PUBLISHED_TYPES = ['run_started', 'user_message', 'assistant_message', 'tool_call', 'tool_result', 'run_completed'] as const;
export const PublishedType = z.enum(PUBLISHED_TYPES);
/** Frames of work under way; published by local runs, and told of runs here. */
export const TRANSIENT_TYPES = [
  'assistant_message_delta',
  'assistant_thinking_delta',
  'assistant_message_source',
  'tool_call_started',
  'tool_output_delta',
  'tool_call_completed',
] as const;
/** Frames that tell of the thread itself; only the server makes them. `thread_deleted` is the last one. */
export const METADATA_TYPES = ['thread_renamed', 'thread_archived', 'thread_deleted'] as const;

/** A frame as watchers of a thread get it. */
export type ThreadFrame =
  | {
      readonly type: (typeof TRANSIENT_TYPES)[number];
      readonly threadId: string;
      readonly runId: string;
      readonly rolloutId: string;
      /** Grows within the run; of runs here it is counted for each watcher. */
      readonly sequenceNumber: number;
      readonly payload: z.core.util.JSONType;
    }
  | { readonly type: (typeof METADATA_TYPES)[number]; readonly threadId: string; readonly payload: z.core.util.JSONType }
  /** Frames are missing here; null: nobody knows how many. */
  | { readonly type: 'gap'; readonly dropped: number | null };

/** Events of one published batch. */
export const PUBLISHED_MAX = 100;
export const PublishedEvent = z.strictObject({ type: PublishedType, payload: z.json().default({}) });
export type PublishedEvent = z.output<typeof PublishedEvent>;
/** Of a published `run_completed`. */
export const PublishedEnd = z.looseObject({ status: RunEnd, error: Refusal.nullish(), usage: Usage.partial().nullish() });
/** Of a published message, as far as somebody reads it: `text`, or `content` as clients of models call it. */
export const MessagePayload = z.looseObject({ text: text.optional(), content: z.union([text, z.array(z.looseObject({ text: text.optional() }))]).optional() });
