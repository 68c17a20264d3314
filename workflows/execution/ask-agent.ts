/** One place in a step that an agent fills: it is asked once, and when it fails in a way that another agent may make good, the next one is. */
import * as wf from '@temporalio/workflow';
import { ORCHESTRATION_QUEUE } from '../../src/contracts/actor';
import type { AgentTask, SelectedAgent } from '../../src/contracts/agent/task';
import type { Json } from '../../src/contracts/pattern/json';
import type { Answer } from '../../src/domain/pattern/aggregation/answer';
import type { Fault } from '../../src/errors/fault';
import { performTask } from '../agents/agent-calls';
import { taskFailure } from '../agents/task-failure';
import type { Run } from './run';

/** Agents that are asked in one place, the first one counted. */
const ATTEMPTS_MAX = 3;

/** `agent` is its id, `aliases` its name and its capabilities. */
export interface AgentAnswer extends Answer {
  readonly name: string;
  readonly result: Json;
  readonly reasoning: string | null;
  readonly durationMs: number;
}

/** What every agent of a step is given. */
export interface Assignment {
  readonly step: string;
  readonly capability: string;
  readonly input: Json;
  readonly instructions: string | null;
  readonly timeoutMs: number;
  readonly context: AgentTask['context'];
}

/** Another agent for a place whose agent failed, or null when there is none left. */
export type Replacement = () => Promise<SelectedAgent | null>;

/** The answer of the first agent that gives one; throws the last one's fault. Cancellation passes through. */
export async function askUntilAnswered(run: Run, first: SelectedAgent, assignment: Assignment, replacement: Replacement): Promise<AgentAnswer> {
  let agent = first;
  for (let attempt = 1; ; attempt++) {
    const asked = await ask(run, agent, assignment, attempt);
    if (asked.answer) return asked.answer;
    const { fault, reassignable } = asked;
    const next = reassignable && attempt < ATTEMPTS_MAX ? await replacement() : null;
    run.record({
      type: 'agent_failed',
      data: {
        ...{ taskId: asked.taskId, agentId: agent.agentId, agentName: agent.name, step: assignment.step, attempt },
        ...{ error: { code: fault.code, message: fault.message }, retryable: reassignable, reassigned: next !== null },
      },
    });
    if (!next) throw fault;
    agent = next;
  }
}

type Asked = { readonly taskId: string } & (
  | { readonly answer: AgentAnswer; readonly fault?: never; readonly reassignable?: never }
  | { readonly answer?: never; readonly fault: Fault; readonly reassignable: boolean }
);

async function ask(run: Run, agent: SelectedAgent, assignment: Assignment, attempt: number): Promise<Asked> {
  const taskId = run.nextTaskId();
  const { start } = run;
  const who = { taskId, agentId: agent.agentId, agentName: agent.name, step: assignment.step, attempt };
  run.record({ type: 'agent_started', data: { ...who, capabilities: [...agent.capabilities] } });
  try {
    const task: AgentTask = {
      ...{ tenant: start.tenant, taskId, executionId: start.id, agentId: agent.agentId },
      ...{ patternName: start.patternName, patternVersion: start.patternVersion, capability: assignment.capability, input: assignment.input },
      ...(assignment.instructions === null ? {} : { instructions: assignment.instructions }),
      ...{ timeoutMs: assignment.timeoutMs, priority: start.priority, context: assignment.context },
    };
    const { priority } = run;
    const told = await (agent.taskQueue === ORCHESTRATION_QUEUE
      ? run.groups
        ? run.groups.perform(assignment, agent, task)
        : run.carrying((...entrusted) => performTask(agent, task, { priority }, ...entrusted))
      : performTask(agent, task, { priority }));
    const answer: AgentAnswer = {
      ...{ agent: agent.agentId, name: agent.name, aliases: [agent.name, ...agent.capabilities] },
      result: (told.result ?? null) as Json,
      ...{ confidence: told.confidence ?? null, reasoning: told.reasoning ?? null, durationMs: told.durationMs },
    };
    const { confidence, reasoning, durationMs } = answer;
    run.record({ type: 'agent_result', data: { ...who, result: await run.stored(answer.result), confidence, reasoning, durationMs } });
    return { taskId, answer };
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
    const { fault, reassign } = taskFailure(thrown, agent.agentId);
    return { taskId, fault, reassignable: reassign };
  }
}
