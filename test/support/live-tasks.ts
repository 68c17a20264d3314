/** Gives agents of a real system tasks, as the workflows of patterns do. */
import { randomUUID } from 'node:crypto';
import { trialAddress, type AgentTask, type AgentTaskResult, type SelectedAgent } from '../../src/contracts/agent/task';
import { faultFrom, type Fault } from '../../src/errors/fault';
import { openPool } from '../../src/store/database';
import { AgentsStore } from '../../src/store/agents';
import type { World } from './world';

async function addressOf(world: World, id: string): Promise<SelectedAgent> {
  const pool = openPool({ url: world.databaseUrl, max: 1 });
  try {
    // Nothing is opened here that a key sealed.
    const page = await new AgentsStore(pool, { current: '', keys: {} }).select({
      tenant: 'default',
      executionId: 'exec_1',
      capabilities: [],
      min: 1,
      prefer: [id],
    });
    const [agent] = page;
    if (agent?.agentId !== id) throw new Error(`no agent ${id} may be given tasks`);
    return agent;
  } finally {
    await pool.end();
  }
}

export async function giveTask(world: World, id: string, input: unknown, more: Partial<AgentTask> = {}) {
  const task: AgentTask = {
    ...{ tenant: 'default', taskId: randomUUID(), executionId: 'exec_1', agentId: id, patternName: 'p', patternVersion: '1.0.0', capability: 'echo', input },
    ...{ timeoutMs: 60_000, priority: 'normal', context: { stepIndex: 0, totalSteps: 1 } },
    ...more,
  };
  const args = [{ agent: await addressOf(world, id), task }];
  const handle = await world.temporal.workflow.start('tryAgent', { workflowId: trialAddress('default', task.taskId), taskQueue: 'everthread', args });
  const result = handle.result() as Promise<AgentTaskResult>;
  result.catch(() => undefined);
  /** Null when the task was done. */
  const failure = (): Promise<Fault | null> =>
    result.then(
      () => null,
      (problem: Error) => faultFrom(problem.cause),
    );
  return { task, handle, result, failure };
}
