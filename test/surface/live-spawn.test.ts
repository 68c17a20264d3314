/** Spawning, preparing, workspaces and memory: seed 000's own bodies, over HTTP, on a whole real system with a real git repository. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { Http } from '../support/http';
import { git, makeRepository } from '../support/repositories';
import { TestThread, completed, spawnThread } from '../support/threads';
import { startWorld, type World } from '../support/world';

let world: World;
let http: Http;
let repo: string;
beforeAll(async () => {
  world = await startWorld();
  http = new Http(world);
  repo = await makeRepository(join(world.dataDir, 'repos', 'auth-service'), { 'src/auth.ts': 'export {};\n' }, ['feature/auth-refactor']);
}, 120_000);
afterAll(() => world.stop(), 60_000);

const OBJECTIVE = 'Refactor the auth controller and keep callbacks working';

/** The body of the seed's own example, with a local repository in place of `acme/auth-service` and a shell in place of `codex`. */
const seedBody = (executionId = `exec_${randomUUID().slice(0, 8)}`) => ({
  executionId,
  name: 'auth-controller-thread',
  agentType: 'shell',
  role: 'engineer',
  objective: OBJECTIVE,
  preparation: {
    workspace: { repo, branch: 'feature/auth-refactor' },
    approvalPreset: 'standard',
    env: { PARALLAX_EXECUTION_ID: executionId },
  },
  policy: { idleTimeoutMs: 300_000, summarizeAfterTurns: 2 },
  metadata: { source: 'manual' },
});

const lastOutput = async (thread: TestThread): Promise<unknown> =>
  (await thread.events()).findLast(({ type }) => type === 'thread_turn_complete')?.data['output'];

async function spawn(body: object, headers?: Record<string, string>): Promise<TestThread> {
  const { status, body: thread } = await http.post('/managed-threads', body, headers);
  expect({ status, thread }).toMatchObject({ status: 201 });
  return new TestThread(world, thread.id, '');
}

const without = <T extends object>(body: T, name: string): Partial<T> => Object.fromEntries(Object.entries(body).filter(([key]) => key !== name)) as Partial<T>;
const folders = (): readonly string[] =>
  (existsSync(join(world.dataDir, 'workspaces')) ? readdirSync(join(world.dataDir, 'workspaces'), { recursive: true }) : []).map(String).sort();

it('a spawn leaves its request id in the memo of the workflow', async () => {
  const response = await fetch(`${world.apiUrl}/api/managed-threads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'req-memo-1' },
    body: JSON.stringify({ executionId: 'exec_memo', name: 'memo', agentType: 'shell', objective: 'true' }),
  });
  const { id } = (await response.json()) as { id: string };

  const { memo } = await world.temporal.workflow.getHandle(`managed-thread/${id}`).describe();

  expect([response.headers.get('x-request-id'), memo?.['requestId']]).toEqual(['req-memo-1', 'req-memo-1']);
  await fetch(`${world.apiUrl}/api/managed-threads/${id}`, { method: 'DELETE' });
}, 60_000);

it("the seed's own spawn body makes a thread in a checkout of its own, field for field", async () => {
  const body = seedBody();

  const answer = await http.post('/managed-threads', body);

  const { id } = answer.body;
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('location')).toBe(`/api/managed-threads/${id}`);
  expect(answer.body).toEqual({
    id: expect.stringMatching(/^thr_[0-9a-z]{20}$/),
    executionId: body.executionId,
    name: 'auth-controller-thread',
    runtimeName: 'everthread',
    agentType: 'shell',
    role: 'engineer',
    status: 'pending',
    objective: OBJECTIVE,
    approvalPreset: 'standard',
    policy: body.policy,
    turns: 0,
    queued: 0,
    lastSeq: expect.any(Number),
    createdAt: time,
    updatedAt: time,
    metadata: { source: 'manual' },
  });

  const thread = new TestThread(world, id, '');
  await thread.has('the objective was tried', completed(1));
  const workspaceId = expect.stringMatching(/^ws_[0-9a-f]{12}$/);
  const ready = await thread.get();
  const workspace = ready['workspace'] as { path: string; worktreeId: string };
  expect(ready).toMatchObject({
    status: 'ready',
    agentId: `${id}.1`,
    runtimeName: expect.not.stringMatching(/^everthread$/),
    workspace: { workspaceId, path: expect.stringContaining(join(world.dataDir, 'workspaces')), repo, branch: 'feature/auth-refactor' },
    session: { sessionId: `${id}.1`, hostId: ready['runtimeName'] },
    turns: 1,
    lastActivityAt: time,
    metadata: { source: 'manual' },
  });
  await thread.send('echo "$PARALLAX_EXECUTION_ID, $(git branch --show-current), $(ls), $PWD"');
  await thread.has('the second turn is done', completed(2));
  expect(workspace.worktreeId).toBe(`everthread/${body.executionId}/engineer-auth-controller-thread`);
  expect(await lastOutput(thread)).toBe(`${body.executionId}, ${workspace.worktreeId}, src, ${workspace.path}`);

  expect((await http.delete(`/managed-threads/${id}`)).status).toBe(204);
  expect(existsSync(workspace.path)).toBe(false);
  expect((await thread.events()).at(-1)).toMatchObject({ type: 'thread_stopped', data: { workspace: { removed: true } } });
}, 60_000);

it('preparing shows exactly what a spawn applies, memory included, and leaves nothing behind', async () => {
  const body = { ...seedBody(), role: 'reviewer' };
  const earlier = await spawnThread(world, {
    objective: 'say the session store is split',
    extra: { executionId: body.executionId, role: 'reviewer', preparation: { workspace: { repo } } },
  });
  await earlier.has('it worked', completed(1));
  await http.post(`/managed-threads/${earlier.id}/shared-decisions`, { category: 'design', summary: 'Callbacks live in src/callbacks.ts now.' });
  await earlier.send('bye');
  await earlier.reaches('completed');
  const contextFiles = [{ path: 'docs/notes.md', content: 'Mind the callbacks.\n' }];
  const asked = { ...body, preparation: { ...body.preparation, contextFiles } };
  const before = { folders: folders(), total: (await http.get('/managed-threads')).body.total };

  const prepared = await http.post('/managed-threads/prepare', asked);

  expect({ folders: folders(), total: (await http.get('/managed-threads')).body.total }).toEqual(before);
  const memoryContext = { sharedDecisionCount: 3, episodicExperienceCount: 2, repo, role: 'reviewer', objective: OBJECTIVE };
  expect(prepared).toMatchObject({ status: 200 });
  expect(prepared.body).toEqual({
    executionId: body.executionId,
    name: 'auth-controller-thread',
    objective: OBJECTIVE,
    role: 'reviewer',
    preparation: {
      workspace: {
        workspaceId: expect.stringMatching(/^ws_/),
        path: expect.stringContaining('/workspaces/ws_'),
        repo,
        branch: 'feature/auth-refactor',
        worktreeId: `everthread/${body.executionId}/reviewer-auth-controller-thread`,
      },
      env: { PARALLAX_EXECUTION_ID: body.executionId },
      contextFiles: [{ path: '.parallax/thread-memory.md', content: expect.stringMatching(/^# Parallax Thread Memory\n/) }, contextFiles[0]],
      approvalPreset: 'standard',
    },
    metadata: { source: 'manual', memoryContext },
  });
  const { content } = prepared.body.preparation.contextFiles[0];
  expect(content).toContain('[design] Callbacks live in src/callbacks.ts now.');
  expect(content).toMatch(/\[successful\] Succeeded on objective: say the session store is split/);

  const thread = await spawn(asked);
  await thread.has('it works', completed(1));
  const { workspace, metadata } = (await thread.get()) as unknown as { workspace: { path: string }; metadata: object };
  expect(workspace).toEqual(prepared.body.preparation.workspace);
  expect(metadata).toEqual(prepared.body.metadata);
  for (const file of prepared.body.preparation.contextFiles) expect(readFileSync(join(workspace.path, file.path), 'utf8')).toBe(file.content);
  expect(await git(workspace.path, 'status', '--porcelain')).toBe('?? docs/');
  await thread.stop();
  expect(existsSync(workspace.path)).toBe(false);

  // Named without a type of agent, and with nothing to remember, it says less.
  const bare = await http.post('/managed-threads/prepare', { executionId: `exec_${randomUUID()}`, name: 'bare', role: 'nobody-yet', objective: 'look around' });
  expect(bare).toMatchObject({ status: 200, body: { preparation: { approvalPreset: 'standard' }, metadata: {} } });
  expect(bare.body.metadata).toEqual({});
}, 60_000);

it("the caller's context files are merged with the memory; a path that leaves the workspace is refused", async () => {
  const executionId = `exec_${randomUUID().slice(0, 8)}`;
  const first = await spawnThread(world, { objective: 'say the tests are slow', extra: { executionId } });
  await first.has('it worked', completed(1));
  const own = [
    { path: 'NOTES.md', content: 'mine\n' },
    { path: '.parallax/thread-memory.md', content: 'My own words first.\n' },
  ];
  const thread = await spawnThread(world, { extra: { executionId, name: 'second', preparation: { contextFiles: own } } });
  await thread.has('it is prepared', (events) => events.some(({ type }) => type === 'thread_prepared'));

  const { path } = (await thread.get())['workspace'] as { path: string };
  expect(readFileSync(join(path, 'NOTES.md'), 'utf8')).toBe('mine\n');
  expect(readFileSync(join(path, '.parallax/thread-memory.md'), 'utf8')).toMatch(/^My own words first\.\n\n# Parallax Thread Memory\n[^]*the tests are slow/);
  await Promise.all([first.stop(), thread.stop()]);

  const body = { executionId, agentType: 'scripted', name: 'climber', objective: 'climb' };
  for (const bad of ['../climbed.txt', '/tmp/climbed.txt', 'docs/../../climbed.txt']) {
    const contextFiles = [{ path: bad, content: 'out' }];
    const refused = { status: 400, body: { code: 'thread.context_file_outside_workspace', field: 'contextFiles', path: bad } };
    expect(await http.post('/managed-threads', { ...body, preparation: { contextFiles } })).toMatchObject(refused);
    expect(await http.post('/managed-threads/prepare', { ...body, preparation: { contextFiles } })).toMatchObject(refused);
  }
  const given = join(world.dataDir, 'given');
  mkdirSync(given);
  symlinkSync('/tmp', join(given, 'out'));
  const sly = { workspace: { path: given }, contextFiles: [{ path: 'out/climbed.txt', content: 'out' }] };
  expect(await http.post('/managed-threads/prepare', { ...body, preparation: sly })).toMatchObject({
    status: 400,
    body: { code: 'thread.context_file_outside_workspace' },
  });
  const failing = await spawn({ ...body, preparation: sly });
  await failing.reaches('failed');
  expect((await failing.events()).at(-1)).toMatchObject({ data: { code: 'thread.context_file_outside_workspace' } });
  expect(existsSync('/tmp/climbed.txt')).toBe(false);
}, 60_000);

it('a workspace with work that is nowhere else is kept on DELETE, which says where; pushed work lets it go', async () => {
  const [kept, pushed] = await Promise.all(
    ['kept', 'pushed'].map((name) => spawn({ ...seedBody(), name, objective: 'git config user.name A; git config user.email a@example.invalid' })),
  );
  // Two commits with one content, author and second are one commit: then the pushed one would save the other.
  const commit = (name: string) => `echo ${name} >> src/auth.ts && git commit --quiet --all --message ${name}`;
  for (const [thread, command] of [
    [kept, commit('kept')],
    [pushed, `${commit('pushed')} && git push --quiet origin HEAD`],
  ] as const) {
    await thread?.has('its objective is done', completed(1));
    await thread?.send(`${command} && echo saved`);
    await thread?.has('it is saved', completed(2));
    expect(await lastOutput(thread as TestThread)).toBe('saved');
  }
  const paths = await Promise.all([kept, pushed].map(async (thread) => ((await thread?.get())?.['workspace'] as { path: string }).path));

  const answers = await Promise.all([kept, pushed].map((thread) => http.delete(`/managed-threads/${thread?.id}`)));

  expect(answers.map(({ status, headers }) => [status, headers.get('x-workspace-kept')])).toEqual([
    [204, paths[0]],
    [204, null],
  ]);
  expect(paths.map(existsSync)).toEqual([true, false]);
  const ends = await Promise.all([kept, pushed].map(async (thread) => (await thread?.events())?.at(-1)?.data['workspace']));
  expect(ends).toEqual([
    { removed: false, path: paths[0], reason: expect.stringContaining('commit') },
    { removed: true, path: paths[1], reason: null },
  ]);
}, 60_000);

it('a thread that ended by itself gives its workspace back when it is deleted', async () => {
  const thread = await spawn({ ...seedBody(), objective: 'exit 0' });
  await thread.reaches('completed');
  const { path } = (await thread.get())['workspace'] as { path: string };
  expect(existsSync(path)).toBe(true);

  expect((await http.delete(`/managed-threads/${thread.id}`)).status).toBe(204);

  await eventually('the workspace is removed', () => !existsSync(path));
  expect(await thread.get()).toMatchObject({ status: 'completed' });
}, 60_000);

it('bad bodies get 400 and name the field, in the order of the seed; unknown things get 404', async () => {
  const good = { executionId: 'exec', agentType: 'scripted', name: 'n', objective: 'o' };
  const cases: readonly (readonly [object, string])[] = [
    [{}, 'executionId'],
    [{ executionId: 'exec' }, 'agentType'],
    [{ executionId: 'exec', agentType: 'scripted' }, 'name'],
    [without(good, 'objective'), 'objective'],
    [{ ...good, executionId: '../etc' }, 'executionId'],
    [{ ...good, objective: 7 }, 'objective'],
    [{ ...good, color: 'red' }, 'color'],
    [{ ...good, preparation: { approvalPreset: 'yolo' } }, 'preparation.approvalPreset'],
    [{ ...good, preparation: { workspace: { path: 'relative' } } }, 'preparation.workspace.path'],
    [{ ...good, preparation: { workspace: { repo: '--upload-pack=sh' } } }, 'preparation.workspace.repo'],
    [{ ...good, preparation: { env: { 'NOT A NAME': 'x' } } }, 'preparation.env.NOT A NAME'],
    [{ ...good, policy: { idleTimeoutMs: 1 } }, 'policy.idleTimeoutMs'],
    [{ ...good, policy: { requireWorkspaceBoundary: true } }, 'preparation.workspace'],
    [{ ...good, id: 'prepare' }, 'id'],
  ];
  for (const [body, field] of cases) {
    const { status, body: answer } = await http.post('/managed-threads', body);
    expect({ field, status, answer }).toMatchObject({
      field,
      status: 400,
      answer: { error: expect.stringContaining(field), field, requestId: expect.any(String) },
    });
  }
  expect(await http.post('/managed-threads', { ...good, agentType: 'clippy' })).toMatchObject({
    status: 400,
    body: { code: 'thread.unknown_agent_type', field: 'agentType', known: expect.arrayContaining(['codex', 'gemini', 'opencode', 'shell']) },
  });
  expect((await http.post('/managed-threads/prepare', without(good, 'agentType'))).status).toBe(200);
  for (const [method, path, body] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/send', { message: 'x' }],
    ['POST', '/approvals', { approve: true }],
    ['POST', '/cancel', {}],
    ['POST', '/resume', {}],
    ['GET', '/events'],
    ['GET', '/screen'],
    ['GET', '/shared-decisions'],
    ['POST', '/shared-decisions', { category: 'c', summary: 's' }],
  ] as const)
    expect(await http.call(method, `/managed-threads/thr_nobody${path}`, body)).toMatchObject({
      status: 404,
      body: { error: 'Thread not found', code: 'thread.not_found' },
    });
}, 60_000);

it('a repeated Idempotency-Key spawns once and types once; another body under the same key is a conflict', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const body = { executionId: `exec_${randomUUID()}`, agentType: 'scripted', name: 'once', objective: 'say once' };
  const answers = [await http.post('/managed-threads', body, key), await http.post('/managed-threads', body, key)];
  expect(answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual([
    [201, null],
    [201, 'true'],
  ]);
  expect(answers[1]?.body.id).toBe(answers[0]?.body.id);
  expect(await http.post('/managed-threads', { ...body, name: 'twice' }, key)).toMatchObject({ status: 409, body: { code: 'idempotency.key_reused' } });
  expect((await http.get(`/managed-threads/executions/${body.executionId}`)).body).toMatchObject({ count: 1, total: 1 });

  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));
  const sent = [await thread.send('say typed', 'm-1'), await thread.send('say typed', 'm-1')];
  expect(sent[1]).toEqual(sent[0]);
  await thread.has('it is done', completed(2));
  await thread.send('say afterwards');
  await thread.has('that too', completed(3));
  expect(thread.lines()).toEqual(['say hello', 'say typed', 'say afterwards']);
  expect((await http.post('/managed-threads', { ...body, id: thread.id })).body).toMatchObject({ code: 'thread.exists', field: 'id' });
}, 60_000);

it('decisions and experiences: recorded by hand and by turns, listed per thread and execution, found by filters', async () => {
  const executionId = `exec_${randomUUID().slice(0, 8)}`;
  const role = `role-${randomUUID().slice(0, 8)}`;
  const spawnIn = (name: string, objective: string) =>
    spawnThread(world, { objective, extra: { executionId, role, name, preparation: { workspace: { repo } } } });
  const [one, other] = await Promise.all([spawnIn('one', 'say moved the callbacks'), spawnIn('other', 'say nearly there; crash 3')]);
  await Promise.all([one.has('it worked', completed(1)), other.reaches('failed')]);
  const decisionsOf = async (path: string) => (await http.get(`/managed-threads/${path}`)).body;

  const decision = { category: 'design', summary: 'Callbacks live in src/callbacks.ts now.', details: { files: 3 } };
  const key = { 'idempotency-key': randomUUID() };
  const recorded = await http.post(`/managed-threads/${one.id}/shared-decisions`, decision, key);
  expect(recorded).toMatchObject({ status: 201, body: { ...decision, executionId, threadId: one.id, id: expect.any(String), createdAt: expect.any(String) } });
  expect((await http.post(`/managed-threads/${one.id}/shared-decisions`, decision, key)).body).toEqual(recorded.body);
  expect(await http.post(`/managed-threads/${one.id}/shared-decisions`, { category: 'design' })).toMatchObject({ status: 400, body: { field: 'summary' } });

  const ofThread = await decisionsOf(`${one.id}/shared-decisions`);
  expect(ofThread).toMatchObject({ count: 2 });
  expect(ofThread.decisions.map(({ category }: { category: string }) => category)).toEqual(['design', 'thread_summary']);
  expect(ofThread.decisions[1]).toMatchObject({ executionId, threadId: one.id, summary: expect.stringContaining('moved the callbacks') });
  expect((await decisionsOf(`${one.id}/shared-decisions?category=design`)).decisions).toEqual([recorded.body]);
  expect(await decisionsOf(`${one.id}/shared-decisions?limit=1`)).toMatchObject({ count: 1 });
  const ofExecution = await decisionsOf(`executions/${executionId}/shared-decisions`);
  expect(ofExecution.decisions.map(({ category }: { category: string }) => category).sort()).toEqual(['design', 'failure_recovery', 'thread_summary']);

  const found = async (query: string) => (await http.get(`/managed-threads/experiences?role=${role}${query}`)).body.experiences as Record<string, unknown>[];
  expect(await found('')).toHaveLength(2);
  expect(await found('&outcome=failed')).toEqual([expect.objectContaining({ threadId: other.id, executionId, role, repo, outcome: 'failed' })]);
  expect(await found('&outcome=partial')).toEqual([expect.objectContaining({ threadId: one.id, objective: 'say moved the callbacks' })]);
  expect(await found(`&threadId=${one.id}`)).toHaveLength(1);
  expect(await found(`&repo=${encodeURIComponent(repo)}&executionId=${executionId}`)).toHaveLength(2);
  expect(await found('&repo=acme/other')).toEqual([]);
  expect(await found('&limit=1')).toHaveLength(1);
  expect(await http.get('/managed-threads/experiences?outcome=good')).toMatchObject({ status: 400, body: { field: 'outcome' } });

  const listed = (await http.get(`/managed-threads/executions/${executionId}`)).body;
  expect(listed).toMatchObject({ count: 2, total: 2, offset: 0, hasMore: false });
  expect(new Set(listed.threads.map(({ id }: { id: string }) => id))).toEqual(new Set([one.id, other.id]));
  expect((await http.get(`/managed-threads?executionId=${executionId}&status=failed&status=ready&role=${role}&agentType=scripted&limit=1`)).body).toMatchObject(
    {
      count: 1,
      total: 2,
      hasMore: true,
    },
  );
  expect((await http.get('/managed-threads/executions/exec_nobody')).body).toMatchObject({ threads: [], count: 0 });
  expect((await http.get('/managed-threads/executions/exec_nobody/shared-decisions')).body).toMatchObject({
    decisions: [],
    count: 0,
    total: 0,
    hasMore: false,
  });
  await one.stop();
}, 60_000);

it('a directory of the host is used as it is and stays; a workspace can be shared by its id', async () => {
  const given = join(world.dataDir, 'my-project');
  mkdirSync(given);
  writeFileSync(join(given, 'mine.txt'), 'mine\n');
  const body = { executionId: 'exec_dirs', agentType: 'shell', objective: 'ls' };
  const inPlace = await spawn({ ...body, name: 'in place', preparation: { workspace: { path: given } } });
  const own = await spawn({ ...body, name: 'own', objective: 'echo shared > common.txt' });
  await Promise.all([inPlace.has('it looked', completed(1)), own.has('it wrote', completed(1))]);
  expect(await lastOutput(inPlace)).toBe('mine.txt');
  const { workspaceId } = (await own.get())['workspace'] as { workspaceId: string };

  const guest = await spawn({ ...body, name: 'guest', objective: 'cat common.txt', preparation: { workspace: { workspaceId } } });
  await guest.has('it read', completed(1));

  expect(await lastOutput(guest)).toBe('shared');
  const answers = [await http.delete(`/managed-threads/${inPlace.id}`), await http.delete(`/managed-threads/${own.id}`)];
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(existsSync(join(given, 'mine.txt'))).toBe(true);
  await guest.send('cat common.txt');
  await guest.has('it is still there', completed(2));
  expect(await lastOutput(guest)).toBe('shared');
  await guest.stop();
}, 60_000);
