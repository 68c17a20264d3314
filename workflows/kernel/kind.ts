/** What a kind of actor gives the kernel: its pure functions, and what it carries through continue-as-new. */
import type { ActorEnd, CommandDefinition, NewEvent, Received, RecordedEvent } from '../../src/contracts/actor';
import type { Receipts, Reply } from '../../src/domain/actor/receipts';
import type { Fault } from '../../src/errors/fault';

export interface ActorKind<S> {
  readonly commands: readonly CommandDefinition[];
  decide(state: S, command: Received): { readonly events: readonly NewEvent[]; readonly reply: Reply };
  evolve(state: S, event: RecordedEvent): S;
  /** The projection row after the last event. */
  project(state: S): Readonly<Record<string, unknown>>;
  /** Markdown for the Temporal UI: what it does now, what it waits for. */
  describe(state: S): string;
  /** Values of search attributes; null unsets. */
  attributes(state: S): Readonly<Record<string, string | null>>;
  /** The event that tells of a refused signal. */
  refused(command: Received, fault: Fault): NewEvent;
  /**
   * How long what waits for a commit may wait for more of its kind, in milliseconds; 0: not at all. A kind that has this gathers: all that one workflow task records goes out
   * in one commit, and `Actor.entrust` works. Histories of before it was given to a kind do not replay with it (docs/changing-workflows.md).
   */
  patience?(state: S, waiting: readonly RecordedEvent[]): number;
  /** Whether it ends soon. From then on its attributes wait for `Actor.drained`: what is written together with the end of a workflow costs the server one write less. */
  isEnding?(state: S): boolean;
  /**
   * The state of an actor whose journal has an end of it that this run of its code does not know of. A kind that has this may leave its end to `Actor.finish`, and a reply to
   * an Update of it goes out when the journal has its events.
   */
  adopt?(state: S, end: ActorEnd): S;
}

/** What crosses continue-as-new: plain JSON, the whole of it. */
export interface Carried<S> {
  readonly state: S;
  readonly seq: number;
  readonly receipts: Receipts;
  /** Recorded but not yet in the journal: the next run commits them first. */
  readonly outbox: readonly RecordedEvent[];
  readonly attributes: Readonly<Record<string, string | null>>;
}
