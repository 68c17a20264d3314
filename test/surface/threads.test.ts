/** The routes of threads over fakes: what they take, answer and refuse, in the peer's words and statuses. */
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { serve, type Served } from './serve';

const people: Record<string, Principal> = Object.fromEntries(
  (
    [
      ['ada', ['agent:*'], 'default'],
      ['bob', ['agent:*'], 'default'],
      ['reader', ['agent:read'], 'default'],
      ['admin', ['admin'], 'default'],
      ['stranger', ['*'], 'other'],
    ] as const
  ).map(([subject, scopes, tenant]) => [subject, { tenant, subject, scopes: [...scopes], keyId: null, operator: false }]),
);

let served: Served;
beforeEach(async () => {
  served = await serve({
    open: null,
    authenticate: ({ headers }) => {
      const who = people[String(headers.authorization ?? '').replace('Bearer ', '')];
      if (!who) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
      return who;
    },
  });
});
afterEach(() => served.server.close(100));

const call = (method: string, path: string, body?: unknown, { who = 'ada', headers = {} }: { who?: string; headers?: Record<string, string> } = {}) =>
  served.call(method, path, body, { Authorization: `Bearer ${who}`, ...headers }, '');
const add = (more: Parameters<Served['conversations']['add']>[0] = {}) => served.conversations.add({ ownerUserId: 'ada', ...more });
const saidIn = (count: number, kept = add()) => {
  for (let at = 0; at < count; at += 1) served.conversations.tell(kept, 'user_message', { text: `m${at + 1}` });
  return kept;
};
const sequences = ({ body }: { body: any }): number[] => body.data.events.map(({ sequence }: { sequence: number }) => sequence);

describe('listing threads', () => {
  it('answers in the envelope, with the cursor in meta and at the top', async () => {
    add({ id: 'thr_a' });
    const { status, body, headers } = await call('GET', '/v1/threads');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: { threads: [{ id: 'thr_a', orgId: 'default', ownerUserId: 'ada', status: 'idle', holder: null, metadataOnly: false }] },
    });
    expect(body).toMatchObject({ hasMore: false, nextCursor: null, meta: { hasMore: false, nextCursor: null, requestId: headers.get('x-request-id') } });
  });

  it('goes through all of them page by page, also while new ones come', async () => {
    const made = Array.from({ length: 5 }, () => add().thread.id).reverse();
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await call('GET', `/v1/threads?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...body.data.threads.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      expect(body.meta.nextCursor).toBe(cursor);
      add();
    }

    expect(seen).toEqual(made);
  });

  it.each([
    ['that was changed', (cursor: string) => `${cursor.slice(0, -2)}AA`],
    ['whose place was changed', (cursor: string) => `${Buffer.from('["2030-01-01T00:00:00.000Z","x"]').toString('base64url')}.${cursor.split('.')[1]}`],
    ['that somebody made up', () => 'WzFd.AAAAAAAAAAAAAAAAAAAAAA'],
    ['that is none', () => 'page2'],
  ])('refuses a cursor %s', async (_what, change) => {
    add();
    add();
    const { body } = await call('GET', '/v1/threads?limit=1');
    const refused = await call('GET', `/v1/threads?limit=1&cursor=${encodeURIComponent(change(body.nextCursor))}`);

    expect([refused.status, refused.body.error]).toMatchObject([400, { code: 'invalid_request', details: { code: 'request.cursor', field: 'cursor' } }]);
  });

  it('takes a cursor only for the list, the filter and the caller that it was given for', async () => {
    add();
    add();
    served.conversations.add({ ownerUserId: 'bob' });
    const { body } = await call('GET', '/v1/threads?limit=1');
    const cursor = encodeURIComponent(body.nextCursor);

    for (const [path, who] of [
      [`/v1/threads?archived=true&cursor=${cursor}`, 'ada'],
      [`/v1/run?cursor=${cursor}`, 'ada'],
      [`/v1/threads?cursor=${cursor}`, 'bob'],
    ] as const)
      expect((await call('GET', path, undefined, { who })).body.error.details.code).toBe('request.cursor');
    expect((await call('GET', `/v1/threads?cursor=${cursor}`)).status).toBe(200);
  });

  it('caps limits instead of refusing them', async () => {
    Array.from({ length: 101 }, () => add());

    expect((await call('GET', '/v1/threads?limit=9999')).body.data.threads).toHaveLength(100);
    expect((await call('GET', '/v1/threads')).body.data.threads).toHaveLength(50);
    for (const limit of ['0', '-1', 'abc']) expect((await call('GET', `/v1/threads?limit=${limit}`)).status).toBe(400);
  });

  it('shows what is archived only to whoever asks for it', async () => {
    add({ id: 'thr_old', archived: true });
    add({ id: 'thr_new' });
    const ids = async (query: string) => (await call('GET', `/v1/threads${query}`)).body.data.threads.map(({ id }: { id: string }) => id);

    expect([await ids(''), await ids('?archived=true'), await ids('?archived=false')]).toEqual([['thr_new'], ['thr_old'], ['thr_new']]);
  });

  it('shows everybody’s threads to administrators who ask, without what was said, and to nobody else', async () => {
    saidIn(1, add({ id: 'thr_ada', metadata: { secret: 'plan' } }));
    const refused = await call('GET', '/v1/threads?all=true', undefined, { who: 'bob' });
    const shown = await call('GET', '/v1/threads?all=true', undefined, { who: 'admin' });

    expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden']);
    expect(shown.body.data.threads).toMatchObject([{ id: 'thr_ada', ownerUserId: 'ada', metadataOnly: true, metadata: {} }]);
    expect((await call('GET', '/v1/threads', undefined, { who: 'admin' })).body.data.threads).toEqual([]);
    expect((await call('GET', '/v1/threads?all=true', undefined, { who: 'stranger' })).body.data.threads).toEqual([]);
  });
});

describe('reading a thread', () => {
  it('gives its newest events, oldest first', async () => {
    const { thread } = saidIn(6);
    const answer = await call('GET', `/v1/threads/${thread.id}?limit=3`);

    expect(sequences(answer)).toEqual([4, 5, 6]);
    expect(answer.body.data.thread).toMatchObject({ id: thread.id, lastSequence: 6 });
    expect(Object.keys(answer.body.data.events[0])).toEqual(['sequence', 'rolloutId', 'threadId', 'runId', 'type', 'payload', 'createdAt']);
  });

  it('shows the active rollout unless all are asked for', async () => {
    const kept = saidIn(2);
    served.conversations.compacted(kept, 'the sum');
    served.conversations.tell(kept, 'user_message', { text: 'and now' });
    const { id } = kept.thread;
    const [first] = kept.rollouts;

    expect(sequences(await call('GET', `/v1/threads/${id}`))).toEqual([3, 4]);
    expect(sequences(await call('GET', `/v1/threads/${id}?include=all_rollouts`))).toEqual([1, 2, 3, 4]);
    expect(sequences(await call('GET', `/v1/threads/${id}/events`))).toEqual([3, 4]);
    expect(sequences(await call('GET', `/v1/threads/${id}/events?include=all_rollouts`))).toEqual([1, 2, 3, 4]);
    expect(sequences(await call('GET', `/v1/threads/${id}/events?rollout_id=${first?.rolloutId}`))).toEqual([1, 2]);
    expect((await call('GET', `/v1/threads/${id}/rollouts`)).body.data.rollouts).toMatchObject([
      { rolloutId: first?.rolloutId, eventCount: 2, completedAt: expect.any(String) },
      { eventCount: 2, completedAt: null },
    ]);
  });

  it('reads events page by page in both directions, and keeps to the rollout that it began with', async () => {
    const kept = saidIn(5);
    const path = `/v1/threads/${kept.thread.id}/events`;
    const first = await call('GET', `${path}?limit=2`);
    served.conversations.compacted(kept, 'the sum');
    const second = await call('GET', `${path}?limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    const third = await call('GET', `${path}?limit=2&cursor=${encodeURIComponent(second.body.nextCursor)}`);
    const back = await call('GET', `${path}?include=all_rollouts&limit=2&before=6`);
    const further = await call('GET', `${path}?include=all_rollouts&limit=2&cursor=${encodeURIComponent(back.body.nextCursor)}`);

    expect([first, second, third].map(sequences)).toEqual([[1, 2], [3, 4], [5]]);
    expect(third.body).toMatchObject({ hasMore: false, nextCursor: null });
    expect([back, further].map(sequences)).toEqual([
      [4, 5],
      [2, 3],
    ]);
    expect(sequences(await call('GET', `${path}?include=all_rollouts&after=4`))).toEqual([5, 6]);
    expect((await call('GET', `${path}?after=1&before=4`)).body.error.details.field).toBe('cursor');
  });

  it('caps a page at 500 events, and ends it early where they are large', async () => {
    const many = saidIn(501);
    const large = add();
    for (let at = 0; at < 30; at += 1) served.conversations.tell(large, 'tool_result', { output: 'x'.repeat(250_000) });

    const all = await call('GET', `/v1/threads/${many.thread.id}/events?limit=100000`);
    expect([all.body.data.events.length, all.body.hasMore]).toEqual([500, true]);
    const seen: number[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const page = await call('GET', `/v1/threads/${large.thread.id}/events?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(JSON.stringify(page.body).length).toBeLessThan(5_000_000);
      seen.push(...sequences(page));
      cursor = page.body.nextCursor;
    }
    expect([seen, pages]).toEqual([Array.from({ length: 30 }, (_one, at) => at + 1), 2]);
    expect(sequences(await call('GET', `/v1/threads/${large.thread.id}?limit=500`)).at(-1)).toBe(30);
  });

  it.each(['', '/events', '/rollouts', '/activity'])('knows no thread of somebody else, of another tenant, or that was deleted: GET %s', async (path) => {
    const { thread } = saidIn(1);
    for (const [who, id] of [
      ['bob', thread.id],
      ['stranger', thread.id],
      ['ada', 'thr_nothing'],
    ] as const) {
      const answer = await call('GET', `/v1/threads/${id}${path}`, undefined, { who });
      expect([who, answer.status, answer.body.error]).toMatchObject([
        who,
        404,
        { code: 'not_found', requestId: expect.any(String), details: { code: 'conversation.not_found' } },
      ]);
    }
    await call('DELETE', `/v1/threads/${thread.id}`);
    expect((await call('GET', `/v1/threads/${thread.id}${path}`)).status).toBe(404);
  });

  it('shows an administrator of somebody else’s thread what happened, and nothing of what was said', async () => {
    const { thread } = saidIn(2, add({ metadata: { plan: 'secret' } }));
    const admin = { who: 'admin' };
    const [snapshot, events] = [
      await call('GET', `/v1/threads/${thread.id}`, undefined, admin),
      await call('GET', `/v1/threads/${thread.id}/events`, undefined, admin),
    ];
    const lines = await call('GET', `/v1/threads/${thread.id}/rollouts/${thread.activeRolloutId}.jsonl`, undefined, admin);

    for (const { body } of [snapshot, events]) {
      expect(body.data.thread).toMatchObject({ metadataOnly: true, metadata: {} });
      expect(body.data.events).toMatchObject([{ type: 'user_message', payload: null }, { payload: null }]);
    }
    expect([lines.status, lines.body.error.details.code]).toEqual([403, 'conversation.owner_only']);
  });

  it('lists what was done with it', async () => {
    const kept = add();
    for (let seq = 1; seq <= 3; seq += 1)
      kept.activity.push({
        seq,
        eventType: 'renamed',
        actorUserId: 'ada',
        runId: null,
        title: `renamed ${seq}`,
        severity: 'info',
        createdAt: kept.thread.createdAt,
      });
    const first = await call('GET', `/v1/threads/${kept.thread.id}/activity?limit=2`);
    const second = await call('GET', `/v1/threads/${kept.thread.id}/activity?limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`);

    expect([...first.body.data.events, ...second.body.data.events].map(({ title }) => title)).toEqual(['renamed 3', 'renamed 2', 'renamed 1']);
    expect(first.body.data.events[0]).toMatchObject({ orgId: 'default', resourceType: 'thread', resourceId: kept.thread.id, threadId: kept.thread.id });
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('changing a thread', () => {
  it('renames and archives it, and answers with it', async () => {
    const { id } = add().thread;
    const answer = await call('PATCH', `/v1/threads/${id}`, { title: 'Release notes', archived: true });

    expect([answer.status, answer.body.data]).toMatchObject([200, { thread: { title: 'Release notes', archived: true }, accepted: false }]);
  });

  it.each([
    ['nothing', {}, 'title'],
    ['a title that is none', { title: 7 }, 'title'],
    ['a title without end', { title: 'x'.repeat(201) }, 'title'],
    ['what it does not know', { colour: 'red' }, 'colour'],
  ])('refuses %s, naming the field', async (_what, body, field) => {
    const { id } = add().thread;
    const answer = await call('PATCH', `/v1/threads/${id}`, body);

    expect([answer.status, answer.body.error]).toMatchObject([400, { code: 'invalid_request', details: { field } }]);
  });

  it('deletes it for good, once', async () => {
    const { id } = add().thread;
    const [first, second] = [await call('DELETE', `/v1/threads/${id}`), await call('DELETE', `/v1/threads/${id}`)];

    expect([first.status, first.body.data]).toEqual([200, { id, deleted: true, accepted: false }]);
    expect(second.status).toBe(404);
    expect(served.audit.entries).toMatchObject([
      { action: 'threads.deleteThread', resourceType: 'thread', resourceId: id, outcome: 'succeeded' },
      { outcome: 'refused', status: 404 },
    ]);
  });

  it('compacts it; while something holds it that is THREAD_BUSY, with what and since when', async () => {
    const kept = saidIn(1);
    const done = await call('POST', `/v1/threads/${kept.thread.id}/compact`);
    const since = '2026-05-01T09:00:00.000Z';
    served.conversations.hold(kept, { kind: 'run', id: 'run_1', since });
    const busy = await call('POST', `/v1/threads/${kept.thread.id}/compact`);

    expect([done.status, done.body.data]).toMatchObject([200, { compactionId: expect.any(String), accepted: false }]);
    expect([busy.status, busy.body.error]).toMatchObject([
      409,
      { code: 'THREAD_BUSY', details: { code: 'conversation.busy', holder: { kind: 'run', id: 'run_1', since } } },
    ]);
  });

  it('answers what its run waits for', async () => {
    const kept = add();
    served.conversations.addAgent({ slug: 'writer' });
    const run = served.conversations.addRun(kept);
    served.conversations.waitFor(run.runId, { channel: 'high-risk', proposalId: 'p1', tool: 'shell', reason: 'it may', since: kept.thread.createdAt });

    expect((await call('GET', `/v1/threads/${kept.thread.id}`)).body.data.thread.status).toBe('waiting_approval');
    expect((await call('GET', `/v1/run/${run.runId}`)).body.data).toMatchObject({
      status: 'waiting_approval',
      pending: { channel: 'high-risk', tool: 'shell' },
    });
    const answer = await call('POST', `/v1/threads/${kept.thread.id}/approvals`, { approve: false, comment: 'no' });

    expect([answer.status, answer.body.data]).toMatchObject([200, { approved: false }]);
    expect(served.conversations.asked).toMatchObject([{ what: 'answer', request: { approve: false, comment: 'no', channel: null, runId: null } }]);
    expect((await call('POST', `/v1/threads/${kept.thread.id}/approvals`, { approve: true })).status).toBe(404);
  });
});

it.each([
  ['PATCH', '', { title: 'x' }],
  ['DELETE', '', undefined],
  ['POST', '/compact', undefined],
  ['POST', '/approvals', { approve: true }],
  ['POST', '/events', { runId: 'r', rolloutId: 'o', events: [{ type: 'user_message' }] }],
] as const)('%s %s needs agent:run, and the owner', async (method, path, body) => {
  const { id } = add().thread;

  expect((await call(method, `/v1/threads/${id}${path}`, body, { who: 'reader' })).status).toBe(403);
  expect((await call(method, `/v1/threads/${id}${path}`, body, { who: 'bob' })).status).toBe(404);
});

it.each([
  ['/compact', undefined],
  ['/events', { runId: 'r', rolloutId: 'o', events: [{ type: 'user_message' }] }],
] as const)('POST %s is not for an administrator who is not the owner', async (path, body) => {
  const { id } = saidIn(1).thread;
  const answer = await call('POST', `/v1/threads/${id}${path}`, body, { who: 'admin' });

  expect([answer.status, answer.body.error]).toMatchObject([403, { code: 'forbidden', details: { code: 'conversation.owner_only' } }]);
});

it('lets an administrator say nothing in somebody else’s thread, and end what is in it', async () => {
  const { id: agentId } = served.conversations.addAgent({ slug: 'writer' });
  const kept = saidIn(1, add({ agentId }));
  const run = await call('POST', '/v1/run', { threadId: kept.thread.id, prompt: 'Say it again' }, { who: 'admin' });
  const { runId } = served.conversations.addRun(kept);

  expect([run.status, run.body.error.details.code]).toEqual([403, 'conversation.owner_only']);
  expect((await call('POST', `/v1/run/${runId}/cancel`, undefined, { who: 'admin' })).status).toBe(200);
  expect((await call('DELETE', `/v1/threads/${kept.thread.id}`, undefined, { who: 'admin' })).status).toBe(200);
});
