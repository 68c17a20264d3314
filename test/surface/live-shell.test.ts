/** `everthread pattern run`, `everthread executions …` and `everthread agents …` as people type them, on a whole real system with an agent over WebSocket. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { everthread as run, type Ran } from '../support/command-line';
import { until } from '../support/eventually';
import { connectAgent, type SocketAgent } from '../support/socket-agent';
import { startWorld, type World } from '../support/world';

let world: World;
let folder: string;
const connected: SocketAgent[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'live-shell-'));
  world = await startWorld({ roles: ['api', 'worker'] });
}, 120_000);
afterEach(() => connected.splice(0).forEach((agent) => agent.close()));
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

const everthread = (area: string, ...args: string[]): Promise<Ran> => run([area, '--url', world.apiUrl, ...args]);

/** Every test has a pattern and a capability of its own, written to a file. */
function fileOf(body = 'aggregation: { strategy: first }') {
  const capability = `cap-${randomUUID().slice(0, 8)}`;
  const name = `pattern-${randomUUID().slice(0, 8)}`;
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `name: ${name}\nversion: 1.0.0\nagents: { capabilities: [${capability}], min: 1 }\n${body}\n`);
  return { name, capability, file };
}

async function join1(capability: string, answer: Parameters<typeof connectAgent>[2] = () => ({ ok: true }), id = `agent-${capability}`): Promise<SocketAgent> {
  const agent = await connectAgent(world.apiUrl, { id, capabilities: [capability] }, answer);
  connected.push(agent);
  return agent;
}
const idIn = ({ out }: Ran): string => (JSON.parse(out) as { executionId: string }).executionId;

it('pattern run publishes a file, executes it and prints the result; by name it runs what is there, and a key runs it once', async () => {
  const { name, capability, file } = fileOf();
  const agent = await join1(capability, ({ input }) => ({ heard: input as unknown }));

  const first = await everthread('pattern', 'run', file, '--input', '{"text": "hello"}');
  expect([first.code, JSON.parse(first.out)]).toEqual([0, expect.objectContaining({ status: 'completed', result: { heard: { text: 'hello' } } })]);

  const once = await everthread('pattern', 'run', `${name}@1.x`, '--key', 'once');
  const again = await everthread('pattern', 'run', name, '--key', 'once');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('idempotency.key_reused') });
  expect(idIn(await everthread('pattern', 'run', `${name}@1.x`, '--key', 'once'))).toBe(idIn(once));
  expect(agent.tasks).toHaveLength(2);
});

it('pattern run says why there is no result, and exits with 1', async () => {
  const { name, capability, file } = fileOf('aggregation: { strategy: first }\nvalidation: { minConfidence: 0.9, onFailure: fail }');

  expect(await everthread('pattern', 'run', file)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('agents.none') });
  await join1(capability, () => ({ answer: 'perhaps', confidence: 0.1 }));
  const failed = await everthread('pattern', 'run', name);
  expect([failed.code, JSON.parse(failed.out)]).toEqual([1, expect.objectContaining({ status: 'failed' })]);
  expect(failed.out).toContain('execution.validation_failed');
  expect(await everthread('pattern', 'run', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('pattern.not_found') });
});

it('executions are listed, read, followed by their events, and executed again', async () => {
  const { name, capability, file } = fileOf();
  await join1(capability);
  const id = idIn(await everthread('pattern', 'run', file));

  expect((await everthread('executions', 'list', '--pattern', name)).out).toMatch(new RegExp(`^${id} +completed +\\S+Z +\\d+ ms +${name} 1.0.0$`));
  expect((await everthread('executions', 'list', '--pattern', name, '--status', 'failed')).out).toBe('');
  expect(JSON.parse((await everthread('executions', 'get', id)).out)).toMatchObject({ executionId: id, status: 'completed', result: { ok: true } });
  const events = (await everthread('executions', 'events', id)).out.split('\n');
  expect(events[0]).toMatch(/^1 {2}\S+Z {2}started {2}\{/);
  expect(events.at(-1)).toContain('  completed  ');
  const later = (await everthread('executions', 'events', id, '--after', '1', '--json')).out.split('\n').map((line) => JSON.parse(line) as { seq: number });
  expect(later.map(({ seq }) => seq)).toEqual(events.slice(1).map((_, index) => index + 2));

  const next = await everthread('executions', 'retry', id, '--key', 'again');
  expect(next.out).toMatch(/^exec_/);
  expect((await everthread('executions', 'retry', id, '--key', 'again')).out).toBe(next.out);
  expect(await everthread('executions', 'get', 'exec_nobody')).toMatchObject({ code: 1, err: expect.stringContaining('execution.not_found') });
});

it('an execution that waits for its agent is cancelled', async () => {
  const { capability, file } = fileOf();
  const agent = await join1(capability, () => undefined);
  const id = (await everthread('pattern', 'run', file, '--async')).out;
  await until('the agent has the task', () => agent.tasks.length === 1);

  expect((await everthread('executions', 'cancel', id, '--reason', 'no need')).out).toMatch(new RegExp(`^${id} is cancelled since \\S+Z$`));
  expect(JSON.parse((await everthread('executions', 'get', id)).out)).toMatchObject({ status: 'cancelled' });
});

it('an execution that asks a person is answered', async () => {
  const { capability, file } = fileOf(
    'aggregation: { strategy: first }\nvalidation: { minConfidence: 0.9, fallback: { type: escalate, to: ada, timeout: 86400000 } }',
  );
  await join1(capability, () => ({ answer: 'perhaps', confidence: 0.1 }));
  const id = (await everthread('pattern', 'run', file, '--async')).out;
  await until('it asks', async () => (await everthread('executions', 'events', id)).out.includes('approval_requested'), 60_000);

  expect((await everthread('executions', 'approve', id, '--value', '{"answer": "yes"}', '--comment', 'looked at it')).out).toMatch(/: approved$/);
  await until('it has ended', async () => (JSON.parse((await everthread('executions', 'get', id)).out) as { status: string }).status === 'completed', 60_000);
  expect(JSON.parse((await everthread('executions', 'get', id)).out)).toMatchObject({ result: { answer: 'yes' } });
});

it('agents are listed, shown and disconnected', async () => {
  const { capability } = fileOf();
  const id = `agent-${capability}`;
  await join1(capability);

  expect((await everthread('agents', 'list', '--capabilities', capability)).out).toMatch(new RegExp(`^${id} +connected +0 tasks .*${capability}$`));
  expect((await everthread('agents', 'list', '--capabilities', capability, '--status', 'disconnected')).out).toBe('');
  expect(JSON.parse((await everthread('agents', 'show', id)).out)).toMatchObject({ id, status: 'connected', statistics: { tasksCompleted: 0 } });
  expect((await everthread('agents', 'disconnect', id)).out).toMatch(new RegExp(`^${id} is disconnected since \\S+Z$`));
  expect((await everthread('agents', 'list', '--capabilities', capability, '--status', 'disconnected')).out).toContain(id);
  expect(await everthread('agents', 'show', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('agent.not_found') });
});
