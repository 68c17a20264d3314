/** Agents as real processes on a whole real system: given tasks over their sockets, lost, dropped, cancelled, and counted. */
import { randomUUID } from 'node:crypto';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import type { AgentTask } from '../../src/contracts/agent/task';
import { EverthreadClient } from '../../src/client/client';
import { agentProcess, endAgentProcesses, type AgentProcess } from '../support/agent-process';
import { until } from '../support/eventually';
import { giveTask } from '../support/live-tasks';
import { startWorld, type World } from '../support/world';

const HEARTBEAT_MS = 1_000;

let world: World;
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_AGENT_HEARTBEAT_MS: String(HEARTBEAT_MS) } })));
afterEach(() => endAgentProcesses());
afterAll(() => world.stop());

const api = () => new EverthreadClient({ baseUrl: world.apiUrl }).controlPlane.api;
const socketUrl = (apiUrl = world.apiUrl): string => `${apiUrl.replace('http', 'ws')}/ws/agent`;
const someId = (): string => `agent-${randomUUID().slice(0, 8)}`;
const registered = (agent: AgentProcess) => until('the agent is registered', () => agent.said.find((fact) => fact['registered']));
const asked = (agent: AgentProcess) => until('the agent is asked', () => agent.said.find((fact) => fact['asked']));

async function agent(id = someId(), more: Partial<Parameters<typeof agentProcess>[0]> = {}): Promise<AgentProcess & { readonly id: string }> {
  const started = agentProcess({ url: socketUrl(), id, capabilities: ['echo'], ...more });
  await registered(started);
  return { ...started, id };
}

const give = (id: string, input: unknown, more: Partial<AgentTask> = {}) => giveTask(world, id, input, more);

const shown = async (id: string) => (await api().GET('/api/agents/{id}', { params: { path: { id } } })).data!;

it('an agent performs a task, and its result, confidence and counts are told', async () => {
  const mine = await agent();
  const { result } = await give(mine.id, { echo: 'hello' });

  expect(await result).toMatchObject({ agentId: mine.id, result: { by: mine.id, echo: 'hello' }, confidence: 0.9, reasoning: 'because' });
  expect(await shown(mine.id)).toMatchObject({
    ...{ status: 'connected', kind: 'socket', capabilities: ['echo'], activeTasks: 0 },
    statistics: { tasksCompleted: 1, tasksSucceeded: 1, tasksFailed: 0, averageLatency: expect.any(Number) },
  });
});

it('a task that the agent refuses says whether another agent may be asked', async () => {
  const mine = await agent();
  const retryable = await give(mine.id, { fail: { code: 'OVERLOADED', message: 'not now', retryable: true } });
  const final = await give(mine.id, { fail: { code: 'BAD_INPUT', message: 'not ever', retryable: false } });

  expect(await retryable.failure()).toMatchObject({
    code: 'agent.task_error',
    message: 'not now',
    facts: { agentCode: 'OVERLOADED', taskId: retryable.task.taskId },
  });
  expect(await final.failure()).toMatchObject({ code: 'agent.task_failed', message: 'not ever' });
  expect((await shown(mine.id)).statistics).toMatchObject({ tasksCompleted: 2, tasksSucceeded: 0, tasksFailed: 2 });
});

it('a result that does not fit the output schema is no result', async () => {
  const mine = await agent();
  const schema = { type: 'object', properties: { echo: { type: 'number' } }, required: ['echo'] };
  const { failure } = await give(mine.id, { echo: 'text' }, { outputSchema: schema });

  expect(await failure()).toMatchObject({ code: 'agent.result_invalid', facts: { reason: expect.stringMatching(/^echo: /) } });
});

it('cancelling the workflow stops the work of the agent within a second', async () => {
  const mine = await agent();
  const { task, handle } = await give(mine.id, { sleepMs: 60_000 });
  await asked(mine);

  const began = performance.now();
  await handle.cancel();
  const fact = await until('the agent hears of it', () => mine.said.find((said) => said['cancelled'] === task.taskId));

  expect(performance.now() - began).toBeLessThan(1_000);
  expect(fact['reason']).toBe('cancelled');
});

it('an agent that is killed has lost its task after three heartbeats, and the task may be given to another', async () => {
  const mine = await agent();
  const { failure } = await give(mine.id, { sleepMs: 60_000 });
  await asked(mine);

  const began = performance.now();
  mine.kill();
  expect(await failure()).toMatchObject({ code: 'agent.lost', facts: { agentId: mine.id } });

  expect(performance.now() - began).toBeLessThan(HEARTBEAT_MS * 3 + 3_000);
  expect((await shown(mine.id)).status).toBe('disconnected');
});

it('an agent that hangs, with its socket open, is lost after three heartbeats', async () => {
  const mine = await agent();
  const { failure } = await give(mine.id, { sleepMs: 60_000 });
  await asked(mine);

  mine.kill('SIGSTOP');
  expect(await failure()).toMatchObject({ code: 'agent.lost' });
  await until('it is disconnected', async () => (await shown(mine.id)).status === 'disconnected');
});

it('a task that takes too long times out, and the agent is told to stop', async () => {
  const mine = await agent();
  const { task, failure } = await give(mine.id, { sleepMs: 60_000 }, { timeoutMs: 1_000 });

  expect(await failure()).toMatchObject({ code: 'agent.timeout', facts: { timeoutMs: 1_000 } });
  expect(await until('it hears of it', () => mine.said.find((said) => said['cancelled'] === task.taskId))).toMatchObject({ reason: 'timeout' });
});

it('an agent gets no more tasks at once than it takes', async () => {
  const mine = await agent(someId(), { maxConcurrentTasks: 2 });
  const given = await Promise.all(Array.from({ length: 5 }, () => give(mine.id, { sleepMs: 1_000 })));
  await until('two are asked', () => mine.said.filter((fact) => fact['asked']).length === 2);
  await until('five are in hand', async () => (await shown(mine.id)).activeTasks === 5);

  expect(await Promise.all(given.map(({ result }) => result))).toHaveLength(5);
  expect(mine.said.filter((fact) => fact['asked'])).toHaveLength(5);
});

it('an operator disconnects an agent: its task is lost at once, and it does not come back by itself', async () => {
  const mine = await agent();
  const { failure } = await give(mine.id, { sleepMs: 60_000 });
  await asked(mine);

  const { data } = await api().POST('/api/agents/{id}/disconnect', { params: { path: { id: mine.id } } });
  expect(data).toEqual({ id: mine.id, disconnected: true, disconnectedAt: expect.any(String) });
  expect(await failure()).toMatchObject({ code: 'agent.lost' });
  expect(await until('it ended', () => mine.said.find((fact) => fact['ended']))).toEqual({ ended: 'disconnected' });
});

it('an agent that stops finishes what it has, and is gone', async () => {
  const mine = await agent();
  const { result } = await give(mine.id, { sleepMs: 500, echo: 'still' });
  await asked(mine);
  await mine.stop();

  expect(await result).toMatchObject({ result: { echo: 'still' } });
  // The agent has gone when its socket is closed; the registry hears of it then.
  await until('the registry says so', async () => (await shown(mine.id)).status === 'disconnected');
});

async function publish(body: string): Promise<string> {
  const name = `pattern-${randomUUID().slice(0, 8)}`;
  const definition = `name: ${name}\nversion: 1.0.0\n${body}`;
  const { response } = await api().POST('/api/patterns', { body: { name, version: '1.0.0', definition } });
  expect(response.status).toBe(201);
  return name;
}

it('three agents vote, one is killed in the middle of its task, and a fourth is asked in its place', async () => {
  const capability = `cap-${randomUUID().slice(0, 8)}`;
  const name = await publish(`agents: { capabilities: [${capability}], min: 3, max: 3 }\naggregation: { strategy: voting, method: majority, field: echo }`);
  const four = await Promise.all(Array.from({ length: 4 }, () => agent(someId(), { capabilities: [capability] })));
  const body = { input: { sleepMs: 4_000, echo: 'yes' } };
  const { data: started } = await api().POST('/api/patterns/{name}/execute', { params: { path: { name }, query: { async: 'true' } }, body });
  const busy = () => four.filter(({ said }) => said.some((fact) => fact['asked']));
  await until('three are asked', () => busy().length === 3);
  const [victim] = busy();
  victim!.kill();

  const path = { id: started!.executionId };
  const ended = await until(
    'it has ended',
    async () => {
      const { data } = await api().GET('/api/executions/{id}', { params: { path } });
      return data!.completedAt === undefined ? null : data!;
    },
    30_000,
  );
  const { data: told } = await api().GET('/api/executions/{id}/events', { params: { path } });
  const failed = told!.events.filter(({ type }) => type === 'agent_failed');
  expect(failed.map(({ data }) => data)).toEqual([expect.objectContaining({ agentId: victim!.id, reassigned: true, retryable: true })]);
  const answered = told!.events.filter(({ type }) => type === 'agent_result').map(({ data }) => String(data['agentId']));
  expect(ended.status).toBe('completed');
  expect([...answered].sort()).toEqual(
    four
      .filter((one) => one !== victim)
      .map(({ id }) => id)
      .sort(),
  );
}, 60_000);

it('the counts and the latency of an agent are the same after the API and the worker were started again', async () => {
  const mine = await agent();
  for (const echo of [1, 2]) await (await give(mine.id, { echo, sleepMs: 50 })).result;
  // How long it has been connected goes on.
  const counts = async () => ({ ...(await shown(mine.id)).statistics, uptime: null });
  const statistics = await counts();
  expect(statistics).toMatchObject({ tasksCompleted: 2, averageLatency: expect.any(Number) });

  for (const role of ['api', 'worker'] as const) {
    await world.kill(role);
    await world.start(role);
  }

  expect(await counts()).toEqual(statistics);
}, 60_000);

it('an execution and a batch carry their priority and the id of their request to Temporal', async () => {
  const name = await publish('steps: [{ id: one, type: compute, value: 1 }]');
  const priorities = { critical: 1, high: 2, normal: 3, low: 4 } as const;
  for (const [priority, key] of Object.entries(priorities) as [keyof typeof priorities, number][]) {
    const headers = { 'X-Request-Id': `req-${priority}` };
    const options = { priority };
    const { data: one } = await api().POST('/api/patterns/{name}/execute', {
      ...{ params: { path: { name }, query: { async: 'true' } }, body: { input: {}, options }, headers },
    });
    const { data: many } = await api().POST('/api/batch/execute', { body: { pattern: name, inputs: [{}], options }, headers });
    for (const workflowId of [`execution/${one!.executionId}`, `batch/${many!.batchId}`]) {
      const { memo, priority: given } = await world.temporal.workflow.getHandle(workflowId).describe();
      expect([workflowId, memo, given?.priorityKey]).toEqual([workflowId, expect.objectContaining({ requestId: `req-${priority}` }), key]);
    }
  }
});

it('an agent may not be called at a private address', async () => {
  for (const url of ['http://127.0.0.1:1/', 'http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[::1]:1/']) {
    const asked = api().POST('/api/agents', { body: { name: 'private', url, capabilities: ['echo'] } });
    await expect(asked).rejects.toMatchObject({ status: 400, facts: { field: 'url', reason: expect.stringContaining('public address') } });
  }
});

describe('with a second api process', () => {
  let second: string;
  let door: Server;
  const through = new Set<Socket>();
  let target = '';

  beforeAll(async () => {
    second = String((await world.start('api-2')).facts['url']);
    door = createServer((incoming) => {
      const { hostname, port } = new URL(target);
      const outgoing = connect(Number(port), hostname);
      for (const [from, to] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        through.add(from);
        from
          .on('error', () => undefined)
          .pipe(to)
          .on('error', () => undefined);
        from.once('close', () => (through.delete(from), to.destroy()));
      }
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of through) socket.destroy();
    door.close();
  });
  /** An agent that reaches whichever process the door leads to. */
  const doorUrl = (): string => `ws://127.0.0.1:${(door.address() as AddressInfo).port}/ws/agent`;
  const leadTo = (apiUrl: string): void => {
    target = apiUrl;
    for (const socket of through) socket.destroy();
  };

  it('an agent that drops, reconnects to it and delivers there has done its task, once', async () => {
    leadTo(world.apiUrl);
    const mine = await agent(someId(), { url: doorUrl() });
    const { task, result } = await give(mine.id, { sleepMs: 1_500, echo: 'after all' });
    await asked(mine);

    leadTo(second);

    expect(await result).toMatchObject({ result: { echo: 'after all' } });
    expect(mine.said.filter((fact) => fact['asked'] === task.taskId)).toHaveLength(1);
    expect(mine.said.filter((fact) => fact['registered'] || fact['log'] === 'registered').length).toBeGreaterThan(1);
    expect((await shown(mine.id)).statistics).toMatchObject({ tasksCompleted: 1, tasksSucceeded: 1 });
  });

  it('an agent whose process is killed takes its task to the other', async () => {
    const third = String((await world.start('api-3')).facts['url']);
    leadTo(third);
    const mine = await agent(someId(), { url: doorUrl() });
    const { result } = await give(mine.id, { sleepMs: 1_500, echo: 'still there' });
    await asked(mine);

    await world.kill('api-3');
    leadTo(second);

    expect(await result).toMatchObject({ result: { echo: 'still there' } });
  });
});
