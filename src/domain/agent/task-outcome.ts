/** Outcomes of tasks: made from what an agent says, and turned into what the waiting activity returns or throws. Pure. */
import { z } from 'zod';
import type { HeldTask, TaskOutcome } from '../../contracts/agent/outcome';
import type { ToAgent } from '../../contracts/agent/protocol';
import { TASK_FAULTS, type AgentTask, type AgentTaskResult, type TaskFault, type TokenUsage } from '../../contracts/agent/task';
import { Fault, type Facts } from '../../errors/fault';

export const failed = (code: TaskFault, message: string, facts: Facts): TaskOutcome => ({
  state: 'failed',
  fault: { kind: TASK_FAULTS[code].kind, code, message, facts },
});

export const taskFacts = ({ taskId, agentId }: Pick<AgentTask, 'taskId' | 'agentId'>): Facts => ({ taskId, agentId });

/** The result, or the fault thrown. */
export function resultOf(outcome: TaskOutcome): AgentTaskResult {
  if (outcome.state === 'completed') return outcome.result;
  throw faultOf(outcome);
}

export function faultOf(outcome: Exclude<TaskOutcome, { state: 'completed' }>): Fault {
  if (outcome.state === 'cancelled') return new Fault('conflict', 'agent.task_cancelled', `The task was cancelled: ${outcome.reason}`);
  const { kind, code, message, facts } = outcome.fault;
  return new Fault(kind, code, message, facts);
}

export interface Said {
  readonly result?: unknown;
  readonly confidence?: number | undefined;
  readonly reasoning?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly usage?: TokenUsage | undefined;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
const asFraction = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined);
const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * The outcome of a task whose agent says that it has done it. Confidence and reasoning are taken where the agent put them: beside the result, among its metadata, or in the
 * result itself (seed 001 shows `{"category": …, "confidence": 0.95}`). A result that does not fit the task's schema is a failure that another agent may make good.
 */
export function answered(task: AgentTask, durationMs: number, { result, metadata, usage, ...said }: Said): TaskOutcome {
  const problem = task.outputSchema && misfit(task.outputSchema, result);
  if (problem) return failed('agent.result_invalid', `The agent's result does not fit: ${problem}`, { ...taskFacts(task), reason: problem });
  const confidence = said.confidence ?? asFraction(metadata?.['confidence']) ?? asFraction(fieldOf(result, 'confidence'));
  const reasoning = said.reasoning ?? asText(metadata?.['reasoning']) ?? asText(fieldOf(result, 'reasoning'));
  return {
    state: 'completed',
    result: {
      ...{ agentId: task.agentId, result: result ?? null, durationMs: Math.max(0, Math.round(durationMs)) },
      ...(confidence !== undefined && { confidence }),
      ...(reasoning !== undefined && { reasoning }),
      ...(usage && { usage }),
    },
  };
}

/** What does not fit, or null. A schema that cannot be read fits nothing: whoever wrote it is told. */
export function misfit(outputSchema: Readonly<Record<string, unknown>>, result: unknown): string | null {
  let schema: z.ZodType;
  try {
    schema = z.fromJSONSchema(outputSchema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (problem) {
    return `outputSchema: expected a JSON Schema; ${problem instanceof Error ? problem.message : String(problem)}`.slice(0, 500);
  }
  const parsed = schema.safeParse(result);
  if (parsed.success) return null;
  const [first] = parsed.error.issues;
  return `${first?.path.join('.') || '(result)'}: ${first?.message ?? 'is not valid'}`.slice(0, 500);
}

/** The outcome of a task whose agent says that it failed. */
export function refused(
  task: AgentTask,
  said: { readonly code: string; readonly message: string; readonly details?: unknown },
  retryable: boolean,
): TaskOutcome {
  const code = said.code === 'REJECTED' ? 'agent.rejected' : retryable ? 'agent.task_error' : 'agent.task_failed';
  const details = said.details === undefined ? {} : { agentDetails: said.details };
  return failed(code, said.message || 'The agent failed and did not say why.', { ...taskFacts(task), agentCode: said.code, ...details });
}

export const lost = ({ task }: Pick<HeldTask, 'task'>, why: string): TaskOutcome => failed('agent.lost', why, taskFacts(task));
export const late = ({ task }: Pick<HeldTask, 'task'>): TaskOutcome =>
  failed('agent.timeout', `The agent did not answer within ${task.timeoutMs} ms.`, { ...taskFacts(task), timeoutMs: task.timeoutMs });

/** The task as agents get it. */
export const sentTask = (
  { taskId, executionId, patternName, patternVersion, capability, input, instructions, priority, context, outputSchema }: AgentTask,
  timeout: number,
): ToAgent['task'] => ({
  ...{ taskId, executionId, patternName, patternVersion, capability, input, timeout, priority, context },
  ...(instructions !== undefined && { instructions }),
  ...(outputSchema !== undefined && { outputSchema }),
});
