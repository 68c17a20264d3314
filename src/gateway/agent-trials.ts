/** Gives one agent one task and waits for what becomes of it. */
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { trialAddress, TRY_AGENT_WORKFLOW, type AgentTask, type AgentTaskResult, type AgentTrial, type SelectedAgent } from '../contracts/agent/task';
import { faultFrom } from '../errors/fault';
import { temporalUnavailable } from './doors';

/** Beyond the task's own time: for a worker to take it up, and for the agent's process. */
const GRACE_MS = 15_000;

export class AgentTrials {
  constructor(private readonly client: Client) {}

  /** Throws the fault of the task; `temporal.unavailable` (unavailable) when nobody could be asked. */
  async run(agent: SelectedAgent, task: AgentTask): Promise<AgentTaskResult> {
    const trial: AgentTrial = { agent, task };
    const timeoutMs = task.timeoutMs + GRACE_MS;
    try {
      return await this.client.withDeadline(Date.now() + timeoutMs + GRACE_MS, () =>
        this.client.workflow.execute<(trial: AgentTrial) => Promise<AgentTaskResult>>(TRY_AGENT_WORKFLOW, {
          ...{ workflowId: trialAddress(task.tenant, task.taskId), taskQueue: ORCHESTRATION_QUEUE, args: [trial] },
          ...{ workflowExecutionTimeout: timeoutMs, staticSummary: `test of ${agent.name}` },
        }),
      );
    } catch (thrown) {
      if (thrown instanceof WorkflowFailedError) throw faultFrom(thrown.cause);
      throw temporalUnavailable(thrown);
    }
  }
}
