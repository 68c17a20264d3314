/** The registry of agents and their tasks, on a real database. */
import { randomUUID } from 'node:crypto';
import type { AgentTask, SelectAgents } from '../../src/contracts/agent/task';
import { answered, failed } from '../../src/domain/agent/task-outcome';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const someTenant = (): string => `t-${randomUUID().slice(0, 8)}`;
const waiting = { workflowId: 'w', runId: 'r', activityId: 'a' };

async function connect(tenant: string, id: string, capabilities: readonly string[], more: object = {}): Promise<string> {
  const connectionId = randomUUID();
  await world.store.agentConnections.connect({
    ...{ agent: { tenant, id }, name: id, capabilities, region: null, metadata: {}, maxConcurrentTasks: null, taskQueue: 'agents-1' },
    ...{ connectionId, silentAfterMs: 30_000, aliveForMs: 60_000, by: 'test' },
    ...more,
  });
  return connectionId;
}

const task = (tenant: string, agentId: string, taskId: string = randomUUID()): AgentTask => ({
  ...{ tenant, taskId, executionId: 'exec_1', agentId, patternName: 'p', patternVersion: '1.0.0', capability: 'a', input: { text: 'null \u0000 byte' } },
  ...{ timeoutMs: 60_000, priority: 'normal', context: { stepIndex: 0, totalSteps: 1 } },
});
const claim = (given: AgentTask, asking = false) =>
  world.store.agentTasks.claim({ task: given, agent: { tenant: given.tenant, id: given.agentId }, waiting, asking });
const select = async (tenant: string, wanted: Partial<SelectAgents> = {}) =>
  (await world.store.agents.select({ tenant, executionId: 'exec_1', capabilities: [], min: 1, ...wanted })).map(({ agentId }) => agentId);

describe('a selection of agents', () => {
  it('takes those that have all capabilities, are there, and are not excluded', async () => {
    const tenant = someTenant();
    await connect(tenant, 'both', ['a', 'b', 'c']);
    await connect(tenant, 'one', ['a']);
    await connect(tenant, 'gone', ['a', 'b'], { aliveForMs: -1 });
    await connect(someTenant(), 'foreign', ['a', 'b']);

    expect(await select(tenant, { capabilities: ['a', 'b'], max: 10 })).toEqual(['both']);
    expect(await select(tenant, { capabilities: ['a'], max: 10, exclude: ['both'] })).toEqual(['one']);
    await expect(select(tenant, { capabilities: ['a', 'b'], min: 2 })).rejects.toMatchObject({ code: 'agents.none', facts: { needed: 2, found: 1 } });
  });

  it('is fair: many at once share the work', async () => {
    const tenant = someTenant();
    for (const id of ['x', 'y', 'z']) await connect(tenant, id, ['a']);

    const chosen = (await Promise.all(Array.from({ length: 30 }, () => select(tenant, { capabilities: ['a'] })))).flat();

    expect(['x', 'y', 'z'].map((id) => chosen.filter((one) => one === id).length)).toEqual([10, 10, 10]);
  });

  it('takes the one with least in hand, and full and busy ones last', async () => {
    const tenant = someTenant();
    const idle = await connect(tenant, 'idle', ['a']);
    await connect(tenant, 'loaded', ['a']);
    await connect(tenant, 'full', ['a'], { maxConcurrentTasks: 1 });
    for (const id of ['loaded', 'loaded', 'full']) await claim(task(tenant, id));

    expect(await select(tenant, { capabilities: ['a'], max: 3 })).toEqual(['idle', 'loaded', 'full']);
    await world.store.agentConnections.describe({ tenant, id: 'idle' }, idle, { load: 'busy' });
    expect(await select(tenant, { capabilities: ['a'], max: 3 })).toEqual(['loaded', 'full', 'idle']);
    await world.store.agentConnections.describe({ tenant, id: 'idle' }, idle, { load: 'draining' });
    expect(await select(tenant, { capabilities: ['a'], max: 3 })).toEqual(['loaded', 'full']);
  });

  it('takes preferred ones first, by id, capability or model', async () => {
    const tenant = someTenant();
    await connect(tenant, 'plain', ['a']);
    await connect(tenant, 'fast', ['a', 'fast'], { metadata: { model: 'm-1' } });

    for (const prefer of [['fast'], ['m-1']]) expect(await select(tenant, { capabilities: ['a'], prefer, max: 2 })).toEqual(['fast', 'plain']);
    expect(await select(tenant, { capabilities: ['a'], prefer: ['plain'], max: 2 })).toEqual(['plain', 'fast']);
  });

  it('never takes an excluded one, by id or by name', async () => {
    const tenant = someTenant();
    for (const id of ['one', 'two', 'three']) await connect(tenant, id, ['a'], { name: `The ${id}` });
    expect(await select(tenant, { capabilities: ['a'], exclude: ['one', 'The three'], max: 3 })).toEqual(['two']);
  });

  it('leaves out what an operator has set aside', async () => {
    const tenant = someTenant();
    await connect(tenant, 'aside', ['a']);
    await world.store.agents.setMode(tenant, 'aside', 'inactive');

    await expect(select(tenant, { capabilities: ['a'] })).rejects.toMatchObject({ code: 'agents.none' });
  });
});

describe('a connection', () => {
  it('has its row until a newer one of the same agent takes it', async () => {
    const tenant = someTenant();
    const agent = { tenant, id: 'mine' };
    const first = await connect(tenant, 'mine', ['a']);
    const second = await connect(tenant, 'mine', ['a'], { taskQueue: 'agents-2' });
    const beats = [first, second].map((connectionId) => ({ agent, connectionId, heartbeatAgoMs: 0 }));

    expect((await world.store.agentConnections.renew(beats, 60_000)).map(({ connectionId }) => connectionId)).toEqual([second]);
    await world.store.agentConnections.release(agent, first);
    expect((await world.store.agents.get(tenant, 'mine'))!.status).toBe('connected');
    expect(await world.store.agents.queueOf(agent)).toBe('agents-2');
    await world.store.agentConnections.release(agent, second);
    expect(await world.store.agents.get(tenant, 'mine')).toMatchObject({ status: 'disconnected', disconnectedAt: expect.any(String) });
  });

  it('may not take the id of another kind of agent', async () => {
    const tenant = someTenant();
    const http = { agent: { tenant, id: 'web' }, name: 'web', capabilities: ['a'], region: null, metadata: {}, maxConcurrentTasks: null };
    await world.store.agents.addHttp({ ...http, url: 'https://agent.example', secret: 'very-secret-1', silentAfterMs: 1_000, by: 'test' });

    await expect(connect(tenant, 'web', ['a'])).rejects.toMatchObject({ code: 'agent.id_taken' });
    expect(
      (await world.pool.query('select secret from agents where id = $1 and tenant = $2', ['web', tenant])).rows[0].secret.toString('latin1'),
    ).not.toContain('very-secret');
    expect((await world.store.agents.callable(tenant, 'web'))!.secret).toBe('very-secret-1');
  });

  it('is listed with filters and true totals', async () => {
    const tenant = someTenant();
    await connect(tenant, 'eu', ['a', 'b'], { region: 'eu' });
    await connect(tenant, 'us', ['a'], { region: 'us' });
    await connect(tenant, 'off', ['a'], { aliveForMs: -1 });

    expect(await world.store.agents.list(tenant, { capabilities: ['a'], limit: 1, offset: 0 })).toMatchObject({
      total: 3,
      connected: 2,
      disconnected: 1,
      agents: [{}],
    });
    expect((await world.store.agents.list(tenant, { capabilities: ['a'], status: 'disconnected', limit: 9, offset: 0 })).agents.map(({ id }) => id)).toEqual([
      'off',
    ]);
    expect((await world.store.agents.list(tenant, { capabilities: ['b'], region: 'eu', limit: 9, offset: 0 })).agents.map(({ id }) => id)).toEqual(['eu']);
    expect(await world.store.agents.capabilities(tenant)).toEqual([
      { capability: 'a', agents: 3, connected: 2 },
      { capability: 'b', agents: 1, connected: 1 },
    ]);
  });
});

describe('a task', () => {
  it('is claimed once, settled once, and counted once, whoever comes first', async () => {
    const tenant = someTenant();
    const agent = { tenant, id: 'x' };
    await connect(tenant, 'x', ['a']);
    const given = task(tenant, 'x');

    expect((await Promise.all(Array.from({ length: 5 }, () => claim(given)))).filter(({ state }) => state === 'new')).toHaveLength(1);
    const outcome = answered(given, 120, { result: { text: 'null \u0000 byte' } });
    const settled = await Promise.all(Array.from({ length: 5 }, () => world.store.agentTasks.settle(tenant, given.taskId, agent, outcome)));

    expect(settled.filter(Boolean)).toEqual([waiting]);
    expect(await claim(given)).toEqual({ state: 'settled', outcome });
    expect((await world.store.agents.get(tenant, 'x'))!.statistics).toEqual({ tasksCompleted: 1, tasksSucceeded: 1, tasksFailed: 0, averageLatency: 120 });
  });

  it('is settled by nobody but the agent that was asked', async () => {
    const tenant = someTenant();
    const given = task(tenant, 'x');
    await claim(given);

    expect(await world.store.agentTasks.settle(tenant, given.taskId, { tenant, id: 'y' }, answered(given, 1, { result: 1 }))).toBeNull();
    expect(await world.store.agentTasks.state(tenant, given.taskId, { tenant, id: 'y' })).toBeNull();
    expect(await world.store.agentTasks.state(tenant, given.taskId, { tenant, id: 'x' })).toBe('open');
  });

  it('that is settled and untold is found by whoever looks, until it is told', async () => {
    const tenant = someTenant();
    const given = task(tenant, 'x');
    await claim(given);
    await world.store.agentTasks.settle(tenant, given.taskId, { tenant, id: 'x' }, failed('agent.lost', 'gone', {}));
    const mine = async () => (await world.store.agentTasks.untold(-1_000)).filter(({ taskId }) => taskId === given.taskId);

    expect(await mine()).toMatchObject([{ tenant, waiting, outcome: { state: 'failed', fault: { code: 'agent.lost' } } }]);
    await world.store.agentTasks.told(tenant, given.taskId);
    expect(await mine()).toEqual([]);
  });

  it('that is open long after its time is ended, and what was told long ago is forgotten', async () => {
    const tenant = someTenant();
    const given = { ...task(tenant, 'x'), timeoutMs: 1 };
    await claim(given);
    await world.store.agentTasks.tidy(-1_000, 60_000);
    expect(await claim(given)).toMatchObject({ state: 'settled', outcome: { fault: { code: 'agent.outcome_unknown' } } });

    await world.store.agentTasks.tidy(60_000, -1_000);
    expect(await world.store.agentTasks.state(tenant, given.taskId, { tenant, id: 'x' })).toBeNull();
  });
});

it('agents of the configuration are there for every tenant, unless it has one of its own by that name', async () => {
  const [tenant, other] = [someTenant(), someTenant()];
  const shared = { id: `s-${tenant}`, name: 'shared', capabilities: ['shared'], region: null, metadata: {}, maxConcurrentTasks: null };
  await world.store.agentConnections.offer('llm', [shared], 5_000, 60_000);
  await connect(other, shared.id, ['own']);

  expect(await world.store.agents.get(tenant, shared.id)).toMatchObject({ kind: 'llm', capabilities: ['shared'] });
  expect(await world.store.agents.get(other, shared.id)).toMatchObject({ kind: 'socket', capabilities: ['own'] });
  expect(await world.store.agents.disconnect(tenant, shared.id)).toMatchObject({ status: 'connected' });
  expect(await world.store.agents.remove(tenant, shared.id)).toBe(false);
});
