/**
 * What the managed-threads surface needs of the rest: commands through the gateway, reads from the store, a feed of what happens, and a host's
 * relay for what only the host knows. Composition roots in src/main hand these over; the surface's tests hand over small ones of their own.
 */
import type { Cause } from '../../contracts/actor';
import type { Principal } from '../../contracts/principal';
import type { Answer } from '../../contracts/managed-thread/ask';
import type { ThreadProjection } from '../../contracts/managed-thread/projection';
import type { ApprovalPreset, ThreadSpec, WorkspaceSpec } from '../../contracts/managed-thread/spawn';
import type { ThreadStatus } from '../../contracts/managed-thread/status';
import type { MemoryContext } from '../../contracts/managed-thread/terminal';
import type { Decision, Experience } from '../../domain/memory/records';
import type { Commanded } from '../../gateway/doors';
import type { Page } from '../http/paging';
import type { PrepareBody, SpawnBody } from './bodies';

/** A thread as reads have it: what the spawn said and what became of it. Times are ISO 8601. */
export interface ThreadRow
  extends
    Pick<ThreadSpec, 'id' | 'executionId' | 'name' | 'agentType' | 'role' | 'objective' | 'approvalPreset' | 'policy' | 'metadata' | 'createdAt'>,
    Omit<ThreadProjection, 'specRef' | 'workspace'> {
  readonly workspace: WorkspaceSpec | null;
  /** Seq of the last event that this row contains. */
  readonly lastSeq: number;
}

export interface EventRow {
  readonly seq: number;
  readonly threadId: string;
  readonly executionId: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly by: Cause;
  readonly requestId: string | null;
}

export interface Request {
  /** Makes a repeated command of one thread a no-op that answers as the first did. */
  readonly requestId: string;
}

export interface ApprovalReply {
  readonly seq: number;
  readonly askId: string;
  readonly answer: Answer;
  readonly answeredBy: string;
  readonly answeredAt: string;
  readonly repeated: boolean;
}

/** Input with its plain text; whoever implements the gateway stores what is too long for a message. */
export type PlainInput = { readonly message: string } | { readonly raw: string } | { readonly keys: readonly string[] };

/**
 * Commands. All of them throw faults: `not_found` for an id that the principal's tenant does not have, `conflict` for a thread that has ended (or, for
 * answers, that asks nothing), `exhausted` for a full queue, `unavailable` when neither door is open.
 */
export interface ThreadGateway {
  /** `requestId` names the request in the workflow's memo. A repeated key with the same body finds the first thread (`replayed`); with another body it is a conflict. */
  spawn(
    principal: Principal,
    body: SpawnBody,
    options: { readonly idempotencyKey: string | null; readonly requestId: string },
  ): Promise<{ readonly thread: ThreadRow; readonly replayed: boolean }>;
  send(principal: Principal, id: string, input: PlainInput, request: Request): Promise<Commanded<{ readonly seq: number; readonly position: number }>>;
  approve(principal: Principal, id: string, input: Answer & { readonly askId?: string }, request: Request): Promise<Commanded<ApprovalReply>>;
  cancel(
    principal: Principal,
    id: string,
    input: { readonly reason?: string },
    request: Request,
  ): Promise<Commanded<{ readonly seq: number; readonly dropped: number }>>;
  resume(principal: Principal, id: string, request: Request): Promise<Commanded<{ readonly seq: number }>>;
  /** For a thread that has ended, removes what is left of it (its worktree) and is done; a `conflict` is taken for the same. */
  stop(
    principal: Principal,
    id: string,
    input: { readonly force?: boolean; readonly timeoutMs?: number; readonly reason?: string },
    request: Request,
  ): Promise<Commanded<{ readonly seq: number }>>;
}

export interface ThreadFilter {
  /** Empty: all. */
  readonly statuses: readonly ThreadStatus[];
  readonly executionId?: string;
  readonly role?: string;
  readonly agentType?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface ThreadReads {
  get(tenant: string, id: string): Promise<ThreadRow | null>;
  /** Newest created first; `total` counts everything that the filter finds. */
  list(tenant: string, filter: ThreadFilter): Promise<{ readonly threads: readonly ThreadRow[]; readonly total: number }>;
  /** Oldest first, after `after` and without the first `offset` of those; empty `types` means all. At most `limit`. */
  events(
    tenant: string,
    id: string,
    page: { readonly after: number; readonly offset: number; readonly limit: number; readonly types: readonly string[] },
  ): Promise<readonly EventRow[]>;
  /** How many events of these types there are after `after`. */
  countEvents(tenant: string, id: string, page: { readonly after: number; readonly types: readonly string[] }): Promise<number>;
}

export type FeedItem =
  | { readonly kind: 'event'; readonly event: EventRow }
  /** Live only; dropped when nobody can take it. */
  | { readonly kind: 'frame'; readonly frame: Readonly<Record<string, unknown>> }
  /** Frames were dropped before this point because the reader was slow. Events never are. */
  | { readonly kind: 'gap'; readonly dropped: number };

/** A place in the order of all events: numbers that say nothing to clients, who only give them back. */
export const CURSOR = /^\d{1,20}-\d{1,19}$/;

/** History, then live, without a gap or a repeat. Iterables end soon after their signal aborts, and hold back while nobody pulls. */
export interface EventFeed {
  /** One thread's events after `after`. Does not end by itself. */
  thread(tenant: string, id: string, options: { readonly after: number; readonly frames: boolean }, signal: AbortSignal): AsyncIterable<FeedItem>;
  /** Events of all threads of an execution, those that start later too, in the journal's order. `cursor` ({@link CURSOR}) resumes after its event; null starts at the beginning. */
  execution(
    tenant: string,
    executionId: string,
    options: { readonly after: string | null; readonly threadIds: readonly string[] | null },
    signal: AbortSignal,
  ): AsyncIterable<{ readonly cursor: string; readonly event: EventRow }>;
}

export type DecisionRow = Decision;
export type ExperienceRow = Experience;

/** A page of rows; `total` counts everything that the filter finds. */
export interface Found<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

/** Shared decisions and experiences; lists come newest first. */
export interface ThreadMemory {
  decisions(
    tenant: string,
    filter: { readonly executionId?: string; readonly threadId?: string; readonly category?: string } & Page,
  ): Promise<Found<DecisionRow>>;
  /** A repeated key adds nothing and returns the first decision. */
  recordDecision(
    tenant: string,
    decision: Pick<DecisionRow, 'executionId' | 'threadId' | 'category' | 'summary' | 'details'>,
    options: { readonly idempotencyKey: string | null },
  ): Promise<DecisionRow>;
  experiences(
    tenant: string,
    filter: {
      readonly executionId?: string;
      readonly threadId?: string;
      readonly role?: string;
      readonly repo?: string;
      readonly outcome?: string;
    } & Page,
  ): Promise<Found<ExperienceRow>>;
}

/** A thread's terminal, where it is. */
export interface TerminalAddress {
  readonly tenant: string;
  readonly threadId: string;
  readonly hostId: string;
  readonly sessionId: string;
}

/** The rendered screen: what a person would see. */
export interface ScreenRow {
  readonly lines: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean };
  readonly cols: number;
  readonly rows: number;
  readonly title: string;
  readonly alternate: boolean;
}

/** What a spawn with this body would apply, as a host resolved it. Nothing is left behind. */
export interface PreparedRow {
  readonly workspace: WorkspaceSpec | null;
  readonly contextFiles: readonly { readonly path: string; readonly content: string }[];
  /** Names and values that the agent would be given of the caller's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly approvalPreset: ApprovalPreset;
  readonly memoryContext: MemoryContext | null;
}

/** Faults: `unavailable` when the host cannot be reached, `not_found` or `conflict` when it has no such session. */
export interface HostRelay {
  screen(address: TerminalAddress): Promise<ScreenRow>;
  /**
   * Where the host serves this terminal as a WebSocket, and the headers that it asks for. There, binary messages are the terminal's bytes in both
   * directions; text messages are JSON: `{"type":"resize","cols":…,"rows":…}` to the host, and from it what it has to say besides bytes.
   */
  terminal(
    address: TerminalAddress,
    viewer: { readonly subject: string },
  ): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>;
  prepare(principal: Principal, body: PrepareBody): Promise<PreparedRow>;
}

export interface AgentTypeRow {
  readonly type: string;
  readonly description: string;
  /** Whether a host that is alive has it; null where nobody knows. */
  readonly available: boolean | null;
}

/** Everything that the surface's handlers are given. */
export interface ManagedThreadPorts {
  readonly gateway: ThreadGateway;
  readonly reads: ThreadReads;
  readonly feed: EventFeed;
  readonly memory: ThreadMemory;
  readonly relay: HostRelay;
  agentTypes(): Promise<readonly AgentTypeRow[]>;
}
