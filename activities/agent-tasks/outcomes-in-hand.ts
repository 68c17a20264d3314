/** Outcomes of a group of tasks on their way: to their receipts, those of one moment in one statement, and to the workflow, early where others let wait. */
import { setImmediate as turn } from 'node:timers/promises';
import type { AgentRef, TaskOutcome } from '../../src/contracts/agent/outcome';
import { GROUP_TOLD_MAX, type ToldOutcome } from '../../src/contracts/agent/task-group';
import type { AgentTask } from '../../src/contracts/agent/task';

export interface SettledTask {
  readonly taskId: string;
  readonly agent: AgentRef;
  readonly outcome: TaskOutcome;
  /** The outcome as JSON. */
  readonly text: string;
}

interface Ways {
  settle(tasks: readonly SettledTask[]): Promise<void>;
  /** Tells the workflow before the activity ends; null: there is no need to. */
  readonly tell: ((outcomes: readonly ToldOutcome[]) => Promise<void>) | null;
  /** Bytes that are told at one time; default {@link GROUP_TOLD_MAX}. */
  readonly toldMax?: number;
  warn(message: string, problem: unknown): void;
}

/** What is there waits so long for the rest, as events do that wait for a commit (src/domain/execution/patience.ts). */
const PATIENCE_MS = 100;

interface Told extends ToldOutcome {
  readonly bytes: number;
}

export class OutcomesInHand {
  private receipts: SettledTask[] = [];
  /** These have their receipts. */
  private waiting: Told[] = [];
  private toCome: number;
  private writing: Promise<void> | null = null;
  private telling: Promise<void> = Promise.resolve();
  private patience: NodeJS.Timeout | undefined;

  constructor(
    count: number,
    private readonly ways: Ways,
  ) {
    this.toCome = count;
  }

  /** `agent`: who needs a receipt; null where there is one already, or nobody was asked. Returns the outcome. */
  add({ taskId }: Pick<AgentTask, 'taskId'>, outcome: TaskOutcome, agent: AgentRef | null): TaskOutcome {
    const text = JSON.stringify(outcome);
    if (!agent) this.ready([{ taskId, outcome, text }]);
    else {
      this.receipts.push({ taskId, agent, outcome, text });
      this.writing ??= this.write().finally(() => (this.writing = null));
    }
    return outcome;
  }

  /** What has been added has its receipt, or will have none. */
  async written(): Promise<void> {
    await this.writing;
  }

  /** Nothing is under way any more. */
  async settled(): Promise<void> {
    await this.writing;
    clearTimeout(this.patience);
    await this.telling;
  }

  untold(): readonly ToldOutcome[] {
    return this.bounded(this.waiting);
  }

  /** An outcome counts even where its receipt could not be written: asking again would cost more than a count that is one short. */
  private async write(): Promise<void> {
    // What else comes in this turn goes along.
    await turn();
    while (this.receipts.length > 0) {
      const taken = this.receipts.splice(0);
      await this.ways.settle(taken).catch((problem: unknown) => this.ways.warn('receipts of tasks could not be written', problem));
      this.ready(taken);
    }
  }

  private ready(settled: readonly Pick<SettledTask, 'taskId' | 'outcome' | 'text'>[]): void {
    for (const { taskId, outcome, text } of settled) this.waiting.push({ taskId, outcome, bytes: Buffer.byteLength(text) });
    this.toCome -= settled.length;
    const { tell } = this.ways;
    if (this.toCome > 0 && tell) this.patience ??= setTimeout(() => void (this.telling = this.telling.then(() => this.tellEarly(tell))), PATIENCE_MS);
  }

  /** What cannot be told now is told at the end. */
  private async tellEarly(tell: NonNullable<Ways['tell']>): Promise<void> {
    this.patience = undefined;
    const told = this.waiting.splice(0);
    try {
      if (told.length > 0) await tell(this.bounded(told));
    } catch (problem) {
      this.waiting.unshift(...told);
      this.ways.warn('outcomes of tasks could not be told early', problem);
    }
  }

  /** An outcome for which there is no room is said to be there. */
  private bounded(outcomes: readonly Told[]): readonly ToldOutcome[] {
    let left = this.ways.toldMax ?? GROUP_TOLD_MAX;
    return outcomes.map(({ taskId, outcome, bytes }) => {
      if (bytes > left) return { taskId, outcome: null };
      left -= bytes;
      return { taskId, outcome };
    });
  }
}
