/** Asking the agents of a step: who is selected, how they are asked, and what their answers come to together. */
import * as wf from '@temporalio/workflow';
import type { SelectedAgent } from '../../src/contracts/agent/task';
import type { AgentsWork, Execution } from '../../src/contracts/pattern/agents-step';
import type { Json } from '../../src/contracts/pattern/json';
import type { Frame } from '../../src/domain/execution/frame';
import { Fault, faultFrom } from '../../src/errors/fault';
import { askUntilAnswered, type AgentAnswer, type Assignment } from './ask-agent';
import { gather, type Gathered } from './gather';
import { isFatal, within, type Run } from './run';
import { textOf, textsOf, valueOf } from './values';

/** For one agent, where neither the pattern nor the agent says anything (digest §2.9). */
const TASK_TIMEOUT_MS = 30_000;

export interface Place {
  /** Where in the plan, for people and events: `steps.review`, `steps.draft#2`. */
  readonly step: string;
  readonly index: number;
  readonly total: number;
}

/** One attempt of a step at its agents. `asked`: ids of those that were asked in earlier attempts; they come last. */
export class Asking {
  private readonly taken = new Set<string>();

  constructor(
    private readonly run: Run,
    private readonly work: AgentsWork,
    private readonly frame: Frame,
    private readonly place: Place,
    private readonly asked: Set<string>,
  ) {}

  /** In the order in which they came; at least one. Faults: `agents.none`, `execution.no_results`, `execution.step_timeout`, and what an agent failed with. */
  async answers(): Promise<readonly AgentAnswer[]> {
    const { execution } = this.work;
    switch (execution.strategy) {
      case 'parallel':
        return this.parallel(execution);
      case 'race':
        return this.race(execution);
      case 'first':
        return this.oneAfterAnother(execution.timeoutMs, { until: 1, stopOnError: false });
      case 'sequential':
        return execution.tasks.length > 0
          ? this.pipeline(execution)
          : this.oneAfterAnother(execution.timeoutMs, { until: Number.POSITIVE_INFINITY, stopOnError: execution.stopOnError });
    }
  }

  private async parallel({ timeoutMs, waitForAll, minResults }: Extract<Execution, { strategy: 'parallel' }>): Promise<readonly AgentAnswer[]> {
    const agents = await this.select();
    const needed = Math.min(agents.length, minResults ?? (waitForAll ? 1 : this.work.agents.min));
    const gathered = await this.askAll(agents, timeoutMs, (answers) => !waitForAll && answers.length >= needed);
    if (gathered.answers.length >= Math.max(1, needed)) return gathered.answers;
    throw this.tooFew(gathered, needed);
  }

  private async race({ timeoutMs, minConfidence }: Extract<Execution, { strategy: 'race' }>): Promise<readonly AgentAnswer[]> {
    const agents = await this.select();
    const isSure = ({ confidence }: AgentAnswer) => minConfidence === null || (confidence ?? -1) >= minConfidence;
    const gathered = await this.askAll(agents, timeoutMs, (answers) => answers.some(isSure));
    const winner = gathered.answers.find(isSure);
    if (winner) return [winner];
    if (gathered.answers.length === 0 || gathered.timedOut) throw this.tooFew(gathered, 1);
    throw new Fault('conflict', 'execution.low_confidence', `No answer has a confidence of at least ${minConfidence}.`, {
      minConfidence,
      confidences: gathered.answers.map(({ confidence }) => confidence),
    });
  }

  private async oneAfterAnother(timeoutMs: number | null, { until, stopOnError }: { readonly until: number; readonly stopOnError: boolean }) {
    return this.inTime(timeoutMs, async (answers) => {
      const agents = await this.select();
      let last: Fault | null = null;
      for (const agent of agents) {
        try {
          // Who is next in line takes over by itself, so nobody is called in for one that failed.
          answers.push(await askUntilAnswered(this.run, agent, await this.assignment(), () => Promise.resolve(null)));
        } catch (thrown) {
          if (wf.isCancellation(thrown)) throw thrown;
          last = faultFrom(thrown);
          if (stopOnError || isFatal(last)) throw last;
        }
        this.progress(agents.length, answers.length, 0);
        if (answers.length >= until) break;
      }
      if (answers.length === 0 && last) throw last;
    });
  }

  /** Each task is one agent with the capability of the task, and may use what those before it gave. */
  private async pipeline({ timeoutMs, stopOnError, tasks }: Extract<Execution, { strategy: 'sequential' }>): Promise<readonly AgentAnswer[]> {
    return this.inTime(timeoutMs, async (answers) => {
      for (const [at, task] of tasks.entries()) {
        const capability = textOf(task.capability, this.frame);
        try {
          const [agent] = await this.selectWith({ capabilities: [capability], min: 1, max: 1 });
          const assignment = await this.assignment({ capability, input: task.input && valueOf(task.input, this.frame) });
          const answer = await askUntilAnswered(this.run, agent as SelectedAgent, assignment, () => this.another([capability]));
          answers.push(answer);
          if (task.output !== null) this.frame.set(task.output, answer.result);
        } catch (thrown) {
          if (wf.isCancellation(thrown)) throw thrown;
          const fault = faultFrom(thrown);
          if (stopOnError || isFatal(fault) || at === 0) throw fault;
        }
        this.progress(tasks.length, answers.length, at + 1 - answers.length);
      }
    });
  }

  private async inTime(timeoutMs: number | null, work: (answers: AgentAnswer[]) => Promise<void>): Promise<readonly AgentAnswer[]> {
    const answers: AgentAnswer[] = [];
    const scope = new wf.CancellationScope();
    let state: 'working' | 'done' | Error = 'working';
    const over = scope.run(() => work(answers)).then(
      () => (state = 'done'),
      (thrown: unknown) => (state = thrown instanceof Error ? thrown : new Fault('internal', 'internal', 'Something failed that should not have.')),
    );
    const inTime = await within(() => state !== 'working', timeoutMs, 'wait for the agents');
    if (!inTime) {
      scope.cancel();
      await over;
      throw this.tooFew({ answers, failures: [], timedOut: true }, 1);
    }
    if ((state as unknown) instanceof Error) throw state as unknown as Error;
    return answers;
  }

  private async askAll(agents: readonly SelectedAgent[], timeoutMs: number | null, enough: (answers: readonly AgentAnswer[]) => boolean): Promise<Gathered<AgentAnswer>> {
    const assignment = await this.assignment();
    return gather(
      agents.map((agent) => () => askUntilAnswered(this.run, agent, assignment, () => this.another(this.capabilities()))),
      { enough, timeoutMs, heard: ({ answers, failures }) => this.progress(agents.length, answers.length, failures.length) },
    );
  }

  private progress(total: number, completed: number, failed: number): void {
    this.run.record({ type: 'progress', data: { step: this.place.step, total, completed, failed } });
  }

  private capabilities(): string[] {
    return textsOf(this.work.agents.capabilities, this.frame);
  }

  private async assignment({ capability, input }: { readonly capability?: string; readonly input?: Json | null } = {}): Promise<Assignment> {
    const { work, frame, place } = this;
    const given = input ?? (work.input === null ? (frame.get('item') ?? frame.get('input') ?? null) : valueOf(work.input, frame));
    return {
      step: place.step,
      capability: capability ?? this.capabilities()[0] ?? '',
      input: given,
      instructions: work.instructions === null ? null : textOf(work.instructions, frame),
      timeoutMs: Math.max(1_000, work.agents.taskTimeoutMs ?? TASK_TIMEOUT_MS),
      context: { stepIndex: place.index, totalSteps: place.total },
    };
  }

  private select(): Promise<readonly SelectedAgent[]> {
    const { min, max } = this.work.agents;
    return this.selectWith({ capabilities: this.capabilities(), min, max: Math.max(min, max ?? min) });
  }

  /** Agents that were not asked in an earlier attempt come first; when there are too few of them, those that were. */
  private async selectWith(wanted: { readonly capabilities: readonly string[]; readonly min: number; readonly max: number }): Promise<readonly SelectedAgent[]> {
    const { run, work, frame } = this;
    const exclude = textsOf(work.agents.exclude, frame);
    const request = { tenant: run.start.tenant, executionId: run.start.id, ...wanted, prefer: textsOf(work.agents.prefer, frame) };
    const found = await this.selection({ ...request, exclude: [...exclude, ...this.asked] }).catch((thrown: unknown) => {
      if (wf.isCancellation(thrown) || this.asked.size === 0) throw thrown;
      return null;
    });
    const agents = found ?? (await this.selection({ ...request, exclude }));
    this.note(agents);
    return agents;
  }

  /** One more agent, that was asked neither in this attempt nor before; null when there is none. */
  private async another(capabilities: readonly string[]): Promise<SelectedAgent | null> {
    const { run, work, frame } = this;
    const exclude = [...textsOf(work.agents.exclude, frame), ...this.asked, ...this.taken];
    try {
      const [agent] = await this.selection({ tenant: run.start.tenant, executionId: run.start.id, capabilities, min: 1, max: 1, exclude });
      if (!agent) return null;
      this.note([agent]);
      return agent;
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
      return null;
    }
  }

  private async selection(wanted: Parameters<ReturnType<Run['selection']>['selectAgents']>[0]): Promise<readonly SelectedAgent[]> {
    const { agents } = await this.run.selection(`agents for ${this.place.step}`).selectAgents(wanted);
    // Two places that fail at once may be given the same agent: the first one to come takes it.
    return agents.filter(({ agentId }) => !this.taken.has(agentId));
  }

  private note(agents: readonly SelectedAgent[]): void {
    if (agents.length === 0) return;
    for (const { agentId } of agents) this.taken.add(agentId);
    this.run.record({
      type: 'agents_selected',
      data: { step: this.place.step, count: agents.length, agents: agents.map(({ agentId, name }) => ({ agentId, name })) },
    });
  }

  /** Those of this attempt count as asked from now on. */
  finish(): void {
    for (const id of this.taken) this.asked.add(id);
  }

  private tooFew({ answers, failures, timedOut }: Gathered<AgentAnswer>, needed: number): Fault {
    const [first] = failures;
    const facts = { answers: answers.length, needed, failed: failures.length, ...(first && { firstFailure: { code: first.code, message: first.message } }) };
    if (timedOut) return new Fault('deadline', 'execution.step_timeout', `${answers.length} of ${needed} needed answers were there when the time of the step was up.`, facts);
    return new Fault('unavailable', 'execution.no_results', `${answers.length} of ${needed} needed answers came${first ? `; the first failure: ${first.message}` : ''}.`, facts);
  }
}
