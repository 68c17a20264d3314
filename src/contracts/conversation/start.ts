/** What a conversation is started with, what it is asked to do, and the row that sums it up. */
import { z } from 'zod';
import type { Cause } from '../actor';
import type { ExecutionMode } from './agent';

/** What holds a thread: one at a time, and nobody else writes meanwhile. `id`: of the run, or of the compaction. */
export interface Holder {
  readonly kind: 'run' | 'local_run' | 'compaction';
  readonly id: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Messages of one request. */
export const MESSAGES_MAX = 200;
/** Characters of all of them. */
export const MESSAGES_CHARS_MAX = 200_000;

export const Message = z.strictObject({ role: z.enum(['user', 'assistant']), text: z.string().min(1) });
export type Message = z.output<typeof Message>;
/** What the caller changes of the agent for this run. */
export const RunConfig = z.strictObject({
  maxTokens: z.int().min(1).max(128_000).optional(),
  maxTurns: z.int().min(1).max(100).optional(),
  temperature: z.number().min(0).max(2).optional(),
});
export type RunConfig = z.output<typeof RunConfig>;

/** What a run is asked, as a blob of its own: the ids in it make sure that no other thread has the same one, so it goes when the thread goes. */
export interface RunInput {
  readonly threadId: string;
  readonly runId: string;
  /** The last one is the user's. */
  readonly messages: readonly Message[];
  readonly config: RunConfig;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A run as the conversation knows it. */
export interface ConversationRun {
  readonly runId: string;
  readonly inputRef: string;
  readonly agent: { readonly id: string; readonly slug: string; readonly version: number };
  readonly executionMode: ExecutionMode;
  readonly autoCompactTokens: number | null;
  readonly keyId: string | null;
  readonly by: Cause;
  readonly askedAt: string;
}

/** Arguments of the workflow. */
export interface ConversationStart {
  readonly id: string;
  readonly tenant: string;
  readonly agentId: string;
  readonly title: string;
  readonly rolloutId: string;
  readonly by: Cause;
  readonly createdAt: string;
}

/** The part of a conversation that changes. */
export interface ConversationProjection {
  readonly start: ConversationStart;
  readonly title: string;
  readonly archived: boolean;
  readonly deleted: boolean;
  readonly holder: Holder | null;
  readonly rolloutId: string;
  /** The run that holds the thread. */
  readonly run: ConversationRun | null;
  readonly queue: readonly ConversationRun[];
  readonly cancel: { readonly runId: string; readonly by: string; readonly reason: string | null } | null;
  readonly compactions: number;
  /** Runs that ended in the active rollout: without any there is nothing to compact. */
  readonly runsInRollout: number;
  readonly updatedAt: string;
}
