/**
 * What every actor has, seen from outside: an address, commands with two doors, events, a journal entry.
 *
 * A command is defined once, by a name and two schemas. The kernel (workflows/kernel) registers each one as a Temporal Update
 * *and* as a Signal of the same name; the gateway chooses the door. See docs/ARCHITECTURE.md, "life of one message".
 */
import { z } from 'zod';

/** Bounds shared by all actors. Everything that is kept is bounded; these are the numbers. */
export const LIMITS = {
  /** Characters of a request id; longer client keys are hashed by the gateway. */
  requestId: 128,
  /** Receipts an actor remembers (and carries through continue-as-new). A repeat older than that is a new request. */
  receipts: 2_000,
  /** Events in one journal commit. */
  commitEvents: 200,
  /** Bytes of one event's data kept inline; larger values go to the blob store by reference. */
  inlineBytes: 32 * 1024,
} as const;

export const RequestId = z.string().min(1).max(LIMITS.requestId);

/** Who caused something, and by which way it came in. Never a secret. */
export const Cause = z.object({
  /** The principal's subject, a host id, or `everthread` for what the system did by itself. */
  subject: z.string().min(1).max(256),
  via: z.enum(['api', 'signal', 'host', 'policy', 'schedule', 'trigger', 'system']),
});
export type Cause = z.output<typeof Cause>;

export const SYSTEM: Cause = { subject: 'everthread', via: 'system' };

/**
 * What goes through either door. A person who signals by hand may leave the envelope away and send the bare input:
 * `temporal workflow signal --name approve --input '{"approve":true}'`.
 */
export const Envelope = z.object({ requestId: RequestId, by: Cause, input: z.unknown() });
export type Envelope = z.output<typeof Envelope>;

/** One command of one kind of actor. `name` is a wire name: it never changes. */
export interface CommandDefinition<I extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: I;
  readonly reply: R;
}

export const command = <I extends z.ZodType, R extends z.ZodType>(name: string, input: I, reply: R): CommandDefinition<I, R> => ({ name, input, reply });

/** A command after its envelope was opened and its input parsed; what `decide` sees. `at` is workflow time, in ISO 8601. */
export interface Received<I = unknown> {
  readonly name: string;
  readonly input: I;
  readonly requestId: string;
  readonly by: Cause;
  readonly at: string;
}

/** What a decision wants recorded: the event's type and data, without the numbering that the kernel adds. */
export interface NewEvent<T extends string = string, D = Readonly<Record<string, unknown>>> {
  readonly type: T;
  readonly data: D;
}

/** An event as the journal has it. `seq` counts 1, 2, 3 … within its actor, without gaps. */
export interface RecordedEvent<T extends string = string, D = Readonly<Record<string, unknown>>> extends NewEvent<T, D> {
  readonly seq: number;
  /** Workflow time when it was recorded, ISO 8601 with milliseconds. */
  readonly at: string;
  readonly by: Cause;
  /** The command that caused it, where one did. */
  readonly requestId: string | null;
}

/** Which actor: `address` is the workflow id (`managed-thread/thr_…`), unique over all kinds and tenants. */
export interface ActorRef {
  readonly address: string;
  readonly kind: string;
  readonly tenant: string;
  /** The id that clients know. */
  readonly id: string;
}

/** Input of the `commitJournal` activity: consecutive events and the row that sums the actor up after the last of them. */
export interface CommitBatch {
  readonly actor: ActorRef;
  readonly events: readonly RecordedEvent[];
  /** Kind-specific, plain JSON; the store's projector for the kind knows its shape. */
  readonly projection: Readonly<Record<string, unknown>>;
  /** Of events that an activity is entrusted with: where it ends at once and they are young, they may as well come with the next one. */
  readonly mayWait?: boolean;
}

/**
 * Told beside its own answer by an activity that was entrusted with events (its last argument): the number of the last one, once they are in the journal. Absent when they
 * were not brought there; the actor sees to that itself then.
 */
export interface Brings {
  readonly committedSeq?: number;
}

/** The kernel's own activities, on the worker's task queue. */
export interface KernelActivities {
  commitJournal(batch: CommitBatch): Promise<void>;
}

/** How an actor has ended, as its row and its journal have it. */
export interface ActorEnd {
  readonly projection: CommitBatch['projection'];
  readonly lastSeq: number;
}

/** For actors whose journal may have their end before the history of their workflow has (workflows/kernel/actor.ts, `finish`). */
export interface EndingActivities {
  /** Commits, and returns null. Where the journal has other events in their place and an end of the actor, that is told instead. */
  commitUnlessEnded(batch: CommitBatch): Promise<ActorEnd | null>;
}

/** The query that every actor answers with its state. */
export const STATE_QUERY = 'state';

/** The task queue of orchestration: workflows and the activities that any worker can run. */
export const ORCHESTRATION_QUEUE = 'everthread';
/** The task queue of one host: only that machine's host process polls it. */
export const hostQueue = (hostId: string): string => `host-${hostId}`;

/** Search attributes that every actor sets; registered by `everthread migrate` and by the embedded server. All keywords. */
export const SEARCH_ATTRIBUTES = [
  'EverthreadKind',
  'EverthreadTenant',
  'EverthreadStatus',
  'EverthreadExecution',
  'EverthreadPattern',
  'EverthreadRole',
] as const;
