/** What the parts of the interpreter share: the actor that records, the activities, how far the thread is, and the gate through which all work goes. */
import * as wf from '@temporalio/workflow';
import { hostQueue, ORCHESTRATION_QUEUE, type Brings, type CommitBatch } from '../../src/contracts/actor';
import { QUICK_STEPS_MAX, SCRIPTS_QUEUE, type ScriptActivities, type ScriptIdentity } from '../../src/contracts/script/activities';
import type { ScriptEvent } from '../../src/contracts/script/events';
import type { ScriptIr } from '../../src/contracts/script/ir';
import { SCRIPT_STEPS_MAX, type ScriptEdition, type ScriptStart } from '../../src/contracts/script/start';
import { fitsInline, jsonBytes, VALUE_MAX, type StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import { ScriptTexts } from '../../src/domain/script/ir/texts';
import { stepFault } from '../../src/domain/script/thread/failure';
import type { Progress } from '../../src/domain/script/thread/progress';
import type { ScriptThreadState } from '../../src/domain/script/thread/state';
import type { Actor } from '../kernel/actor';
import { quiet } from '../kernel/quiet';

/** As long as a server cannot be reached, a thread waits and goes on afterwards. */
const RETRY = { initialInterval: 200, maximumInterval: 10_000, backoffCoefficient: 2 };
/** A worker that says nothing for so long is taken for dead. */
const SILENCE_MAX = '10 seconds';
/** Activities and child workflows that are out at one time, of all lanes together; the server fails a workflow that has 2,000. */
const CALLS_MAX = 500;
/** Events that may wait for the journal: a loop of steps that need no activity must not run ahead of it. */
const AHEAD_MAX = 400;
/** How long what is at work is waited for before the workflow continues as new; then it goes on as it is, and tries again after so many events. */
const REST_MS = 60_000;
const FULL_REST_MS = 7 * 86_400_000;
const NEXT_TRY_EVENTS = 2_000;
/** Events of a history after which nothing new begins until the workflow has continued as new; the server ends one of 51,200. */
const HISTORY_FULL = 40_000;

export type Entrusted = readonly [] | readonly [CommitBatch];
type Short = 'evaluateStep' | 'readPage' | 'keepList' | 'keepValue' | 'checkFit' | 'prepareChild';

export class ScriptShell {
  readonly texts = new ScriptTexts();
  readonly scope = new wf.CancellationScope({ cancellable: true });
  /** Calls that are out. */
  private busy = 0;
  private moves = 0;
  private leaving = false;
  private nextTry = 0;
  /** Steps that were performed within a task of the workflow since an activity went out. */
  private quickSteps = 0;
  /** The result, once there is one. */
  emitted: StoredValue | null = null;
  /** `on thread error` works. */
  handling = false;

  constructor(
    readonly actor: Actor<ScriptThreadState>,
    readonly ir: ScriptIr,
    readonly progress: Progress,
  ) {}

  get state(): ScriptThreadState {
    return this.actor.state;
  }

  get start(): Omit<ScriptStart, 'ir'> {
    return this.actor.state.start;
  }

  get thread(): ScriptIdentity {
    const { tenant, id: threadId, hasEnv, by } = this.start;
    return { tenant, threadId, hasEnv, by };
  }

  record(...events: readonly ScriptEvent[]): void {
    this.actor.record(events);
  }

  /** Where nothing new may begin: until it may. A scope that was cancelled ends here, also where nothing else would notice. */
  async mayGoOn(): Promise<void> {
    while (this.leaving) await wf.condition(() => !this.leaving);
    if (wf.CancellationScope.current().consideredCancelled) throw new wf.CancelledFailure('The work was cancelled.');
  }

  /** Before a step begins. Fails for good when there were too many. */
  async mayBegin(): Promise<void> {
    await this.mayGoOn();
    while (this.actor.lastSeq > AHEAD_MAX && !this.actor.hasCommitted(this.actor.lastSeq - AHEAD_MAX)) {
      await this.actor.committedTo(this.actor.lastSeq - AHEAD_MAX);
      await this.mayGoOn();
    }
    if (this.state.stepsStarted >= SCRIPT_STEPS_MAX)
      throw stepFault({ code: 'thread.too_many_steps', message: `A thread performs at most ${SCRIPT_STEPS_MAX} steps.` }, { fatal: true });
  }

  /** All that leaves the workflow; `isHere`: within the task at hand. */
  async call<T>(perform: () => Promise<T>, isHere = false): Promise<T> {
    await this.mayGoOn();
    while (this.busy >= CALLS_MAX) {
      await wf.condition(() => this.busy < CALLS_MAX);
      await this.mayGoOn();
    }
    this.busy += 1;
    this.moves += 1;
    try {
      return await (isHere || !this.isOf(2) ? perform() : this.actor.turns.outside(perform));
    } finally {
      this.busy -= 1;
      this.moves += 1;
    }
  }

  /** A step that acts. A host may be away for long: what a LOCAL thread tells does not wait for it. */
  act<T extends Brings>(perform: (...entrusted: Entrusted) => Promise<T>): Promise<T> {
    return this.isLocal ? this.call(perform) : this.carrying(perform);
  }

  /**
   * What only computes, within the task of the workflow at hand ({@link QUICK_STEP}). It may run again when that task is lost, and say something else then: nothing of it has left the workflow, because no commit
   * goes out meanwhile. Null where it did not succeed at once, for whatever reason, or is not to: then it is asked for as usual.
   */
  async atOnce<T>(perform: () => Promise<T>): Promise<T | null> {
    if (this.isLocal || !this.isOf(2) || this.quickSteps >= QUICK_STEPS_MAX) return null;
    this.quickSteps += 1;
    try {
      return await this.call(() => this.actor.turns.alone(perform), true);
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
      return null;
    }
  }

  /** A call that takes along what was recorded so far. */
  carrying<T extends Brings>(perform: (...entrusted: Entrusted) => Promise<T>): Promise<T> {
    return this.call(async () => {
      await Promise.resolve();
      const entrusted = this.actor.entrust();
      const told = await (entrusted && this.isOf(2) ? this.bringing(entrusted, perform) : entrusted ? perform(entrusted) : perform());
      this.quickSteps = 0;
      this.actor.brought(told.committedSeq);
      return told;
    });
  }

  private async bringing<T extends Brings>(batch: CommitBatch, perform: (...entrusted: Entrusted) => Promise<T>): Promise<T> {
    try {
      return await perform({ ...batch, mayWait: true });
    } finally {
      this.actor.takeBack(batch);
    }
  }

  private isOf(edition: ScriptEdition): boolean {
    return (this.start.edition ?? 1) >= edition;
  }

  private get isLocal(): boolean {
    return this.start.executionMode === 'LOCAL' && this.start.hostId !== null;
  }

  /** Tools and models. Cancelled, they are waited for: what became of them is in their answer. `quick`: one of {@link QUICK_TOOLS}. */
  acting(activityId: string, summary: string, quick: boolean): Pick<ScriptActivities, 'executeStep' | 'agentStep' | 'decideStep' | 'planStep' | 'sendStep'> {
    return wf.proxyActivities<ScriptActivities>({
      ...{ activityId, summary, retry: RETRY, heartbeatTimeout: SILENCE_MAX, startToCloseTimeout: '7 days' },
      taskQueue: this.isLocal ? hostQueue(this.start.hostId ?? '') : quick ? ORCHESTRATION_QUEUE : SCRIPTS_QUEUE,
      cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  }

  short(summary: string): Pick<ScriptActivities, Short> {
    return wf.proxyActivities<ScriptActivities>({ summary, retry: RETRY, startToCloseTimeout: '60 seconds' });
  }

  /** As it travels. Fault `script.value_too_large`. */
  async stored(value: Json): Promise<StoredValue> {
    if (fitsInline(value)) return { value };
    const bytes = jsonBytes(value);
    if (bytes > VALUE_MAX) throw stepFault({ code: 'step.value_too_large', message: `A value has ${bytes} bytes of JSON; at most ${VALUE_MAX} are kept.` });
    return this.call(() => this.short('keep a large value').keepValue({ tenant: this.start.tenant, value }));
  }

  /** Until the time, through continue-as-new as well. */
  async sleepUntil(at: number, summary: string): Promise<void> {
    const ms = at - Date.now();
    if (ms > 0) await this.actor.until(() => false, ms, summary);
    await this.mayGoOn();
  }

  /** Whether it is time to continue as new. */
  get wantsToLeave(): boolean {
    return this.actor.shouldContinueAsNew && wf.workflowInfo().historyLength >= this.nextTry && !this.scope.consideredCancelled;
  }

  /** Nothing begins any more, and what is at work is waited for. False: it takes too long, or the thread is about to end; it goes on as it is. `over`: the thread has ended; `ms`: until its time is up. */
  async comeToRest(over: () => boolean, ms: number): Promise<boolean> {
    this.leaving = true;
    const isFull = wf.workflowInfo().historyLength >= HISTORY_FULL;
    const giveUp = () => over() || this.scope.consideredCancelled;
    for (;;) {
      await this.actor.until(() => giveUp() || this.busy === 0, Math.min(ms, isFull ? FULL_REST_MS : REST_MS), 'wait for steps at work');
      if (giveUp() || this.busy > 0) break;
      // What was at work has an end, and that may have something to say.
      await quiet(() => this.moves);
      if (!giveUp() && this.busy === 0) return true;
    }
    this.leaving = false;
    this.nextTry = wf.workflowInfo().historyLength + NEXT_TRY_EVENTS;
    return false;
  }
}
