/** Asking the agents of a step: who is selected, how they are asked, and what their answers come to together. */
import * as wf from '@temporalio/workflow';
import type { AgentSelectionActivities, SelectAgents, SelectedAgent } from '../../src/contracts/agent/task';
import type { AgentsWork, Execution } from '../../src/contracts/pattern/agents-step';
import type { Json } from '../../src/contracts/pattern/json';
import type { Frame } from '../../src/domain/execution/frame';
import { allOf, selectionOf } from '../../src/domain/execution/selection';
import { inParallel, inRace, type Gathered, type Progress } from '../../src/domain/pattern/aggregation/gather';
import { Fault, faultFrom } from '../../src/errors/fault';
import { selectAgents } from '../agents/agent-calls';
import { askUntilAnswered, type AgentAnswer, type Assignment } from './ask-agent';
import { gather, type Heard } from './gather';
import { AT_ONCE, isFatal, within, type Run } from './run';
import { textOf, textsOf, valueOf } from './values';

/** For one agent, where neither the pattern nor the agent says anything (digest §2.9). */
export const TASK_TIMEOUT_MS = 30_000;

const here = wf.proxyLocalActivities<AgentSelectionActivities>(AT_ONCE);

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
    const needed = minResults ?? (waitForAll ? 1 : this.work.agents.min);
    return this.askAll(timeoutMs, needed, (progress) => inParallel(progress, { waitForAll, minResults: needed }));
  }

  private async race({ timeoutMs, minConfidence }: Extract<Execution, { strategy: 'race' }>): Promise<readonly AgentAnswer[]> {
    return this.askAll(timeoutMs, null, (progress) => inRace(progress, { minConfidence }));
  }

  private async oneAfterAnother(timeoutMs: number | null, { until, stopOnError }: { readonly until: number; readonly stopOnError: boolean }) {
    return this.inTime(timeoutMs, async (answers) => {
      const agents = await this.select();
      let last: Fault | null = null;
      for (const agent of agents) {
        try {
          // Who is next in line takes over by itself, so nobody is called in for one that failed.
          answers.push(await askUntilAnswered(this.run, agent, this.assignment(), () => Promise.resolve(null)));
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
          const assignment = this.assignment({ capability, input: task.input && valueOf(task.input, this.frame) });
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
    const over = scope
      .run(() => work(answers))
      .then(
        () => (state = 'done'),
        (thrown: unknown) => (state = thrown instanceof Error ? thrown : new Fault('internal', 'internal', 'Something failed that should not have.')),
      );
    const inTime = await within(() => state !== 'working', timeoutMs, 'wait for the agents');
    if (!inTime) {
      scope.cancel();
      await over;
      throw tooFew({ answers: answers.length, failures: [], timedOut: true }, 'The time of the step was up.');
    }
    if ((state as unknown) instanceof Error) throw state as unknown as Error;
    return answers;
  }

  /** `needed`: with so many answers the step goes on when its time is up; null: only the judge decides. */
  private async askAll(timeoutMs: number | null, needed: number | null, judge: (progress: Progress) => Gathered): Promise<readonly AgentAnswer[]> {
    const agents = await this.select();
    const assignment = this.assignment();
    const questions = agents.map((agent) => () => askUntilAnswered(this.run, agent, assignment, () => this.another(this.capabilities())));
    const heard = ({ answers, failures }: Heard<AgentAnswer>) => this.progress(agents.length, answers.length, failures.length);
    const asked = agents.length;
    const { answers, failures, timedOut } = await gather(questions, {
      over: (now) => judge({ asked, failed: now.failures.length, answers: now.answers }).state !== 'wait',
      ...{ timeoutMs, heard },
    });
    const judged = judge({ asked, failed: failures.length, answers });
    if (judged.state === 'enough') return judged.answers as readonly AgentAnswer[];
    if (timedOut && needed !== null && answers.length >= Math.max(1, needed)) return answers;
    throw tooFew({ answers: answers.length, failures, timedOut }, judged.state === 'short' ? judged.message : 'The time of the step was up.');
  }

  private progress(total: number, completed: number, failed: number): void {
    this.run.record({ type: 'progress', data: { step: this.place.step, total, completed, failed } });
  }

  private capabilities(): string[] {
    return textsOf(this.work.agents.capabilities, this.frame);
  }

  private assignment({ capability, input }: { readonly capability?: string; readonly input?: Json | null } = {}): Assignment {
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
    return this.selectWith(allOf(this.work.agents, this.frame));
  }

  /** Agents that were not asked in an earlier attempt come first; when there are too few of them, those that were. */
  private async selectWith(wanted: Pick<SelectAgents, 'capabilities' | 'min' | 'max'>): Promise<readonly SelectedAgent[]> {
    const { run, work, frame } = this;
    const request = { tenant: run.start.tenant, executionId: run.start.id, ...wanted };
    const found = await this.selection(selectionOf(work.agents, frame, request, this.asked)).catch((thrown: unknown) => {
      if (wf.isCancellation(thrown) || this.asked.size === 0) throw thrown;
      return null;
    });
    const agents = found ?? (await this.selection(selectionOf(work.agents, frame, request)));
    this.note(agents);
    return agents;
  }

  /** One more agent, that was asked neither in this attempt nor before; null when there is none. */
  private async another(capabilities: readonly string[]): Promise<SelectedAgent | null> {
    const { run, work, frame } = this;
    const exclude = [...textsOf(work.agents.exclude, frame), ...this.asked, ...this.taken];
    try {
      const [agent] = await this.selection({ tenant: run.start.tenant, executionId: run.start.id, capabilities, min: 1, max: 1, exclude });
      // Two places that fail at once may be given the same agent: the first one to come takes it.
      if (!agent || this.taken.has(agent.agentId)) return null;
      this.note([agent]);
      return agent;
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
      return null;
    }
  }

  private async selection(wanted: SelectAgents): Promise<readonly SelectedAgent[]> {
    const ready = this.run.selectedBefore(wanted);
    if (ready) return ready;
    const found = this.run.isQuick ? await this.run.atOnce(() => here.selectAgents(wanted)) : null;
    if (found) return found.agents;
    const { agents } = await this.run.carrying((...entrusted) => selectAgents(wanted, ...entrusted));
    return agents;
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
}

function tooFew(
  { answers, failures, timedOut }: { readonly answers: number; readonly failures: readonly Fault[]; readonly timedOut: boolean },
  why: string,
): Fault {
  const [first] = failures;
  const facts = { answers, failed: failures.length, ...(first && { firstFailure: { code: first.code, message: first.message } }) };
  if (timedOut) return new Fault('deadline', 'execution.step_timeout', `${why} ${answers} answers were there.`, facts);
  return new Fault('unavailable', 'execution.no_results', `${why}${first ? ` The first failure: ${first.message}` : ''}`, facts);
}
