/** Agents for actor tests: a registry and tasks that exist only here, as strict about who is asked what as the real ones. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { OutcomesInHand } from '../../activities/agent-tasks/outcomes-in-hand';
import type { TaskOutcome } from '../../src/contracts/agent/outcome';
import { OUTCOMES_SIGNAL, QUICK_MS, taskOf, type QuickTaskActivities, type TaskGroupActivities, type ToldOutcome } from '../../src/contracts/agent/task-group';
import type { AgentSelectionActivities, AgentTask, AgentTaskActivities, AgentTaskResult, SelectedAgent } from '../../src/contracts/agent/task';
import { ORCHESTRATION_QUEUE } from '../../src/contracts/actor';
import { Fault, faultFrom } from '../../src/errors/fault';

/** What an agent answers; throws to fail; never returns to be silent. `turn` counts its tasks from 1. */
export type Behaviour = (task: AgentTask, turn: number) => Promise<Partial<AgentTaskResult>> | Partial<AgentTaskResult>;

interface FakeAgent {
  readonly capabilities: readonly string[];
  readonly answer: Behaviour;
}

export class FakeAgents {
  readonly agents = new Map<string, FakeAgent>();
  readonly asked: AgentTask[] = [];
  readonly cancelled: string[] = [];
  /** By the id of the task: a task that was done is done. */
  private readonly answers = new Map<string, AgentTaskResult>();
  /** They may be asked within the task of the workflow. */
  quick = false;
  /** By the id of the task: calls that began so and were not waited for. */
  private readonly late = new Map<string, Promise<AgentTaskResult>>();
  /** By the id of the task: ends its call. */
  private readonly leaving = new Map<string, () => void>();

  add(id: string, capabilities: readonly string[], answer: Behaviour): this {
    this.agents.set(id, { capabilities, answer });
    return this;
  }

  /** Nobody is there, and nobody was asked. */
  clear(): void {
    this.quick = false;
    this.agents.clear();
    this.asked.length = 0;
    this.cancelled.length = 0;
  }

  askedOf(id: string): readonly AgentTask[] {
    return this.asked.filter(({ agentId }) => agentId === id);
  }

  readonly activities: AgentSelectionActivities & AgentTaskActivities & TaskGroupActivities & QuickTaskActivities = {
    selectAgents: ({ capabilities, min, max = Math.max(1, min), prefer = [], exclude = [] }) => {
      const able = [...this.agents].filter(([id, agent]) => !exclude.includes(id) && capabilities.every((name) => agent.capabilities.includes(name)));
      if (able.length < min)
        return Promise.reject(
          new Fault('unavailable', 'agents.none', `${able.length} of ${min} agents are there.`, { capabilities, needed: min, available: able.length }),
        );
      const rank = (id: string) => (prefer.includes(id) ? 0 : 1);
      const chosen = able.sort(([a], [b]) => rank(a) - rank(b)).slice(0, max);
      return Promise.resolve({ agents: chosen.map(([id, agent]) => selected(id, agent)) });
    },
    performAgentTask: async (task) => {
      const known = this.answers.get(task.taskId);
      if (known) return known;
      const late = this.late.get(task.taskId);
      if (late) return Promise.race([late, Context.current().cancelled]);
      if (this.asked.some(({ taskId }) => taskId === task.taskId))
        throw new Fault('unavailable', 'agent.outcome_unknown', 'The agent was asked before.', { taskId: task.taskId });
      this.asked.push(task);
      const agent = this.agents.get(task.agentId);
      if (!agent) throw new Fault('unavailable', 'agent.lost', 'The agent is not there.', { agentId: task.agentId });
      const began = Date.now();
      const beats = setInterval(() => Context.current().heartbeat(), 100);
      try {
        const left = new Promise<never>((_resolve, reject) => this.leaving.set(task.taskId, () => reject(new CancelledFailure('CANCELLED'))));
        const answered = await Promise.race([agent.answer(task, this.askedOf(task.agentId).length), Context.current().cancelled, left]);
        const result = { agentId: task.agentId, result: null, durationMs: Date.now() - began, ...answered };
        this.answers.set(task.taskId, result);
        return result;
      } catch (thrown) {
        if (thrown instanceof CancelledFailure) this.cancelled.push(task.agentId);
        throw thrown;
      } finally {
        clearInterval(beats);
        this.leaving.delete(task.taskId);
      }
    },
    leaveQuickTasks: ({ taskIds }) => {
      for (const taskId of taskIds) this.leaving.get(taskId)?.();
      return Promise.resolve({ count: taskIds.length });
    },
    performQuickTasks: async (group) => {
      if (!this.quick) return { outcomes: [] };
      const outcomes: ToldOutcome[] = [];
      const underWay = new Set(group.members.map(({ taskId }) => taskId));
      const calls = group.members.map(async (member) => {
        const call = this.activities.performAgentTask(taskOf(group, member));
        this.late.set(member.taskId, call);
        const outcome = await call.then(completed, failed).finally(() => underWay.delete(member.taskId));
        outcomes.push({ taskId: member.taskId, outcome });
      });
      await Promise.race([Promise.all(calls), delay(QUICK_MS)]);
      return { outcomes: [...outcomes], underWay: [...underWay] };
    },
    performAgentTasks: async (group) => {
      const { client, info } = Context.current();
      const { workflowId } = info.workflowExecution ?? { workflowId: '' };
      const inHand = new OutcomesInHand(group.members.length, {
        settle: () => Promise.resolve(),
        tell: (outcomes) => client.workflow.getHandle(workflowId).signal(OUTCOMES_SIGNAL, { outcomes }),
        warn: (message, problem) => {
          throw new Error(`${message}: ${String(problem)}`);
        },
      });
      await Promise.all(
        group.members.map(async (member) => {
          const task = taskOf(group, member);
          inHand.add(task, await this.activities.performAgentTask(task).then(completed, failed), { tenant: task.tenant, id: task.agentId });
        }),
      ).finally(() => inHand.settled());
      return { outcomes: inHand.untold() };
    },
  };
}

const completed = (result: AgentTaskResult): TaskOutcome => ({ state: 'completed', result });

function failed(thrown: unknown): TaskOutcome {
  if (thrown instanceof CancelledFailure) throw thrown;
  const { kind, code, message, facts } = faultFrom(thrown);
  return { state: 'failed', fault: { kind, code, message, facts } };
}

const selected = (agentId: string, { capabilities }: FakeAgent): SelectedAgent => ({
  ...{ agentId, name: agentId, capabilities, kind: 'in-process' },
  ...{ taskQueue: ORCHESTRATION_QUEUE, silentAfterMs: 5_000 },
});

/** An agent that says nothing until its task is cancelled. */
export const silent: Behaviour = () => new Promise(() => undefined);
