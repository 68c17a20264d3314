/**
 * What a workflow asks of agents: to be told which there are, and to have one perform a task. Both are activities; `taskCall` says how they are called.
 *
 * A task is asked once for each `taskId`: its row in Postgres is claimed before the agent hears of it, so an activity that runs again finds the task under way, or its outcome.
 * Give each attempt an id of its own (`exec_1/step-0/agent-2/1`), and the activity the same one (`taskCall` does).
 */
import type { Kind } from '../../errors/fault';
import type { Brings, CommitBatch } from '../actor';
import type { AgentKind } from './agent';

export interface SelectAgents {
  readonly tenant: string;
  readonly executionId: string;
  /** An agent must have all of them. */
  readonly capabilities: readonly string[];
  /** Fewer: fault `agents.none`. */
  readonly min: number;
  /** Default: `min`, and at least 1. */
  readonly max?: number;
  /** Ids, names, capabilities, regions or models: agents that match more of them come first. */
  readonly prefer?: readonly string[];
  /** Ids that are not wanted: those that were asked before. */
  readonly exclude?: readonly string[];
}

export interface SelectedAgent {
  readonly agentId: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly kind: AgentKind;
  /** Where `performAgentTask` is called for it. */
  readonly taskQueue: string;
  /** After so long without a sign of life the activity counts as lost. */
  readonly silentAfterMs: number;
}

/** An answer that was asked for before the workflow that needs it began. */
export interface ReadySelection {
  readonly wanted: SelectAgents;
  readonly agents: readonly SelectedAgent[];
  /** ISO 8601. */
  readonly at: string;
}

export const TASK_PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

export interface AgentTask {
  readonly tenant: string;
  /** Unique in the tenant for ever; at most 255 characters. */
  readonly taskId: string;
  readonly executionId: string;
  readonly agentId: string;
  readonly patternName: string;
  readonly patternVersion: string;
  /** The first of the capabilities that were asked for. */
  readonly capability: string;
  readonly input: unknown;
  readonly instructions?: string;
  /** From the moment in which a process takes the task up. 1 second to 24 hours. */
  readonly timeoutMs: number;
  readonly priority: TaskPriority;
  readonly context: { readonly stepIndex: number; readonly totalSteps: number };
  /** JSON Schema. A result that does not fit fails with `agent.result_invalid`. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export interface AgentTaskResult {
  readonly agentId: string;
  readonly result: unknown;
  /** 0 to 1, where the agent said one: beside its result or as the result's own `confidence`. */
  readonly confidence?: number;
  readonly reasoning?: string;
  /** From the moment in which the agent was asked. */
  readonly durationMs: number;
  readonly usage?: TokenUsage;
}

export interface AgentSelectionActivities {
  /** On the worker's queue. Fault `agents.none` (unavailable): fewer than `min` agents that are connected have the capabilities. */
  selectAgents(wanted: SelectAgents, entrusted?: CommitBatch): Promise<{ readonly agents: readonly SelectedAgent[] } & Brings>;
}

export interface AgentTaskActivities {
  /**
   * On the agent's queue. Throws one of {@link TASK_FAULTS}; workflows/agents/task-failure.ts says which of them another agent may make good. Entrusted with events only on the
   * worker's queue.
   */
  performAgentTask(task: AgentTask, entrusted?: CommitBatch): Promise<AgentTaskResult & Brings>;
}

/**
 * How a task can fail, and whether asking another agent may help. Temporal tries none of them again: the pattern decides.
 * Each carries the facts `{agentId, taskId}`, and `{agentCode, agentDetails}` where the agent said them.
 */
export const TASK_FAULTS = {
  /** The agent is not there, or stopped giving signs of life; what it had in hand may have been done. */
  'agent.lost': { kind: 'unavailable', reassign: true },
  /** It did not answer within `timeoutMs`. */
  'agent.timeout': { kind: 'deadline', reassign: true },
  /** It will not take the task. */
  'agent.rejected': { kind: 'unavailable', reassign: true },
  /** It failed and says that trying again may help. */
  'agent.task_error': { kind: 'unavailable', reassign: true },
  /** Its answer does not fit `outputSchema`, or is not an answer. */
  'agent.result_invalid': { kind: 'unavailable', reassign: true },
  /** It may have been asked before, by a process that is gone; it is not asked again. */
  'agent.outcome_unknown': { kind: 'unavailable', reassign: true },
  /** It failed and says that trying again does not help. */
  'agent.task_failed': { kind: 'conflict', reassign: false },
  /** Somebody cancelled the task. */
  'agent.task_cancelled': { kind: 'conflict', reassign: false },
} as const satisfies Record<string, { readonly kind: Kind; readonly reassign: boolean }>;
export type TaskFault = keyof typeof TASK_FAULTS;

/** No agent took the call up in this time: it is certain that the agent was not asked. */
const PICKUP_MS = 5_000;
/** Calls on the worker's queue wait for a worker that restarts. */
const WORKER_PICKUP_MS = 60_000;
/** The process that waits for the agent notices the end of `timeoutMs` itself; Temporal stands behind it. */
const GRACE_MS = 10_000;

/** Options for `proxyActivities<AgentTaskActivities>`, and for `selectAgents`. Plain values: a workflow passes them on. */
export const taskCall = (agent: SelectedAgent, task: Pick<AgentTask, 'taskId' | 'timeoutMs'>) => ({
  taskQueue: agent.taskQueue,
  activityId: `agent-task/${task.taskId}`,
  summary: agent.name,
  scheduleToStartTimeout: agent.kind === 'socket' ? PICKUP_MS : WORKER_PICKUP_MS,
  startToCloseTimeout: task.timeoutMs + GRACE_MS,
  heartbeatTimeout: agent.silentAfterMs,
  retry: { initialInterval: 200, maximumInterval: 2_000, maximumAttempts: 5, nonRetryableErrorTypes: Object.keys(TASK_FAULTS) },
});

export const SELECTION_CALL = {
  startToCloseTimeout: 20_000,
  retry: { initialInterval: 200, maximumInterval: 5_000, nonRetryableErrorTypes: ['agents.none'] },
};

export const TRY_AGENT_WORKFLOW = 'tryAgent';
export const TRY_AGENT_KIND = 'agent-test';
/** `id` is the task's: a trial is one workflow with one task. */
export const trialAddress = (tenant: string, id: string): string => `${TRY_AGENT_KIND}/${tenant}/${id}`;

/** Argument of the workflow. */
export interface AgentTrial {
  readonly agent: SelectedAgent;
  readonly task: AgentTask;
}
