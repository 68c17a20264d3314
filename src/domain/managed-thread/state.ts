/** All that a managed thread knows about itself, as plain JSON: carried through continue-as-new, folded from its events. */
import type { Cause } from '../../contracts/actor';
import type { Answer, Ask } from '../../contracts/managed-thread/ask';
import type { SendInput } from '../../contracts/managed-thread/commands';
import type { Completion } from '../../contracts/managed-thread/events';
import type { ThreadStart } from '../../contracts/managed-thread/projection';
import type { ThreadStatus } from '../../contracts/managed-thread/status';
import type { MemoryContext, PreparedWorkspace } from '../../contracts/managed-thread/terminal';

export interface QueuedInput {
  readonly requestId: string;
  readonly input: SendInput;
  readonly by: Cause;
}

export interface Turn {
  readonly turnId: string;
  readonly requestId: string | null;
  readonly kind: 'objective' | 'message' | 'input';
  readonly startedAt: string;
  /** The message of this turn, so that it can wait again when it is certain that it was never typed. */
  readonly queued: QueuedInput | null;
  /** not_yet: nothing reached the terminal. After that it is never typed again. */
  readonly typed: 'not_yet' | 'done' | 'unknown';
}

export interface GivenAnswer {
  readonly askId: string;
  readonly answer: Answer;
  readonly automatic: boolean;
  readonly answeredBy: string;
  readonly answeredAt: string;
}

export interface ThreadState {
  readonly start: ThreadStart;
  readonly status: ThreadStatus;
  readonly statusReason: string | null;
  /** The status to go back to when a host answers again. */
  readonly statusBeforeWaiting: ThreadStatus | null;
  readonly prepared: boolean;
  readonly workspace: PreparedWorkspace | null;
  readonly memoryContext: MemoryContext | null;
  readonly contextFiles: readonly string[];
  readonly hostId: string | null;
  /** Number of the last session that was opened; 0: none yet. */
  readonly generation: number;
  readonly session: { readonly sessionId: string; readonly hostId: string; readonly generation: number } | null;
  readonly conversationId: string | null;
  readonly objective: 'pending' | 'typed' | 'unknown';
  /** Messages that wait for their turn, oldest first. */
  readonly queue: readonly QueuedInput[];
  /** Raw input and keys that go in at once. */
  readonly immediate: readonly QueuedInput[];
  readonly turn: Turn | null;
  readonly ask: Ask | null;
  /** The ask that was answered last in this session; still on the screen until the CLI redraws. */
  readonly answeredAsk: Ask | null;
  readonly askOrdinal: number;
  readonly pendingAnswer: GivenAnswer | null;
  /** The last answers, oldest first, at most {@link ANSWERS_KEPT}. */
  readonly answers: readonly GivenAnswer[];
  readonly interrupt: { readonly ordinal: number; readonly reason: string } | null;
  readonly interrupts: number;
  readonly wake: boolean;
  readonly stop: { readonly reason: string; readonly force: boolean; readonly timeoutMs: number; readonly by: string } | null;
  /** Automatic answers in this session. */
  readonly autoResponses: number;
  /** Sessions lost in a row, without a prompt in between; see {@link LOSSES_MAX}. */
  readonly losses: number;
  readonly turns: number;
  readonly turnsSinceSummary: number;
  readonly summary: string | null;
  /** Summaries of the last turns, oldest first, at most {@link RECENT_TURNS_KEPT}; what the thread's summary is made from. */
  readonly recentTurns: readonly string[];
  readonly completion: Completion | null;
  readonly updatedAt: string;
  readonly lastActivityAt: string | null;
}

export const ANSWERS_KEPT = 50;
export const RECENT_TURNS_KEPT = 10;
/** A thread whose sessions are lost this often in a row has failed: something on its hosts keeps killing them. */
export const LOSSES_MAX = 5;
/** Raw inputs that may wait to be typed. */
export const IMMEDIATE_MAX = 200;

export const openThread = (start: ThreadStart): ThreadState => ({
  start,
  status: 'pending',
  statusReason: null,
  statusBeforeWaiting: null,
  prepared: false,
  workspace: null,
  memoryContext: null,
  contextFiles: [],
  hostId: null,
  generation: 0,
  session: null,
  conversationId: null,
  objective: 'pending',
  queue: [],
  immediate: [],
  turn: null,
  ask: null,
  answeredAsk: null,
  askOrdinal: 1,
  pendingAnswer: null,
  answers: [],
  interrupt: null,
  interrupts: 0,
  wake: false,
  stop: null,
  autoResponses: 0,
  losses: 0,
  turns: 0,
  turnsSinceSummary: 0,
  summary: null,
  recentTurns: [],
  completion: null,
  updatedAt: start.spawnedAt,
  lastActivityAt: null,
});
