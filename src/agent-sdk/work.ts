/** The tasks of one agent: run as many at once as it takes, cancelled by a signal, their outcomes kept until the server is known to have them. */
import type { Said, Task } from './wire';

/** What a task came to. */
export interface TaskAnswer {
  readonly result: unknown;
  /** 0 to 1. */
  readonly confidence?: number;
  readonly reasoning?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export type Perform = (task: Task, context: { readonly signal: AbortSignal }) => Promise<TaskAnswer> | TaskAnswer;

/** Thrown by `perform` to say more than a message: a code of one's own, and whether another try may help. `REJECTED` means that the task is not taken. */
export class TaskError extends Error {
  readonly retryable: boolean;
  readonly details: unknown;
  constructor(
    readonly code: string,
    message: string,
    { retryable = false, details }: { readonly retryable?: boolean; readonly details?: unknown } = {},
  ) {
    super(message);
    this.name = 'TaskError';
    this.retryable = retryable;
    this.details = details;
  }
}

/** Outcomes that are kept for a server that may not have got them. */
const KEPT = 200;
/** Bytes of an outcome: a message may have 1 MiB, and there is an envelope around it. */
const RESULT_MAX = 1024 * 1024 - 4 * 1024;

export class Work {
  readonly #running = new Map<string, AbortController>();
  #waiting: Task[] = [];
  readonly #outcomes = new Map<string, Said>();
  #idle: (() => void)[] = [];
  #finished = 0;
  #spentMs = 0;

  constructor(
    private readonly perform: Perform,
    private readonly limit: number,
    private readonly say: (said: Said) => void,
  ) {}

  get active(): number {
    return this.#running.size + this.#waiting.length;
  }

  get metrics() {
    return { tasksCompleted: this.#finished, averageLatency: this.#finished === 0 ? 0 : Math.round(this.#spentMs / this.#finished) };
  }

  /** A task that is known already is not begun again; when its outcome is known, it is said again. */
  take(task: Task): void {
    const known = this.#outcomes.get(task.taskId);
    if (known) return this.say(known);
    if (this.#running.has(task.taskId) || this.#waiting.some(({ taskId }) => taskId === task.taskId)) return;
    this.#waiting.push(task);
    this.#next();
  }

  cancel(taskId: string, reason: string): void {
    this.#waiting = this.#waiting.filter((task) => task.taskId !== taskId);
    this.#outcomes.delete(taskId);
    const controller = this.#running.get(taskId);
    this.#running.delete(taskId);
    controller?.abort(new TaskError('CANCELLED', reason));
    this.#next();
  }

  /** After a connection was lost: says again what the server still waits for, stops what it does not, and owns up to what it cannot do any more. */
  settle(openTasks: readonly string[]): void {
    const open = new Set(openTasks);
    for (const taskId of this.#outcomes.keys()) if (!open.has(taskId)) this.#outcomes.delete(taskId);
    for (const taskId of [...this.#running.keys(), ...this.#waiting.map((task) => task.taskId)])
      if (!open.has(taskId)) this.cancel(taskId, 'the task was given to somebody else');
    for (const taskId of open) {
      const outcome = this.#outcomes.get(taskId);
      if (outcome) this.say(outcome);
      else if (!this.#running.has(taskId) && !this.#waiting.some((task) => task.taskId === taskId)) this.say(errorOf(taskId, undefined, forgotten()));
    }
  }

  /** Says an outcome again that the server could not take. */
  repeat(outcome: Said): void {
    if ([...this.#outcomes.values()].includes(outcome)) this.say(outcome);
  }

  /** The server cannot read this outcome: it hears that the task failed instead. */
  withdraw({ payload }: Said, reason: string): void {
    const { taskId, executionId } = payload as { readonly taskId: string; readonly executionId?: string };
    if (!this.#outcomes.has(taskId)) return;
    const outcome = errorOf(taskId, executionId, new TaskError('RESULT_INVALID', reason));
    this.#outcomes.set(taskId, outcome);
    this.say(outcome);
  }

  cancelAll(reason: string): void {
    for (const taskId of [...this.#running.keys(), ...this.#waiting.map((task) => task.taskId)]) this.cancel(taskId, reason);
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.active === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    while (this.#running.size < this.limit) {
      const task = this.#waiting.shift();
      if (!task) break;
      void this.#run(task);
    }
    if (this.active === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  async #run(task: Task): Promise<void> {
    const controller = new AbortController();
    this.#running.set(task.taskId, controller);
    const began = performance.now();
    let outcome: Said;
    try {
      const { result, ...rest } = await this.perform(task, { signal: controller.signal });
      const duration = Math.round(performance.now() - began);
      outcome = bounded({
        type: 'task_result',
        payload: { taskId: task.taskId, executionId: task.executionId, status: 'completed', result: result ?? null, duration, ...rest },
      });
    } catch (problem) {
      outcome = errorOf(task.taskId, task.executionId, problem);
    }
    // Cancelled meanwhile: nobody waits for it.
    if (this.#running.get(task.taskId) !== controller) return;
    this.#running.delete(task.taskId);
    this.#finished += 1;
    this.#spentMs += performance.now() - began;
    this.#outcomes.set(task.taskId, outcome);
    if (this.#outcomes.size > KEPT) this.#outcomes.delete(this.#outcomes.keys().next().value as string);
    this.say(outcome);
    this.#next();
  }
}

/** A message over the limit would end the connection, again and again. */
function bounded(outcome: Said): Said {
  const bytes = Buffer.byteLength(JSON.stringify(outcome.payload));
  if (bytes > RESULT_MAX) throw new TaskError('RESULT_TOO_LARGE', `The result has ${bytes} bytes; at most ${RESULT_MAX} are taken.`);
  return outcome;
}

const forgotten = (): TaskError => new TaskError('TASK_UNKNOWN', 'The agent was restarted and does not know this task.', { retryable: true });

function errorOf(taskId: string, executionId: string | undefined, problem: unknown): Said {
  const { code, message, details, retryable } =
    problem instanceof TaskError ? problem : new TaskError('ERROR', problem instanceof Error ? problem.message : String(problem));
  return {
    type: 'task_error',
    payload: { taskId, executionId, error: { code, message: message.slice(0, 8_000), ...(details !== undefined && { details }) }, retryable },
  };
}
