/** How a workflow asks one agent, on a real Temporal server: what it gets back, and what it makes of every way in which a task can fail. */
import { Context } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { agentQueue } from '../../src/contracts/agent/agent';
import { TASK_FAULTS, trialAddress, type AgentTask, type AgentTaskActivities, type SelectedAgent } from '../../src/contracts/agent/task';
import { failed, resultOf } from '../../src/domain/agent/task-outcome';
import { Fault, faultFrom } from '../../src/errors/fault';
import { taskFailure } from '../../workflows/agents/task-failure';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { recordHistories } from '../support/record-histories';

let world: ActorWorld;
const begun: WorkflowHandleWithFirstExecutionRunId[] = [];
beforeAll(async () => void (world = await startActorWorld()));
afterEach(async () => {
  await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
  await world.rest();
});
afterAll(() => world.stop());

type Perform = AgentTaskActivities['performAgentTask'];

/** An agent on a queue of its own; without `perform` nobody is there. */
async function ask(perform: Perform | null, more: Partial<SelectedAgent & AgentTask> = {}) {
  const taskQueue = agentQueue(randomUUID().slice(0, 8));
  await world.work({});
  if (perform) await world.work({ activities: { performAgentTask: perform }, workflows: false, taskQueue });
  const agent: SelectedAgent = { agentId: 'x', name: 'Ada', capabilities: ['a'], kind: 'socket', taskQueue, silentAfterMs: more.silentAfterMs ?? 5_000 };
  const task: AgentTask = {
    ...{ tenant: 'acme', taskId: randomUUID(), executionId: 'exec_1', agentId: 'x', patternName: 'p', patternVersion: '1.0.0', capability: 'a', input: 1 },
    ...{ timeoutMs: more.timeoutMs ?? 30_000, priority: 'normal', context: { stepIndex: 0, totalSteps: 1 } },
  };
  const workflowId = trialAddress('acme', task.taskId);
  const handle = await world.environment.client.workflow.start('tryAgent', { workflowId, taskQueue: 'everthread', args: [{ agent, task }] });
  begun.push(handle);
  const failure = (): Promise<Fault> =>
    handle.result().then(
      () => Promise.reject(new Error('it was done')),
      (problem: Error) => faultFrom(problem.cause),
    );
  return { handle, task, failure };
}

it('a task of an agent is one activity under the id of the task, and its result is the answer', async () => {
  const seen: string[] = [];
  const { handle, task } = await ask((given) => {
    seen.push(Context.current().info.activityId);
    return Promise.resolve({ agentId: given.agentId, result: { input: given.input }, durationMs: 1 });
  });

  expect(await handle.result()).toEqual({ agentId: 'x', result: { input: 1 }, durationMs: 1 });
  expect(seen).toEqual([`agent-task/${task.taskId}`]);
});

it('a task of an agent that failed is not tried again by Temporal, whatever the failure', async () => {
  for (const code of Object.keys(TASK_FAULTS) as (keyof typeof TASK_FAULTS)[]) {
    let tries = 0;
    const { failure } = await ask(() => {
      tries += 1;
      return Promise.resolve().then(() => resultOf(failed(code, 'as it is', { agentId: 'x' })));
    });

    expect([(await failure()).code, tries]).toEqual([code, 1]);
    await world.rest();
  }
});

it('a task of an agent whose process is gone was never asked', async () => {
  const { failure } = await ask(null);
  expect(await failure()).toMatchObject({ code: 'agent.lost', message: expect.stringContaining('did not take the task up') });
});

it('a task of an agent that could not be begun is begun again', async () => {
  let tries = 0;
  const { handle } = await ask(() => {
    tries += 1;
    if (tries === 1) throw new Fault('unavailable', 'store.unreachable', 'The database cannot be reached at the moment.');
    return Promise.resolve({ agentId: 'x', result: 'after all', durationMs: 1 });
  });
  expect(await handle.result()).toMatchObject({ result: 'after all' });
});

describe('taskFailure', () => {
  it.each(Object.entries(TASK_FAULTS))('%s says whether another agent may be asked', (code, { kind, reassign }) => {
    expect(taskFailure(new Fault(kind, code, 'so'), 'x')).toMatchObject({ reassign, neverAsked: false, fault: { code } });
  });

  it('leaves what is nobody’s task alone', () => {
    expect(taskFailure(new Fault('invalid', 'request.invalid', 'no'), 'x')).toMatchObject({ reassign: false });
  });
});
