/** Schedules on a whole real system: they fire by Temporal and a worker alone, each time once, and say what is true of them. */
import { randomUUID } from 'node:crypto';
import { EverthreadClient } from '../../src/client/client';
import { scheduleAddress } from '../../src/contracts/schedule';
import { TemporalSchedules } from '../../src/gateway/temporal-schedules';
import { openPool } from '../../src/store/database';
import { printed } from '../support/command-line';
import { until } from '../support/eventually';
import { at, scheduleCalls, scheduledThread, someExecution } from '../support/schedules';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'] })));
afterAll(() => world.stop());

const { api, create, get, runs, remove } = scheduleCalls(() => world);
const threadsOf = async (execution: string): Promise<readonly { readonly id: string }[]> => {
  const page = await new EverthreadClient({ baseUrl: world.apiUrl }).managedThreads.list({ executionId: execution, limit: 500 });
  return page.threads;
};

async function rows<T extends object>(sql: string, values: readonly unknown[]): Promise<T[]> {
  const pool = openPool({ url: world.databaseUrl, max: 1 });
  try {
    return (await pool.query<T>(sql, [...values])).rows;
  } finally {
    await pool.end();
  }
}

it('fires every second, a thread each time, and tells of each run', async () => {
  const execution = someExecution();
  const schedule = await create({ intervalMs: 1_000, target: scheduledThread(execution) });
  expect(schedule).toMatchObject({ status: 'active', intervalMs: 1_000, runCount: 0, nextRunAt: expect.stringMatching(/Z$/) });

  await until('three runs succeeded', async () => (await runs(schedule.id)).filter(({ status }) => status === 'success').length >= 3, 30_000);
  await api().POST('/api/schedules/{id}/pause', { ...at(schedule.id), body: { reason: 'enough' } });
  const told = await until('no run is under way', async () => {
    const now = await runs(schedule.id);
    return now.every(({ status }) => status === 'success') ? now : null;
  });

  const threads = await threadsOf(execution);
  expect(threads.map(({ id }) => id).sort()).toEqual(told.map(({ target }) => target?.id).sort());
  expect(told.every(({ id, scheduledAt, completedAt }) => scheduledAt === new Date(id).toISOString() && completedAt !== null)).toBe(true);
  expect(await get(schedule.id)).toMatchObject({
    ...{ status: 'paused', pauseReason: 'enough', nextRunAt: null, lastRunStatus: 'success', lastRunAt: told[0]?.scheduledAt, runCount: told.length },
    target: { input: { envNames: ['API_TOKEN'] } },
  });
  await remove(schedule.id);
}, 60_000);

it('fires while the API is down', async () => {
  const execution = someExecution();
  const schedule = await create({ intervalMs: 1_000, maxRuns: 4, target: scheduledThread(execution) });
  await world.kill('api');
  const started = await until(
    'all four runs are recorded without an API',
    async () => {
      const found = await rows<{ run_id: string }>(`select run_id from schedule_runs where schedule_id = $1 and status = 'success'`, [schedule.id]);
      return found.length === 4 ? found : null;
    },
    30_000,
  );
  await world.start('api');

  expect(started).toHaveLength(4);
  expect(await get(schedule.id)).toMatchObject({ status: 'completed', nextRunAt: null, runCount: 4 });
  expect(await threadsOf(execution)).toHaveLength(4);
  const again = await api()
    .POST('/api/schedules/{id}/pause', { ...at(schedule.id), body: {} })
    .catch((problem: unknown) => problem);
  expect(again).toMatchObject({ code: 'schedule.completed', status: 409 });
  await remove(schedule.id);
}, 60_000);

it('starts once what a killed worker had in hand', async () => {
  const execution = someExecution();
  const schedule = await create({ cron: '0 0 1 1 *', target: scheduledThread(execution) });
  const triggered = await Promise.all(
    Array.from({ length: 12 }, async () => (await api().POST('/api/schedules/{id}/trigger', { ...at(schedule.id), body: {} })).data!),
  );
  await world.kill('worker');
  await world.start('worker');

  const told = await until(
    'all runs have ended',
    async () => {
      const now = await runs(schedule.id);
      return now.length === 12 && now.every(({ status }) => status === 'success') ? now : null;
    },
    60_000,
  );

  expect(new Set(told.map(({ id }) => id))).toEqual(new Set(triggered.map(({ id }) => id)));
  const threads = (await threadsOf(execution)).map(({ id }) => id);
  expect(threads.sort()).toEqual(told.map(({ target }) => target?.id).sort());
  expect(threads).toHaveLength(12);
  await remove(schedule.id);
}, 90_000);

it('is triggered once for each key, paused or not, and does not count that for maxRuns', async () => {
  const execution = someExecution();
  const schedule = await create({ cron: '0 0 1 1 *', maxRuns: 1, target: scheduledThread(execution) });
  await api().POST('/api/schedules/{id}/pause', { ...at(schedule.id), body: {} });
  const twice = await api().POST('/api/schedules/{id}/pause', { ...at(schedule.id), body: { reason: 'again' } });
  expect(twice.data).toMatchObject({ status: 'paused', pauseReason: 'paused by local' });
  const trigger = async (key: string) =>
    (await api().POST('/api/schedules/{id}/trigger', { params: { path: { id: schedule.id }, header: { 'Idempotency-Key': key } }, body: {} })).data!;

  const [first, second, other] = [await trigger('a'), await trigger('a'), await trigger('b')];

  expect(second.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
  await until('both runs succeeded', async () => (await runs(schedule.id)).filter(({ status }) => status === 'success').length === 2);
  expect(await threadsOf(execution)).toHaveLength(2);
  const resumed = await api().POST('/api/schedules/{id}/resume', { ...at(schedule.id), body: {} });
  expect(resumed.data).toMatchObject({ status: 'active', pauseReason: null });
  await remove(schedule.id);
}, 60_000);

it('is replaced as a whole, from one run to the next, and gone when it is deleted', async () => {
  const [before, after] = [someExecution(), someExecution()];
  const schedule = await create({ cron: '0 0 1 1 *', description: 'old', target: scheduledThread(before) });
  const { data: replaced } = await api().PUT('/api/schedules/{id}', {
    ...at(schedule.id),
    body: { name: 'new', intervalMs: 1_000, target: scheduledThread(after) } as never,
  });

  expect(replaced).toMatchObject({ id: schedule.id, name: 'new', description: null, cron: null, intervalMs: 1_000, createdAt: schedule.createdAt });
  await until('it runs as it says now', async () => (await threadsOf(after)).length > 0, 30_000);
  expect(await threadsOf(before)).toEqual([]);
  await remove(schedule.id);
  await expect(get(schedule.id)).rejects.toMatchObject({ code: 'schedule.not_found', status: 404 });
  expect(await new TemporalSchedules(world.temporal).describe('default', schedule.id)).toBeNull();
}, 60_000);

it('keeps both of a replacement and a pause that come at the same moment, and neither when it is deleted then', async () => {
  const undone: unknown[] = [];
  for (let round = 1; round <= 4; round++) {
    const schedule = await create({ cron: '0 0 1 1 *', target: scheduledThread(someExecution()) });
    const body = { name: `round ${round}`, cron: '0 12 1 1 *', target: scheduledThread(someExecution()) };
    const [replaced, paused] = await Promise.all([
      api().PUT('/api/schedules/{id}', { ...at(schedule.id), body: body as never }),
      api().POST('/api/schedules/{id}/pause', { ...at(schedule.id), body: { reason: 'both' } }),
    ]);
    const { name, cron, status, pauseReason } = await get(schedule.id);
    if (name !== body.name || cron !== body.cron || status !== 'paused' || pauseReason !== 'both') undone.push({ round, name, cron, status, pauseReason });
    expect([replaced.response.status, paused.response.status]).toEqual([200, 200]);

    const [again] = await Promise.all([
      api()
        .PUT('/api/schedules/{id}', { ...at(schedule.id), body: body as never })
        .then(
          ({ response }) => response.status,
          (thrown: { status: number }) => thrown.status,
        ),
      remove(schedule.id),
    ]);
    expect([200, 404]).toContain(again);
    const gone = await new TemporalSchedules(world.temporal).describe('default', schedule.id);
    expect([schedule.id, gone]).toEqual([schedule.id, null]);
  }
  expect(undone).toEqual([]);
}, 120_000);

it('says that a run failed, why, and pauses itself where that was asked for', async () => {
  const spawned = await new EverthreadClient({ baseUrl: world.apiUrl }).managedThreads.spawn({
    ...{ executionId: someExecution(), name: 'ends', agentType: 'shell', objective: 'echo' },
  });
  const schedule = await create({
    ...{ intervalMs: 1_000, pauseOnFailure: true },
    target: { kind: 'thread-message', input: { threadId: spawned.id, message: 'hello' } },
  });
  await until('a message was sent', async () => (await runs(schedule.id)).some(({ status }) => status === 'success'), 30_000);
  await new EverthreadClient({ baseUrl: world.apiUrl }).managedThreads.stop(spawned.id, { force: true });

  const paused = await until('it paused itself', async () => {
    const now = await get(schedule.id);
    return now.status === 'paused' ? now : null;
  });

  expect(paused.pauseReason).toMatch(/fail/i);
  const failed = (await runs(schedule.id)).find(({ status }) => status === 'failure');
  expect(failed).toMatchObject({ target: null, error: { code: 'thread.stopped', message: expect.stringContaining('stopped') } });
  const [queued] = await rows<{ by_subject: string; by_via: string }>(
    `select by_subject, by_via from journal where entity_id = $1 and type = 'thread_input_queued' order by seq limit 1`,
    [spawned.id],
  );
  expect(queued).toEqual({ by_subject: `schedule:${schedule.id}`, by_via: 'schedule' });
  await remove(schedule.id);
}, 60_000);

it('does not say that a run is running whose workflow was ended from outside', async () => {
  const schedule = await create({ cron: '0 0 1 1 *', target: scheduledThread(someExecution()) });
  await world.kill('worker');
  const { data: run } = await api().POST('/api/schedules/{id}/trigger', { ...at(schedule.id), body: {} });
  expect((await runs(schedule.id))[0]).toMatchObject({ id: run?.id, status: 'pending', startedAt: null });

  await world.temporal.workflow.getHandle(`${scheduleAddress('default', schedule.id)}-${run?.id}`).terminate('by hand');

  expect((await runs(schedule.id))[0]).toMatchObject({ status: 'failure', error: { code: 'schedule.run_ended' } });
  expect(await get(schedule.id)).toMatchObject({ lastRunStatus: 'failure' });
  await world.start('worker');
  await remove(schedule.id);
}, 60_000);

it('keeps the hour of its zone over the change of clocks, as Temporal counts it', async () => {
  const [spring, autumn] = await Promise.all(
    ['2027-03-27T00:00:00Z', '2027-10-30T00:00:00Z'].map((startAt) =>
      create({ calendar: { hour: 9, minute: 30 }, timezone: 'Europe/Berlin', startAt, target: scheduledThread(someExecution()) }),
    ),
  );
  const next = async (id: string): Promise<readonly string[]> => {
    const { info } = await world.temporal.schedule.getHandle(scheduleAddress('default', id)).describe();
    return info.nextActionTimes.slice(0, 3).map((time) => time.toISOString());
  };

  expect(await next(spring!.id)).toEqual(['2027-03-27T08:30:00.000Z', '2027-03-28T07:30:00.000Z', '2027-03-29T07:30:00.000Z']);
  expect(await next(autumn!.id)).toEqual(['2027-10-30T07:30:00.000Z', '2027-10-31T08:30:00.000Z', '2027-11-01T08:30:00.000Z']);
  expect(spring).toMatchObject({ nextRunAt: '2027-03-27T08:30:00.000Z', calendar: { hour: 9, minute: 30 }, timezone: 'Europe/Berlin' });
  await Promise.all([remove(spring!.id), remove(autumn!.id)]);
}, 30_000);

it('means by a cron expression what every cron means: either day fits when both are given', async () => {
  const schedule = await create({ cron: '15 */6 13 * FRI', startAt: '2027-08-12T00:00:00Z', target: scheduledThread(someExecution()) });
  const { info } = await world.temporal.schedule.getHandle(scheduleAddress('default', schedule.id)).describe();

  expect(info.nextActionTimes.slice(0, 6).map((time) => time.toISOString().slice(0, 16))).toEqual([
    ...['2027-08-13T00:15', '2027-08-13T06:15', '2027-08-13T12:15', '2027-08-13T18:15', '2027-08-20T00:15', '2027-08-20T06:15'],
  ]);
  await remove(schedule.id);
}, 30_000);

it('makes one schedule for each key, lists by status, and leaves no secret in Temporal', async () => {
  const key = randomUUID();
  const body = { name: 'once', cron: '@daily', target: scheduledThread(someExecution()) };
  const post = () => api().POST('/api/schedules', { body: body as never, params: { header: { 'Idempotency-Key': key } } });

  const [one, two] = [await post(), await post()];
  expect(two.data?.id).toBe(one.data?.id);
  expect(two.response.headers.get('idempotency-replayed')).toBe('true');
  const id = one.data!.id;
  await api().POST('/api/schedules/{id}/pause', { ...at(id), body: {} });
  const byStatus = async (status: 'active' | 'paused') =>
    (await api().GET('/api/schedules', { params: { query: { status } } })).data!.schedules.map((schedule) => schedule.id);
  expect(await byStatus('paused')).toContain(id);
  expect(await byStatus('active')).not.toContain(id);

  const { raw } = (await world.temporal.schedule.getHandle(scheduleAddress('default', id)).describe()) as unknown as { raw: unknown };
  expect(Buffer.from(JSON.stringify(raw)).toString()).not.toContain('very-secret-value-1');
  const [stored] = await rows<{ definition: unknown; input: Buffer }>('select definition, input from schedule_revisions where schedule_id = $1', [id]);
  expect(JSON.stringify(stored?.definition) + stored!.input.toString('latin1')).not.toContain('very-secret-value-1');
  await remove(id);
}, 30_000);

it('does not make again by its key what was deleted', async () => {
  const header = { 'Idempotency-Key': randomUUID() };
  const body = { name: 'once', cron: '0 0 1 1 *', target: scheduledThread(someExecution()) } as never;
  const { data } = await api().POST('/api/schedules', { body, params: { header } });
  await remove(data!.id);

  const again = api().POST('/api/schedules', { body, params: { header } });
  await expect(again).rejects.toMatchObject({ status: 409 });
}, 30_000);

it('hands the result of the run before to the next one where that is asked for', async () => {
  const name = `counts-${randomUUID().slice(0, 8)}`;
  const definition = [
    `name: ${name}`,
    'version: 1.0.0',
    'input: { previousResult: { type: number, required: false } }',
    "steps: [{ id: next, type: compute, value: '($input.previousResult || 0) + 1' }]",
  ].join('\n');
  await api().POST('/api/patterns', { body: { name, version: '1.0.0', definition } });
  const { id } = await create({ cron: '@yearly', metadata: { chainOutput: true }, target: { kind: 'pattern', input: { patternName: name, input: {} } } });
  const results: unknown[] = [];
  for (let run = 1; run <= 3; run++) {
    await api().POST('/api/schedules/{id}/trigger', at(id));
    const target = await until('it started its execution', async () => {
      const done = (await runs(id)).filter(({ status }) => status === 'success');
      return done.length === run ? done[0]?.target : null;
    });
    const ended = await until('the execution is over', async () => {
      const { data } = await api().GET('/api/executions/{id}', at(target.id));
      return data?.status === 'completed' ? data : null;
    });
    results.push(ended.result);
  }
  expect(results).toEqual([1, 2, 3]);
  await remove(id);
}, 60_000);

it('refuses at once what could never be started', async () => {
  const refused = async (target: object): Promise<unknown> => create({ cron: '@daily', target }).catch((problem: unknown) => problem);

  expect(await refused({ ...scheduledThread('e'), input: { ...scheduledThread('e').input, agentType: 'nobody' } })).toMatchObject({
    status: 400,
    code: 'thread.unknown_agent_type',
    facts: { field: 'target.input.agentType' },
  });
  expect(await refused({ kind: 'thread-message', input: { threadId: 'thr_nobody', message: 'hello' } })).toMatchObject({
    status: 400,
    facts: { field: 'target.input.threadId' },
  });
  expect(await refused({ kind: 'pattern', input: { patternName: 'nowhere', input: {} } })).toMatchObject({
    status: expect.any(Number),
    code: 'pattern.not_found',
  });
  expect(await refused({ kind: 'thread', input: {} })).toMatchObject({ status: 501, code: 'target.unsupported' });
});

it('the command line does the same: create, list, get, pause, resume, trigger, runs, delete', async () => {
  const cli = (...args: readonly string[]): Promise<string> => printed(['schedules', '--url', world.apiUrl, ...args]);
  const execution = someExecution();
  const id = await cli(
    'create',
    'from the shell',
    '--cron',
    '0 0 1 1 *',
    '--timezone',
    'Europe/Berlin',
    '--input',
    JSON.stringify(scheduledThread(execution).input),
  );

  expect(JSON.parse(await cli('get', id))).toMatchObject({ id, name: 'from the shell', cron: '0 0 1 1 *', timezone: 'Europe/Berlin' });
  expect(await cli('list')).toMatch(new RegExp(`^${id}  active +\\S+Z  0 runs  from the shell$`, 'm'));
  expect(await cli('pause', id, '--reason', 'holidays')).toBe(`${id} is paused`);
  expect(await cli('list', '--status', 'paused')).toContain(id);
  expect(await cli('resume', id)).toMatch(/ is active; next run \S+Z$/);
  const run = await cli('trigger', id, '--key', 'once');
  expect(await cli('trigger', id, '--key', 'once')).toBe(run);
  await until('the run succeeded', async () => /^\S+Z  success   thr_/.test(await cli('runs', id)));
  expect(await threadsOf(execution)).toHaveLength(1);
  expect(await cli('delete', id)).toBe(`${id} is deleted`);
}, 90_000);
