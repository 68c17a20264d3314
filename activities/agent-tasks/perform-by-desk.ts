/** On an api process: hands a task to the agent whose socket is here. The outcome comes later, from whichever process the agent then talks to. */
import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { TaskOutcome, WaitingActivity } from '../../src/contracts/agent/outcome';
import type { AgentTask, AgentTaskActivities } from '../../src/contracts/agent/task';
import { resultOf } from '../../src/domain/agent/task-outcome';
import { waitingActivity } from './waiting-activity';

export interface Desk {
  /** The outcome when it is known already, null when the task is in hand. */
  take(task: AgentTask, waiting: WaitingActivity): Promise<TaskOutcome | null>;
}

export const deskActivities = (desk: Desk): AgentTaskActivities => ({
  async performAgentTask(task) {
    const outcome = await desk.take(task, waitingActivity(Context.current().info));
    if (outcome === null) throw new CompleteAsyncError();
    return resultOf(outcome);
  },
});
