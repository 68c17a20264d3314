/** Executions and batches on a whole real system: an API, a worker, Temporal, Postgres, and agents over WebSocket. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentProcess } from '../support/agent-process';
import { until } from '../support/eventually';
import { connectAgent, type SocketAgent } from '../support/socket-agent';
import { startWorld, type World } from '../support/world';

let world: World;
const connected: SocketAgent[] = [];
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'], env: { EVERTHREAD_SYNC_WAIT_MS: '15000' } })));
afterEach(() => connected.splice(0).forEach((agent) => agent.close()));
afterAll(() => world.stop());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: any }> {
  const response = await fetch(`${world.apiUrl}/api${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Every test has a pattern and a capability of its own. */
async function publish(body: string, { capability = `cap-${randomUUID().slice(0, 8)}` } = {}) {
  const name = `pattern-${randomUUID().slice(0, 8)}`;
  const definition = `name: ${name}\nversion: 1.0.0\n${body.replaceAll('CAPABILITY', capability)}`;
  expect((await call('POST', '/patterns', { name, version: '1.0.0', definition })).status).toBe(201);
  return { name, capability };
}

async function join3(capability: string, answers: readonly unknown[]): Promise<SocketAgent[]> {
  const agents = await Promise.all(answers.map((answer) => connectAgent(world.apiUrl, { capabilities: [capability] }, () => answer)));
  connected.push(...agents);
  return agents;
}

const VOTE =
  'agents: { capabilities: [CAPABILITY], min: 3 }\naggregation: { strategy: voting, method: majority }\noutput: { category: $vote.result, confidence: $vote.confidence }';
const FIRST = 'agents: { capabilities: [CAPABILITY], min: 1 }\naggregation: { strategy: first }';
const technology = (confidence: number) => ({ category: 'technology', confidence });

it('runs the seed’s own content-classifier: three agents vote, and the answer is technology with 0.92', async () => {
  const definition = readFileSync(join(__dirname, '../../examples/patterns/content-classifier.yaml'), 'utf8');
  expect((await call('POST', '/patterns', { name: 'content-classifier', version: '1.0.0', definition })).status).toBe(201);
  const agents = await join3('classification', [technology(0.95), technology(0.88), technology(0.93)]);

  const { status, body } = await call('POST', '/patterns/content-classifier/execute', { input: { content: 'Document to classify' } });

  expect([status, body.status, body.result]).toEqual([200, 'completed', { category: 'technology', confidence: 0.92 }]);
  expect(body.agents).toHaveLength(3);
  expect(agents.map(({ tasks }) => tasks.length)).toEqual([1, 1, 1]);
  const read = (await call('GET', `/executions/${body.executionId}`)).body;
  expect(read).toMatchObject({ pattern: { name: 'content-classifier', version: '1.0.0' }, input: { content: 'Document to classify' }, result: body.result });
  expect((await call('GET', `/executions?pattern=content-classifier`)).body).toMatchObject({ total: 1, hasMore: false });
});

it('answers NO_AGENTS when nobody has the capability', async () => {
  const { name } = await publish(FIRST);
  const { status, body } = await call('POST', `/patterns/${name}/execute`, { input: {} });

  expect([status, body.error.code, body.error.details.executionId]).toEqual([503, 'NO_AGENTS', expect.stringMatching(/^exec_/)]);
});

it('answers at once where it is asked to, and the same key finds the same execution', async () => {
  const { name, capability } = await publish(FIRST);
  await join3(capability, [{ ok: true }]);
  const key = { 'Idempotency-Key': randomUUID() };
  const first = await call('POST', `/patterns/${name}/execute?async=true`, { input: {} }, key);
  const second = await call('POST', `/patterns/${name}/execute`, { input: {} }, key);

  expect([first.status, second.status, second.body.executionId]).toEqual([202, 200, first.body.executionId]);
  expect(second.body.result).toEqual({ ok: true });
});

it('streams an execution in the words of the seed, and its journal resumes from any event', async () => {
  const { name, capability } = await publish(VOTE);
  await join3(capability, [technology(0.9), technology(0.8), technology(0.7)]);
  const response = await fetch(`${world.apiUrl}/api/patterns/${name}/execute/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: {} }),
  });
  const text = await response.text();

  expect([...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event)).toEqual(['started', ...Array(3).fill('agent_result'), 'completed']);
  const id = JSON.parse(/^data: (.*)$/m.exec(text)![1]!).executionId as string;
  const all = (await call('GET', `/executions/${id}/events`)).body.events;
  const resumed = await fetch(`${world.apiUrl}/api/executions/${id}/events`, {
    headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(all.length - 1) },
  });
  expect([...(await resumed.text()).matchAll(/^id: (.*)$/gm)].map(([, seq]) => Number(seq))).toEqual([all.length]);
});

it('cancels an execution: its agent is told within a second', async () => {
  const { name, capability } = await publish(FIRST);
  const [agent] = await join3(capability, [undefined]);
  const started = await call('POST', `/patterns/${name}/execute?async=true`, { input: {} });
  await until('the agent is asked', () => agent!.tasks.length === 1, 10_000);
  const at = Date.now();
  const cancelled = await call('POST', `/executions/${started.body.executionId}/cancel`, { reason: 'enough' });

  expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
  await until('the agent is told', () => agent!.cancelled.length === 1, 5_000);
  expect(Date.now() - at).toBeLessThan(2_500);
  expect((await call('GET', `/executions/${started.body.executionId}`)).body).toMatchObject({ status: 'cancelled', cancelled: { reason: 'enough' } });
  expect((await call('POST', `/executions/${started.body.executionId}/cancel`, {})).status).toBe(200);
});

it('tries an execution again with the plan that it had, though the pattern has a newer version', async () => {
  const { name, capability } = await publish(FIRST);
  await join3(capability, [{ ok: true }]);
  const first = await call('POST', `/patterns/${name}/execute`, { input: { a: 1 } });
  const definition = `name: ${name}\nversion: 2.0.0\nsteps: [{ id: other, type: compute, value: 2 }]`;
  await call('PUT', `/patterns/${name}`, { version: '2.0.0', definition });
  const retried = await call('POST', `/executions/${first.body.executionId}/retry`, {});
  const id = retried.body.newExecutionId as string;

  const ended = await until('it has ended', async () => {
    const { body } = await call('GET', `/executions/${id}`);
    return body.status === 'completed' ? body : null;
  });
  expect(ended).toMatchObject({ pattern: { version: '1.0.0' }, input: { a: 1 }, retriedFrom: first.body.executionId, result: { ok: true } });
  expect((await call('POST', `/patterns/${name}/execute`, { input: {} })).body.result).toBe(2);
  expect((await call('POST', `/patterns/${name}/execute?version=1.x`, { input: {} })).body.result).toEqual({ ok: true });
});

it('goes on when the API is killed during the call: the same request finds the result, and the agent that came back is asked once', async () => {
  const { name, capability } = await publish(FIRST);
  const agent = agentProcess({ url: world.apiUrl.replace('http', 'ws') + '/ws/agent', id: `agent-${randomUUID().slice(0, 8)}`, capabilities: [capability] });
  try {
    await until('the agent is registered', () => agent.said.some(({ registered }) => registered !== undefined), 20_000);
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { input: { sleepMs: 4_000, echo: 'hello' } };
    const cut = call('POST', `/patterns/${name}/execute`, body, key).then(
      () => 'answered',
      () => 'cut off',
    );
    await until('the agent is asked', () => agent.said.some(({ asked }) => asked !== undefined), 20_000);
    await world.kill('api');
    await world.start('api');
    expect(await cut).toBe('cut off');

    const { status, body: found } = await call('POST', `/patterns/${name}/execute`, body, key);
    expect([status, found.status, found.result.echo]).toEqual([200, 'completed', 'hello']);
    expect((await call('GET', `/executions?pattern=${name}`)).body).toMatchObject({ total: 1, executions: [{ executionId: found.executionId }] });
    expect(agent.said.filter(({ asked }) => asked !== undefined)).toHaveLength(1);
  } finally {
    await agent.stop();
  }
}, 90_000);

it('completes an execution whose worker is killed in the middle, each agent asked once', async () => {
  const { name, capability } = await publish(`${FIRST}\n`);
  let release: (() => void) | undefined;
  const agent = await connectAgent(world.apiUrl, { capabilities: [capability] }, (task) => {
    release = () => void answerLater(task.taskId);
    return undefined;
  });
  connected.push(agent);
  const answerLater = (taskId: string) =>
    agent.say('task_result', { taskId, executionId: agent.tasks[0]!.executionId, status: 'completed', result: { late: true } });
  const started = await call('POST', `/patterns/${name}/execute?async=true`, { input: {} });
  await until('the agent is asked', () => release !== undefined, 10_000);
  await world.kill('worker', 'SIGKILL');
  release!();
  await world.start('worker');

  await until('it has completed', async () => (await call('GET', `/executions/${started.body.executionId}`)).body.status === 'completed', 30_000);
  expect(agent.tasks).toHaveLength(1);
  expect((await call('GET', `/executions/${started.body.executionId}`)).body).toMatchObject({ result: { late: true }, agents: [{ attempt: 1 }] });
});

it('executes a batch, result by result in the order of its inputs, and pages them', async () => {
  const { name, capability } = await publish(`input: { n: number }\n${FIRST}`);
  const agent = await connectAgent(world.apiUrl, { capabilities: [capability] }, ({ input }) => ({ doubled: input.n * 2 }));
  connected.push(agent);
  const inputs = Array.from({ length: 12 }, (_, n) => ({ n }));
  const started = await call('POST', '/batch/execute', { pattern: name, inputs, options: { concurrency: 4 } });

  expect([started.status, started.body.status, started.body.total]).toEqual([202, 'running', 12]);
  const path = `/batch/${started.body.batchId}`;
  await until('the batch has ended', async () => (await call('GET', path)).body.status === 'completed', 60_000);
  const page = (await call('GET', `${path}?limit=5&offset=10`)).body;
  expect(page).toMatchObject({ completed: 12, failed: 0, total: 12, hasMore: false });
  expect(page.results.map(({ index, result }: any) => [index, result])).toEqual([
    [10, { doubled: 20 }],
    [11, { doubled: 22 }],
  ]);
  expect((await call('GET', `/executions?batch=${started.body.batchId}`)).body.total).toBe(12);
});

it('tells the end of an execution whose workflow was terminated in Temporal', async () => {
  const { name, capability } = await publish(FIRST);
  const [agent] = await join3(capability, [undefined]);
  const { body } = await call('POST', `/patterns/${name}/execute?async=true`, { input: {} });
  await until('the agent is asked', () => agent!.tasks.length === 1, 10_000);
  await world.temporal.workflow.getHandle(`execution/${body.executionId}`).terminate('by a test');

  const ended = await until(
    'the end is told',
    async () => {
      const read = (await call('GET', `/executions/${body.executionId}`)).body;
      return read.status === 'failed' ? read : null;
    },
    45_000,
  );
  expect(ended.error).toMatchObject({ code: 'workflow.ended', message: 'Its workflow was terminated in Temporal.' });
});

it('counts what was executed', async () => {
  const { body } = await call('GET', '/executions/stats/summary');
  const hours = (await call('GET', '/executions/stats/hourly?hours=2')).body.stats as { executions: number }[];

  expect(body.total_executions).toBeGreaterThan(0);
  expect(hours.reduce((sum, { executions }) => sum + executions, 0)).toBe(body.total_executions);
});
