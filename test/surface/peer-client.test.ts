/**
 * The peer's own published client works against this server for what seeds 000 and 001 describe of it. What it has beside that is listed with its reason: a
 * method that is in neither list fails the first test.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParallaxClient, ParallaxError } from '@parallaxai/client';
import { eventually } from '../support/eventually';
import { startWorld, type World } from '../support/world';

/** Resources whose methods are all tried below. */
const TRIED = {
  managedThreads: [
    'list',
    'spawn',
    'prepare',
    'byExecution',
    'executionDecisions',
    'experiences',
    'get',
    'stop',
    'send',
    'events',
    'decisions',
    'createDecision',
  ],
  patterns: ['list', 'get', 'validate', 'execute', 'create', 'update', 'delete', 'upload', 'uploadBatch', 'versions'],
  executions: ['list', 'get', 'create', 'events', 'cancel', 'retry', 'stats', 'hourlyStats', 'dailyStats', 'waitForCompletion', 'stream', 'createAndStream'],
  agents: ['list', 'get', 'health', 'test', 'capabilityStats', 'updateStatus', 'delete'],
} as const;

/** Methods that are not tried, and why. */
const METHODS_NOT_TRIED = {
  metrics: 'numbers of one pattern are in /api/metrics and in /api/executions/stats',
  deleteStale: 'an agent that is silent counts as disconnected by itself',
  uploadFile: 'it reads the file and calls upload',
} as const;

/** Resources that are not tried here, and why. */
const NOT_TRIED = {
  schedules: 'no seed describes their wire; docs of the control plane say what is served',
  triggers: 'the same',
  audit: 'the same',
  managedAgents: 'agents without threads are in no seed',
  license: 'there are no licences here',
  auth: 'people with passwords are in no seed: credentials are API keys and tokens',
  users: 'the same',
  backup: 'the database is backed up with the tools of the database',
} as const;

let world: World;
let client: ParallaxClient;
let agents: string;
beforeAll(async () => {
  agents = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'peer-agents-'));
  for (const name of ['ada', 'ben', 'cyd'])
    writeFileSync(
      join(agents, `${name}.cjs`),
      `exports.capabilities = ['classification']; exports.perform = () => ({ result: 'technology', confidence: 0.9 });`,
    );
  world = await startWorld({ env: { EVERTHREAD_AGENTS_DIR: agents } });
  client = new ParallaxClient({ baseUrl: world.apiUrl });
}, 120_000);
afterAll(async () => {
  await world.stop();
  rmSync(agents, { recursive: true, force: true });
}, 60_000);

const methodsOf = (resource: object): readonly string[] => Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter((name) => name !== 'constructor');

it('has no resource and no method that these lists do not know', () => {
  const resources = Object.entries(client).filter(([name, value]) => name !== 'http' && typeof value === 'object');

  expect(resources.map(([name]) => name).sort()).toEqual([...Object.keys(TRIED), ...Object.keys(NOT_TRIED)].sort());
  const known = Object.keys(METHODS_NOT_TRIED);
  for (const [name, tried] of Object.entries(TRIED)) {
    const methods = methodsOf(client[name as keyof typeof TRIED]).filter((method) => !known.includes(method));
    expect([name, [...methods].sort()]).toEqual([name, [...tried].sort()]);
  }
});

/** What its type lacks, its server takes (seed 000). */
type SpawnInput = Parameters<ParallaxClient['managedThreads']['spawn']>[0];
const spawnBody = (executionId: string, more: object = {}): SpawnInput => ({
  executionId,
  agentType: 'scripted',
  name: 'auth-controller-thread',
  role: 'engineer',
  objective: 'say hello',
  metadata: { source: 'manual' },
  ...more,
});

it('spawns, lists, sends, reads, decides and stops with it', async () => {
  const { managedThreads: threads } = client;
  const executionId = `exec_${randomUUID().slice(0, 8)}`;
  const prepared = await threads.prepare(spawnBody(executionId));
  expect(prepared).toMatchObject({ executionId, name: 'auth-controller-thread', objective: 'say hello', role: 'engineer', preparation: expect.any(Object) });

  const thread = await threads.spawn(spawnBody(executionId), 'local');
  expect(thread).toMatchObject({ id: expect.any(String), executionId, agentType: 'scripted', name: 'auth-controller-thread', metadata: { source: 'manual' } });
  await eventually('it is ready', async () => (await threads.get(thread.id)).status === 'ready');
  expect(await threads.send(thread.id, { message: 'say more' })).toMatchObject({ sent: true });
  await eventually('it said it', async () => (await threads.get(thread.id)).turns === 2);
  expect(await threads.send(thread.id, { keys: ['ENTER'] })).toMatchObject({ sent: true });
  expect(await threads.send(thread.id, { raw: '\u0003' })).toMatchObject({ sent: true });

  const { events, count } = await threads.events(thread.id);
  expect(events).toHaveLength(count);
  expect((events as { type: string }[]).map(({ type }) => type)).toEqual(expect.arrayContaining(['thread_started', 'thread_ready', 'thread_turn_complete']));
  expect((events as object[])[0]).toMatchObject({
    id: expect.any(String),
    threadId: thread.id,
    executionId,
    time: expect.any(String),
    data: expect.any(Object),
  });

  // Several statuses go out as one value with commas between.
  const listed = await threads.list({ status: ['ready', 'running', 'blocked'], executionId, role: 'engineer' });
  expect(listed).toMatchObject({ count: 1, threads: [{ id: thread.id, name: 'auth-controller-thread' }] });
  expect(await threads.list({ status: 'failed', executionId })).toMatchObject({ count: 0, threads: [] });
  expect(await threads.byExecution(executionId)).toMatchObject({ count: 1, threads: [{ id: thread.id }] });

  const decision = await threads.createDecision(thread.id, { category: 'design', summary: 'Callbacks live in src/callbacks.ts now.', details: { files: 3 } });
  expect(decision).toMatchObject({ id: expect.any(String), executionId, threadId: thread.id, category: 'design', details: { files: 3 } });
  expect((await threads.decisions(thread.id, { limit: 10 })).decisions.map(({ id }) => id)).toContain(decision.id);
  expect(await threads.executionDecisions(executionId, { category: 'design', limit: 10 })).toMatchObject({ count: 1, decisions: [{ id: decision.id }] });

  await expect(threads.stop(thread.id, { force: true, timeout: 1_000 })).resolves.toBeUndefined();
  expect(await threads.get(thread.id)).toMatchObject({ status: 'stopped' });
  expect((await threads.experiences({ executionId, outcome: 'partial', limit: 1 })).experiences).toMatchObject([{ threadId: thread.id, role: 'engineer' }]);
}, 60_000);

it('takes the legacy fields at top level that its server takes, as they are taken there: what stands in preparation wins', async () => {
  const { managedThreads: threads } = client;
  const legacy = {
    workspace: { path: world.dataDir },
    env: { LEGACY: 'yes' },
    contextFiles: [{ path: 'NOTES.md', content: 'mine\n' }],
    approvalPreset: 'readonly',
    preparation: { approvalPreset: 'permissive' },
  };

  const prepared = await threads.prepare(spawnBody('exec_legacy', legacy));

  expect(prepared.preparation).toMatchObject({ workspace: { path: world.dataDir }, env: { LEGACY: 'yes' }, approvalPreset: 'permissive' });
  // A workspace that is a text is in the client's types and was never understood by its server.
  await expect(threads.spawn(spawnBody('exec_legacy', { workspace: '/srv' }))).rejects.toMatchObject({ status: 400, body: { field: 'workspace' } });
}, 60_000);

it('understands refusals as its own errors', async () => {
  const { managedThreads: threads } = client;
  const missing = await threads.get('thr_nobody').catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(ParallaxError);
  expect(missing).toMatchObject({ isNotFound: true, message: 'Thread not found', code: 'thread.not_found' });
  const incomplete = { executionId: 'exec_x', agentType: 'scripted', name: 'n' } as SpawnInput;
  await expect(threads.spawn(incomplete)).rejects.toMatchObject({ isValidation: true, message: expect.stringContaining('objective') });
});

it('publishes, checks, executes and follows patterns with it', async () => {
  const { patterns, executions } = client;
  const source = readFileSync(join(__dirname, '../../examples/patterns/content-classifier.yaml'), 'utf8');
  const next = source.replace('version: 1.0.0', 'version: 1.1.0');
  expect(await patterns.create({ name: 'content-classifier', version: '1.0.0', definition: source } as never)).toMatchObject({
    name: 'content-classifier',
    created: true,
  });
  expect(await patterns.update('content-classifier', { version: '1.1.0', definition: next } as never)).toMatchObject({ version: '1.1.0' });
  expect(await patterns.upload({ filename: 'again.yaml', content: next })).toMatchObject({ pattern: { name: 'content-classifier' } });
  expect(
    await patterns.uploadBatch({
      files: [
        { filename: 'a.yaml', content: next },
        { filename: 'b.yaml', content: 'name: x' },
      ],
    }),
  ).toMatchObject({
    results: [{ success: true }, { success: false }],
  });
  expect((await patterns.list()).patterns).toMatchObject([{ name: 'content-classifier', version: '1.1.0' }]);
  expect(await patterns.get('content-classifier')).toMatchObject({ name: 'content-classifier', version: '1.1.0' });
  expect((await patterns.versions('content-classifier')).versions).toHaveLength(2);
  expect(await patterns.validate('content-classifier', { content: 7 })).toMatchObject({ valid: false });
  await eventually('the agents are there', async () => (await client.agents.list()).agents.length === 3);

  expect(await patterns.execute('content-classifier', { content: 'a chip' })).toMatchObject({
    status: 'completed',
    result: { category: 'technology', confidence: 0.9 },
  });
  const created = await executions.create({ patternName: 'content-classifier', input: { content: 'a chip' } });
  expect(created).toMatchObject({ id: expect.any(String), status: 'accepted' });
  expect(await executions.waitForCompletion(created.id, 100, 30_000)).toMatchObject({ status: 'completed', result: { category: 'technology' } });
  expect(await executions.list({ status: 'completed', limit: 1 })).toMatchObject({ total: 2, limit: 1, executions: [{ status: 'completed' }] });
  expect((await executions.events(created.id)).events.length).toBeGreaterThan(4);
  const completed = await new Promise((resolve, reject) => {
    void executions.createAndStream({ patternName: 'content-classifier', input: { content: 'a chip' } }, { onCompleted: resolve, onError: reject });
  });
  expect(completed).toMatchObject({ type: 'completed' });
  expect(await executions.retry(created.id)).toMatchObject({ originalExecutionId: created.id });
  await expect(executions.cancel(created.id)).rejects.toMatchObject({ isConflict: true });
  expect(await executions.stats()).toMatchObject({ failed: 0, cancelled: 0 });
  expect(await executions.hourlyStats(2)).toMatchObject({ stats: expect.any(Array) });
  expect(await executions.dailyStats(2)).toMatchObject({ stats: expect.any(Array) });
  await patterns.delete('content-classifier');
  await expect(patterns.get('content-classifier')).rejects.toMatchObject({ isNotFound: true });
}, 90_000);

it('reads, tries and switches agents with it', async () => {
  const { agents: registry } = client;
  const [agent] = (await registry.list()).agents;
  const id = String(agent?.id);
  expect(await registry.get(id)).toMatchObject({ id, capabilities: ['classification'] });
  expect(await registry.health(id)).toMatchObject({ agentId: id, status: 'healthy' });
  expect(await registry.test(id, { task: 'Classify.', data: { content: 'a chip' } } as never)).toEqual(expect.any(Object));
  expect(await registry.capabilityStats()).toEqual(expect.any(Object));
  await registry.updateStatus(id, 'inactive');
  await registry.updateStatus(id, 'active');
  await expect(registry.delete('nobody')).rejects.toMatchObject({ isNotFound: true });
}, 60_000);

it('is let in by its key, which it sends as `ApiKey …`, and by a token', async () => {
  const response = await fetch(`${world.apiUrl}/api/auth/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'peer', scopes: ['threads:*'] }),
  });
  const { key } = (await response.json()) as { key: string };

  expect(await new ParallaxClient({ baseUrl: world.apiUrl, apiKey: key }).managedThreads.list()).toMatchObject({ threads: expect.any(Array) });
  expect(await new ParallaxClient({ baseUrl: world.apiUrl, auth: { accessToken: key } as never }).managedThreads.list()).toMatchObject({
    count: expect.any(Number),
  });
  await eventually('without one it is refused', () =>
    client.managedThreads.list().then(
      () => false,
      (error: unknown) => (error as ParallaxError).isUnauthorized,
    ),
  );
}, 60_000);
