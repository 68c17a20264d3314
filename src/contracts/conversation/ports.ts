/**
 * What surfaces use of conversations. Tenants and owners are looked at here: what is another tenant's, another owner's or deleted is `conversation.not_found` (not_found) everywhere, but for
 * a principal that {@link seesAll} (src/domain/conversation/access.ts) lets see the whole tenant.
 */
import type { z } from 'zod';
import type { Principal } from '../principal';
import type { AgentDefinition, AgentRecord, ExecutionMode } from './agent';
import type { WhenBusy } from './commands';
import type { ExportedEvent, PublishedEvent, ThreadEvent, ThreadFrame, TRANSIENT_TYPES, Usage } from './events';
import type { Holder, Message, RunConfig } from './start';

type Json = z.core.util.JSONType;

/** `waiting_approval`: what holds it is a run that waits for a person. */
export type ThreadStatus = 'idle' | 'running' | 'waiting_approval' | 'compacting';

export interface Thread {
  readonly id: string;
  readonly tenant: string;
  /** The subject that opened it. */
  readonly ownerUserId: string;
  readonly agentId: string;
  readonly title: string;
  readonly executionMode: ExecutionMode;
  readonly archived: boolean;
  readonly activeRolloutId: string;
  readonly status: ThreadStatus;
  readonly holder: Holder | null;
  /** Runs that wait for their turn. */
  readonly queued: number;
  /** Of the last durable event; 0 before the first. */
  readonly lastSequence: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** ISO 8601. Transient frames change nothing here. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type ThreadRunStatus = 'queued' | 'running' | 'waiting_approval' | 'completed' | 'failed' | 'cancelled';
/** A run of a thread. */
export interface ThreadRun {
  readonly runId: string;
  readonly threadId: string;
  readonly rolloutId: string;
  readonly agentId: string;
  readonly agentSlug: string;
  readonly agentVersion: number;
  readonly executionMode: ExecutionMode;
  readonly status: ThreadRunStatus;
  readonly userId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What it answered, once it has ended; null: nothing. */
  readonly result: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly usage: Usage | null;
  readonly iterations: number;
  /** What it waits for people with; `since` in ISO 8601. */
  readonly pending: { readonly channel: string; readonly proposalId: string; readonly tool: string; readonly reason: string; readonly since: string } | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface Rollout {
  readonly rolloutId: string;
  readonly threadId: string;
  readonly startedAt: string;
  /** Null: it is the active one. */
  readonly completedAt: string | null;
  readonly eventCount: number;
}

/** Who asks, and under which key: the second request of a key is answered as the first. */
export interface KeyedCall {
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

export interface OpenRequest {
  /** Chosen by the caller; null: one is made. Fault `conversation.exists` (conflict). */
  readonly id: string | null;
  /** Slug or id of the agent. Faults `conversation.agent_not_found` (not_found). */
  readonly agent: string;
  readonly title: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface StartRunRequest {
  /** Null: a thread is opened for it. */
  readonly threadId: string | null;
  /** Slug or id. Null: the thread's own. */
  readonly agent: string | null;
  /** The last one is the user's. */
  readonly messages: readonly Message[];
  readonly config: RunConfig;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly whenBusy: WhenBusy;
}

export interface StartedRun {
  readonly runId: string;
  readonly threadId: string;
  readonly rolloutId: string;
  readonly agentId: string;
  readonly executionMode: ExecutionMode;
  readonly targetDeviceId: string | null;
  /** `accepted`: no worker answered in time; the command is kept, and done when one is there. */
  readonly status: 'started' | 'queued' | 'accepted';
  /** Runs before it; 0: it has begun. */
  readonly position: number;
  readonly replayed: boolean;
  /** The thread's durable events after this one tell of the run. */
  readonly afterSequence: number;
}

export interface PublishRequest {
  readonly threadId: string;
  readonly runId: string;
  readonly rolloutId: string;
}
export interface Published {
  readonly threadId: string;
  readonly rolloutId: string;
  /** Of the last event of the thread. */
  readonly sequence: number;
  /** How many of the given ones were new events. */
  readonly appended: number;
}
export interface TransientFrame extends PublishRequest {
  readonly type: (typeof TRANSIENT_TYPES)[number];
  /** Positive; what is not above the last one of the run is dropped. */
  readonly sequenceNumber: number;
  readonly payload: Json;
}

/** `accepted`: no worker answered in time; the command is kept. */
export interface Done {
  readonly status: 'done' | 'accepted';
}

/**
 * What may be done to threads. Faults of all but `open` and `import`: `conversation.not_found`, `temporal.unavailable`. `conversation.busy` (conflict) has the facts
 * `{holder: {kind, id, since}}`; surfaces say `THREAD_BUSY`.
 */
export interface Conversations {
  /** Idempotent by key. */
  open(principal: Principal, request: OpenRequest, call: KeyedCall): Promise<{ readonly thread: Thread; readonly replayed: boolean }>;
  /**
   * Idempotent by key. Faults: `conversation.busy`, `conversation.queue_full` (exhausted), `conversation.agent_not_found`, those of models (`cognition.*`, invalid) and of authority
   * (`run.scope`, `run.grant`, invalid) that the agent asks for.
   */
  startRun(principal: Principal, request: StartRunRequest, call: KeyedCall): Promise<StartedRun>;
  /** By run alone, or of a thread; the thread's present run where none is named. Twice is a no-op. Faults: `conversation.run_not_active` (conflict), `conversation.run_not_found`. */
  cancelRun(
    principal: Principal,
    request: { readonly threadId: string | null; readonly runId: string | null; readonly reason: string | null },
    call: KeyedCall,
  ): Promise<Done & { readonly runId: string; readonly threadId: string }>;
  /** Begins it; its end is told by `compaction_completed`. Faults `conversation.busy`, `conversation.nothing_to_compact` (conflict). */
  compact(principal: Principal, threadId: string, call: KeyedCall): Promise<Done & { readonly compactionId: string | null }>;
  rename(principal: Principal, threadId: string, title: string, call: KeyedCall): Promise<Done>;
  archive(principal: Principal, threadId: string, archived: boolean, call: KeyedCall): Promise<Done>;
  /** Metadata of the thread, merged over what is there; null takes a key away. At most 16 KiB of JSON. */
  annotate(principal: Principal, threadId: string, metadata: Readonly<Record<string, unknown>>): Promise<Thread>;
  delete(principal: Principal, threadId: string, call: KeyedCall): Promise<Done>;
  /**
   * Durable events of the local run that holds the thread, all of them or none; at most PUBLISHED_MAX. A `run_completed` must be the last one, and ends the run; a `run_started` says
   * nothing new and appends nothing. Idempotent by key. Faults (conflict): `conversation.busy` while something else holds the thread, `conversation.rollout_inactive`, `conversation.run_not_active`.
   */
  append(principal: Principal, publish: PublishRequest & { readonly events: readonly PublishedEvent[] }, call?: KeyedCall): Promise<Published>;
  /** To those who watch now; faults as {@link append}. `delivered` false: its number was not above the last one. */
  publishTransient(principal: Principal, frame: TransientFrame): Promise<{ readonly delivered: boolean }>;
  /** A verdict on what the thread's run waits for; those of runs as faults: `run.no_pending_approval` (not_found), `run.approvals_over` (conflict). */
  answer(
    principal: Principal,
    threadId: string,
    verdict: {
      readonly runId: string | null;
      /** Null: the channel on which it waits now. */
      readonly channel: string | null;
      readonly proposalId: string | null;
      readonly approve: boolean;
      readonly comment: string | null;
    },
    call: KeyedCall,
  ): Promise<Done>;
  /**
   * A thread of exported lines: one rollout or several, in order. Ids are kept where they are free, else new ones are made. Faults: `conversation.import` (invalid) with `line`, `field`
   * and `reason`; `conversation.import_too_large` (invalid).
   */
  import(
    principal: Principal,
    request: { readonly agent: string; readonly title: string; readonly events: readonly ExportedEvent[] },
    call: KeyedCall,
  ): Promise<{ readonly thread: Thread; readonly events: number; readonly replayed: boolean }>;
}
/** Events of one import. */
export const IMPORT_EVENTS_MAX = 50_000;
export const METADATA_BYTES_MAX = 16 * 1024;

/** A place in a list, as the store reads on from it; surfaces sign and hide it. */
export interface ListPlace {
  readonly createdAt: string;
  readonly id: string;
}
export interface ListPage<T> {
  readonly items: readonly T[];
  /** Null: that was the last page. */
  readonly next: ListPlace | null;
}

export interface EventsPage {
  /** Null: of all rollouts. */
  readonly rolloutId: string | null;
  /** Events after this sequence, oldest first; or, with `before`, those before it, the newest of them (told oldest first as well). Neither: from the first. */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

/** An entry of the actor's journal, as the activity of the thread. Newest first. */
export interface ThreadActivity {
  /** The place in the list. */
  readonly seq: number;
  readonly eventType: string;
  readonly actorUserId: string;
  readonly runId: string | null;
  readonly title: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly createdAt: string;
}

/** From Postgres; they cost the same for ten or a hundred thousand events, and while no worker is up. */
export interface ConversationReads {
  /** Newest first by `createdAt`. `all`: also others' threads; fault `forbidden` where the principal does not see all. */
  list(
    principal: Principal,
    filter: {
      readonly archived: boolean | null;
      readonly all: boolean;
      readonly agentId: string | null;
      readonly limit: number;
      readonly after: ListPlace | null;
    },
  ): Promise<ListPage<Thread>>;
  get(principal: Principal, threadId: string): Promise<Thread>;
  /** `more`: there are events beyond these in the direction that was asked for. */
  events(
    principal: Principal,
    threadId: string,
    page: EventsPage,
  ): Promise<{ readonly thread: Thread; readonly events: readonly ThreadEvent[]; readonly more: boolean }>;
  /** Oldest first. */
  rollouts(principal: Principal, threadId: string): Promise<{ readonly thread: Thread; readonly rollouts: readonly Rollout[] }>;
  activity(
    principal: Principal,
    threadId: string,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<{ readonly activity: readonly ThreadActivity[]; readonly next: number | null }>;
  runs(
    principal: Principal,
    filter: {
      readonly threadId: string | null;
      /** Slug or id. */
      readonly agent: string | null;
      readonly status: ThreadRunStatus | null;
      readonly all: boolean;
      readonly limit: number;
      readonly after: ListPlace | null;
    },
  ): Promise<ListPage<ThreadRun>>;
  /** Fault `conversation.run_not_found`. */
  run(principal: Principal, runId: string): Promise<ThreadRun>;
}

/** Both end when the signal aborts, when the caller breaks off, and after the thread is deleted. Who may see the thread was asked before. */
export interface ConversationFeed {
  /** Durable events after `afterSequence`: those that are there, then those that come, each once and in order. */
  watch(tenant: string, threadId: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<ThreadEvent, void, void>;
  /** Frames from now on, and of the run under way what is kept of its answer so far. A slow reader gets a `gap`. */
  frames(tenant: string, threadId: string, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void>;
}

/** Agents of a tenant. */
export interface ConversationAgents {
  /**
   * By slug. The same definition again changes nothing and says the version that stands. Faults: those of models and authority (invalid, naming the field), `conversation.too_many_agents`
   * (exhausted).
   */
  upsert(principal: Principal, definition: AgentDefinition): Promise<{ readonly agent: AgentRecord; readonly action: 'created' | 'updated' | 'unchanged' }>;
  /** By slug, ascending. */
  list(
    principal: Principal,
    page: { readonly limit: number; readonly afterSlug: string | null },
  ): Promise<{ readonly agents: readonly AgentRecord[]; readonly next: string | null }>;
  /** By slug or id, the newest version. Fault `conversation.agent_not_found`. */
  get(principal: Principal, slugOrId: string): Promise<AgentRecord>;
}
