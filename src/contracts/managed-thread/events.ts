/**
 * The events of a managed thread: one schema per type, which is also their documentation (seed 000 "Thread Events"; data after
 * digest §1.4). The ten of the seed come first. Stored shapes only grow: a new field is optional.
 */
import { z } from 'zod';
import { Answer, Ask } from './ask';
import { ThreadStatus } from './status';
import { SendInput } from './commands';
import { BRANCH_STRATEGIES } from './spawn';

const workspace = z.object({
  workspaceId: z.string().optional(),
  path: z.string().optional(),
  repo: z.string().optional(),
  branch: z.string().optional(),
  worktreeId: z.string().optional(),
  branchStrategy: z.enum(BRANCH_STRATEGIES).optional(),
  fork: z.string().optional(),
});
const session = z.object({ sessionId: z.string(), hostId: z.string(), generation: z.int() });
const outcome = z.enum(['done', 'unknown', 'lost']);

export const Completion = z.object({
  state: z.enum(['partial', 'complete', 'failed']),
  summary: z.string(),
  artifacts: z.array(z.object({ type: z.enum(['pr', 'commit', 'file', 'url', 'report']), value: z.string() })).optional(),
});
export type Completion = z.output<typeof Completion>;

export const THREAD_EVENTS = {
  /** The CLI's process runs in a terminal of a host. */
  thread_started: session.extend({ pid: z.int(), agentType: z.string(), resumed: z.boolean(), conversationId: z.string().nullable() }),
  /** The CLI shows its prompt. */
  thread_ready: z.object({ sessionId: z.string() }),
  /** A prompt of the CLI. `autoResponded`: the preset let Everthread answer; the answer is the next `thread_input`. */
  thread_blocked: z.object({ promptInfo: Ask, autoResponded: z.boolean(), reason: z.string().optional() }),
  thread_tool_running: z.object({ info: z.object({ toolName: z.string(), description: z.string().optional() }) }),
  /** A turn ended and the CLI waits for input. `output` holds at most 8,000 characters. */
  thread_turn_complete: z.object({
    turnId: z.string(),
    requestId: z.string().nullable(),
    output: z.string(),
    confidence: z.number().nullable(),
    durationMs: z.int(),
    completion: Completion,
  }),
  /** The session was released; the conversation is kept. */
  thread_idle: z.object({ reason: z.enum(['idle_timeout', 'session_lost', 'host_stopped']), checks: z.int() }),
  thread_summary_updated: z.object({ summary: z.string(), turns: z.int() }),
  thread_completed: z.object({ exitCode: z.int(), completion: Completion }),
  thread_failed: z.object({ error: z.string(), code: z.string(), exitCode: z.int().nullable(), signal: z.string().nullable(), completion: Completion }),
  thread_stopped: z.object({
    reason: z.string(),
    force: z.boolean(),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    /** What became of the workspace that was made for the thread; absent when none was. Work that is nowhere else is kept. */
    workspace: z.object({ removed: z.boolean(), reason: z.string().nullable(), path: z.string().nullable() }).optional(),
  }),

  thread_output: z.object({ turnId: z.string(), text: z.string() }),
  /** The CLI wants a login; the thread is blocked until a person has done it. */
  thread_auth_required: z.object({ promptInfo: Ask, instructions: z.string(), url: z.string().nullable(), code: z.string().nullable() }),
  /** Something was typed into the terminal. `outcome` unknown: it may or may not have been typed, and is not typed again. */
  thread_input: z.object({
    kind: z.enum(['objective', 'message', 'raw', 'keys', 'answer', 'interrupt', 'terminal']),
    requestId: z.string().nullable(),
    effectId: z.string().nullable(),
    outcome,
    preview: z.string(),
    /** For answers: which ask, what was said, who said it, and whether the preset did. */
    askId: z.string().optional(),
    answer: Answer.optional(),
    automatic: z.boolean().optional(),
    answeredBy: z.string().optional(),
    answeredAt: z.string().optional(),
  }),
  /** The terminal is gone without an exit of the CLI. `turn` says what became of the turn that was in progress. */
  thread_session_lost: z.object({
    sessionId: z.string(),
    reason: z.string(),
    turn: z.object({ turnId: z.string(), requestId: z.string().nullable(), outcome: z.enum(['unknown', 'not_started']) }).nullable(),
  }),
  /** A new session took over; `resumed` says whether the CLI's own conversation came back with it. */
  thread_session_resumed: session.extend({ pid: z.int(), resumed: z.boolean(), conversationId: z.string().nullable() }),

  /** A status change that no other event tells: preparing, starting, waiting, running. */
  thread_status: z.object({ status: ThreadStatus, reason: z.string().optional(), hostId: z.string().optional() }),
  thread_prepared: z.object({
    workspace: workspace.nullable(),
    memoryContext: z
      .object({
        sharedDecisionCount: z.int(),
        episodicExperienceCount: z.int(),
        repo: z.string().nullable(),
        role: z.string().nullable(),
        objective: z.string(),
      })
      .nullable(),
    contextFiles: z.array(z.string()),
  }),
  /** A send was accepted: a message waits for its turn at `position` (0 is next), raw input and keys go in at once. */
  thread_input_queued: z.object({ requestId: z.string(), input: SendInput, position: z.int() }),
  thread_turn_started: z.object({ turnId: z.string(), requestId: z.string().nullable(), kind: z.enum(['objective', 'message', 'input']) }),
  /** The CLI told its own conversation id; kept, and used to resume. */
  thread_conversation: z.object({ conversationId: z.string() }),
  /** An answer was accepted; it is typed next. */
  thread_answered: z.object({ askId: z.string(), answer: Answer, automatic: z.boolean(), answeredBy: z.string(), answeredAt: z.string() }),
  /** An ask disappeared without an answer given here: somebody answered in the terminal, or its session was lost. */
  thread_ask_closed: z.object({ askId: z.string(), reason: z.enum(['answered_in_terminal', 'session_lost', 'cancelled']) }),
  thread_cancelled: z.object({ reason: z.string(), dropped: z.array(z.string()) }),
  thread_stop_requested: z.object({ reason: z.string(), force: z.boolean(), timeoutMs: z.int() }),
  thread_resume_requested: z.object({}),
  /** A command that came by signal and could not be done; through the update door the caller hears it instead. */
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;

export type ThreadEventType = keyof typeof THREAD_EVENTS;
export type ThreadEventData<T extends ThreadEventType> = z.output<(typeof THREAD_EVENTS)[T]>;
export type ThreadEvent = { [T in ThreadEventType]: { readonly type: T; readonly data: ThreadEventData<T> } }[ThreadEventType];
export const THREAD_EVENT_TYPES = Object.keys(THREAD_EVENTS) as readonly ThreadEventType[];
