/**
 * What the world must supply to activities. The store (Postgres) and ptyd implement these; composition roots in src/main hand them
 * over. Each port has one conformance suite in test/conformance.
 */
import type { ActorRef, Cause, CommitBatch } from '../src/contracts/actor';
import type { PastRun, ThreadPlace } from '../src/contracts/execution/org';
import type { Environment, SpawnThread, ThreadSpec } from '../src/contracts/managed-thread/spawn';
import type { StoredValue } from '../src/contracts/execution/value';
import type { RunEnd, ScheduledRun } from '../src/contracts/schedule';
import type { StartedTarget, Target } from '../src/contracts/target';
import type { Firing, FiringEnd } from '../src/contracts/trigger';
import type { DeliveryStatus, DeliveryTry, WebhookDefinition, WebhookSecrets } from '../src/contracts/webhook';
import type { Decision, Experience } from '../src/domain/memory/records';
import type { z } from 'zod';

export interface Journal {
  /**
   * Writes the events, their hashes, the actor's projection and the notification in one transaction. Idempotent on (actor, seq): events that
   * are already there are skipped when equal. Fault `journal.conflict` (conflict) when one is there with other content, `journal.gap`
   * (conflict) when the batch does not follow on the last seq.
   */
  commit(batch: CommitBatch): Promise<void>;
}

/** How far an effect on the world got, as far as anybody can prove. */
export type EffectState = { readonly state: 'new' } | { readonly state: 'claimed' } | { readonly state: 'done'; readonly receipt: unknown };

/** Claims and receipts (design: effects have three outcomes). One row per effect id; ids are unique per actor. */
export interface Effects {
  /** Claims before acting. `new`: the caller holds the claim and may act. `claimed`: somebody claimed and left no receipt. `done`: with its receipt. */
  claim(actor: ActorRef, effectId: string, kind: string): Promise<EffectState>;
  /** The receipt, written once; later receipts for the same effect are ignored. */
  settle(actor: ActorRef, effectId: string, receipt: unknown): Promise<void>;
  /** Gives a claim back when it is certain that nothing was done. */
  release(actor: ActorRef, effectId: string): Promise<void>;
}

/** Content-addressed values: the name is the SHA-256 of the bytes, hex. Writing twice is a no-op. */
export interface Blobs {
  put(tenant: string, value: string): Promise<string>;
  /** The value, or null when there is none for this tenant. */
  get(tenant: string, ref: string): Promise<string | null>;
}

/** The same for bytes that are no text; at most 1 MiB each. */
export interface ByteBlobs {
  putBytes(tenant: string, bytes: Uint8Array): Promise<string>;
  getBytes(tenant: string, ref: string): Promise<Uint8Array | null>;
}

/** Thread specs (behind blobs) and their sealed environment. */
export interface ThreadSpecs {
  read(tenant: string, specRef: string): Promise<ThreadSpec>;
  /** Values of the variables that the spawn gave; sealed at rest. Empty when there are none. */
  environment(actor: ActorRef): Promise<z.output<typeof Environment>>;
}

export interface HostRecord {
  readonly hostId: string;
  /** Where the host's relay listens, as a URL (`http://127.0.0.1:40123`), and the token that it asks for. */
  readonly relayUrl: string;
  readonly relayToken: string;
  readonly sessions: number;
  readonly capacity: number;
  readonly agentTypes: readonly string[];
  readonly lastSeenAt: string;
}

/** The registry of hosts. A host renews its row every few seconds; one that is silent for `goneAfterMs` counts as gone. */
export interface Hosts {
  renew(host: Omit<HostRecord, 'lastSeenAt'>): Promise<void>;
  find(hostId: string): Promise<HostRecord | null>;
  live(withinMs: number): Promise<readonly HostRecord[]>;
  /**
   * Lets `pick` choose among the hosts that were heard from within `withinMs`, whose `sessions` here also counts the threads that were placed and are not among the host's own
   * sessions yet, and notes the choice. One choice at a time, over all workers. Placing a thread again replaces its place.
   */
  place(actor: string, withinMs: number, pick: (hosts: readonly HostRecord[]) => HostRecord | null): Promise<HostRecord | null>;
  /** The session of a thread that was placed runs: its host will count it by itself. */
  started(actor: string): Promise<void>;
  /** Removes places that nothing came of; returns how many. At most 10,000 at a time. */
  forgetPlaces(): Promise<number>;
  retire(hostId: string): Promise<void>;
}

/** Frames: live-only messages to whoever watches now. Never stored, may be dropped, never block. */
export interface Frames {
  send(actor: ActorRef, frame: Readonly<Record<string, unknown>>): void;
}

/** A directory that Everthread made for a thread, on one host. */
export interface WorkspaceRecord {
  readonly tenant: string;
  readonly workspaceId: string;
  /** Address of the thread that it was made for. */
  readonly thread: string;
  readonly hostId: string;
  /** Absolute, on that host. */
  readonly path: string;
  /** As the spawn named it; null for a directory without a repository. */
  readonly repo: string | null;
  /** The branch (or tag) that the thread's own branch started from. */
  readonly branch: string | null;
  /** The thread's own branch. */
  readonly worktreeId: string | null;
}

/** Which workspace is whose. Ids are unique within a tenant, over all hosts. */
export interface Workspaces {
  find(tenant: string, workspaceId: string): Promise<WorkspaceRecord | null>;
  /** The workspace that was made for this thread, or null. */
  madeFor(tenant: string, thread: string): Promise<WorkspaceRecord | null>;
  /**
   * Takes the id for `record.thread`. Returns what stands afterwards: the given record when the id was free or this thread's already (then its
   * host, path and branches are updated), another thread's record when it is taken.
   */
  claim(record: WorkspaceRecord): Promise<WorkspaceRecord>;
  /** Notes that another thread works there too. Twice is a no-op. False when there is no such workspace. */
  share(tenant: string, workspaceId: string, thread: string): Promise<boolean>;
  /** This thread works there no longer. Returns the addresses of the threads that still do. */
  leave(tenant: string, workspaceId: string, thread: string): Promise<readonly string[]>;
  /** The directory is gone: the id is free again. */
  forget(tenant: string, workspaceId: string): Promise<void>;
}

/** What is remembered of earlier work, newest first, of one tenant only. */
export interface Memory {
  decisions(tenant: string, executionId: string, limit: number): Promise<readonly Decision[]>;
  /** With this repository and this role, each only when it is not null. */
  experiences(tenant: string, wanted: { readonly repo: string | null; readonly role: string | null }, limit: number): Promise<readonly Experience[]>;
}

/** Starts what schedules and triggers name. */
export interface Targets {
  /**
   * Starts the target, once for each key however often it is called; a repetition answers as the first time. Faults: `target.unsupported`
   * (unsupported) for kinds that are not served yet, and whatever the work's own route would say.
   */
  start(request: { readonly tenant: string; readonly target: Target; readonly key: string; readonly by: Cause }): Promise<StartedTarget>;
}

/** Runs of schedules. A run of a schedule that was deleted leaves nothing. */
export interface ScheduleRuns {
  /** Notes that the run is under way, and returns what this revision of the schedule starts; null when there is no such schedule any more. Twice is a no-op. */
  begin(run: ScheduledRun, revision: number): Promise<Target | null>;
  /** How it ended. The first end stands. */
  end(run: ScheduledRun, end: RunEnd): Promise<void>;
}

/** Patterns as executions call each other. */
export interface Patterns {
  /** The newest version in the range (`*`: the newest of all), with its plan as it travels. Fault `pattern.not_found`. */
  resolve(
    tenant: string,
    name: string,
    range: string,
  ): Promise<{ readonly name: string; readonly version: string; readonly plan: StoredValue; readonly planRef: string }>;
}

/** Inputs and results of executions that are kept beside their journal. */
export interface StoredInputs {
  /** Fault `execution.value_missing` (not_found). */
  ofBatch(tenant: string, batchId: string, index: number): Promise<unknown>;
  /** The newest result that was good enough; of this input where one is given. */
  goodResult(request: {
    readonly tenant: string;
    readonly patternName: string;
    readonly step: string;
    readonly input: StoredValue | null;
    readonly maxAgeMs: number | null;
  }): Promise<{ readonly result: StoredValue; readonly confidence: number | null } | null>;
}

/** The managed threads of an execution. */
export interface ExecutionThreads {
  /** Asks those that have not ended to stop; returns how many there were. */
  stopAll(tenant: string, executionId: string, reason: string): Promise<number>;
}

/** The managed threads of roles of an org chart. */
export interface RoleThreads {
  agentTypes(): Promise<readonly { readonly type: string; readonly available: boolean | null }[]>;
  /** Once for each key; returns the id of the thread. */
  spawn(tenant: string, key: string, spawn: SpawnThread): Promise<string>;
  /** Once for each request id. Fault `thread.stopped` (conflict). */
  send(tenant: string, executionId: string, task: { readonly threadId: string; readonly requestId: string; readonly message: string }): Promise<void>;
  /** Once for each request id. Faults of kind `conflict` when nothing waits for this answer. */
  answer(
    tenant: string,
    executionId: string,
    answer: { readonly threadId: string; readonly askId: string; readonly requestId: string; readonly text: string },
  ): Promise<void>;
  /** Fault `thread.not_found`. */
  find(tenant: string, threadId: string): Promise<ThreadPlace>;
}

/** How sure the results of a role were in earlier executions. */
export interface RoleHistory {
  /** Of the newest executions of the pattern that have ended, but for `executionId`; of each the last result. Newest first. */
  runs(wanted: {
    readonly tenant: string;
    readonly patternName: string;
    readonly executionId: string;
    readonly role: string;
    readonly maxRuns: number;
  }): Promise<readonly PastRun[]>;
}

/** What one try of a delivery needs to know. Times are ISO 8601. */
export interface DeliveryOrder {
  readonly webhook: WebhookDefinition;
  readonly secrets: WebhookSecrets;
  readonly status: DeliveryStatus;
  readonly eventId: string;
  readonly eventType: string;
  readonly executionId: string | null;
  readonly body: string;
  /** Tries that were made before. */
  readonly tried: number;
  readonly createdAt: string;
}

/** Deliveries of webhooks. */
export interface Deliveries {
  /** Null when the delivery is gone with its webhook. */
  order(tenant: string, deliveryId: string): Promise<DeliveryOrder | null>;
  /** Notes a try, and the end if it was one. `nextInMs` null: there is no other try. */
  record(
    tenant: string,
    deliveryId: string,
    tried: { readonly made: DeliveryTry; readonly delivered: boolean; readonly nextInMs: number | null },
  ): Promise<void>;
  /** Nobody wants it any more. */
  cancel(tenant: string, deliveryId: string): Promise<void>;
}

/** Firings of triggers. */
export interface Firings {
  /** What it starts; null when it is over, or gone with its trigger. */
  target(firing: Firing): Promise<Target | null>;
  /** How it ended. The first end stands. */
  end(firing: Firing, end: FiringEnd): Promise<void>;
}

/** One HTTP request to an address that a user gave; src/outgoing says where it may go. */
export interface OutgoingCalls {
  /** Any status is an answer. Faults: `outgoing.address_refused` (invalid), `outgoing.timeout` (deadline), `outgoing.too_large` (invalid), `outgoing.failed` (unavailable). */
  post(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeoutMs: number;
  }): Promise<{ readonly status: number; readonly durationMs: number }>;
}
