/** Claims and receipts of several tasks at once, on a real database. */
import { randomUUID } from 'node:crypto';
import type { TaskOutcome } from '../../src/contracts/agent/outcome';
import { taskOf, type TaskGroup } from '../../src/contracts/agent/task-group';
import { answered, failed } from '../../src/domain/agent/task-outcome';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const waiting = { workflowId: 'w', runId: 'r', activityId: 'a' };

async function tenantWith(...ids: readonly string[]): Promise<string> {
  const tenant = `t-${randomUUID().slice(0, 8)}`;
  for (const id of ids)
    await world.store.agents.addHttp({
      ...{ agent: { tenant, id }, name: id, capabilities: ['vote'], region: null, metadata: {}, maxConcurrentTasks: null },
      ...{ url: 'https://agents.test/', secret: `secret of ${id}`, silentAfterMs: 5_000, by: 'test' },
    });
  return tenant;
}

const groupOf = (tenant: string, ...agents: readonly string[]): TaskGroup => ({
  ...{ tenant, executionId: 'exec_1', patternName: 'p', patternVersion: '1.0.0', capability: 'vote', input: { text: 'null \u0000 byte' } },
  ...{ timeoutMs: 60_000, priority: 'normal', context: { stepIndex: 0, totalSteps: 1 } },
  members: agents.map((agentId) => ({ taskId: randomUUID(), agentId })),
});
const claim = (group: TaskGroup) => world.store.agentGroups.claim(group, waiting);
const settle = (group: TaskGroup, outcomes: readonly TaskOutcome[]) =>
  world.store.agentGroups.settle(
    group.tenant,
    group.members.map(({ taskId, agentId }, at) => {
      const outcome = outcomes[at] as TaskOutcome;
      return { taskId, agent: { tenant: group.tenant, id: agentId }, outcome, text: JSON.stringify(outcome) };
    }),
  );
const alone = (group: TaskGroup, at: number) => {
  const member = group.members[at] as TaskGroup['members'][number];
  return world.store.agentTasks.claim({ task: taskOf(group, member), agent: { tenant: group.tenant, id: member.agentId }, waiting, asking: true });
};
const done = (group: TaskGroup, at: number, result: unknown) => answered(taskOf(group, group.members[at] as TaskGroup['members'][number]), 10, { result });

it('finds its agents with their secrets, and claims each task once', async () => {
  const group = groupOf(await tenantWith('ada', 'ben'), 'ada', 'ben', 'nobody');
  const [first, second, third] = group.members.map(({ taskId }) => taskId) as [string, string, string];

  const claimed = await claim(group);
  expect(claimed.get(first)).toEqual({
    agent: { tenant: group.tenant, id: 'ada' },
    kind: 'http',
    url: 'https://agents.test/',
    secret: 'secret of ada',
    fresh: true,
  });
  expect(claimed.get(second)).toMatchObject({ secret: 'secret of ben', fresh: true });
  expect(claimed.has(third)).toBe(false);
  expect([...(await claim(group)).values()].map(({ fresh }) => fresh)).toEqual([false, false]);
  expect(await alone(group, 0)).toMatchObject({ state: 'open', held: { task: { taskId: first, input: { text: 'null \u0000 byte' } } } });
});

it('of any number of claims at once one is the first', async () => {
  const group = groupOf(await tenantWith('ada', 'ben'), 'ada', 'ben');

  const claims = await Promise.all(Array.from({ length: 8 }, () => claim(group)));
  for (const { taskId } of group.members) expect(claims.filter((claimed) => claimed.get(taskId)?.fresh)).toHaveLength(1);
});

it('settles outcomes once, counts them once, and whoever asks for a task alone finds what became of it', async () => {
  const group = groupOf(await tenantWith('ada', 'ben'), 'ada', 'ben');
  await claim(group);
  const outcomes = [done(group, 0, { text: 'null \u0000 byte' }), failed('agent.task_failed', 'No.', {})];

  await settle(group, outcomes);
  await settle(group, [failed('agent.lost', 'Too late.', {}), done(group, 1, 1)]);

  expect(await alone(group, 0)).toEqual({ state: 'settled', outcome: outcomes[0] });
  expect(await alone(group, 1)).toEqual({ state: 'settled', outcome: outcomes[1] });
  expect((await world.store.agents.get(group.tenant, 'ada'))?.statistics).toMatchObject({ tasksSucceeded: 1, tasksFailed: 0, averageLatency: 10 });
  expect((await world.store.agents.get(group.tenant, 'ben'))?.statistics).toMatchObject({ tasksSucceeded: 0, tasksFailed: 1 });
});

it('an agent that has two tasks of a group has both counted', async () => {
  const group = groupOf(await tenantWith('ada'), 'ada', 'ada');
  await claim(group);

  await settle(group, [done(group, 0, 1), done(group, 1, 2)]);

  expect((await world.store.agents.get(group.tenant, 'ada'))?.statistics).toMatchObject({ tasksSucceeded: 2 });
});

it('groups of the same agents in any order are settled at once without getting in each other’s way', async () => {
  const tenant = await tenantWith('ada', 'ben', 'cyd');
  const groups = Array.from({ length: 30 }, (_, n) => groupOf(tenant, ...(n % 2 ? ['ada', 'ben', 'cyd'] : ['cyd', 'ben', 'ada'])));
  await Promise.all(groups.map(claim));

  await Promise.all(groups.map((group) => settle(group, [done(group, 0, 1), done(group, 1, 1), done(group, 2, 1)])));

  for (const id of ['ada', 'ben', 'cyd']) expect((await world.store.agents.get(tenant, id))?.statistics.tasksSucceeded).toBe(30);
});
