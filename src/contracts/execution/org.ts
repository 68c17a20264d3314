/** What the workflow of an org chart asks of the world beside what every execution asks: the threads of its roles, and what earlier executions showed. Plain JSON. */
import type { Ask } from '../managed-thread/ask';
import type { ThreadStatus } from '../managed-thread/status';
import type { SpawnThread } from '../managed-thread/spawn';
import type { StoredValue } from './value';

/**
 * Turns are followed on a queue of their own: one that takes hours must not hold the slot of a commit, without which it would never end. Every worker polls it.
 */
export const FOLLOW_QUEUE = 'everthread-following';

/** Characters of an answer that is typed in for a role. */
export const ANSWER_MAX = 8_000;

/** Characters of a task that a thread is given. */
export const TASK_MAX = 100_000;

export interface OrgActivities {
  /** The first of these types that a living host offers; else the first that is known at all (it waits for a host). Fault `execution.no_agent_type` (invalid). */
  chooseAgentType(request: { readonly tenant: string; readonly agentTypes: readonly string[] }): Promise<{ readonly agentType: string }>;
  /** Spawns the thread, once for each key. */
  spawnRoleThread(request: { readonly tenant: string; readonly key: string; readonly spawn: SpawnThread }): Promise<{ readonly threadId: string }>;
  /** Sends the message, once for each request id. Fault `thread.stopped` (conflict) when the thread has ended. */
  sendTask(request: {
    readonly tenant: string;
    readonly executionId: string;
    readonly threadId: string;
    readonly requestId: string;
    readonly message: StoredValue;
  }): Promise<void>;
  /**
   * Answers a question of the thread for the role that was asked, in words. False when it no longer waits for an answer (a person was quicker, or the turn is over) or takes only
   * a choice.
   */
  answerQuestion(request: {
    readonly tenant: string;
    readonly executionId: string;
    readonly threadId: string;
    readonly askId: string;
    readonly requestId: string;
    readonly text: string;
  }): Promise<{ readonly answered: boolean }>;
  /** Where a thread works now. Fault `thread.not_found`. */
  findThread(request: { readonly tenant: string; readonly threadId: string }): Promise<ThreadPlace>;
  /** Opens it, or finds the one that is open for the branch. Faults: `forge.*`. */
  openPullRequest(request: OpenPullRequest): Promise<PullRequest>;
  /** How sure the results of a role were in the newest executions of this pattern that have ended, newest first; of each execution the last one. */
  roleHistory(request: {
    readonly tenant: string;
    readonly patternName: string;
    readonly executionId: string;
    readonly role: string;
    readonly maxRuns: number;
  }): Promise<{ readonly runs: readonly PastRun[] }>;
}

/** From `branch` (of `fork`, where there is one) to `base` of `repo`. */
export interface OpenPullRequest {
  readonly repo: string;
  readonly fork: string | null;
  readonly base: string;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  /** It was there before. */
  readonly existed: boolean;
  /** What could not be added to it, in words. */
  readonly problems: readonly string[];
}

export interface ThreadPlace {
  readonly status: ThreadStatus;
  readonly specRef: string;
  readonly hostId: string | null;
  /** Absolute, on that host. */
  readonly workspacePath: string | null;
}

export interface PastRun {
  readonly confidence: number;
  /** ISO 8601. */
  readonly at: string;
}

export interface FollowTurn {
  readonly tenant: string;
  readonly threadId: string;
  /** Of the message that the turn is about. */
  readonly requestId: string;
  /** Seq of the last event of the thread that was seen. */
  readonly after: number;
  /** The ask that the thread was last seen to wait at. */
  readonly askId: string | null;
}

/** `after`: where to go on. */
export type TurnNews = { readonly after: number } & (
  | { readonly kind: 'complete'; readonly output: string; readonly summary: string; readonly confidence: number | null; readonly durationMs: number }
  /** A prompt of the CLI waits for a person. */
  | { readonly kind: 'blocked'; readonly ask: Pick<Ask, 'id' | 'kind' | 'text'> }
  | { readonly kind: 'unblocked' }
  /** The thread has come to its end without completing the turn. */
  | { readonly kind: 'ended'; readonly status: 'completed' | 'failed' | 'stopped'; readonly reason: string }
  /** unknown: the terminal was lost in the turn, and nobody knows what was done. dropped: it was cancelled before it began. cancelled: in the middle. */
  | { readonly kind: 'unknown' | 'dropped' | 'cancelled'; readonly reason: string }
);

export interface FollowActivities {
  /** Follows the journal of the thread until there is news of the turn. Heartbeats where it is; may run again at any time. */
  followTurn(turn: FollowTurn): Promise<TurnNews>;
}
