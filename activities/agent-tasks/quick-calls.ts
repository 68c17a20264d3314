/**
 * Calls of functions in this process that began within a task of a workflow and may outlast it: whoever asks for their outcome later waits for the very call. The first word is a local
 * activity's (`performQuickTasks`), which must not hold up its workflow; the last one is that of `performAgentTask` or `performAgentTasks` with the same ids.
 */
import { CancelledFailure } from '@temporalio/common';
import { QUICK_MS } from '../../src/contracts/agent/task-group';
import type { AgentKind } from '../../src/contracts/agent/agent';
import type { TaskOutcome } from '../../src/contracts/agent/outcome';
import type { AgentTask } from '../../src/contracts/agent/task';

interface UnderWay {
  /** Once it has its receipt. */
  readonly outcome: Promise<TaskOutcome>;
  isOver: boolean;
  readonly abort: (reason: unknown) => void;
}

/** An outcome that came too late for its first activity is kept so long for the second one, which finds the receipt later on. */
const KEPT_MS = 30_000;

type Task = Pick<AgentTask, 'tenant' | 'taskId' | 'agentId'>;
type TaskKey = Pick<Task, 'tenant' | 'taskId'>;

const keyOf = ({ tenant, taskId }: TaskKey): string => JSON.stringify([tenant, taskId]);

export class QuickCalls {
  /** Bounded by the slots for activities, and by the time of each task. */
  readonly #underWay = new Map<string, UnderWay>();
  /** Ids of agents that took long when they were called last; of functions of this process, so no more than there are. */
  readonly #slow = new Set<string>();

  isSlow({ agentId }: Pick<Task, 'agentId'>): boolean {
    return this.#slow.has(agentId);
  }

  private note({ agentId }: Pick<Task, 'agentId'>, ms: number): void {
    if (ms > QUICK_MS) this.#slow.add(agentId);
    else this.#slow.delete(agentId);
  }

  /** `work` ends soon after its signal aborts, and never throws. */
  begin(task: Task, work: (signal: AbortSignal) => Promise<TaskOutcome>): Promise<TaskOutcome> {
    const ending = new AbortController();
    const key = keyOf(task);
    const forget = (): unknown => this.#underWay.delete(key);
    const outcome = this.timed(task, () => work(ending.signal)).finally(() => {
      underWay.isOver = true;
      return this.isSlow(task) ? setTimeout(forget, KEPT_MS).unref() : forget();
    });
    const underWay: UnderWay = { outcome, isOver: false, abort: (reason) => ending.abort(reason) };
    this.#underWay.set(key, underWay);
    return outcome;
  }

  isUnderWay(task: TaskKey): boolean {
    return this.#underWay.get(keyOf(task))?.isOver === false;
  }

  /** Ends a call whose outcome nobody wants any more; false where none is under way here. */
  leave(task: TaskKey): boolean {
    const goesOn = this.isUnderWay(task);
    if (goesOn) this.#underWay.get(keyOf(task))?.abort(new CancelledFailure('CANCELLED'));
    return goesOn;
  }

  /** A call of an activity: what is learned of functions of this process counts, whoever calls them; of all others there may be any number. */
  made<T>(task: Pick<Task, 'agentId'>, kind: AgentKind, work: () => Promise<T>): Promise<T> {
    return kind === 'in-process' ? this.timed(task, work) : work();
  }

  private async timed<T>(task: Pick<Task, 'agentId'>, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.note(task, performance.now() - began);
    }
  }

  /** The outcome of a call that is under way here; null: there is none. Aborting the signal aborts the call. */
  async join(task: Task, signal: AbortSignal): Promise<TaskOutcome | null> {
    const underWay = this.#underWay.get(keyOf(task));
    if (!underWay) return null;
    const onAbort = (): void => underWay.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await underWay.outcome;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends what nobody has joined, as the end of the worker that it is; resolves when it has. */
  async end(): Promise<void> {
    for (const { abort } of this.#underWay.values()) abort(new CancelledFailure('WORKER_SHUTDOWN'));
    await Promise.all([...this.#underWay.values()].map(({ outcome }) => outcome));
  }
}
