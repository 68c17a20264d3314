/**
 * The actor kernel: what the five kinds of actor share inside a workflow.
 *
 * A kind supplies pure functions (decide, evolve, project, describe); the kernel registers every command behind two doors, numbers and
 * journals events, remembers receipts, keeps search attributes and current details true, and carries everything through continue-as-new.
 * Handlers are synchronous: they decide and return. The kind's main loop acts. Nothing here touches the world except the journal's commit, which is
 * an ordinary activity: its input is in history before it runs, so what is published is what history holds.
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import {
  LIMITS,
  STATE_QUERY,
  SYSTEM,
  type ActorRef,
  type Cause,
  type CommandDefinition,
  type CommitBatch,
  type KernelActivities,
  type NewEvent,
  type Received,
  type RecordedEvent,
} from '../../src/contracts/actor';
import { ReceiptBook, type Receipts, type Reply } from '../../src/domain/actor/receipts';
import { faultFrom, type Fault } from '../../src/errors/fault';
import { quiet } from './quiet';
import { received } from './received';

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
   * in one commit, and {@link Actor.entrust} works. Histories of before it was given to a kind do not replay with it (docs/changing-workflows.md).
   */
  patience?(state: S, waiting: readonly RecordedEvent[]): number;
  /** Whether it ends soon. From then on its attributes wait for {@link Actor.drained}: what is written together with the end of a workflow costs the server one write less. */
  isEnding?(state: S): boolean;
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

/** History events after which an actor continues as new at its next quiet point; the server's own suggestion counts too. */
const HISTORY_EVENTS_MAX = 8_000;
/** Updates in one run; the server refuses more than 2,000. */
const UPDATES_MAX = 1_000;

export class Actor<S> {
  private current: S;
  private seq: number;
  private committed: number;
  private updates = 0;
  private outbox: readonly RecordedEvent[];
  private committing = false;
  private held = false;
  /** The last event that an activity was entrusted with; it need not have arrived. */
  private entrusted = 0;
  private attributes: Readonly<Record<string, string | null>>;
  private failure: Error | null = null;
  private readonly receipts: ReceiptBook;
  /** Called after a command was taken, for kinds whose main loop wants to see it. */
  onTaken: (command: Received) => void = () => undefined;

  constructor(
    private readonly kind: ActorKind<S>,
    readonly ref: ActorRef,
    carried: Carried<S>,
    private readonly historyMax = HISTORY_EVENTS_MAX,
  ) {
    this.current = carried.state;
    this.seq = carried.seq;
    this.outbox = carried.outbox;
    this.committed = carried.seq - carried.outbox.length;
    this.receipts = new ReceiptBook(carried.receipts);
    this.attributes = carried.attributes;
    for (const definition of kind.commands) this.open(definition);
    wf.setHandler(wf.defineQuery<S>(STATE_QUERY), () => this.current);
    wf.setCurrentDetails(kind.describe(this.current));
    // A cancelled workflow still has an end to tell of.
    void wf.CancellationScope.nonCancellable(() => this.publish());
  }

  /** The state now. Read it again after every await. */
  get state(): S {
    return this.current;
  }

  /** The number of the last recorded event. */
  get lastSeq(): number {
    return this.seq;
  }

  /** Numbers the events, folds them into the state, and leaves them to the publisher. */
  record(events: readonly NewEvent[], by: Cause = SYSTEM, requestId: string | null = null): void {
    if (events.length === 0) return;
    const at = new Date(Date.now()).toISOString();
    for (const { type, data } of events) {
      const event: RecordedEvent = { seq: this.seq + 1, type, data, at, by, requestId };
      this.current = this.kind.evolve(this.current, event);
      this.seq = event.seq;
      this.outbox = [...this.outbox, event];
    }
    wf.setCurrentDetails(this.kind.describe(this.current));
  }

  /** Waits for a fact about the actor, or the time; fails when the journal refused the actor's events for good. */
  async until(fact: () => boolean, timeoutMs?: number, summary?: string): Promise<boolean> {
    const settled = () => this.failure !== null || fact();
    if (!settled()) {
      if (timeoutMs === undefined) await wf.condition(settled);
      else await wf.condition(settled, timeoutMs, { summary: summary ?? 'wait' });
    }
    this.assertSound();
    return fact();
  }

  /**
   * What no commit has taken yet, for an ordinary activity on the worker's queue that goes out now anyway: it brings the events to the journal beside its own work, and costs no
   * activity more. Null when there is nothing, or a commit is under way that it would have to wait for. Until {@link brought} tells that they arrived, the events stay in
   * hand: with the next ones they are committed again, which the journal takes for the repetition that it is.
   */
  entrust(): CommitBatch | null {
    if (!this.kind.patience || this.committing || this.held || !this.hasNews || this.outbox.length > LIMITS.commitEvents) return null;
    this.entrusted = this.seq;
    if (!this.kind.isEnding?.(this.current)) this.upsertAttributes();
    return this.batchOf(this.outbox);
  }

  /** The journal has everything up to this event. */
  brought(seq: number | undefined): void {
    if (seq === undefined || seq <= this.committed) return;
    this.outbox = this.outbox.filter((event) => event.seq > seq);
    this.committed = seq;
  }

  hasCommitted(seq: number): boolean {
    return this.committed >= seq;
  }

  /** The journal has every event up to this one: what an activity is to read in rows stands there then. */
  async committedTo(seq: number): Promise<void> {
    await this.until(() => this.committed >= seq);
  }

  /** Everything recorded is in the journal. An actor ends only then. */
  async drained(): Promise<void> {
    this.entrusted = 0;
    await this.until(() => this.committed === this.seq && wf.allHandlersFinished());
    if (this.kind.isEnding) this.upsertAttributes();
  }

  /**
   * Comes to rest for continue-as-new: no commit in flight. What is recorded meanwhile is carried, not waited for: under a steady
   * load an actor that waited for silence would never continue. {@link resumeCommits} takes it back.
   */
  async holdCommits(): Promise<void> {
    this.held = true;
    await this.until(() => !this.committing && wf.allHandlersFinished());
  }

  resumeCommits(): void {
    this.held = false;
  }

  get shouldContinueAsNew(): boolean {
    const info = wf.workflowInfo();
    return info.continueAsNewSuggested || info.historyLength >= this.historyMax || this.updates >= UPDATES_MAX;
  }

  carry(): Carried<S> {
    return { state: this.current, seq: this.seq, receipts: this.receipts.carry(), outbox: this.outbox, attributes: this.attributes };
  }

  private open(definition: CommandDefinition): void {
    wf.setHandler(
      wf.defineUpdate<Reply, [unknown]>(definition.name),
      (payload) => {
        this.updates += 1;
        return this.take(received(definition, payload, 'api'));
      },
      // Synchronous, and a Fault at worst: an async validator or a plain Error would stall the actor.
      { validator: (payload) => this.check(received(definition, payload, 'api', () => 'not taken yet')) },
    );
    wf.setHandler(wf.defineSignal<[unknown]>(definition.name), (payload) => this.signalled(definition, payload));
  }

  private check(command: Received): void {
    if (this.receipts.get(command.requestId) === undefined) this.kind.decide(this.current, command);
  }

  private take(command: Received): Reply {
    const before = this.receipts.get(command.requestId);
    if (before) return before;
    const { events, reply } = this.kind.decide(this.current, command);
    this.record(events, command.by, command.requestId);
    const receipt = { ...reply, seq: this.seq };
    this.receipts.keep(command.requestId, receipt);
    this.onTaken(command);
    return receipt;
  }

  private signalled(definition: CommandDefinition, payload: unknown): void {
    let command: Received = {
      name: definition.name,
      input: null,
      requestId: 'unreadable',
      by: { subject: 'signal', via: 'signal' },
      at: new Date(Date.now()).toISOString(),
    };
    try {
      command = received(definition, payload, 'signal');
      this.take(command);
    } catch (thrown) {
      // Nobody waits for a signal's answer, and an exception here would fail the workflow: the refusal is an event.
      const refusal = this.kind.refused(command, faultFrom(thrown));
      if (this.receipts.get(command.requestId) !== undefined) return;
      this.record([refusal], command.by, command.requestId);
      if (command.requestId !== 'unreadable') this.receipts.keep(command.requestId, { refused: true, seq: this.seq });
    }
  }

  private get hasNews(): boolean {
    return (this.outbox.at(-1)?.seq ?? 0) > this.entrusted;
  }

  private batchOf(events: readonly RecordedEvent[]): CommitBatch {
    return { actor: this.ref, events, projection: this.kind.project(this.current) };
  }

  /** Until what is recorded now is recorded, and nothing more of its kind is to be expected soon. */
  private async gather(patience: NonNullable<ActorKind<S>['patience']>): Promise<void> {
    await quiet(() => this.seq);
    const timeoutMs = this.hasNews ? patience(this.current, this.outbox) : 0;
    if (timeoutMs <= 0) return;
    await wf.condition(() => this.held || !this.hasNews || patience(this.current, this.outbox) <= 0, timeoutMs, { summary: 'wait for more to commit' });
    await quiet(() => this.seq);
  }

  /** One commit in flight at a time; what is recorded meanwhile goes out together with the next. */
  private async publish(): Promise<void> {
    for (;;) {
      await wf.condition(() => this.hasNews && !this.held);
      if (this.kind.patience) {
        await this.gather(this.kind.patience);
        if (this.held || !this.hasNews) continue;
      }
      const batch = this.outbox.slice(0, LIMITS.commitEvents);
      const first = batch[0] as RecordedEvent;
      const last = batch[batch.length - 1] as RecordedEvent;
      if (!this.kind.isEnding?.(this.current)) this.upsertAttributes();
      const { commitJournal } = wf.proxyActivities<KernelActivities>({
        activityId: `commit-${first.seq}`,
        summary: first.seq === last.seq ? `#${first.seq} ${first.type}` : `#${first.seq}–${last.seq} ${first.type} …`,
        startToCloseTimeout: '20 seconds',
        // As long as the journal cannot be reached, the actor waits and goes on afterwards: nothing is dropped.
        retry: { initialInterval: 100, maximumInterval: 5_000, backoffCoefficient: 2 },
      });
      this.committing = true;
      try {
        await commitJournal(this.batchOf(batch));
      } catch (thrown) {
        this.failure = faultFrom(thrown);
        return;
      } finally {
        this.committing = false;
      }
      this.brought(last.seq);
    }
  }

  private upsertAttributes(): void {
    const next = this.kind.attributes(this.current);
    const changed = Object.entries(next).filter(([name, value]) => this.attributes[name] !== value);
    if (changed.length === 0) return;
    wf.upsertSearchAttributes(changed.map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value })));
    this.attributes = next;
  }

  private assertSound(): void {
    if (this.failure !== null) throw this.failure;
  }
}
