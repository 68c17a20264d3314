import { randomUUID } from 'node:crypto';
import type { ScheduleDefinition, ScheduledRun } from '../../src/contracts/schedule';
import { testStore, type TestStore } from '../support/database';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const definition = (name: string): ScheduleDefinition => ({
  ...{ name, description: null, cron: '@daily', intervalMs: null, calendar: null, timezone: 'UTC', startAt: null, endAt: null, jitterMs: 0 },
  ...{ overlap: 'skip', catchupWindowMs: 60_000, pauseOnFailure: false, maxRuns: null, retryPolicy: null, metadata: { a: 1 } },
  target: { kind: 'managed-thread', input: { objective: 'with a secret-value-1' } },
});

async function made(tenant = 'acme'): Promise<string> {
  const id = `sch_${randomUUID().slice(0, 8)}`;
  await world.store.schedules.insert({ tenant, id, by: 'ada', at: new Date().toISOString() }, definition('first'));
  return id;
}

const runOf = (scheduleId: string, n: number, tenant = 'acme'): ScheduledRun => {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
  return { tenant, scheduleId, runId: at.replace('.000Z', 'Z'), scheduledAt: at };
};
const success = { status: 'success', target: { kind: 'managed-thread', id: 'thr_1' }, error: null } as const;
const failure = { status: 'failure', target: null, error: { code: 'x.y', message: 'why' } } as const;

it('keeps every revision of a definition as it was, with what is started sealed', async () => {
  const id = await made();
  await world.store.schedules.insert({ tenant: 'acme', id, by: 'eve', at: new Date().toISOString() }, definition('again'));
  expect(await world.store.schedules.addRevision('acme', id, definition('second'))).toBe(2);

  const found = await world.store.schedules.definitions('acme', [
    { id, revision: 1 },
    { id, revision: 2 },
    { id, revision: 3 },
  ]);

  expect([...found].sort()).toEqual([
    [`${id}/1`, definition('first')],
    [`${id}/2`, definition('second')],
  ]);
  expect((await world.store.schedules.get('acme', id))?.createdBy).toBe('ada');
  const { rows } = await world.pool.query('select definition, input from schedule_revisions where schedule_id = $1', [id]);
  for (const row of rows) expect(JSON.stringify(row.definition) + row.input.toString('latin1')).not.toContain('secret-value-1');
});

it('numbers revisions one after the other, however many write at once, and keeps the last twenty', async () => {
  const id = await made();
  const numbers = await Promise.all(Array.from({ length: 30 }, (_, n) => world.store.schedules.addRevision('acme', id, definition(`n${n}`))));

  expect(numbers.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 30 }, (_, n) => n + 2));
  const { rows } = await world.pool.query('select revision from schedule_revisions where schedule_id = $1 order by 1', [id]);
  expect(rows.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, n) => n + 12));
});

it('shows another tenant nothing', async () => {
  const id = await made();
  await world.store.schedules.begin(runOf(id, 1), 1);

  expect(await world.store.schedules.get('other', id)).toBeNull();
  expect(await world.store.schedules.list('other', { patternName: null, max: 10 })).toEqual([]);
  expect((await world.store.schedules.definitions('other', [{ id, revision: 1 }])).size).toBe(0);
  expect((await world.store.schedules.runs('other', id, { limit: 10, offset: 0 })).total).toBe(0);
  expect(await world.store.schedules.begin(runOf(id, 1, 'other'), 1)).toBeNull();
  expect(await world.store.schedules.remove('other', id)).toBe(false);
  expect(await world.store.schedules.addRevision('other', id, definition('x'))).toBeNull();
});

it('counts a run once, however often it is begun, and keeps its first end', async () => {
  const id = await made();
  const run = runOf(id, 1);
  await world.store.schedules.pending(run);
  expect((await world.store.schedules.run('acme', id, run.runId))?.status).toBe('pending');
  const targets = await Promise.all([world.store.schedules.begin(run, 1), world.store.schedules.begin(run, 1)]);
  expect(targets).toEqual([definition('first').target, definition('first').target]);
  expect(await world.store.schedules.run('acme', id, run.runId)).toMatchObject({ status: 'running', startedAt: expect.any(String), completedAt: null });

  await world.store.schedules.end(run, success);
  await world.store.schedules.end(run, failure);
  await world.store.schedules.begin(run, 1);
  await world.store.schedules.pending(run);

  const head = await world.store.schedules.get('acme', id);
  expect(head).toMatchObject({ runCount: 1, lastRun: { id: run.runId, ...success, completedAt: expect.any(String) } });
});

it('records an end whose beginning was not, and lists newest first', async () => {
  const id = await made();
  await world.store.schedules.end(runOf(id, 1), failure);
  await world.store.schedules.begin(runOf(id, 3), 1);
  await world.store.schedules.pending(runOf(id, 2));

  const { runs, total } = await world.store.schedules.runs('acme', id, { limit: 2, offset: 1 });

  expect([total, runs.map(({ status, error }) => [status, error?.message])]).toEqual([
    3,
    [
      ['pending', undefined],
      ['failure', 'why'],
    ],
  ]);
  expect(await world.store.schedules.get('acme', id)).toMatchObject({ runCount: 3, lastRun: { status: 'running' } });
});

it('leaves nothing of a schedule that is deleted, also when one of its runs comes late', async () => {
  const id = await made();
  await world.store.schedules.begin(runOf(id, 1), 1);
  expect(await world.store.schedules.remove('acme', id)).toBe(true);

  expect(await world.store.schedules.begin(runOf(id, 2), 1)).toBeNull();
  await world.store.schedules.end(runOf(id, 1), success);

  expect((await world.store.schedules.runs('acme', id, { limit: 10, offset: 0 })).total).toBe(0);
});

it('keeps the newest thousand runs', async () => {
  const id = await made();
  await world.pool.query(
    `insert into schedule_runs (tenant, schedule_id, run_id, status, scheduled_at)
     select 'acme', $1, 'old-' || n, 'success', timestamptz '2020-01-01' + n * interval '1 minute' from generate_series(1, 1000) as n`,
    [id],
  );
  await world.store.schedules.begin(runOf(id, 1), 1);

  expect((await world.store.schedules.runs('acme', id, { limit: 1, offset: 0 })).total).toBe(1_000);
  expect(await world.store.schedules.run('acme', id, 'old-1')).toBeNull();
});

it('says which revision Temporal has, and never goes back', async () => {
  const id = await made();
  await world.store.schedules.settle('acme', id, 3, definition('third'));
  await world.store.schedules.settle('acme', id, 2, definition('second'));

  expect(await world.store.schedules.get('acme', id)).toMatchObject({ made: true, revision: 3 });
});
