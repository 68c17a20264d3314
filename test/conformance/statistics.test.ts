import { noticeOf } from '../../src/store/notice';
import { SYSTEM } from '../../src/contracts/actor';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import type { ThreadStatus } from '../../src/contracts/managed-thread/status';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeEach(async () => void (world = await testStore()));
afterEach(() => world.close());

/** A row as the projector leaves it; `fromS` and `toS` are seconds of its life. */
async function thread(
  id: string,
  row: { tenant?: string; execution: string; status: ThreadStatus; queued?: number; fromS?: number; toS?: number },
): Promise<void> {
  const { tenant = 'default', execution, status, queued = 0, fromS = 0, toS = 0 } = row;
  await world.pool.query(
    `insert into threads (tenant, id, address, spec_ref, execution_id, name, agent_type, objective, context_files, approval_preset, policy, metadata, env_names,
       created_at, status, queued, turns, updated_at)
     values ($1, $2, $1 || '/' || $2, 'ref', $3, 'name', 'shell', 'objective', '[]', 'standard', '{}', '{}', '{}', to_timestamp($4), $5, $6, 0, to_timestamp($7))`,
    [tenant, id, execution, fromS, status, queued, toS],
  );
}

it('counts threads of all tenants by every status word, and messages only where they still wait', async () => {
  await thread('a', { execution: 'e1', status: 'running', queued: 2 });
  await thread('b', { tenant: 'other', execution: 'e1', status: 'running', queued: 1 });
  await thread('c', { execution: 'e1', status: 'stopped', queued: 7 });

  const { byStatus, queued } = await world.store.statistics.threads();

  expect(byStatus).toMatchObject({ running: 2, stopped: 1, pending: 0, waiting: 0 });
  expect(Object.keys(byStatus)).toHaveLength(11);
  expect(queued).toBe(3);
});

it('takes the threads of one tenant with one execution id for one execution, from its first spawn to its last end', async () => {
  await thread('a', { execution: 'done', status: 'completed', fromS: 100, toS: 110 });
  await thread('b', { execution: 'done', status: 'failed', fromS: 105, toS: 130 });
  await thread('c', { execution: 'short', status: 'stopped', fromS: 100, toS: 110 });
  await thread('d', { execution: 'live', status: 'completed', fromS: 0, toS: 9_000 });
  await thread('e', { execution: 'live', status: 'idle', fromS: 0, toS: 9_000 });
  await thread('f', { tenant: 'other', execution: 'done', status: 'blocked' });

  expect(await world.store.statistics.executions()).toEqual({ total: 4, active: 2, averageMs: 20_000 });
});

it('has no mean of nothing', async () => {
  expect(await world.store.statistics.executions()).toEqual({ total: 0, active: 0, averageMs: null });
});

it('counts hosts that were heard lately', async () => {
  const host = { relayUrl: 'http://127.0.0.1:1', relayToken: 't', capacity: 10, agentTypes: [] };
  await world.store.hosts.renew({ ...host, hostId: 'box-1', sessions: 3 });
  await world.store.hosts.renew({ ...host, hostId: 'box-2', sessions: 1 });
  await world.pool.query(`update hosts set last_seen_at = last_seen_at - interval '1 minute' where host_id = 'box-2'`);

  expect(await world.store.statistics.hosts(8_000)).toEqual([{ hostId: 'box-1', sessions: 3, capacity: 10 }]);
});

it('tells of each commit when its last event was recorded, also when the events do not fit', () => {
  const event = (seq: number, at: string, text: string) => ({ seq, type: 'x', data: { text }, at, by: SYSTEM, requestId: null });
  for (const text of ['short', 'long'.repeat(5_000)]) {
    const notice = noticeOf(threadRef('default', 'thr_1'), null, [event(1, '2026-01-01T00:00:00.000Z', text), event(2, '2026-01-01T00:00:01.000Z', text)]);
    expect(JSON.parse(notice)).toMatchObject({ last: 2, at: '2026-01-01T00:00:01.000Z' });
  }
});

async function execution(id: string, row: { pattern?: string; status: string; tenant?: string; ms?: number }): Promise<void> {
  const { pattern = 'votes', status, tenant = 'default', ms = null } = row;
  await world.pool.query(
    `insert into executions (tenant, id, address, pattern_name, pattern_version, status, start, state, duration_ms, created_at, completed_at)
     values ($1, $2, $1 || '/' || $2, $3, '1.0.0', $4, '{}', '{}', $5, to_timestamp(0), case when $5::bigint is not null then to_timestamp($5::float8 / 1000) end)`,
    [tenant, id, pattern, status, ms],
  );
}

it('counts executions of patterns, and their threads with them', async () => {
  await execution('exec_1', { status: 'completed', ms: 4_000 });
  await execution('exec_2', { status: 'running' });
  await thread('a', { execution: 'exec_1', status: 'running' });
  await thread('b', { execution: 'mine', status: 'completed', fromS: 0, toS: 2 });

  expect(await world.store.statistics.executions()).toEqual({ total: 3, active: 1, averageMs: 3_000 });
});

it('counts ended executions of all tenants by pattern and status, with how long they took', async () => {
  await execution('a', { status: 'completed', ms: 50 });
  await execution('b', { status: 'completed', ms: 700, tenant: 'other' });
  await execution('c', { status: 'failed', ms: 4_000_000 });
  await execution('d', { status: 'running' });
  await execution('e', { status: 'cancelled', ms: 1_000, pattern: 'alone' });

  expect(await world.store.statistics.patterns()).toEqual([
    { pattern: 'alone', status: 'cancelled', executions: 1, durationMs: 1_000, buckets: [0, 0, 1, 1, 1, 1, 1, 1, 1, 1] },
    { pattern: 'votes', status: 'completed', executions: 2, durationMs: 750, buckets: [1, 1, 2, 2, 2, 2, 2, 2, 2, 2] },
    { pattern: 'votes', status: 'failed', executions: 1, durationMs: 4_000_000, buckets: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
  ]);
});
