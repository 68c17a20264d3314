import { SYSTEM, type RecordedEvent } from '../../src/contracts/actor';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import type { ThreadProjection } from '../../src/contracts/managed-thread/projection';
import type { ThreadSpec } from '../../src/contracts/managed-thread/spawn';
import { pendingProjection } from '../../src/store/thread-row';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const AT = '2026-01-02T03:04:05.000Z';
let threads = 0;
const newSpec = (over: Partial<ThreadSpec> = {}): ThreadSpec => ({
  id: `thr_${(threads += 1)}`,
  tenant: 'default',
  executionId: `exec-${threads}`,
  name: 'auth-thread',
  agentType: 'codex',
  role: 'engineer',
  objective: 'Refactor the auth controller',
  workspace: { repo: 'acme/auth', branch: 'main' },
  contextFiles: [{ path: 'NOTES.md', content: 'hello' }],
  approvalPreset: 'standard',
  policy: { idleTimeoutMs: 60_000 },
  metadata: { source: 'manual', apiKey: 'abcdefgh-secret' },
  envNames: [],
  createdAt: new Date(Date.parse(AT) + threads * 1_000).toISOString(),
  ...over,
});
const event = (seq: number, type: string, data: Record<string, unknown> = {}): RecordedEvent => ({ seq, type, data, at: AT, by: SYSTEM, requestId: null });
const completion = (summary: string, state: 'partial' | 'complete' | 'failed' = 'partial') => ({ state, summary });
const turn = (seq: number, output: string): RecordedEvent =>
  event(seq, 'thread_turn_complete', { turnId: `t${seq}`, requestId: null, output, confidence: null, durationMs: 5, completion: completion(output) });

async function spawned(
  over: Partial<ThreadSpec> = {},
): Promise<{ spec: ThreadSpec; specRef: string; commit: (events: RecordedEvent[], projection?: Partial<ThreadProjection>) => Promise<void> }> {
  const spec = newSpec(over);
  const specRef = await world.store.specs.write(spec);
  const commit = (events: RecordedEvent[], projection: Partial<ThreadProjection> = {}): Promise<void> =>
    world.store.journal.commit({
      actor: threadRef(spec.tenant, spec.id),
      events,
      projection: { ...pendingProjection(specRef, spec.createdAt), ...projection },
    });
  return { spec, specRef, commit };
}

describe('a thread row', () => {
  it('is readable as pending before any worker has committed, and then follows the commits', async () => {
    const { spec, specRef, commit } = await spawned();
    await world.store.threads.insertPendingThread(spec, specRef);
    expect(await world.store.threads.getThread('default', spec.id)).toMatchObject({
      id: spec.id,
      status: 'pending',
      lastSeq: 0,
      role: 'engineer',
      contextFiles: ['NOTES.md'],
      requestedWorkspace: spec.workspace,
    });

    await commit([event(1, 'thread_status', { status: 'preparing' })], { status: 'preparing', updatedAt: '2026-01-02T04:00:00.000Z' });
    await world.store.threads.insertPendingThread(spec, specRef);

    expect(await world.store.threads.getThread('default', spec.id)).toMatchObject({
      status: 'preparing',
      lastSeq: 1,
      updatedAt: '2026-01-02T04:00:00.000Z',
      createdAt: spec.createdAt,
      specRef,
    });
  });

  it('is made by the first commit when that comes before the pending row', async () => {
    const { spec, commit } = await spawned();

    await commit([event(1, 'thread_status', { status: 'starting' })], {
      status: 'starting',
      workspace: { path: '/w', repo: 'acme/auth' },
      hostId: 'h1',
      turns: 2,
      queued: 1,
    });

    expect(await world.store.threads.getThread('default', spec.id)).toMatchObject({
      name: 'auth-thread',
      status: 'starting',
      workspace: { path: '/w', repo: 'acme/auth' },
      hostId: 'h1',
      turns: 2,
      queued: 1,
    });
  });

  it('is not turned back by a late repeat of an earlier commit', async () => {
    const { spec, commit } = await spawned();
    const first = [event(1, 'thread_status', { status: 'preparing' })];
    await commit(first, { status: 'preparing' });
    await commit([event(2, 'thread_status', { status: 'running' })], { status: 'running' });

    await commit(first, { status: 'preparing' });

    expect(await world.store.threads.getThread('default', spec.id)).toMatchObject({ status: 'running', lastSeq: 2 });
  });

  it('shows no secret, neither of its own nor in what the agent said', async () => {
    const { spec, commit } = await spawned();
    await world.store.secrets.sealEnvironment(threadRef('default', spec.id), { MY_TOKEN: 'val-ue-1234567890' });
    await commit(
      [
        event(1, 'thread_failed', {
          error: 'bad val-ue-1234567890',
          code: 'x',
          exitCode: 1,
          signal: null,
          completion: completion('said val-ue-1234567890', 'failed'),
        }),
      ],
      {
        status: 'failed',
        statusReason: 'bad val-ue-1234567890',
        summary: 'said val-ue-1234567890',
        completion: completion('said val-ue-1234567890', 'failed'),
      },
    );

    const { rows } = await world.pool.query(
      `select (select row_to_json(t)::text from threads t where id = $1) || (select string_agg(row_to_json(d)::text, '') from shared_decisions d where thread_id = $1)
              || (select string_agg(row_to_json(e)::text, '') from experiences e where thread_id = $1) as everything`,
      [spec.id],
    );
    expect(rows[0].everything).toContain('bad');
    expect(rows[0].everything).not.toMatch(/val-ue-1234567890|abcdefgh-secret/);
  });

  it('is not there for another tenant, who may have a thread of the same id', async () => {
    const { spec, specRef } = await spawned();
    await world.store.threads.insertPendingThread(spec, specRef);
    expect(await world.store.threads.getThread('blue', spec.id)).toBeNull();

    const twin = await spawned({ id: spec.id, tenant: 'blue', name: 'twin' });
    await twin.commit([event(1, 'thread_status', { status: 'ready' })], { status: 'ready' });

    expect(await world.store.threads.getThread('blue', spec.id)).toMatchObject({ name: 'twin', address: `managed-thread/blue/${spec.id}` });
    expect(await world.store.threads.getThread('default', spec.id)).toMatchObject({ status: 'pending' });
  });

  it('cannot be made without its spec', async () => {
    const actor = threadRef('default', 'thr_lost');
    const lost = world.store.journal.commit({ actor, events: [event(1, 'thread_status')], projection: { ...pendingProjection('0'.repeat(64), AT) } });

    await expect(lost).rejects.toMatchObject({ code: 'thread.spec_missing', nonRetryable: true });
    expect(await world.store.lastSeq(actor.address)).toBe(0);
  });
});

describe('lists of threads', () => {
  it('come newest first, by page, with the number of all that match', async () => {
    const tenant = 'lists';
    for (let n = 0; n < 7; n++) {
      const { spec, specRef, commit } = await spawned({
        tenant,
        name: `n${n}`,
        executionId: n < 5 ? 'exec-a' : 'exec-b',
        role: n % 2 ? 'reviewer' : null,
        agentType: n === 0 ? 'gemini' : 'codex',
      });
      await world.store.threads.insertPendingThread(spec, specRef);
      if (n > 3) await commit([event(1, 'thread_status')], { status: n === 4 ? 'blocked' : 'running' });
    }
    const list = async (filter: Parameters<typeof world.store.threads.listThreads>[1]) => {
      const { threads: rows, total } = await world.store.threads.listThreads(tenant, filter);
      return [rows.map(({ name }) => name).join(' '), total];
    };

    expect(await list({})).toEqual(['n6 n5 n4 n3 n2 n1 n0', 7]);
    expect(await list({ limit: 2, offset: 3 })).toEqual(['n3 n2', 7]);
    expect(await list({ offset: 50 })).toEqual(['', 7]);
    expect(await list({ executionId: 'exec-b' })).toEqual(['n6 n5', 2]);
    expect(await list({ statuses: ['blocked', 'running'] })).toEqual(['n6 n5 n4', 3]);
    expect(await list({ role: 'reviewer', executionId: 'exec-a' })).toEqual(['n3 n1', 2]);
    expect(await list({ agentType: 'gemini' })).toEqual(['n0', 1]);
    expect(await world.store.threads.listThreads('nobody')).toEqual({ threads: [], total: 0 });
  });
});

describe('memory', () => {
  it('grows with the events in the same transaction, and once for a repeat', async () => {
    const { spec, commit } = await spawned();
    const events = [
      turn(1, 'Extracted the callback module'),
      event(2, 'thread_completed', { exitCode: 0, completion: completion('All callbacks moved', 'complete') }),
    ];
    await commit(events, { turns: 1 });
    await commit(events, { turns: 1 });

    const { rows: decisions } = await world.store.memory.queryDecisions('default', { threadId: spec.id });
    expect(decisions.map(({ category, summary }) => [category, summary])).toEqual([
      ['completion_outcome', 'All callbacks moved'],
      ['thread_summary', 'Extracted the callback module'],
    ]);
    expect((await world.store.memory.queryExperiences('default', { threadId: spec.id })).rows).toMatchObject([
      { outcome: 'successful', repo: 'acme/auth', role: 'engineer', objective: 'Refactor the auth controller', executionId: spec.executionId },
      { outcome: 'partial' },
    ]);
  });

  it('does not repeat what it said last, across commits', async () => {
    const { spec, commit } = await spawned();
    await commit([turn(1, 'Extracted the callback module')]);
    await commit([turn(2, 'Extracted the callback module.')]);
    await commit([turn(3, 'Wrote tests for callbacks')]);

    expect((await world.store.memory.queryDecisions('default', { threadId: spec.id })).rows.map(({ summary }) => summary)).toEqual([
      'Wrote tests for callbacks',
      'Extracted the callback module',
    ]);
    expect((await world.store.memory.queryExperiences('default', { threadId: spec.id })).rows).toHaveLength(2);
  });

  it('knows the last turn when a thread is stopped in a later commit', async () => {
    const { spec, commit } = await spawned();
    await commit([turn(1, 'Half of it is done'), turn(2, 'Another piece is finished')]);
    await commit([turn(3, 'Third piece finished now')]);
    await commit([event(4, 'thread_stopped', { reason: 'user', force: false, exitCode: 0, signal: null })]);

    expect((await world.store.memory.queryExperiences('default', { threadId: spec.id, limit: 1 })).rows[0]).toMatchObject({
      outcome: 'partial',
      summary: expect.stringContaining('Third piece'),
    });
  });

  it('takes decisions of people, and lists them by execution and category within the tenant', async () => {
    const made = await world.store.memory.recordDecision('default', {
      executionId: 'exec-m',
      threadId: null,
      category: 'architecture',
      summary: 'Use Postgres',
      details: { why: 'one store' },
    });
    await world.store.memory.recordDecision('default', {
      executionId: 'exec-m',
      threadId: 'thr_x',
      category: 'risk',
      summary: 'Watch the cache',
      details: null,
    });
    await world.store.memory.recordDecision('blue', { executionId: 'exec-m', threadId: null, category: 'risk', summary: 'Not yours', details: null });

    expect((await world.store.memory.queryDecisions('default', { executionId: 'exec-m' })).rows.map(({ summary }) => summary)).toEqual([
      'Watch the cache',
      'Use Postgres',
    ]);
    expect((await world.store.memory.queryDecisions('default', { executionId: 'exec-m', category: 'architecture' })).rows).toEqual([made]);
    expect(await world.store.memory.decisions('default', 'exec-m', 1)).toHaveLength(1);
    expect(await world.store.memory.queryDecisions('default', { executionId: 'exec-m', limit: 1, offset: 1 })).toEqual({ rows: [made], total: 2 });
    expect((await world.store.memory.queryDecisions('default', { threadId: 'thr_x' })).rows.map(({ category }) => category)).toEqual(['risk']);
  });

  it('finds experiences by each filter, newest first', async () => {
    const tenant = 'memories';
    for (const [repo, role, output] of [
      ['acme/a', 'engineer', 'first piece of work'],
      ['acme/a', 'reviewer', 'second piece of work'],
      ['acme/b', 'engineer', 'third piece of work'],
    ] as const) {
      const { commit } = await spawned({ tenant, role, workspace: { repo }, executionId: 'exec-e' });
      await commit([turn(1, output)]);
    }
    const found = async (filter: Parameters<typeof world.store.memory.queryExperiences>[1]) =>
      (await world.store.memory.queryExperiences(tenant, filter)).rows.map(({ summary }) => /(first|second|third)/.exec(summary)?.[1]);

    expect(await found({})).toEqual(['third', 'second', 'first']);
    expect(await found({ repo: 'acme/a' })).toEqual(['second', 'first']);
    expect(await found({ role: 'engineer', limit: 1 })).toEqual(['third']);
    expect(await found({ outcome: 'successful' })).toEqual([]);
    expect(await found({ executionId: 'exec-e', repo: 'acme/b' })).toEqual(['third']);
    expect(await found({ repo: 'acme/a', limit: 1, offset: 1 })).toEqual(['first']);
    expect((await world.store.memory.queryExperiences(tenant, { repo: 'acme/a', limit: 1 })).total).toBe(2);
    expect((await world.store.memory.experiences(tenant, { repo: 'acme/a', role: null }, 10)).length).toBe(2);
    expect((await world.store.memory.queryExperiences('default', { executionId: 'exec-e' })).rows).toEqual([]);
  });
});
