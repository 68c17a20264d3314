/** What scripts call, on a whole real system: a server on loopback, a coding agent in a real terminal that asks, a pattern with a model, files of the workspace; a worker that is killed, a script that is cancelled. */
import type { ServerResponse } from 'node:http';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAnswering, type Answering, type Asked } from '../support/answering';
import { until } from '../support/eventually';
import { startWorld, type World } from '../support/world';

let world: World;
let server: Answering;
let answer: (asked: Asked, response: ServerResponse) => void;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'live-script-tools-')));

beforeAll(async () => {
  server = await startAnswering((asked, response) => answer(asked, response));
  writeFileSync(join(folder, 'note.txt'), 'one\ntwo\n');
  writeFileSync(
    join(folder, 'llm.json'),
    JSON.stringify({
      agents: [{ id: 'summer', capabilities: ['summing'], provider: 'scripted', prompt: 'Sum.', answers: [{ answer: { result: 'three', confidence: 1 } }] }],
    }),
  );
  world = await startWorld({
    env: {
      ...{ HOME: folder, EVERTHREAD_ALLOW_PRIVATE_NETWORKS: 'true', EVERTHREAD_WORKSPACE: folder, EVERTHREAD_LLM_AGENTS_FILE: join(folder, 'llm.json') },
      EVERTHREAD_SCRIPT_CHANNELS: `team=${server.url}/team`,
    },
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function call(method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${world.apiUrl}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(60_000) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

let scripts = 0;
async function begin(source: string, more: object = {}): Promise<string> {
  const name = `live-${++scripts}`;
  await call('POST', '/v1/scriptum/scripts', { name });
  await call('POST', `/v1/scriptum/scripts/${name}/draft`, { content: `script "${name}"\n${source}` });
  await call('POST', `/v1/scriptum/scripts/${name}/draft/publish`, {});
  return (await call('POST', '/v1/scriptum/threads', { scriptName: name, ...more })).threadId;
}
const thread = (id: string): Promise<any> => call('GET', `/v1/scriptum/threads/${id}`);
const at = (id: string, ...statuses: readonly string[]): Promise<any> =>
  until(
    `thread ${id} is ${statuses.join(' or ')}`,
    async () => {
      const found = await thread(id);
      return statuses.includes(found.status) ? found : null;
    },
    90_000,
  );
async function outputOf(id: string): Promise<any> {
  const ended = await at(id, 'COMPLETED', 'FAILED', 'CANCELLED', 'PAUSED');
  expect(ended).toMatchObject({ status: 'COMPLETED', error: '' });
  const { outputData } = await call('GET', `/v1/scriptum/threads/${id}/result`);
  return JSON.parse(Buffer.from(outputData, 'base64').toString('utf8'));
}

it('a script fetches, reads a file, asks a model, executes a pattern and tells a channel', async () => {
  await call('POST', '/api/patterns', {
    definition: 'name: sum-up\nversion: 1.0.0\ninput:\n  numbers:\n    type: array\nagents:\n  capabilities: [summing]\n  min: 1\n',
  });
  answer = ({ path }, response) =>
    path.startsWith('/prices') ? response.writeHead(200, { 'content-type': 'application/json' }).end('{"prices": [1, 2]}') : response.writeHead(200).end();

  const id = await begin(`
import tools
  http from native
  fs_read from runs
  sum_up from patterns

do "Fetch" with http -> page
  url = "${server.url}/prices"
do "Read" with fs_read -> note
  path = "note.txt"
do "Ask" with llm -> said
  prompt = "Sum up {count(page.json.prices)} prices"
do "Sum" with sum_up -> summed
  numbers = page.json.prices
send "Tell" via "team"
  text = "There are {count(page.json.prices)} prices."
emit { prices: page.json.prices, note: note.content, said: said.text, status: summed.status, execution: summed.execution_id }
`);

  const output = await outputOf(id);
  expect(output).toMatchObject({ prices: [1, 2], note: expect.stringContaining('two'), said: 'mock: Sum up 2 prices', status: 'completed' });
  expect(await call('GET', `/api/executions/${output.execution}`)).toMatchObject({ status: 'completed' });
  const told = server.asked.filter(({ path }) => path === '/team');
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0]!.body.toString())).toEqual({ text: 'There are 2 prices.' });
}, 180_000);

it('a coding agent that asks is answered by the script, through a worker that is killed meanwhile, and is started once', async () => {
  const id = await begin(`
import tools
  start from threads
  answer from threads
  stop from threads

do "Work" with start -> turn
  agent_type = "scripted"
  objective = "work 1500; ask shell make install; say installed"
ask "May it?" -> said
  prompt = "{turn.text}"
  type = boolean
do "Answer" with answer -> finished
  thread_id = turn.thread_id
  approve = said.value
  turn = turn.turn
do "Stop" with stop
  thread_id = turn.thread_id
emit { asked: turn.status, status: finished.status, text: finished.text, thread: turn.thread_id }
`);
  await until(
    'the agent works',
    async () => (await call('GET', `/api/managed-threads?executionId=${id}`)).threads.some(({ status }: { status: string }) => status === 'running'),
    90_000,
  );
  await world.kill('worker');
  await world.start('worker');

  const paused = await at(id, 'PAUSED', 'FAILED');
  expect(paused.pauses).toMatchObject([{ kind: 'ASK', label: 'May it?' }]);
  await call('POST', `/v1/scriptum/threads/${id}/resume`, { stepInputOverrideJson: '{"value": true}' });

  expect(await outputOf(id)).toMatchObject({ asked: 'blocked', status: 'complete', text: expect.stringContaining('installed') });
  const { threads } = await call('GET', `/api/managed-threads?executionId=${id}`);
  expect(threads).toHaveLength(1);
  expect(threads[0]).toMatchObject({ status: 'stopped' });
}, 240_000);

it('a request that may have arrived when its worker died is not sent again by itself; a person resumes it', async () => {
  answer = ({ path }, response) => (path === '/pay' ? undefined : void response.writeHead(200, { 'content-type': 'text/plain' }).end('paid'));
  const id = await begin(`
import tools
  http from native

let order = "order 7"
do "Pay" with http -> paid
  url = "${server.url}/pay"
  method = "POST"
  body = order
emit { body: paid.body, order: order }
`);
  const sent = () => server.asked.filter(({ path }) => path === '/pay');
  await until('the request', () => sent().length === 1, 60_000);
  await world.kill('worker');
  await world.start('worker');

  const paused = await at(id, 'PAUSED', 'FAILED', 'COMPLETED');
  expect(paused).toMatchObject({ status: 'PAUSED', pauses: [{ kind: 'ERROR', label: 'Pay', error: { code: 'step.unknown' } }] });
  expect(sent()).toHaveLength(1);

  await call('POST', `/v1/scriptum/threads/${id}/resume`, { stepInputOverrideJson: JSON.stringify({ url: `${server.url}/pay-again` }) });
  expect(await outputOf(id)).toEqual({ body: 'paid', order: 'order 7' });
  const again = server.asked.filter(({ path }) => path === '/pay-again');
  expect(again).toHaveLength(1);
  expect(again[0]?.body.toString()).toBe('order 7');
  expect(again[0]?.headers['idempotency-key']).not.toBe(sent()[0]?.headers['idempotency-key']);
}, 240_000);

it('the steps of a LOCAL thread that act do so on the host', async () => {
  const id = await begin(
    `
import tools
  fs_read from runs

do "Read" with fs_read -> note
  path = "note.txt"
emit { note: note.content }
`,
    { executionMode: 'LOCAL' },
  );

  expect(await outputOf(id)).toMatchObject({ note: expect.stringContaining('one') });
  const { events } = await world.temporal.workflow.getHandle(`script/${id}`).fetchHistory();
  const acted = (events ?? []).map(({ activityTaskScheduledEventAttributes: given }) => given).filter((given) => given?.activityType?.name === 'executeStep');
  expect(acted.map((given) => given?.taskQueue?.name)).toEqual([expect.stringMatching(/^host-/)]);
}, 120_000);

it('cancelling a script breaks its request off and stops its coding agent', async () => {
  answer = () => undefined;
  const id = await begin(`
import tools
  start from threads
  http from native

together
  "agent":
    do "Work" with start
      agent_type = "scripted"
      objective = "work 600000; say done"
  "request":
    do "Wait" with http
      url = "${server.url}/never"
`);
  const closed = until('the request is broken off', () => server.asked.some(({ path }) => path === '/never') && server.open() === 0, 120_000);
  await until(
    'the agent works',
    async () => (await call('GET', `/api/managed-threads?executionId=${id}`)).threads.some(({ status }: { status: string }) => status === 'running'),
    90_000,
  );
  await until('the request', () => server.asked.some(({ path }) => path === '/never'));

  await call('POST', `/v1/scriptum/threads/${id}/cancel`, { reason: 'enough' });

  expect(await at(id, 'CANCELLED', 'FAILED', 'COMPLETED')).toMatchObject({ status: 'CANCELLED', cancelReason: 'enough' });
  await closed;
  await until(
    'the agent is stopped',
    async () => (await call('GET', `/api/managed-threads?executionId=${id}`)).threads.every(({ status }: { status: string }) => status === 'stopped'),
    60_000,
  );
}, 240_000);
