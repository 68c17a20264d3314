/**
 * The agents of one step that workers call themselves, asked by one activity: each task has its claim and its receipt, as it has alone, and all of them together cost Temporal what
 * one does.
 *
 * Nobody waits for a slow agent: outcomes that are there while others are not come by signal ({@link OUTCOMES_SIGNAL}). One that is too large to be told beside the others is told by
 * `performAgentTask` with the same `taskId`, which finds the receipt.
 */
import { z } from 'zod';
import type { Brings, CommitBatch } from '../actor';
import { taskCall, type AgentTask, type SelectedAgent } from './task';
import type { TaskOutcome } from './outcome';

/** Tasks of one group; a step that asks more agents at once has several groups. */
export const GROUP_MAX = 10;
/** Bytes of JSON that one answer or one signal tells. */
export const GROUP_TOLD_MAX = 512 * 1024;

export interface GroupMember {
  readonly taskId: string;
  readonly agentId: string;
}

/** What all members are given, once. */
export interface TaskGroup extends Omit<AgentTask, 'taskId' | 'agentId'> {
  /** 2 to {@link GROUP_MAX}; of {@link QuickTaskActivities} also one. */
  readonly members: readonly GroupMember[];
}

export interface ToldOutcome {
  readonly taskId: string;
  /** Null: it has a receipt, and there was no room for it. */
  readonly outcome: TaskOutcome | null;
}

export interface TaskGroupActivities {
  /** On the worker's queue. Returns what no signal told. */
  performAgentTasks(group: TaskGroup, entrusted?: CommitBatch): Promise<{ readonly outcomes: readonly ToldOutcome[] } & Brings>;
}

/** A workflow task waits so long for agents that answer at once, in milliseconds. */
export const QUICK_MS = 100;
/**
 * Groups that are asked so one after the other; the next one is asked by an activity. Meanwhile nothing is told of them and their workflow hears nothing, and the server takes 4 MiB with
 * one task of a workflow, all answers together.
 */
export const QUICK_GROUPS_MAX = 10;
/** Bytes of JSON of the answers of one group that are told so. */
export const QUICK_TOLD_MAX = 64 * 1024;

/**
 * Functions in the worker's own process, called within the task of the workflow at hand: a local activity, so that a quick answer costs Temporal nothing of its own. What takes longer
 * than {@link QUICK_MS} goes on in the worker; whoever asks for the rest by `performAgentTasks` with the same ids waits for that call, and nobody is asked twice.
 */
export interface QuickTaskActivities {
  /**
   * The outcomes that were there in time, with their receipts; `underWay`: ids of tasks whose calls go on. Nothing where an agent of the group was slow when it was asked last: then
   * nobody is asked.
   */
  performQuickTasks(group: TaskGroup): Promise<{ readonly outcomes: readonly ToldOutcome[]; readonly underWay?: readonly string[] }>;
  /** Ends calls that go on in this worker: nobody will ask for their outcome any more. Returns how many there were. */
  leaveQuickTasks(left: { readonly tenant: string; readonly taskIds: readonly string[] }): Promise<{ readonly count: number }>;
}

/** Options for `proxyLocalActivities<QuickTaskActivities>`. What does not succeed is asked for the other way. */
export const QUICK_CALL = {
  scheduleToCloseTimeout: 5_000,
  retry: { maximumAttempts: 1 },
  cancellationType: 'TRY_CANCEL',
} as const;

export const OUTCOMES_SIGNAL = 'agentOutcomes';
/** Argument of the signal. What an outcome holds was made by a worker and is not looked at here. */
export const OutcomesSignal = z.object({
  outcomes: z
    .array(
      z.object({
        taskId: z.string().max(255),
        outcome: z.custom<TaskOutcome | null>((value) => value === null || (typeof value === 'object' && 'state' in value)),
      }),
    )
    .max(GROUP_MAX),
});

const SUMMARY_MAX = 200;

export const taskOf = ({ members, ...common }: TaskGroup, { taskId, agentId }: GroupMember): AgentTask => ({ ...common, taskId, agentId });

/** Options for `proxyActivities<TaskGroupActivities>`: those of the first one's own call, for all. */
export function groupCall(agents: readonly SelectedAgent[], { members: [first], timeoutMs }: Pick<TaskGroup, 'members' | 'timeoutMs'>) {
  return {
    ...taskCall(agents[0] as SelectedAgent, { taskId: first?.taskId ?? '', timeoutMs }),
    activityId: `agent-tasks/${first?.taskId}`,
    summary: agents
      .map(({ name }) => name)
      .join(', ')
      .slice(0, SUMMARY_MAX),
    heartbeatTimeout: Math.min(...agents.map(({ silentAfterMs }) => silentAfterMs)),
  };
}
