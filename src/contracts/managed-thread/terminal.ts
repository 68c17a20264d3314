/**
 * What a thread's workflow asks of a host, and what the host tells it. All of it plain JSON and small: prompts, screens and
 * transcripts travel by reference or as frames, never through history.
 *
 * A **session** is one pseudo-terminal in ptyd, named `<thread id>.<generation>`; generation counts 1, 2, 3 … per thread. A **watch** is the
 * one long activity: it looks at a session until something happens that the thread must decide about.
 */
import { z } from 'zod';
import type { ActorRef } from '../actor';
import type { ApprovalPreset, WorkspaceSpec } from './spawn';
import { AskAction, type Answer, type Ask } from './ask';
import type { TextValue } from './commands';

/** Where the agent works, after preparation. */
export interface PreparedWorkspace extends WorkspaceSpec {
  readonly path: string;
}

export interface PrepareThreadInput {
  readonly actor: ActorRef;
  readonly specRef: string;
}
export interface PreparedThread {
  readonly workspace: PreparedWorkspace | null;
  /** Counts for `metadata.memoryContext` (seed 000), or null when there was nothing to remember. */
  readonly memoryContext: MemoryContext | null;
  /** Paths of the files that were written, relative to the workspace. */
  readonly contextFiles: readonly string[];
}
export interface MemoryContext {
  readonly sharedDecisionCount: number;
  readonly episodicExperienceCount: number;
  readonly repo: string | null;
  readonly role: string | null;
  readonly objective: string;
}

export interface StartSessionInput {
  readonly actor: ActorRef;
  readonly specRef: string;
  readonly sessionId: string;
  readonly workspacePath: string | null;
  readonly contextFiles: readonly string[];
  /** The CLI's own conversation id, when there is one to resume. */
  readonly conversationId: string | null;
}
export interface StartedSession {
  readonly pid: number;
  /** True when the session existed already: an earlier attempt of this activity had started it. */
  readonly adopted: boolean;
  /** True when the CLI was told to resume `conversationId`. */
  readonly resumed: boolean;
}

/** Something to type. `effectId` makes it happen once: the host claims it before it types (src/contracts/effect.ts). */
export type TerminalInput =
  | { readonly kind: 'message'; readonly message: TextValue }
  | { readonly kind: 'objective'; readonly specRef: string }
  | { readonly kind: 'raw'; readonly data: string }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'answer'; readonly ask: Ask; readonly answer: Answer }
  | { readonly kind: 'interrupt' };

export interface TypeInputInput {
  readonly actor: ActorRef;
  readonly agentType: string;
  readonly sessionId: string;
  readonly effectId: string;
  readonly input: TerminalInput;
}
export interface TypedInput {
  /** done: typed exactly once. unknown: claimed, but nobody can tell whether it was typed; it is not typed again. lost: no such session. */
  readonly outcome: 'done' | 'unknown' | 'lost';
}

export interface WatchSessionInput {
  readonly actor: ActorRef;
  readonly specRef: string;
  readonly agentType: string;
  readonly preset: ApprovalPreset;
  readonly sessionId: string;
  /** Names the watch; ask ids and observation ids derive from it. */
  readonly turnId: string;
  /** start: until the first prompt. turn: a message was typed. follow: raw input, keys or an answer were typed; there may be no turn at all. */
  readonly purpose: 'start' | 'turn' | 'follow';
  /** The number that the next ask of this turn gets. */
  readonly askOrdinal: number;
  /** The ask that was on the screen before the input was typed; seen unchanged it is the same ask, with the same id. */
  readonly currentAsk: Ask | null;
}
export type WatchOutcome =
  | {
      readonly kind: 'ready';
      /** Whether the CLI worked since the watch began (false: a key press that changed nothing, or a first prompt). */
      readonly worked: boolean;
      /** What the agent said: the CLI's own last message where it offers one, else the screen's new lines. At most 8,000 characters. */
      readonly output: string;
      readonly confidence: number | null;
      readonly conversationId: string | null;
    }
  | { readonly kind: 'blocked'; readonly ask: Ask; readonly conversationId: string | null }
  | { readonly kind: 'exited'; readonly exitCode: number | null; readonly signal: string | null; readonly output: string }
  | { readonly kind: 'lost'; readonly reason: string };

export interface EndSessionInput {
  readonly actor: ActorRef;
  readonly agentType: string;
  readonly sessionId: string;
  /** How long the CLI may take before its processes are killed; 0 kills at once. */
  readonly graceMs: number;
}
export interface EndedSession {
  readonly existed: boolean;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Quiet check before a session is released: has anything moved since `quietSinceMs`? */
export interface IdleCheckInput {
  readonly actor: ActorRef;
  readonly sessionId: string;
}
export interface IdleCheck {
  readonly exists: boolean;
  /** Milliseconds since the terminal last produced output or took input. */
  readonly quietMs: number;
}

export interface ReleaseWorkspaceInput {
  readonly actor: ActorRef;
  readonly specRef: string;
  /** What preparation returned for the thread. */
  readonly workspace: PreparedWorkspace | null;
}
export interface ReleasedWorkspace {
  readonly removed: boolean;
  /** In words: why it was kept, or null. */
  readonly reason: string | null;
  readonly path: string | null;
}

/** A command that judges a thread's work, in its workspace. It may run more than once. */
export interface RunCheckInput {
  readonly actor: ActorRef;
  readonly specRef: string;
  readonly workspacePath: string;
  /** Relative to the workspace, and inside it; null: the workspace. */
  readonly cwd: string | null;
  /** The program and its arguments; there is no shell. */
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}
export interface CheckEnd {
  /** null: it was ended by a signal or for its time, or could not be started. */
  readonly exitCode: number | null;
  /** Why there is no exit status, or null. */
  readonly reason: string | null;
  /** The last 8,000 characters of both outputs, without secrets. */
  readonly output: string;
}

export interface PublishBranchInput {
  readonly actor: ActorRef;
  readonly specRef: string;
  readonly workspacePath: string;
}
/** `repo` and `fork` as the spawn named them; `branch` is where the commits are now, and how many they are beyond `base`. */
export type PublishedBranch =
  | {
      readonly state: 'published';
      readonly repo: string;
      readonly fork: string | null;
      readonly base: string;
      readonly branch: string;
      readonly commits: number;
      /** There are changes beside them that are not committed. */
      readonly uncommitted: boolean;
    }
  | { readonly state: 'nothing'; readonly reason: string };

/** Activities on a host's own queue. */
export interface HostActivities {
  prepareThread(input: PrepareThreadInput): Promise<PreparedThread>;
  /** After the thread's end: removes the directory that was made for it, unless it holds work that is nowhere else. */
  releaseWorkspace(input: ReleaseWorkspaceInput): Promise<ReleasedWorkspace>;
  startSession(input: StartSessionInput): Promise<StartedSession>;
  typeInput(input: TypeInputInput): Promise<TypedInput>;
  watchSession(input: WatchSessionInput): Promise<WatchOutcome>;
  endSession(input: EndSessionInput): Promise<EndedSession>;
  checkIdle(input: IdleCheckInput): Promise<IdleCheck>;
  /** Fault `execution.check_outside` (invalid): the directory is not inside the workspace. */
  runCheck(input: RunCheckInput): Promise<CheckEnd>;
  /** Pushes what the thread has committed, once however often it is called. Fault `workspace.push_refused` (conflict). */
  publishBranch(input: PublishBranchInput): Promise<PublishedBranch>;
}

/** Activities of hosts' registry, on the orchestration queue. */
export interface PlacementActivities {
  /** The live host with most room, or null. `keep` is preferred while it lives. */
  chooseHost(input: { readonly actor: ActorRef; readonly agentType: string; readonly keep: string | null }): Promise<{ readonly hostId: string } | null>;
  /** live: heard from lately. silent: not lately, may come back. gone: silent for so long that its sessions count as lost. */
  checkHost(input: { readonly hostId: string }): Promise<{ readonly state: 'live' | 'silent' | 'gone' }>;
}

/** A fact seen during a watch. `key` is deterministic within the turn, so that a retried watch repeats no event. */
export const Observation = z.object({
  sessionId: z.string().max(160),
  turnId: z.string().max(200),
  fact: z.discriminatedUnion('type', [
    /** A piece of what the agent said, complete enough to keep (not a live frame). */
    z.object({ type: z.literal('output'), text: z.string().max(8_000) }),
    z.object({ type: z.literal('tool_running'), tool: z.string().max(200), description: z.string().max(2_000).optional(), action: AskAction.optional() }),
    z.object({ type: z.literal('conversation'), conversationId: z.string().min(1).max(200) }),
  ]),
});
export type Observation = z.output<typeof Observation>;

/** What a host tells about a session outside a watch. */
export const SessionReport = z.object({
  sessionId: z.string().max(160),
  event: z.discriminatedUnion('type', [
    z.object({ type: z.literal('exited'), exitCode: z.int().nullable(), signal: z.string().nullable(), output: z.string().max(8_000) }),
    /** ptyd has no such session: it was killed, or the host was restarted. */
    z.object({ type: z.literal('lost'), reason: z.string().max(500) }),
    /** Somebody typed through an attached terminal. */
    z.object({ type: z.literal('typed'), bytes: z.int().min(1), subject: z.string().max(256) }),
  ]),
});
export type SessionReport = z.output<typeof SessionReport>;
