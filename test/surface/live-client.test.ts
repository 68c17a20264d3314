/** `everthread/client` on a whole real system: the life of a thread from the first call to the last, and streams that outlive the server that they came from. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { ConflictError, EverthreadClient, InvalidError, NotFoundError, UnavailableError, type ThreadEvent } from '../../src/client/client';
import { eventually } from '../support/eventually';
import { startWorld, type World } from '../support/world';

const ROOT = join(__dirname, '..', '..');

let world: World;
let client: EverthreadClient;
beforeAll(async () => {
  world = await startWorld();
  client = new EverthreadClient({ baseUrl: world.apiUrl });
}, 120_000);
afterAll(() => world.stop(), 60_000);

const body = (objective = 'say hello') => ({ executionId: `exec_${randomUUID().slice(0, 8)}`, name: 'by the client', agentType: 'scripted', objective });
const seqs = (events: readonly ThreadEvent[]): readonly number[] => events.map(({ seq }) => seq);
const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1);

it('lives the whole life of a thread', async () => {
  const { managedThreads: threads, controlPlane } = client;
  expect(await controlPlane.ready()).toMatchObject({ ready: true });
  expect((await threads.agentTypes()).agentTypes.map(({ type }) => type)).toContain('scripted');
  const spawn = body('ask shell make; say made');
  expect(await threads.prepare(spawn)).toMatchObject({ objective: spawn.objective, preparation: { approvalPreset: 'standard' } });

  const thread = await threads.spawn(spawn);
  const followed: ThreadEvent[] = [];
  const following = (async () => {
    for await (const event of threads.follow(thread.id)) followed.push(event);
  })();
  await eventually('it asks', async () => (await threads.get(thread.id)).status === 'blocked');
  const answered = await threads.answer(thread.id, { approve: true });
  expect(answered).toMatchObject({ answer: { approve: true }, repeated: false });
  const turns = async (count: number) => eventually(`${count} turns`, async () => (await threads.get(thread.id)).turns >= count);
  await turns(1);
  const key = randomUUID();
  const sent = await threads.send(thread.id, { message: 'say once' }, { idempotencyKey: key });
  expect(await threads.send(thread.id, { message: 'say once' }, { idempotencyKey: key })).toEqual(sent);
  await turns(2);
  expect((await threads.screen(thread.id)).text).toContain('once');
  const decision = { category: 'design', summary: 'The client is typed.' };
  expect(await threads.recordDecision(thread.id, decision)).toMatchObject(decision);
  expect((await threads.decisions(thread.id, { category: 'design' })).decisions).toHaveLength(1);
  expect(await threads.list({ executionId: spawn.executionId, status: ['ready', 'running'] })).toMatchObject({ count: 1, hasMore: false });
  expect(await threads.stop(thread.id, { force: true })).toEqual({ stopping: false, workspaceKept: null });
  await following;

  const page = await threads.events(thread.id);
  // The name of the host in older events depends on when they are read.
  const told = (events: readonly ThreadEvent[]) => events.map(({ seq, type, time, by }) => ({ seq, type, time, by }));
  expect(told(followed)).toEqual(told(page.events));
  expect(seqs(followed)).toEqual(upTo(page.count));
  expect(followed.at(-1)?.type).toBe('thread_stopped');
  const again: ThreadEvent[] = [];
  for await (const event of threads.follow(thread.id, { after: page.count - 2 })) again.push(event);
  expect(told(again)).toEqual(told(page.events.slice(-2)));
}, 60_000);

it('refusals are classes, with the code, the facts and the id of the exchange', async () => {
  const { managedThreads: threads } = client;
  const missing = await threads.get('thr_nobody').catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({ status: 404, code: 'thread.not_found', facts: { id: 'thr_nobody' }, requestId: expect.any(String) });
  const invalid = await threads.spawn({ ...body(), agentType: 'clippy' }).catch((error: unknown) => error);
  expect(invalid).toBeInstanceOf(InvalidError);
  expect(invalid).toMatchObject({ code: 'thread.unknown_agent_type', facts: { field: 'agentType' } });
  const key = randomUUID();
  const spawn = body();
  const { id } = await threads.spawn(spawn, { idempotencyKey: key });
  await expect(threads.spawn({ ...spawn, name: 'other' }, { idempotencyKey: key })).rejects.toBeInstanceOf(ConflictError);
  await threads.stop(id, { force: true });
  await expect(threads.send(id, { message: 'too late' })).rejects.toMatchObject({ status: 409, code: 'thread.stopped' });
  // The other surface says its refusals in another form.
  await expect(client.controlPlane.api.GET('/api/auth/keys/{id}', { params: { path: { id: 'key_nobody' } } })).rejects.toMatchObject({
    status: 404,
    code: 'keys.not_found',
    facts: { id: 'key_nobody' },
  });
}, 60_000);

it('streams of a thread and of its execution survive the API being killed twice, without a gap or a repeat; commands wait until it is back', async () => {
  const { managedThreads: threads } = client;
  const spawn = body();
  const { id } = await threads.spawn(spawn);
  const followed: ThreadEvent[] = [];
  const ofExecution: number[] = [];
  const over = new AbortController();
  const following = (async () => {
    for await (const event of threads.follow(id)) followed.push(event);
  })();
  const followingExecution = (async () => {
    for await (const { message } of threads.followExecution(spawn.executionId, { signal: over.signal })) ofExecution.push(message.data.sequence);
  })();
  await eventually('it streams', () => followed.length >= 5 && ofExecution.length >= 5);

  for (const word of ['one', 'two']) {
    await world.kill('api');
    const starting = world.start('api');
    // Nobody answers at first: the client knocks again, and the server does it once.
    await new EverthreadClient({ baseUrl: world.apiUrl, attempts: 20 }).managedThreads.send(id, { message: `say ${word}` });
    await starting;
    await eventually(`${word} is said`, () => followed.some(({ type, data }) => type === 'thread_turn_complete' && data['output'] === word), 60_000);
  }
  await threads.stop(id, { force: true });
  await following;
  await eventually('the execution was told too', () => ofExecution.length === followed.length);
  over.abort();
  await followingExecution;

  const { count } = await threads.events(id);
  expect(seqs(followed)).toEqual(upTo(count));
  expect(ofExecution).toEqual(upTo(count));
  expect(followed.filter(({ type }) => type === 'thread_input_queued')).toHaveLength(2);
}, 120_000);

it('says that nobody answers, after a bounded number of attempts', async () => {
  const nowhere = new EverthreadClient({ baseUrl: 'http://127.0.0.1:9', attempts: 2 });

  const error = await nowhere.managedThreads.list().catch((problem: unknown) => problem);

  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ status: 0, code: 'client.unreachable' });
});

describe('the example of docs/client.md', () => {
  const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, 'docs', 'client.md'), 'utf8')) ?? [];

  it('compiles', () => {
    const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, ROOT);
    // As if it stood in this package, which finds itself by its own name.
    const path = join(ROOT, 'docs-client-example.ts');
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.getSourceFile = (name, ...rest) =>
      name === path ? ts.createSourceFile(name, example, ts.ScriptTarget.ES2023) : getSourceFile.call(host, name, ...rest);
    host.fileExists = (name) => name === path || fileExists.call(host, name);

    const problems = ts
      .getPreEmitDiagnostics(ts.createProgram([path], options, host))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

    expect(problems).toEqual([]);
  }, 60_000);

  it('runs, with the client as it is published', async () => {
    const { outputText } = ts.transpileModule(example, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    const program = `${outputText}\ntour(${JSON.stringify(world.apiUrl)}).then((seen) => process.stdout.write(JSON.stringify(seen)));`;

    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: ROOT, timeout: 40_000 });

    const seen = JSON.parse(stdout) as string[];
    expect(seen).toEqual(expect.arrayContaining(['thread_started', 'thread_turn_complete', 'thread_stopped']));
    expect(seen.at(-1)).toBe('thread.not_found');
  }, 60_000);
});
