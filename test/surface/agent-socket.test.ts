/** The protocol of agents, one message after the other, through the real shell, the real desk and a real database; the activities that wait exist only here. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { AgentDesk } from '../../src/agent-desk/desk';
import type { DeskOptions } from '../../src/agent-desk/ports';
import { AgentSession } from '../../src/agent-desk/session';
import type { AgentTask } from '../../src/contracts/agent/task';
import type { TaskOutcome, WaitingActivity } from '../../src/contracts/agent/outcome';
import { OPEN_PRINCIPAL, type Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { SILENT } from '../../src/store/database';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';
import { rawRequest, serve, type Served } from './serve';

let world: TestStore;
let served: Served;
let desk: AgentDesk;
let principal: Principal = OPEN_PRINCIPAL;
const told = new Map<string, TaskOutcome>();
/** Activities that were cancelled. */
const cancelled = new Set<string>();

beforeAll(async () => {
  world = await testStore();
  served = await serve({
    authenticate: ({ headers }) => {
      if (headers.authorization === 'Bearer wrong') throw new Fault('unauthenticated', 'access.key_unknown', 'There is no such API key.');
      return principal;
    },
  });
  const { store } = world;
  const options: DeskOptions = {
    ...{ processId: 'test', heartbeatMs: 60_000, registerWithinMs: 300, ready: () => Promise.resolve(), log: { ...SILENT, debug: () => undefined } },
    tasks: store.agentTasks,
    registry: {
      connect: (asked) => store.agentConnections.connect(asked),
      renew: (beats, aliveForMs) => store.agentConnections.renew(beats, aliveForMs),
      describe: (agent, connectionId, said) => store.agentConnections.describe(agent, connectionId, said),
      release: (agent, connectionId) => store.agentConnections.release(agent, connectionId),
      queueOf: (agent) => store.agents.queueOf(agent),
    },
    reports: {
      heartbeat: async ({ activityId }) => (cancelled.has(activityId) ? 'cancelled' : 'wanted'),
      tell: async ({ activityId }, outcome) => void told.set(activityId, outcome),
    },
  };
  desk = new AgentDesk(options);
  served.agents.accept = (start) => (socket) => void new AgentSession(socket, start, desk);
});
afterEach(() => {
  principal = OPEN_PRINCIPAL;
  for (const socket of sockets.splice(0)) socket.terminate();
});
afterAll(async () => {
  await desk.stop();
  await served.server.close(100);
  await world.close();
});

const sockets: WebSocket[] = [];

class Agent {
  readonly heard: any[] = [];
  closed: { code: number; reason: string } | null = null;
  constructor(
    readonly socket: WebSocket,
    readonly id: string,
    readonly connectionId: string,
  ) {
    socket.on('message', (data: RawData) => this.heard.push(JSON.parse(String(data))));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    socket.on('error', () => undefined);
  }
  say(type: string, payload: object = {}, id: string = randomUUID()): string {
    this.socket.send(JSON.stringify({ type, id, timestamp: new Date().toISOString(), payload }));
    return id;
  }
  answer(id: string): Promise<any> {
    return until(`an answer to ${id}`, () => this.heard.find((message) => message.id === id));
  }
  hear(type: string): Promise<any> {
    return until(`a ${type}`, () => this.heard.find((message) => message.type === type));
  }
  async register(payload: object = { capabilities: ['echo'] }): Promise<this> {
    expect((await this.answer(this.say('register', payload))).type).toBe('registered');
    return this;
  }
  ended = () => until('the socket is closed', () => this.closed);
}

async function connect(headers: Record<string, string> = {}, id = `a-${randomUUID().slice(0, 8)}`): Promise<Agent> {
  const socket = new WebSocket(`${served.url.replace('http', 'ws')}/ws/agent`, { headers: { 'X-Agent-Id': id, ...headers } });
  sockets.push(socket);
  let connectionId = '';
  socket.on('upgrade', ({ headers: given }) => (connectionId = String(given['x-connection-id'])));
  await once(socket, 'open');
  return new Agent(socket, id, connectionId);
}

const taskFor = (agent: Agent, more: Partial<AgentTask> = {}): AgentTask => ({
  ...{ tenant: 'default', taskId: randomUUID(), executionId: 'exec_1', agentId: agent.id, patternName: 'classifier', patternVersion: '1.2.0' },
  ...{ capability: 'echo', input: { text: 'hello' }, timeoutMs: 60_000, priority: 'high', context: { stepIndex: 1, totalSteps: 3 } },
  ...more,
});
/** As the activity does; its id is the task's. */
const give = async (agent: Agent, more: Partial<AgentTask> = {}): Promise<AgentTask> => {
  const task = taskFor(agent, more);
  const waiting: WaitingActivity = { workflowId: 'w', runId: 'r', activityId: task.taskId };
  expect(await desk.take(task, waiting)).toBeNull();
  return task;
};
const outcomeOf = (task: AgentTask) => until('an outcome is told', () => told.get(task.taskId));

describe('connecting', () => {
  it('answers 401 with an error, in JSON, to a wrong credential', async () => {
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const [response] = await once(rawRequest(`${served.url}/ws/agent`, { headers: { ...upgrade, Authorization: 'Bearer wrong' } }).end(), 'response');
    let body = '';
    for await (const chunk of response) body += String(chunk);

    expect(response.statusCode).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  });

  it('names the connection, and takes id and capabilities from headers', async () => {
    const agent = await connect({ 'X-Agent-Capabilities': 'a, b' });
    const { payload } = await agent.answer(agent.say('register'));

    expect(agent.connectionId).toMatch(/^conn_/);
    expect(payload).toEqual({ agentId: agent.id, capabilities: ['a', 'b'], config: { heartbeatInterval: 60_000, taskTimeout: 30_000 }, openTasks: [] });
  });

  it('refuses an id that is none before the upgrade', async () => {
    await expect(connect({}, 'no spaces please')).rejects.toThrow('400');
  });

  it('ends with TIMEOUT when no register comes', async () => {
    const agent = await connect();
    expect((await agent.hear('error')).payload).toMatchObject({ code: 'TIMEOUT', fatal: true });
    expect((await agent.ended()).code).toBe(1008);
  });

  it('says AUTHENTICATION_EXPIRED before it ends with its credential', async () => {
    const valid = new AbortController();
    principal = { ...OPEN_PRINCIPAL, valid: valid.signal };
    const agent = await (await connect()).register();
    valid.abort();

    expect((await agent.hear('error')).payload).toMatchObject({ code: 'AUTHENTICATION_EXPIRED', fatal: true });
    expect((await agent.ended()).code).toBe(1008);
  });

  it('anew takes the place of the older connection, which ends', async () => {
    const first = await (await connect()).register();
    await (await connect({}, first.id)).register();

    expect((await first.ended()).code).toBe(4002);
    expect((await world.store.agents.get('default', first.id))!.status).toBe('connected');
  });
});

describe('messages', () => {
  it('register says who the agent is, and the registry has it', async () => {
    const metadata = { name: 'Ada', model: 'm-1', version: '2', region: 'eu' };
    const agent = await connect();
    const { payload } = await agent.answer(
      agent.say('register', { capabilities: ['x', 'x'], metadata, config: { maxConcurrentTasks: 2, taskTimeout: 5_000 } }),
    );

    expect(payload).toMatchObject({ capabilities: ['x'], config: { maxConcurrentTasks: 2, taskTimeout: 5_000 } });
    expect(await world.store.agents.get('default', agent.id)).toMatchObject({
      name: 'Ada',
      region: 'eu',
      metadata,
      maxConcurrentTasks: 2,
      status: 'connected',
    });
  });

  it('heartbeat is acknowledged under its id', async () => {
    const agent = await (await connect()).register();
    const id = agent.say('heartbeat', { status: 'healthy', activeTasks: 0, metrics: { cpuUsage: 0.1 } });

    expect(await agent.answer(id)).toMatchObject({ type: 'heartbeat_ack', payload: { serverTime: expect.stringMatching(/Z$/), nextHeartbeat: 60_000 } });
  });

  it('status_update changes what the agent is given', async () => {
    const agent = await (await connect()).register();
    agent.say('status_update', { status: 'draining', capabilities: ['y'], maxTasks: 7, reason: 'update' });

    await until('it is in the registry', async () => (await world.store.agents.get('default', agent.id))!.load === 'draining');
    expect(await world.store.agents.get('default', agent.id)).toMatchObject({ capabilities: ['y'], maxConcurrentTasks: 7 });
  });

  it('config_update comes when an operator changes the mode', async () => {
    const agent = await (await connect()).register();
    await world.store.agents.setMode('default', agent.id, 'inactive', { subject: 'ada', via: 'api' });

    expect((await agent.hear('config_update')).payload).toEqual({ config: { status: 'inactive' }, reason: 'an operator changed it' });
  });

  it('disconnect ends it, and what it had in hand is lost at once', async () => {
    const agent = await (await connect()).register();
    const task = await give(agent);
    await agent.hear('task');
    agent.say('disconnect', { reason: 'done', graceful: true });

    expect((await agent.ended()).code).toBe(1000);
    expect(await outcomeOf(task)).toMatchObject({ state: 'failed', fault: { code: 'agent.lost' } });
    expect((await world.store.agents.get('default', agent.id))!.status).toBe('disconnected');
  });

  it.each([
    ['no JSON', 'hello', /\(message\): expected JSON/],
    ['no envelope', '{"type":"heartbeat"}', /^id: /],
    ['a type that is not known', { type: 'dance', payload: {} }, /^type: expected one of register, /],
    ['a wrong payload', { type: 'status_update', payload: { status: 'asleep' } }, /^status: expected one of available, busy, draining/],
    ['a number out of range', { type: 'register', payload: { config: { maxConcurrentTasks: 0 } } }, /^config\.maxConcurrentTasks: /],
  ])('INVALID_MESSAGE names what is wrong: %s', async (_name, message, reason) => {
    const agent = await (await connect()).register();
    const text = typeof message === 'string' ? message : JSON.stringify({ id: 'm-1', timestamp: new Date().toISOString(), ...message });
    agent.socket.send(text);

    expect((await agent.hear('error')).payload).toEqual({ code: 'INVALID_MESSAGE', message: expect.stringMatching(reason), fatal: false });
    expect(agent.closed).toBeNull();
  });

  it('INVALID_MESSAGE before register, and for binary messages', async () => {
    const agent = await connect();
    expect((await agent.answer(agent.say('heartbeat'))).payload).toMatchObject({
      code: 'INVALID_MESSAGE',
      message: 'type: expected register before anything else',
    });
    agent.socket.send(Buffer.from('{}'), { binary: true });
    await until('two errors', () => agent.heard.filter(({ type }) => type === 'error').length === 2);
  });

  it('too much nonsense in a row ends the connection', async () => {
    const agent = await (await connect()).register();
    for (let n = 0; n < 20; n++) agent.socket.send('nonsense');

    expect((await agent.ended()).code).toBe(1008);
    expect(agent.heard.at(-1).payload).toMatchObject({ code: 'INVALID_MESSAGE', fatal: true });
  });

  it('more than 100 in a second are said to be too many, and none is lost', async () => {
    const agent = await (await connect()).register();
    const ids = Array.from({ length: 150 }, () => agent.say('heartbeat'));

    await until('all are answered', () => ids.every((id) => agent.heard.some((message) => message.id === id)));
    expect(agent.heard.filter(({ type }) => type === 'error').map(({ payload }) => payload.code)).toEqual(['REJECTED']);
  });

  it('one over 1 MB ends the connection', async () => {
    const agent = await (await connect()).register();
    agent.say('heartbeat', { metrics: { blob: 'x'.repeat(1024 * 1024) } });

    expect((await agent.ended()).code).toBe(1009);
  });
});

describe('tasks', () => {
  it('are sent with everything that belongs to them, and their result is told', async () => {
    const agent = await (await connect()).register();
    const task = await give(agent, { instructions: 'Be brief.', outputSchema: { type: 'object' } });
    const { payload } = await agent.hear('task');

    expect(payload).toEqual({
      ...{ taskId: task.taskId, executionId: 'exec_1', patternName: 'classifier', patternVersion: '1.2.0', capability: 'echo', input: { text: 'hello' } },
      ...{
        timeout: expect.any(Number),
        priority: 'high',
        context: { stepIndex: 1, totalSteps: 3 },
        instructions: 'Be brief.',
        outputSchema: { type: 'object' },
      },
    });
    agent.say('task_result', {
      taskId: task.taskId,
      executionId: 'exec_1',
      status: 'completed',
      result: { category: 'x', confidence: 0.95 },
      duration: 12,
      metadata: { reasoning: 'so' },
    });
    expect(await outcomeOf(task)).toEqual({
      ...{ state: 'completed' },
      result: { agentId: agent.id, result: { category: 'x', confidence: 0.95 }, confidence: 0.95, reasoning: 'so', durationMs: 12 },
    });
  });

  it('count once: a second result is too late', async () => {
    const agent = await (await connect()).register();
    const task = await give(agent);
    await agent.hear('task');
    agent.say('task_result', { taskId: task.taskId, result: 1 });
    const again = agent.say('task_result', { taskId: task.taskId, result: 2 });

    expect((await agent.answer(again)).payload).toMatchObject({ code: 'TIMEOUT', fatal: false });
    expect(await outcomeOf(task)).toMatchObject({ result: { result: 1 } });
    expect((await world.store.agents.get('default', agent.id))!.statistics).toMatchObject({ tasksCompleted: 1 });
  });

  it('of others are REJECTED', async () => {
    const [agent, other] = [await (await connect()).register(), await (await connect()).register()];
    const task = await give(agent);

    expect((await other.answer(other.say('task_result', { taskId: task.taskId, result: 'mine now' }))).payload).toMatchObject({ code: 'REJECTED' });
    expect(told.has(task.taskId)).toBe(false);
  });

  it.each([
    ['task_error, retryable', { error: { code: 'BUSY', message: 'later', details: { queue: 9 } }, retryable: true }, 'agent.task_error'],
    ['task_error, final', { error: { code: 'BAD', message: 'never' }, retryable: false }, 'agent.task_failed'],
    ['task_error, REJECTED', { error: { code: 'REJECTED', message: 'no' }, retryable: true }, 'agent.rejected'],
  ])('%s', async (_name, said, code) => {
    const agent = await (await connect()).register();
    const task = await give(agent);
    agent.say('task_error', { taskId: task.taskId, executionId: 'exec_1', ...said });

    expect(await outcomeOf(task)).toMatchObject({ state: 'failed', fault: { code, message: said.error.message, facts: { agentCode: said.error.code } } });
  });

  it('that are cancelled are told to the agent, with the reason', async () => {
    const agent = await (await connect()).register();
    const task = await give(agent);
    await agent.hear('task');
    cancelled.add(task.taskId);

    expect((await agent.hear('task_cancelled')).payload).toEqual({ taskId: task.taskId, executionId: 'exec_1', reason: 'cancelled' });
    expect(await outcomeOf(task)).toMatchObject({ state: 'cancelled' });
  });

  it('wait while the agent has as many as it takes, the most urgent first', async () => {
    const agent = await (await connect()).register({ capabilities: ['echo'], config: { maxConcurrentTasks: 1 } });
    const [first, low, critical] = [await give(agent), await give(agent, { priority: 'low' }), await give(agent, { priority: 'critical' })];
    const order = () => agent.heard.filter(({ type }) => type === 'task').map(({ payload }) => payload.taskId);
    for (const task of [first, critical, low]) {
      await until('it is asked', () => order().at(-1) === task.taskId);
      agent.say('task_result', { taskId: task.taskId, result: 1 });
    }
    expect(order()).toEqual([first.taskId, critical.taskId, low.taskId]);
  });

  it('that were sent before a loss are open for the agent that comes back, and are not sent again', async () => {
    const agent = await (await connect()).register();
    const task = await give(agent);
    await agent.hear('task');
    agent.socket.terminate();
    await agent.ended();

    const back = await connect({}, agent.id);
    const { payload } = await back.answer(back.say('register', { capabilities: ['echo'] }));
    expect(payload.openTasks).toEqual([task.taskId]);
    back.say('task_result', { taskId: task.taskId, result: 'late' });
    expect(await outcomeOf(task)).toMatchObject({ result: { result: 'late' } });
    expect(back.heard.some(({ type }) => type === 'task')).toBe(false);
  });

  it('for an agent that is not connected are refused at once', async () => {
    const task = taskFor({ id: 'nobody' } as Agent);
    await expect(desk.take(task, { workflowId: 'w', runId: 'r', activityId: task.taskId })).rejects.toMatchObject({ code: 'agent.lost' });
  });
});
