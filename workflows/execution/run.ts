/** What all parts of the interpreter share: the actor that records, the activities, and the bounds of one execution. */
import * as wf from '@temporalio/workflow';
import type { Brings, CommitBatch } from '../../src/contracts/actor';
import type { ReadySelection, SelectAgents, SelectedAgent } from '../../src/contracts/agent/task';
import type { ExecutionActivities } from '../../src/contracts/execution/activities';
import type { ExecutionEvent } from '../../src/contracts/execution/events';
import { STEPS_MAX, TASKS_MAX, type ExecutionStart } from '../../src/contracts/execution/start';
import { PRIORITIES } from '../../src/contracts/execution/status';
import { fitsInline, jsonBytes, VALUE_MAX, type StoredValue } from '../../src/contracts/execution/value';
import type { Json } from '../../src/contracts/pattern/json';
import type { Frame } from '../../src/domain/execution/frame';
import { answers } from '../../src/domain/execution/selection';
import type { ExecutionState } from '../../src/domain/execution/state';
import { Fault } from '../../src/errors/fault';
import { TaskGroups } from '../agents/task-groups';
import type { Actor } from '../kernel/actor';

/** A server that is away is waited for; the execution's own timeout goes on meanwhile. */
const RETRY = { initialInterval: 200, maximumInterval: 5_000, backoffCoefficient: 2 } as const;

/** Options for `proxyLocalActivities` of what {@link Run.atOnce} calls. */
export const AT_ONCE = { scheduleToCloseTimeout: '2 seconds', retry: { maximumAttempts: 1 } } as const;

const activities = (summary: string) =>
  wf.proxyActivities<ExecutionActivities>({ summary, startToCloseTimeout: '20 seconds', scheduleToCloseTimeout: '1 day', retry: RETRY });

/** Codes of faults that no step may take for its own: the whole execution is over. */
const FATAL: readonly string[] = ['execution.too_many_tasks', 'execution.too_many_steps', 'execution.value_too_large', 'execution.too_deep'];

export const isFatal = ({ code }: Pick<Fault, 'code'>): boolean => FATAL.includes(code);

const WARNINGS_MAX = 20;

export class Run {
  private tasks = 0;
  private steps = 0;
  private children = 0;
  private watched: Frame | null = null;
  private ready: ReadySelection | null;
  /** Told with the result; the first ones are enough. */
  readonly warnings: string[] = [];
  /** Null in executions of before: they ask each agent by an activity of its own. */
  readonly groups: TaskGroups | null;

  constructor(
    readonly actor: Actor<ExecutionState>,
    private readonly maxSteps: number,
    selected: ReadySelection | null = null,
    /** It has threads of its own, so that something is always out. */
    private readonly staffed = false,
  ) {
    this.ready = selected;
    const quickly = this.isQuick ? <T>(work: () => Promise<T>) => this.here(work) : null;
    this.groups = (this.start.edition ?? 1) >= 3 ? new TaskGroups(this, { priority: this.priority }, quickly) : null;
  }

  get start(): ExecutionStart {
    return this.actor.state.start;
  }

  get priority(): { readonly priorityKey: number } {
    return { priorityKey: PRIORITIES[this.start.priority] };
  }

  record(...events: readonly ExecutionEvent[]): void {
    this.actor.record(events);
    this.tell();
  }

  /** Fault `execution.too_many_tasks`. */
  nextTaskId(): string {
    if (this.tasks >= TASKS_MAX)
      throw new Fault('exhausted', 'execution.too_many_tasks', `One execution gives at most ${TASKS_MAX} tasks to agents.`, { max: TASKS_MAX });
    return `${this.start.id}/${++this.tasks}`;
  }

  /** Counts a step that is about to be performed. Fault `execution.too_many_steps`. */
  countStep(): void {
    const max = Math.min(this.maxSteps, STEPS_MAX);
    if (++this.steps > max)
      throw new Fault('exhausted', 'execution.too_many_steps', `The execution performed ${max} steps, which is as many as it may.`, { max });
  }

  /** From now on `$execution` in this frame, and in those inside it, tells how far the execution is. */
  watch(frame: Frame): void {
    this.watched = frame;
    this.tell();
  }

  private tell(): void {
    const { start, startedAt, agents } = this.actor.state;
    const duration = Date.now() - Date.parse(startedAt ?? start.createdAt);
    this.watched?.set('execution', { id: start.id, pattern: start.patternName, version: start.patternVersion, agentCount: agents.length, duration });
  }

  warn(text: string): void {
    if (this.warnings.length < WARNINGS_MAX) this.warnings.push(text.slice(0, 1_000));
  }

  nextChildId(): string {
    return `${this.start.id}.${++this.children}`;
  }

  /** As it travels in events and to other workflows. Fault `execution.value_too_large`. */
  async stored(value: Json): Promise<StoredValue> {
    if (fitsInline(value)) return { value };
    const bytes = jsonBytes(value);
    if (bytes > VALUE_MAX)
      throw new Fault('invalid', 'execution.value_too_large', `A value has ${bytes} bytes of JSON; at most ${VALUE_MAX} are kept.`, { bytes, max: VALUE_MAX });
    return this.outside(() => activities('keep a large value').keepValue({ tenant: this.start.tenant, value }));
  }

  async read(value: StoredValue): Promise<Json> {
    if ('value' in value) return value.value as Json;
    return (await this.outside(() => activities('read a large value').readValue({ tenant: this.start.tenant, ref: value.ref }))) as Json;
  }

  /** The agents that were selected before the workflow asked for them, once; null when it has to ask. */
  selectedBefore(wanted: SelectAgents): readonly SelectedAgent[] | null {
    const { ready } = this;
    this.ready = null;
    return ready && answers(ready, wanted, Date.now()) ? ready.agents : null;
  }

  /** Calls an activity on the worker's queue that takes along what was recorded so far, also by those who record in the same moment. */
  carrying<T extends Brings>(call: (...entrusted: readonly [] | readonly [CommitBatch]) => Promise<T>): Promise<T> {
    // Not a promise more for those of before: it would change the order of what they do.
    return this.start.edition ? this.carried(call) : call();
  }

  private async carried<T extends Brings>(call: (...entrusted: readonly [] | readonly [CommitBatch]) => Promise<T>): Promise<T> {
    await Promise.resolve();
    const told = await this.outside(() => {
      const entrusted = this.actor.entrust();
      return entrusted ? call(entrusted) : call();
    });
    this.actor.brought(told.committedSeq);
    return told;
  }

  /** Whether what can be done within the task of the workflow at hand is done there. */
  get isQuick(): boolean {
    return (this.start.edition ?? 1) >= 4 && !(this.isApart && this.staffed);
  }

  private get isApart(): boolean {
    return (this.start.edition ?? 1) >= 5;
  }

  private here<T>(work: () => Promise<T>): Promise<T> {
    return this.isApart ? this.actor.turns.alone(work) : this.actor.turns.take(work);
  }

  /** Every activity and child workflow that goes out. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.isApart ? this.actor.turns.outside(work) : work();
  }

  /**
   * What reads and answers soon, by a local activity ({@link AT_ONCE}): it costs Temporal no task and no activity of its own. Only where {@link isQuick}. Null where it did not succeed
   * at once, for whatever reason: then it is asked for as usual, by an activity that is tried again.
   */
  async atOnce<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await this.here(call);
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
      return null;
    }
  }

  calls(summary: string): ExecutionActivities {
    return activities(summary);
  }
}

/** Waits for the fact, or the time; false when the time came first. Null waits for the fact alone. */
export async function within(fact: () => boolean, timeoutMs: number | null, summary: string): Promise<boolean> {
  if (fact()) return true;
  if (timeoutMs !== null) return wf.condition(fact, timeoutMs, { summary });
  await wf.condition(fact);
  return true;
}
