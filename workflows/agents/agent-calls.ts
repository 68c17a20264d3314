/** Asking agents, for workflows: who is there, and one task of one of them. */
import * as wf from '@temporalio/workflow';
import type { Brings, CommitBatch } from '../../src/contracts/actor';
import {
  SELECTION_CALL,
  taskCall,
  type AgentSelectionActivities,
  type AgentTask,
  type AgentTaskActivities,
  type AgentTaskResult,
  type SelectedAgent,
} from '../../src/contracts/agent/task';

export const { selectAgents } = wf.proxyActivities<AgentSelectionActivities>(SELECTION_CALL);

/** Throws what {@link taskFailure} of ./task-failure.ts reads. Cancelling the scope that it runs in cancels the task with the agent. */
export const performTask = (
  agent: SelectedAgent,
  task: AgentTask,
  { priority }: Pick<wf.ActivityOptions, 'priority'> = {},
  ...entrusted: readonly [] | readonly [CommitBatch]
): Promise<AgentTaskResult & Brings> =>
  wf
    .proxyActivities<AgentTaskActivities>({
      ...taskCall(agent, task),
      cancellationType: wf.ActivityCancellationType.TRY_CANCEL,
      ...(priority && { priority }),
    })
    .performAgentTask(task, ...entrusted);
