/** One task for one agent, for people who want to know whether it works (`POST /api/agents/:id/test`). */
import type { AgentTaskResult, AgentTrial } from '../../src/contracts/agent/task';
import { performTask } from './agent-calls';
import { taskFailure } from './task-failure';

export async function tryAgent({ agent, task }: AgentTrial): Promise<AgentTaskResult> {
  try {
    return await performTask(agent, task);
  } catch (thrown) {
    throw taskFailure(thrown, agent.agentId).fault;
  }
}
