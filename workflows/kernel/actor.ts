/**
 * The actor kernel: what the five kinds of actor share inside a workflow.
 *
 * A kind supplies pure functions (decide, evolve, project, describe); the kernel registers every command behind two doors, numbers and
 * journals events, remembers receipts, keeps search attributes and current details true, and carries everything through continue-as-new.
 * Handlers are synchronous: they decide and return. The kind's main loop acts. Nothing here touches the world except the journal's commit, which is
 * an ordinary activity: its input is in history before it runs, so what is published is what history holds.
 */
import * as wf from '@temporalio/workflow';
import {
  LIMITS,
  STATE_QUERY,
  SYSTEM,
  type ActorEnd,
  type ActorRef,
  type Cause,
  type CommitBatch,
  type NewEvent,
  type Received,
  type RecordedEvent,
} from '../../src/contracts/actor';
import { ReceiptBook, type Reply } from '../../src/domain/actor/receipts';
import { faultFrom } from '../../src/errors/fault';
import { CommandDoors } from './commands';
import { commitsOf, lastCommit } from './commits';
import type { ActorKind, Carried } from './kind';
import { quiet } from './quiet';
import { upsertChanged } from './search-attributes';
import { Turns } from './turns';

export type { ActorKind, Carried } from './kind';

/** History events after which an actor continues as new at its next quiet point; the server's own suggestion counts too. */
const HISTORY_EVENTS_MAX = 8_000;
/** Updates in one run; the server refuses more than 2,000. */
const UPDATES_MAX = 1_000;

export class Actor<S> {
  private current: S;
  private seq: number;
  private committed: number;
  private outbox: readonly RecordedEvent[];
  private committing = false;
  private held = false;
  /** What is done within the task of the workflow at hand: no commit goes out meanwhile. */
  readonly turns = new Turns(
    () => this.seq,
    () => this.committing,
  );
  /** The end is left to {@link finish}. */
  private left = false;
  /** The journal had another end: nothing is recorded any more. */
  private adopted = false;
  /** The last event that an activity was entrusted with; it need not have arrived. */
  private entrusted = 0;
  /** The last event whose commit a caller waits for: no activity that may take long is entrusted with it. */
  private awaited = 0;
  private attributes: Readonly<Record<string, string | null>>;
  private failure: Error | null = null;
  private readonly receipts: ReceiptBook;
  private readonly doors: CommandDoors;
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
    this.doors = new CommandDoors(this.decider(), this.receipts);
    for (const definition of kind.commands) this.doors.open(definition);
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
    if (events.length === 0 || this.adopted) return;
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
    if (!this.kind.patience || this.committing || this.held || this.left || this.awaited > this.committed || !this.hasNews) return null;
    if (this.outbox.length > LIMITS.commitEvents) return null;
    this.entrusted = this.seq;
    if (!this.kind.isEnding?.(this.current)) this.upsertAttributes();
    return this.batchOf(this.outbox);
  }

  /** The activity that was entrusted with these has ended. What it did not bring goes with the next one, or by a commit, unless another one has it already. */
  takeBack({ events }: CommitBatch): void {
    if (events.at(-1)?.seq === this.entrusted) this.entrusted = Math.min(this.entrusted, this.committed);
  }

  /** The journal has everything up to this event. */
  brought(seq: number | undefined): void {
    if (seq === undefined || seq <= this.committed || this.adopted) return;
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

  /** What is recorded from now on is the end, and goes out with {@link finish}, which has to follow at once. */
  leaveToFinish(): void {
    this.left = this.kind.adopt !== undefined;
  }

  /**
   * As {@link drained}; where the end was left to it, the last commit is a local activity, so that it costs no task of the workflow more. Then the journal has the end before history
   * has: a run of the code that does not know of it, because that task was lost, finds it there and adopts it.
   */
  async finish(): Promise<void> {
    if (this.left) {
      await this.until(() => !this.committing);
      if (this.outbox.length > 0 && this.outbox.length <= LIMITS.commitEvents) await this.commitHere(this.batchOf(this.outbox));
      this.left = false;
    }
    await this.drained();
  }

  /** What does not succeed at once is left to the publisher. */
  private async commitHere(batch: CommitBatch): Promise<void> {
    const last = this.seq;
    try {
      const end = await lastCommit(batch);
      if (end) this.adopt(end);
      else this.brought(last);
    } catch (thrown) {
      wf.log.warn('the last commit did not succeed at once; it goes on as an activity', { problem: String(thrown) });
    }
  }

  private adopt(end: ActorEnd): void {
    this.current = this.kind.adopt?.(this.current, end) ?? this.current;
    this.adopted = true;
    this.outbox = [];
    this.seq = this.committed = end.lastSeq;
    wf.setCurrentDetails(this.kind.describe(this.current));
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
    return info.continueAsNewSuggested || info.historyLength >= this.historyMax || this.doors.updates >= UPDATES_MAX;
  }

  carry(): Carried<S> {
    return { state: this.current, seq: this.seq, receipts: this.receipts.carry(), outbox: this.outbox, attributes: this.attributes };
  }

  private decider(): ConstructorParameters<typeof CommandDoors>[0] {
    const { kind } = this;
    const actor = this;
    return {
      get lastSeq() {
        return actor.seq;
      },
      decide: (command) => kind.decide(this.current, command),
      refused: (command, fault) => kind.refused(command, fault),
      record: (events, by, requestId) => this.record(events, by, requestId),
      taken: (command) => this.onTaken(command),
      kept: kind.adopt ? (reply, command) => this.replied(reply, command) : null,
    };
  }

  /** The reply once the journal has its events; where the journal has an end that nobody here knew of, what a command gets after it. */
  private async replied(reply: Reply & { readonly seq: number }, command: Received): Promise<Reply> {
    this.awaited = Math.max(this.awaited, reply.seq);
    await this.until(() => this.adopted || this.committed >= reply.seq);
    return this.adopted ? { ...this.kind.decide(this.current, command).reply, seq: this.seq } : reply;
  }

  private readonly holds = (): boolean => this.held || this.left || this.turns.areTaken;

  private get hasNews(): boolean {
    return this.outbox.length > 0 && (this.awaited > this.committed || this.seq > this.entrusted);
  }

  private batchOf(events: readonly RecordedEvent[]): CommitBatch {
    return { actor: this.ref, events, projection: this.kind.project(this.current) };
  }

  /** Until what is recorded now is recorded, and nothing more of its kind is to be expected soon. */
  private async gather(patience: NonNullable<ActorKind<S>['patience']>): Promise<void> {
    await quiet(() => this.seq);
    const timeoutMs = this.hasNews ? patience(this.current, this.outbox) : 0;
    if (timeoutMs <= 0) return;
    await wf.condition(() => this.holds() || !this.hasNews || patience(this.current, this.outbox) <= 0, timeoutMs, { summary: 'wait for more to commit' });
    await quiet(() => this.seq);
  }

  /** One commit in flight at a time; what is recorded meanwhile goes out together with the next. */
  private async publish(): Promise<void> {
    for (;;) {
      await wf.condition(() => this.hasNews && !this.holds());
      if (this.kind.patience) {
        await this.gather(this.kind.patience);
        if (this.holds() || !this.hasNews) continue;
      }
      const batch = this.outbox.slice(0, LIMITS.commitEvents);
      const first = batch[0] as RecordedEvent;
      const last = batch[batch.length - 1] as RecordedEvent;
      if (!this.kind.isEnding?.(this.current)) this.upsertAttributes();
      const { commitJournal, commitUnlessEnded } = commitsOf(first, last);
      this.committing = true;
      let end: ActorEnd | null = null;
      try {
        if (this.kind.adopt) end = await commitUnlessEnded(this.batchOf(batch));
        else await commitJournal(this.batchOf(batch));
      } catch (thrown) {
        this.failure = faultFrom(thrown);
        return;
      } finally {
        this.committing = false;
      }
      if (end) return this.adopt(end);
      this.brought(last.seq);
    }
  }

  private upsertAttributes(): void {
    this.attributes = upsertChanged(this.attributes, this.kind.attributes(this.current));
  }

  private assertSound(): void {
    if (this.failure !== null) throw this.failure;
  }
}
