import type { ExperienceRow } from '../../src/surfaces/managed-threads/ports';
import { Decision, EventList, Experience, Prepared, Sent, Thread, ThreadList } from '../../src/surfaces/managed-threads/wire';
import { serve, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.server.close(100));

/** The seed's own example, with a type of agent that the fakes know. */
const SPAWN = {
  executionId: 'exec_auth_refactor',
  name: 'auth-controller-thread',
  agentType: 'codex',
  role: 'engineer',
  objective: 'Refactor the auth controller and keep callbacks working',
  preparation: {
    workspace: { repo: 'acme/auth-service', branch: 'feature/auth-refactor' },
    approvalPreset: 'standard',
    env: { PARALLAX_EXECUTION_ID: 'exec_auth_refactor' },
  },
  policy: { idleTimeoutMs: 300000, summarizeAfterTurns: 2 },
  metadata: { source: 'manual' },
};

describe('spawn', () => {
  it("takes the seed's example and answers 201 with the thread and where it is", async () => {
    const answer = await served.call('POST', '/managed-threads', SPAWN);

    expect(answer.status).toBe(201);
    expect(Thread.parse(answer.body)).toMatchObject({
      executionId: 'exec_auth_refactor',
      name: 'auth-controller-thread',
      agentType: 'codex',
      role: 'engineer',
      status: 'pending',
      metadata: { source: 'manual' },
    });
    expect(answer.headers.get('location')).toBe(`/api/managed-threads/${answer.body.id}`);
    expect(served.threads.asked[0]).toMatchObject({ command: 'spawn', input: SPAWN, principal: { tenant: 'default' } });
  });

  it('leaves out what there is not, instead of saying null', async () => {
    const { body } = await served.call('POST', '/managed-threads', { ...SPAWN, role: undefined, policy: undefined, metadata: undefined });

    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['role', 'summary', 'completion', 'workspace', 'agentId', 'ask', 'metadata']));
    expect(Object.values(body)).not.toContain(null);
  });

  it.each([
    ['executionId', {}],
    ['agentType', { executionId: 'e' }],
    ['name', { executionId: 'e', agentType: 'codex' }],
    ['objective', { executionId: 'e', agentType: 'codex', name: 'n' }],
  ])('names %s first when it is the first that is missing', async (field, body) => {
    const answer = await served.call('POST', '/managed-threads', body);

    expect([answer.status, answer.body.field, answer.body.error]).toEqual([400, field, `${field} is required`]);
  });

  it.each([
    ['preparation.approvalPreset', { ...SPAWN, preparation: { approvalPreset: 'yolo' } }],
    ['preparation.workspace.path', { ...SPAWN, preparation: { workspace: { path: 'relative' } } }],
    ['policy.idleTimeoutMs', { ...SPAWN, policy: { idleTimeoutMs: 0 } }],
    ['policy.idleTimeout', { ...SPAWN, policy: { idleTimeout: 1 } }],
    ['surprise', { ...SPAWN, surprise: true }],
    ['id', { ...SPAWN, id: 'experiences' }],
    ['preparation.env.1BAD', { ...SPAWN, preparation: { env: { '1BAD': 'x' } } }],
  ])('refuses a wrong %s by name', async (field, body) => {
    const answer = await served.call('POST', '/managed-threads', body);

    expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'request.invalid', field]);
    expect(served.threads.rows.size).toBe(0);
  });

  it('refuses an unknown agentType and lists the known ones', async () => {
    const answer = await served.call('POST', '/managed-threads', { ...SPAWN, agentType: 'clippy' });

    expect([answer.status, answer.body.code, answer.body.field, answer.body.known]).toEqual([
      400,
      'thread.unknown_agent_type',
      'agentType',
      ['scripted', 'codex'],
    ]);
    expect(answer.body.error).toContain('scripted, codex');
  });

  it('returns the first thread for the same Idempotency-Key, and refuses the key for another body', async () => {
    const key = { 'Idempotency-Key': 'spawn-1' };
    const first = await served.call('POST', '/managed-threads', SPAWN, key);
    const second = await served.call('POST', '/managed-threads', SPAWN, key);
    const other = await served.call('POST', '/managed-threads', { ...SPAWN, name: 'another' }, key);

    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect([second.status, second.headers.get('idempotency-replayed'), second.body.id]).toEqual([201, 'true', first.body.id]);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency.key_reused']);
  });

  it('refuses an Idempotency-Key that is too long', async () => {
    const answer = await served.call('POST', '/managed-threads', SPAWN, { 'Idempotency-Key': 'k'.repeat(256) });

    expect([answer.status, answer.body.field]).toEqual([400, 'Idempotency-Key']);
  });

  it('ignores ?runtime=, which older clients send', async () => {
    expect((await served.call('POST', '/managed-threads?runtime=local', SPAWN)).status).toBe(201);
  });
});

describe('prepare', () => {
  it("answers in the seed's shape and spawns nothing", async () => {
    const answer = await served.call('POST', '/managed-threads/prepare', { ...SPAWN, agentType: undefined });

    expect(answer.status).toBe(200);
    expect(Prepared.parse(answer.body)).toEqual({
      executionId: 'exec_auth_refactor',
      name: 'auth-controller-thread',
      objective: SPAWN.objective,
      role: 'engineer',
      preparation: {
        workspace: { workspaceId: 'ws_123', path: '/srv/ws_123', repo: 'acme/auth-service', branch: 'feature/auth-refactor' },
        env: { PARALLAX_EXECUTION_ID: 'exec_auth_refactor' },
        contextFiles: [{ path: '.parallax/thread-memory.md', content: expect.stringContaining('# Parallax Thread Memory') }],
        approvalPreset: 'standard',
      },
      metadata: {
        source: 'manual',
        memoryContext: { sharedDecisionCount: 3, episodicExperienceCount: 2, repo: 'acme/auth-service', role: 'engineer', objective: SPAWN.objective },
      },
    });
    expect(served.threads.rows.size).toBe(0);
  });

  it('names what is missing in its own order', async () => {
    const fields = [];
    for (const body of [{}, { executionId: 'e' }, { executionId: 'e', name: 'n' }])
      fields.push((await served.call('POST', '/managed-threads/prepare', body)).body.field);

    expect(fields).toEqual(['executionId', 'name', 'objective']);
  });
});

/** Beside the rows of a list that is one page. */
const page = (total: number) => ({ total, limit: 100, offset: 0, hasMore: false });

describe('reading', () => {
  it('lists threads with count, and filters by repeated status, execution, role and type', async () => {
    served.threads.add({ id: 'a', status: 'ready', role: 'engineer' });
    served.threads.add({ id: 'b', status: 'blocked', executionId: 'exec_2' });
    served.threads.add({ id: 'c', status: 'failed', agentType: 'codex' });
    const ids = async (query: string) => ThreadList.parse((await served.call('GET', `/managed-threads${query}`)).body).threads.map(({ id }) => id);

    expect(await ids('')).toEqual(['a', 'b', 'c']);
    expect(await ids('?status=ready&status=blocked')).toEqual(['a', 'b']);
    expect(await ids('?executionId=exec_2')).toEqual(['b']);
    expect(await ids('?role=engineer')).toEqual(['a']);
    expect(await ids('?agentType=codex')).toEqual(['c']);
    expect((await served.call('GET', '/managed-threads?limit=2&offset=2')).body).toMatchObject({ count: 1, total: 3, hasMore: false, limit: 2, offset: 2 });
    expect((await served.call('GET', '/managed-threads/executions/exec_2')).body).toMatchObject({ count: 1, threads: [{ id: 'b' }] });
    expect((await served.call('GET', '/managed-threads/executions/unheard-of')).body).toMatchObject({ count: 0, threads: [] });
  });

  it.each(['?status=sleeping', '?limit=0', '?limit=x', '?offset=-1', '?limit=1&limit=2'])('refuses the query %s by name', async (query) => {
    const answer = await served.call('GET', `/managed-threads${query}`);

    expect(answer.status).toBe(400);
    expect(query).toContain(answer.body.field.split('.')[0]);
  });

  it('shows a thread with everything that is known about it', async () => {
    const ask = { id: 't1/ask-1', kind: 'permission' as const, text: 'Run rm?', options: [{ option: 1, label: 'Yes' }] };
    const memoryContext = { sharedDecisionCount: 1, episodicExperienceCount: 0, repo: null, role: null, objective: 'Do it' };
    served.threads.add({
      id: 'a',
      status: 'blocked',
      ask,
      hostId: 'host-1',
      sessionId: 'a.1',
      conversationId: 'c-9',
      memoryContext,
      metadata: { source: 'manual' },
      queued: 2,
      turns: 4,
      summary: 'So far so good.',
    });

    const { status, body } = await served.call('GET', '/managed-threads/a');

    expect(status).toBe(200);
    expect(Thread.parse(body)).toMatchObject({
      runtimeName: 'host-1',
      agentId: 'a.1',
      ask,
      session: { sessionId: 'a.1', hostId: 'host-1', conversationId: 'c-9' },
      metadata: { source: 'manual', memoryContext },
      queued: 2,
      turns: 4,
      summary: 'So far so good.',
    });
  });

  it('answers 404 for an id that nobody has, in the words of the seed', async () => {
    const answer = await served.call('GET', '/managed-threads/nobody');

    expect([answer.status, answer.body]).toEqual([404, { error: 'Thread not found', code: 'thread.not_found', id: 'nobody', requestId: expect.any(String) }]);
  });

  it('pages events by after, limit and type', async () => {
    served.threads.add({ id: 'a', hostId: 'host-1' });
    for (const type of ['thread_started', 'thread_ready', 'thread_turn_complete', 'thread_turn_complete']) served.threads.emit('a', type, { output: type });

    const all = EventList.parse((await served.call('GET', '/managed-threads/a/events')).body);
    const page = (await served.call('GET', '/managed-threads/a/events?after=1&limit=2')).body;
    const turns = (await served.call('GET', '/managed-threads/a/events?type=thread_ready&type=thread_started')).body;

    expect(all).toMatchObject({ count: 4, total: 4, limit: 1_000, offset: 0, hasMore: false, nextAfter: 4 });
    expect(all.events[0]).toEqual({
      id: 'a/1',
      seq: 1,
      threadId: 'a',
      executionId: 'exec_1',
      time: expect.stringMatching(/Z$/),
      type: 'thread_started',
      data: { output: 'thread_started', runtimeName: 'host-1' },
      by: { subject: 'everthread', via: 'system' },
    });
    expect(page).toMatchObject({ count: 2, total: 3, hasMore: true, nextAfter: 3 });
    const ofType = (await served.call('GET', '/managed-threads/a/events?type=thread_turn_complete&limit=1&offset=1')).body;
    expect(ofType).toMatchObject({ events: [{ seq: 4 }], count: 1, total: 2, limit: 1, offset: 1, hasMore: false });
    expect(page.events.map((event: { seq: number }) => event.seq)).toEqual([2, 3]);
    expect(turns.events.map((event: { type: string }) => event.type)).toEqual(['thread_started', 'thread_ready']);
    expect((await served.call('GET', '/managed-threads/a/events?type=thread_danced')).status).toBe(400);
    expect((await served.call('GET', '/managed-threads/nobody/events')).status).toBe(404);
  });

  it('shows the screen, and says that an idle thread has none', async () => {
    served.threads.add({ id: 'a', hostId: 'host-1', sessionId: 'a.1' });
    served.threads.add({ id: 'b', status: 'idle', hostId: 'host-1' });

    expect((await served.call('GET', '/managed-threads/a/screen')).body).toEqual({
      text: '$ ls\na  b',
      lines: ['$ ls', 'a  b'],
      cursor: { x: 2, y: 1, visible: true },
      size: { cols: 120, rows: 40 },
      title: 'bash',
      alternate: false,
      sessionId: 'a.1',
    });
    const idle = await served.call('GET', '/managed-threads/b/screen');
    expect([idle.status, idle.body.code, idle.body.status]).toEqual([409, 'thread.no_session', 'idle']);
  });

  it('lists the types of agents', async () => {
    expect((await served.call('GET', '/agent-types')).body).toEqual({
      agentTypes: [
        { type: 'scripted', description: 'The scripted agent.', available: true },
        { type: 'codex', description: 'The codex agent.' },
      ],
      count: 2,
      ...page(2),
    });
    expect((await served.call('GET', '/agent-types?limit=1&offset=1')).body).toMatchObject({
      agentTypes: [{ type: 'codex' }],
      count: 1,
      total: 2,
      hasMore: false,
    });
  });
});

describe('commands', () => {
  beforeEach(() => {
    served.threads.add({ id: 'a', queued: 1 });
    served.threads.add({ id: 'gone', status: 'stopped' });
  });

  it.each([
    [
      { message: 'Continue with the callback extraction and summarize blockers.' },
      { message: 'Continue with the callback extraction and summarize blockers.' },
    ],
    [{ raw: '\u0003' }, { raw: '\u0003' }],
    [{ keys: ['ENTER'] }, { keys: ['ENTER'] }],
    [{ message: 'hello', metadata: { from: 'a client' } }, { message: 'hello' }],
  ])('sends %j', async (body, input) => {
    const answer = await served.call('POST', '/managed-threads/a/send', body);

    expect([answer.status, Sent.parse(answer.body)]).toEqual([200, { sent: true, seq: 1, position: 1 }]);
    expect(served.threads.asked.at(-1)).toMatchObject({ command: 'send', id: 'a', input, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it.each([
    [{}, '(body)'],
    [{ message: 'a', raw: 'b' }, 'raw'],
    [{ message: '' }, 'message'],
    [{ keys: [] }, 'keys'],
    [{ text: 'a' }, 'text'],
  ])('refuses to send %j', async (body, field) => {
    const answer = await served.call('POST', '/managed-threads/a/send', body);

    expect([answer.status, answer.body.field]).toEqual([400, field]);
    expect(served.threads.asked).toEqual([]);
  });

  it("passes the caller's Idempotency-Key on as the request id", async () => {
    await served.call('POST', '/managed-threads/a/send', { message: 'once' }, { 'Idempotency-Key': 'send-7' });

    expect(served.threads.asked[0]?.requestId).toBe('send-7');
  });

  it.each([
    ['POST', '/send', { message: 'x' }, { sent: true, accepted: true }],
    ['POST', '/approvals', { approve: true }, { accepted: true }],
    ['POST', '/cancel', {}, { cancelled: true, accepted: true }],
    ['POST', '/resume', {}, { resumed: true, accepted: true }],
    ['DELETE', '', undefined, { id: 'a', stopping: true }],
  ])('%s %s is 202 when no worker answered in time', async (method, path, body, expected) => {
    served.threads.next = 'accepted';

    const answer = await served.call(method, `/managed-threads/a${path}`, body);

    expect([answer.status, answer.body]).toEqual([202, expected]);
  });

  it.each([
    ['/send', { message: 'x' }],
    ['/approvals', { approve: true }],
    ['/cancel', {}],
    ['/resume', {}],
  ])('POST %s to a stopped thread is 409, to nobody 404', async (path, body) => {
    const stopped = await served.call('POST', `/managed-threads/gone${path}`, body);
    const nobody = await served.call('POST', `/managed-threads/nobody${path}`, body);

    expect([stopped.status, stopped.body.status]).toEqual([409, 'stopped']);
    expect(nobody.status).toBe(404);
  });

  it('answers an ask by approve, option or text, and says whose answer counts', async () => {
    served.threads.add({ id: 'b', status: 'blocked', ask: { id: 't1/ask-1', kind: 'permission', text: 'Run?', options: [] } });
    for (const answer of [{ approve: false }, { option: 2 }, { text: 'maybe' }]) {
      const { status, body } = await served.call('POST', '/managed-threads/b/approvals', { ...answer, askId: 't1/ask-1' });
      expect([status, body]).toEqual([200, { seq: 1, askId: 't1/ask-1', answer, answeredBy: 'local', answeredAt: expect.any(String), repeated: false }]);
    }
    expect(served.threads.asked.at(-1)).toMatchObject({ input: { text: 'maybe', askId: 't1/ask-1' } });
  });

  it('refuses an answer that is none or two, and one that nobody asked for', async () => {
    const statuses = [];
    for (const body of [{}, { approve: true, option: 1 }, { approve: 'yes' }, { option: 0 }])
      statuses.push((await served.call('POST', '/managed-threads/a/approvals', body)).status);
    const unasked = await served.call('POST', '/managed-threads/a/approvals', { approve: true });

    expect(statuses).toEqual([400, 400, 400, 400]);
    expect([unasked.status, unasked.body.code]).toEqual([409, 'thread.not_blocked']);
  });

  it('cancels and resumes without a body', async () => {
    const cancel = await fetch(`${served.url}/api/managed-threads/a/cancel`, { method: 'POST' });
    const resume = await fetch(`${served.url}/api/managed-threads/a/resume`, { method: 'POST' });

    expect(await cancel.json()).toEqual({ cancelled: true, seq: 1, dropped: 2 });
    expect(await resume.json()).toEqual({ resumed: true, seq: 1 });
  });
});

describe('stop', () => {
  it('answers 204 once the thread has stopped, and not before', async () => {
    served.threads.add({ id: 'a' });
    let answered = false;
    const answer = served.call('DELETE', '/managed-threads/a?timeout=5000').finally(() => (answered = true));
    while (served.threads.following === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    served.threads.emit('a', 'thread_stop_requested');
    expect(answered).toBe(false);

    served.threads.emit('a', 'thread_stopped');

    expect((await answer).status).toBe(204);
    expect(served.threads.asked.at(-1)).toMatchObject({ command: 'stop', input: { timeoutMs: 5000 } });
  });

  it('asks for no patience with ?force=true', async () => {
    served.threads.add({ id: 'a' });
    served.threads.next = 'accepted';

    await served.call('DELETE', '/managed-threads/a?force=true');

    expect(served.threads.asked.at(-1)).toMatchObject({ input: { force: true, timeoutMs: 0 } });
  });

  it('says where the workspace is when it holds work that is nowhere else', async () => {
    served.threads.add({ id: 'a' });
    served.threads.emit('a', 'thread_stopped', {
      reason: 'stop_requested',
      force: false,
      exitCode: 0,
      signal: null,
      workspace: { removed: false, reason: 'unpushed commits', path: '/srv/ws 1' },
    });

    const answer = await served.call('DELETE', '/managed-threads/a');

    expect([answer.status, answer.headers.get('x-workspace-kept')]).toEqual([204, '/srv/ws%201']);
  });

  it('is 204 again for a thread that has ended, 404 for nobody, 400 for a wrong timeout', async () => {
    served.threads.add({ id: 'gone', status: 'stopped' });

    const statuses = [];
    for (const path of ['gone', 'nobody', 'gone?timeout=-1', 'gone?force=maybe'])
      statuses.push((await served.call('DELETE', `/managed-threads/${path}`)).status);

    expect(statuses).toEqual([204, 404, 400, 400]);
  });
});

describe('memory', () => {
  it('records a decision and reads it by thread, by execution and by category', async () => {
    served.threads.add({ id: 'a' });
    const made = await served.call('POST', '/managed-threads/a/shared-decisions', { category: 'design', summary: 'Use one queue.', details: { why: 'order' } });

    expect(made.status).toBe(201);
    expect(Decision.parse(made.body)).toMatchObject({
      executionId: 'exec_1',
      threadId: 'a',
      category: 'design',
      summary: 'Use one queue.',
      details: { why: 'order' },
    });
    expect((await served.call('GET', '/managed-threads/a/shared-decisions')).body).toEqual({ decisions: [made.body], count: 1, ...page(1) });
    expect((await served.call('GET', '/managed-threads/executions/exec_1/shared-decisions?category=other')).body).toEqual({
      decisions: [],
      count: 0,
      ...page(0),
    });
    expect((await served.call('GET', '/managed-threads/executions/exec_1/shared-decisions?limit=1')).body.count).toBe(1);
    await served.call('POST', '/managed-threads/a/shared-decisions', { category: 'design', summary: 'Use two.' });
    const second = await served.call('GET', '/managed-threads/a/shared-decisions?limit=1&offset=1');
    const first = await served.call('GET', '/managed-threads/executions/exec_1/shared-decisions?limit=1');
    expect(second.body).toEqual({ decisions: [made.body], count: 1, total: 2, limit: 1, offset: 1, hasMore: false });
    expect(first.body).toMatchObject({ count: 1, total: 2, limit: 1, offset: 0, hasMore: true });
  });

  it('names the missing field of a decision, and answers 404 for nobody', async () => {
    served.threads.add({ id: 'a' });

    expect((await served.call('POST', '/managed-threads/a/shared-decisions', {})).body.field).toBe('category');
    expect((await served.call('POST', '/managed-threads/a/shared-decisions', { category: 'x' })).body.field).toBe('summary');
    expect((await served.call('POST', '/managed-threads/nobody/shared-decisions', { category: 'x', summary: 'y' })).status).toBe(404);
    expect((await served.call('GET', '/managed-threads/nobody/shared-decisions')).status).toBe(404);
  });

  it('queries experiences', async () => {
    const experience: ExperienceRow = {
      id: 'exp_1',
      executionId: 'exec_1',
      threadId: null,
      role: null,
      repo: 'acme/app',
      objective: 'o',
      summary: 's',
      outcome: 'failed',
      details: null,
      createdAt: '2026-01-02T03:04:05.000Z',
    };
    served.threads.experienceRows.push(experience);

    const { body } = await served.call('GET', '/managed-threads/experiences?outcome=failed&limit=5');

    expect(body).toEqual({ experiences: [Experience.parse(experience)], count: 1, ...page(1), limit: 5 });
    expect((await served.call('GET', '/managed-threads/experiences?offset=1')).body).toEqual({ experiences: [], count: 0, ...page(1), offset: 1 });
    expect((await served.call('GET', '/managed-threads/experiences?outcome=fine')).status).toBe(400);
  });
});
