/** Agents that a worker calls, on a whole real system: over HTTP, functions of modules, and models. */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EverthreadClient } from '../../src/client/client';
import type { AgentTask } from '../../src/contracts/agent/task';
import { until } from '../support/eventually';
import { giveTask } from '../support/live-tasks';
import { startModelServer, type ModelServer } from '../support/model-server/model-server';
import { startWorld, type World } from '../support/world';

let world: World;
let models: ModelServer;
let folder: string;

/** Notes each call in a file: what is asked twice is seen. */
const SLOW_MODULE = `
const { appendFileSync } = require('node:fs');
exports.capabilities = ['slow'];
exports.perform = async ({ taskId, input }, { signal }) => {
  appendFileSync(input.notes, 'asked ' + taskId + '\\n');
  await new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, input.ms);
    signal.addEventListener('abort', () => { clearTimeout(timer); appendFileSync(input.notes, 'stopped\\n'); reject(signal.reason); });
  });
  return { result: 'slept' };
};
`;
const ESM_MODULE = `
export default {
  id: 'adder',
  name: 'Adder',
  capabilities: ['math'],
  metadata: { version: '2' },
  perform: ({ input }) => {
    if (input.crash) throw Object.assign(new Error('cannot'), { code: 'CRASHED', retryable: true });
    return { result: { sum: input.a + input.b, confidence: 1 } };
  },
};
`;
const CATEGORY = {
  type: 'object',
  properties: { category: { enum: ['sports', 'technology'] }, confidence: { type: 'number' } },
  required: ['category', 'confidence'],
};

beforeAll(async () => {
  models = await startModelServer(({ users }) => ({
    say: users.at(-1)?.includes('nonsense') ? 'not json' : '```json\n{"category":"technology","confidence":0.8}\n```',
  }));
  folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'agents-'));
  const modules = join(folder, 'modules');
  mkdirSync(modules);
  writeFileSync(join(modules, 'slow.js'), SLOW_MODULE);
  writeFileSync(join(modules, 'adder.mjs'), ESM_MODULE);
  const agents = [
    {
      id: 'real',
      provider: 'openai-compatible',
      baseUrl: `${models.url}/v1`,
      model: 'loopback-1',
      prompt: 'Classify.',
      capabilities: ['classification'],
      outputSchema: CATEGORY,
    },
    { id: 'mocked', provider: 'mock', prompt: 'Classify.', capabilities: ['classification'], outputSchema: CATEGORY },
    {
      id: 'scripted',
      provider: 'scripted',
      prompt: 'Say.',
      capabilities: ['say'],
      answers: [{ answer: 'one' }, { answer: { two: 2 } }, { when: 'broken', error: { message: 'as told', retryable: true } }],
    },
  ];
  const file = join(folder, 'llm.json');
  writeFileSync(file, JSON.stringify({ agents }));
  const env = { EVERTHREAD_AGENTS_DIR: modules, EVERTHREAD_LLM_AGENTS_FILE: file, EVERTHREAD_ALLOW_PRIVATE_NETWORKS: 'true' };
  world = await startWorld({ roles: ['api', 'worker'], env });
});
afterAll(async () => {
  await world.stop();
  await models.close();
});

const api = () => new EverthreadClient({ baseUrl: world.apiUrl }).controlPlane.api;
const give = (id: string, input: unknown, more: Partial<AgentTask> = {}) => giveTask(world, id, input, more);

it('agents of the configuration are in the registry of every tenant', async () => {
  const { data } = await api().GET('/api/agents', {});

  expect(data!.agents.map(({ id, kind, status }) => [id, kind, status])).toEqual(
    expect.arrayContaining([
      ['adder', 'in-process', 'connected'],
      ['slow', 'in-process', 'connected'],
      ['real', 'llm', 'connected'],
      ['mocked', 'llm', 'connected'],
      ['scripted', 'llm', 'connected'],
    ]),
  );
  expect(data!.agents.find(({ id }) => id === 'real')!.metadata).toEqual({ model: 'loopback-1' });
});

describe('functions of modules', () => {
  it('perform tasks, and say how they failed', async () => {
    const { result } = await give('adder', { a: 1, b: 2 });
    expect(await result).toMatchObject({ agentId: 'adder', result: { sum: 3 }, confidence: 1 });

    const { failure } = await give('adder', { crash: true });
    expect(await failure()).toMatchObject({ code: 'agent.task_error', message: 'cannot', facts: { agentCode: 'CRASHED' } });
  });

  it('are cancelled within a second', async () => {
    const notes = join(folder, randomUUID());
    const { handle } = await give('slow', { ms: 60_000, notes });
    await until('it is asked', () => existsSync(notes));

    const began = performance.now();
    await handle.cancel();
    await until('it stopped', () => readFileSync(notes, 'utf8').includes('stopped'));

    expect(performance.now() - began).toBeLessThan(1_500);
  });

  it('are asked once for each attempt, also when the worker is killed meanwhile: nobody knows how far they came', async () => {
    const notes = join(folder, randomUUID());
    const { failure } = await give('slow', { ms: 60_000, notes });
    await until('it is asked', () => existsSync(notes));

    await world.restart('worker');

    expect(await failure()).toMatchObject({ code: expect.stringMatching(/^agent\.(outcome_unknown|lost)$/) });
    expect(readFileSync(notes, 'utf8').match(/asked/g)).toHaveLength(1);
  });
});

describe('models', () => {
  it('answer over the wire, in the shape that the pattern asks for, with their usage', async () => {
    const { result } = await give('real', { content: 'a phone' }, { instructions: 'Be brief.' });

    expect(await result).toMatchObject({
      result: { category: 'technology', confidence: 0.8 },
      confidence: 0.8,
      usage: { inputTokens: 12, outputTokens: 5, totalTokens: 17 },
    });
    const messages = models.requests.at(-1)!.body['messages'] as { role: string; content: string }[];
    expect(messages[0]).toMatchObject({ role: 'system', content: expect.stringMatching(/^Classify\.\n\nBe brief\.\n\nAnswer with one JSON object/) });
    expect(messages[1]!.content).toContain('a phone');
  });

  it('that do not answer in the shape may be replaced by another', async () => {
    const { failure } = await give('real', 'nonsense');
    expect(await failure()).toMatchObject({ code: 'agent.task_error', facts: { agentCode: 'RESULT_INVALID' } });
  });

  it('mock ones answer by the input alone', async () => {
    const answers = await Promise.all(['x', 'x', 'y'].map(async (input) => (await (await give('mocked', input)).result).result));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ category: expect.stringMatching(/sports|technology/), confidence: expect.any(Number) });
  });

  it('scripted ones answer in turn, and by what they are asked', async () => {
    const said: unknown[] = [];
    for (let n = 0; n < 3; n++) said.push((await (await give('scripted', n)).result).result);
    expect(said).toEqual(['one', { two: 2 }, 'one']);

    const { failure } = await give('scripted', 'broken');
    expect(await failure()).toMatchObject({ code: 'agent.task_error', message: 'as told' });
  });
});

describe('over HTTP', () => {
  let server: Server;
  const calls: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answer: { status: number; body: unknown; afterMs?: number } = { status: 200, body: {} };
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        calls.push({ headers: request.headers, body });
        const timer = setTimeout(
          () => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body)),
          answer.afterMs ?? 0,
        );
        response.on('close', () => clearTimeout(timer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => void calls.splice(0));

  const register = async (more: object = {}) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks`;
    const { data } = await api().POST('/api/agents', { body: { name: 'over http', url, capabilities: ['web'], ...more } as never });
    return data!.id;
  };

  it('gets its task signed, and its answer is the result', async () => {
    const id = await register({ secret: 'very-secret-1' });
    answer = { status: 200, body: { result: { ok: true }, confidence: 0.7 } };
    const { result, task } = await give(id, { q: 1 });

    expect(await result).toMatchObject({ agentId: id, result: { ok: true }, confidence: 0.7 });
    const [{ headers, body }] = calls as [(typeof calls)[number]];
    expect(JSON.parse(body)).toMatchObject({ type: 'task', payload: { taskId: task.taskId, input: { q: 1 }, timeout: 60_000 } });
    expect(headers['x-everthread-signature']).toBe(
      `sha256=${createHmac('sha256', 'very-secret-1').update(`${headers['x-everthread-timestamp']}.${body}`).digest('hex')}`,
    );
    expect(JSON.stringify((await api().GET('/api/agents/{id}', { params: { path: { id } } })).data)).not.toContain('very-secret-1');
  });

  it.each([
    ['503 may be otherwise later', { status: 503, body: {} }, 'agent.task_error', 'HTTP_503'],
    ['400 is its last word', { status: 400, body: {} }, 'agent.task_failed', 'HTTP_400'],
    ['an error of its own', { status: 200, body: { error: { code: 'NOPE', message: 'no' }, retryable: true } }, 'agent.task_error', 'NOPE'],
    ['a refusal', { status: 200, body: { error: { code: 'REJECTED', message: 'busy' }, retryable: true } }, 'agent.rejected', 'REJECTED'],
    ['no result', { status: 200, body: [1] }, 'agent.task_error', 'RESULT_INVALID'],
    ['a redirect is not followed', { status: 302, body: {} }, 'agent.task_failed', 'HTTP_302'],
  ])('%s', async (_name, given, code, agentCode) => {
    const id = await register();
    answer = given;
    const { failure } = await give(id, {});

    expect(await failure()).toMatchObject({ code, facts: { agentCode } });
    expect(calls).toHaveLength(1);
  });

  it('one that is too late has its call ended', async () => {
    const id = await register();
    answer = { status: 200, body: { result: 1 }, afterMs: 30_000 };
    const { failure } = await give(id, {}, { timeoutMs: 1_000 });

    expect(await failure()).toMatchObject({ code: 'agent.timeout' });
  });

  it('says how it is, can be tried, set aside and deleted', async () => {
    const id = await register();
    const at = { params: { path: { id } } };
    answer = { status: 200, body: { result: 'fine' } };

    expect((await api().GET('/api/agents/{id}/health', at)).data).toMatchObject({ agentId: id, status: 'healthy' });
    expect((await api().POST('/api/agents/{id}/test', { ...at, body: { task: 'Try.', data: 1 } as never })).data).toMatchObject({
      agentId: id,
      success: true,
      result: 'fine',
    });

    await api().PATCH('/api/agents/{id}/status', { ...at, body: { status: 'inactive' } });
    expect((await api().POST('/api/agents/{id}/test', { ...at, body: { data: 1 } as never })).data).toMatchObject({
      success: false,
      error: { code: 'agent.lost' },
    });
    await api().DELETE('/api/agents/{id}', at);
    await expect(api().GET('/api/agents/{id}', at)).rejects.toMatchObject({ status: 404 });
  });
});
