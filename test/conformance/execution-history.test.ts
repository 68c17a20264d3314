/** What the store says of earlier executions: how sure the results of a role were, and counts of a pattern, on a real Postgres. */
import { randomUUID } from 'node:crypto';
import type { Cause } from '../../src/contracts/actor';
import { executionRef } from '../../src/contracts/execution/commands';
import { recordRowEvent } from '../../src/store/row-events';
import { testStore, type TestStore } from '../support/database';

const BY: Cause = { subject: 'everthread', via: 'system' };

let world: TestStore;
let tenant: string;
let clock = Date.parse('2026-03-01T08:00:00.000Z');
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());
beforeEach(() => void (tenant = `t-${randomUUID().slice(0, 8)}`));

interface Measured {
  readonly role: string;
  readonly measured: number | null;
  readonly action?: string;
}

/** An execution, each a minute younger than the one before, with what was recorded of its roles. */
async function happened(status: string, confidences: readonly Measured[], { pattern = 'review', durationMs = null as number | null } = {}): Promise<string> {
  const id = `exec_${randomUUID().slice(0, 8)}`;
  const ref = executionRef(tenant, id);
  clock += 60_000;
  await world.pool.query(
    `insert into executions (tenant, id, address, pattern_name, pattern_version, status, start, state, duration_ms, created_at) values ($1, $2, $3, $4, '1.0.0', $5, '{}', '{}', $6, $7)`,
    [tenant, id, ref.address, pattern, status, durationMs, new Date(clock)],
  );
  for (const { role, measured, action = 'accept' } of confidences)
    await recordRowEvent(world.pool, ref, { type: 'step_confidence', data: { role, measured, action } }, BY);
  return id;
}
const runs = async (more: { readonly executionId?: string; readonly maxRuns?: number } = {}) =>
  (await world.store.executions.roleRuns({ tenant, patternName: 'review', executionId: 'exec_now', role: 'engineer', maxRuns: 10, ...more })).map(
    ({ confidence }) => confidence,
  );

describe('how sure the results of a role were', () => {
  it('is told newest first, of executions that have ended, without the one that asks', async () => {
    await happened('completed', [{ role: 'engineer', measured: 0.5 }]);
    await happened('failed', [{ role: 'engineer', measured: 0.4 }]);
    for (const status of ['running', 'pending', 'cancelled']) await happened(status, [{ role: 'engineer', measured: 0.1 }]);
    const now = await happened('completed', [{ role: 'engineer', measured: 0.9 }]);

    expect(await runs()).toEqual([0.9, 0.4, 0.5]);
    expect(await runs({ executionId: now })).toEqual([0.4, 0.5]);
  });

  it('is the last that was measured in each: not what a reviewer said of it, nor what history alone gave', async () => {
    await happened('completed', [
      { role: 'engineer', measured: 0.3 },
      { role: 'engineer', measured: 0.6, action: 'retry' },
      { role: 'engineer', measured: 0.95, action: 'review_verdict' },
      { role: 'engineer', measured: null },
      { role: 'lead', measured: 0.2 },
    ]);
    await happened('completed', [{ role: 'lead', measured: 0.8 }]);

    expect(await runs()).toEqual([0.6]);
  });

  it('goes through so many of the newest executions, those that say nothing of the role too', async () => {
    await happened('completed', [{ role: 'engineer', measured: 0.1 }]);
    await happened('completed', [{ role: 'engineer', measured: 0.2 }]);
    await happened('completed', []);
    await happened('completed', [{ role: 'engineer', measured: 0.3 }]);

    expect(await runs({ maxRuns: 3 })).toEqual([0.3, 0.2]);
  });

  it('knows neither other patterns nor other tenants', async () => {
    await happened('completed', [{ role: 'engineer', measured: 0.5 }], { pattern: 'another' });
    const mine = tenant;
    tenant = `t-${randomUUID().slice(0, 8)}`;
    await happened('completed', [{ role: 'engineer', measured: 0.5 }]);
    tenant = mine;

    expect(await runs()).toEqual([]);
  });
});

it('counts are those of one pattern, or of all', async () => {
  await happened('completed', [], { durationMs: 100 });
  await happened('failed', [], { durationMs: 300 });
  await happened('running', []);
  await happened('completed', [], { pattern: 'another', durationMs: 500 });

  expect(await world.store.executions.summary(tenant, 'review')).toEqual({
    ...{ total: 3, successful: 1, failed: 1, cancelled: 0, inProgress: 1, averageMs: 200, averageConfidence: null },
  });
  expect(await world.store.executions.summary(tenant)).toMatchObject({ total: 4, averageMs: 300 });
  expect(await world.store.executions.summary(tenant, 'nobody')).toMatchObject({ total: 0, averageMs: null });
});
