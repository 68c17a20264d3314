/** The routes of schedules over real HTTP, with schedules that exist only here: what is taken, what is refused, who may. */
import type { Principal } from '../../src/contracts/principal';
import { serve, type Served } from './serve';

let served: Served;
let who: Principal = { tenant: 'default', subject: 'ada', scopes: ['*'], keyId: null, operator: false };
beforeAll(async () => {
  served = await serve({ authenticate: () => who });
});
afterAll(() => served.server.close(100));
const as = async <T>(principal: Partial<Principal>, work: () => Promise<T>): Promise<T> => {
  const before = who;
  who = { ...who, ...principal };
  try {
    return await work();
  } finally {
    who = before;
  }
};

const thread = { kind: 'managed-thread', input: { executionId: 'e', agentType: 'shell', name: 'n', objective: 'o' } };
const message = { kind: 'thread-message', input: { threadId: 'thr_1', message: 'hello' } };
const body = { name: 'nightly', cron: '0 2 * * *', target: thread };

it('makes, reads, replaces and deletes one', async () => {
  const made = await served.call('POST', '/schedules', { ...body, startAt: '2026-03-01T10:00:00+01:00', metadata: { team: 'a' } });
  expect([made.status, made.headers.get('location')]).toEqual([201, `/api/schedules/${made.body.id}`]);
  expect(made.body).toMatchObject({
    ...{ name: 'nightly', status: 'active', cron: '0 2 * * *', intervalMs: null, calendar: null, timezone: 'UTC', startAt: '2026-03-01T09:00:00.000Z' },
    ...{ overlap: 'skip', catchupWindowMs: 3_600_000, maxRuns: null, retryPolicy: null, target: thread, patternName: null, metadata: { team: 'a' } },
  });

  const read = await served.call('GET', `/schedules/${made.body.id}`);
  expect(read.body).toEqual(made.body);
  const replaced = await served.call('PUT', `/schedules/${made.body.id}`, { name: 'hourly', intervalMs: 3_600_000, target: message });
  expect(replaced.body).toMatchObject({ id: made.body.id, name: 'hourly', cron: null, intervalMs: 3_600_000, startAt: null, metadata: {} });
  expect((await served.call('DELETE', `/schedules/${made.body.id}`)).status).toBe(204);
  expect((await served.call('GET', `/schedules/${made.body.id}`)).body.error).toMatchObject({ code: 'NOT_FOUND', details: { code: 'schedule.not_found' } });
});

it('makes one for a repeated key', async () => {
  const headers = { 'Idempotency-Key': 'k-1' };
  const [first, second] = [await served.call('POST', '/schedules', body, headers), await served.call('POST', '/schedules', body, headers)];

  expect(second.body.id).toBe(first.body.id);
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
});

it.each([
  ['no name', { ...body, name: undefined }, 'name'],
  ['no times', { ...body, cron: undefined }, 'cron'],
  ['two kinds of times', { ...body, intervalMs: 1_000 }, 'intervalMs'],
  ['a bad cron', { ...body, cron: '99 * * * *' }, 'cron'],
  ['a cron of four fields', { ...body, cron: '* * * *' }, 'cron'],
  ['an interval under a second', { ...body, cron: undefined, intervalMs: 999 }, 'intervalMs'],
  ['an interval of fractions of a second', { ...body, cron: undefined, intervalMs: 1_500 }, 'intervalMs'],
  ['a calendar with a bad hour', { ...body, cron: undefined, calendar: { hour: 24 } }, 'calendar.hour'],
  ['a second calendar that is bad', { ...body, cron: undefined, calendar: [{ hour: 1 }, { month: 'FOO' }] }, 'calendar.1.month'],
  ['a zone that nobody knows', { ...body, timezone: 'Mars/Olympus' }, 'timezone'],
  ['a zone in the wrong case', { ...body, timezone: 'europe/berlin' }, 'timezone'],
  ['a time that is none', { ...body, startAt: 'tomorrow' }, 'startAt'],
  ['an end before the start', { ...body, startAt: '2030-01-02T00:00:00Z', endAt: '2030-01-01T00:00:00Z' }, 'endAt'],
  ['an overlap that is none', { ...body, overlap: 'maybe' }, 'overlap'],
  ['a negative jitter', { ...body, jitterMs: -1 }, 'jitterMs'],
  ['no runs at most', { ...body, maxRuns: 0 }, 'maxRuns'],
  ['too many retries', { ...body, retryPolicy: { maxRetries: 101, retryDelayMs: 1 } }, 'retryPolicy.maxRetries'],
  ['no target', { ...body, target: undefined }, 'target'],
  ['a target and a pattern', { ...body, patternName: 'p' }, 'patternName'],
  ['a target that is none', { ...body, target: { kind: 'rocket', input: {} } }, 'target.kind'],
  ['a thread without an objective', { ...body, target: { ...thread, input: { ...thread.input, objective: undefined } } }, 'target.input.objective'],
  ['a thread of one id for all runs', { ...body, target: { ...thread, input: { ...thread.input, id: 'thr_1' } } }, 'target.input.id'],
  ['a thread with a bad preset', { ...body, target: { ...thread, input: { ...thread.input, approvalPreset: 'yolo' } } }, 'target.input.approvalPreset'],
  ['a message without a thread', { ...body, target: { kind: 'thread-message', input: { message: 'm' } } }, 'target.input.threadId'],
  ['a field that nobody knows', { ...body, colour: 'red' }, 'colour'],
  ['a NUL in the name', { ...body, name: 'a\0b' }, 'name'],
])('refuses %s and names the field', async (_what, given, field) => {
  const before = served.schedules.kept.length;
  const answer = await served.call('POST', '/schedules', given);

  expect([answer.status, answer.body.error.code, answer.body.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
  expect(served.schedules.kept).toHaveLength(before);
});

it('takes a pattern in both ways to write it, and says what cannot be scheduled yet', async () => {
  const { target: _target, ...rest } = body;
  const short = await served.call('POST', '/schedules', { ...rest, patternName: 'content-classifier', input: { text: 'x' } });
  const whole = await served.call('POST', '/schedules', {
    ...rest,
    target: { kind: 'pattern', input: { patternName: 'content-classifier', input: { text: 'x' } } },
  });
  expect([short.status, short.body.target]).toEqual([201, whole.body.target]);

  const answer = await served.call('POST', '/schedules', { ...rest, target: { kind: 'thread', input: {} } });
  expect([answer.status, answer.body.error]).toEqual([
    501,
    expect.objectContaining({ code: 'NOT_IMPLEMENTED', details: expect.objectContaining({ code: 'target.unsupported' }) }),
  ]);
});

it('asks for the scope of the target too, when it is made, replaced and triggered', async () => {
  const { id } = served.schedules.add();
  await as({ scopes: ['schedules:*'] }, async () => {
    for (const [method, path, given] of [
      ['POST', '/schedules', body],
      ['PUT', `/schedules/${id}`, body],
      ['POST', `/schedules/${id}/trigger`, {}],
    ] as const) {
      const answer = await served.call(method, path, given);
      expect([answer.status, answer.body.error.details]).toEqual([403, expect.objectContaining({ code: 'access.scope_missing', scope: 'threads:write' })]);
    }
    expect((await served.call('POST', `/schedules/${id}/pause`, {})).status).toBe(200);
  });
  await as({ scopes: ['schedules:write', 'threads:write'] }, async () => {
    expect((await served.call('POST', '/schedules', body)).status).toBe(201);
    expect((await served.call('GET', '/schedules')).status).toBe(403);
  });
});

it('shows another tenant nothing', async () => {
  const { id } = served.schedules.add();
  await as({ tenant: 'other' }, async () => {
    expect((await served.call('GET', '/schedules')).body).toMatchObject({ schedules: [], total: 0 });
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/runs'],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/trigger'],
    ])
      expect([path, (await served.call(method!, `/schedules/${id}${path}`, method === 'POST' ? {} : undefined)).status]).toEqual([path, 404]);
    expect((await served.call('PUT', `/schedules/${id}`, body)).status).toBe(404);
  });
});

it('pauses, resumes, triggers and lists runs', async () => {
  const { id } = served.schedules.add();

  expect((await served.call('POST', `/schedules/${id}/pause`, { reason: 'holidays' })).body).toMatchObject({
    status: 'paused',
    pauseReason: 'holidays',
    nextRunAt: null,
  });
  expect((await served.call('GET', '/schedules?status=paused&limit=1')).body).toMatchObject({ count: 1, limit: 1, offset: 0 });
  expect((await served.call('POST', `/schedules/${id}/resume`)).body).toMatchObject({ status: 'active', pauseReason: null });
  const triggered = await served.call('POST', `/schedules/${id}/trigger`);
  expect([triggered.status, triggered.body]).toEqual([202, expect.objectContaining({ id: 'trigger-1', scheduleId: id, status: 'pending' })]);
  expect((await served.call('GET', `/schedules/${id}/runs`)).body).toMatchObject({ runs: [triggered.body], count: 1, total: 1, hasMore: false });
  expect((await served.call('GET', '/schedules?status=sleeping')).body.error.details).toMatchObject({ field: 'status' });
});
