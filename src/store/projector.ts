/** What a kind of actor writes beside its events, in the same transaction. */
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { Queryable } from './database';
import type { Redact } from './secrets';

export interface Projection {
  readonly actor: ActorRef;
  /** The events that were new in this commit, redacted; empty when the batch carried only a projection. */
  readonly events: readonly RecordedEvent[];
  readonly projection: Readonly<Record<string, unknown>>;
  readonly redact: Redact;
  readonly lastSeq: number;
}

export interface Projector {
  /** The execution that the actor's events belong to, or null. Asked at every commit: keep it cheap. */
  executionOf(db: Queryable, actor: ActorRef, projection: Readonly<Record<string, unknown>>): Promise<string | null>;
  /** Writes the row that sums the actor up. Never called for a batch that was there before, so a late repeat cannot turn the row back. */
  apply(db: Queryable, projection: Projection): Promise<void>;
}
