/** The activities of conversations. Each may run again at any time, and answers the second time as the first. */
import type { RunStart } from '../run/start';
import type { ConversationRun } from './start';

export interface ConversationIdentity {
  readonly tenant: string;
  readonly threadId: string;
}

export interface PrepareRunInput {
  readonly conversation: ConversationIdentity;
  readonly rolloutId: string;
  readonly run: ConversationRun;
}

export interface SummariseInput {
  readonly conversation: ConversationIdentity;
  readonly rolloutId: string;
  readonly compactionId: string;
  /** Whose model summarises; null: none is known, and a plain summary does. */
  readonly agent: { readonly id: string; readonly version: number } | null;
}

export interface ConversationActivities {
  /** The writ is minted, the trajectory begun; the workflow starts the run. Waits (by being tried again) while the server has no room: fault `run.capacity`. */
  prepareThreadRun(input: PrepareRunInput): Promise<RunStart>;
  /** How a run ended that this workflow did not start itself; null: it goes on. */
  endOfThreadRun(input: { readonly conversation: ConversationIdentity; readonly runId: string }): Promise<{
    readonly status: 'completed' | 'failed' | 'cancelled';
  } | null>;
  /** About how many tokens the rollout has: four characters each. */
  rolloutTokens(input: { readonly conversation: ConversationIdentity; readonly rolloutId: string }): Promise<number>;
  /** Makes the summary and keeps it as a blob; returns its name. */
  summariseRollout(input: SummariseInput): Promise<{ readonly summaryRef: string }>;
  /** Removes what was said, for good. */
  eraseConversation(input: { readonly conversation: ConversationIdentity }): Promise<void>;
}
