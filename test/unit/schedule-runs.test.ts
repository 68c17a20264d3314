import { intervalOffset, retryDelay, runOf, startKey, statusOf } from '../../src/domain/schedule/run';
import { shownInput } from '../../src/domain/schedule/shown-input';
import { SharedQuestions } from '../../src/gateway/shared-questions';
import { specOf } from '../../src/gateway/temporal-schedules';
import type { ScheduleDefinition } from '../../src/contracts/schedule';

const of = { tenant: 'acme', scheduleId: 'sch_1' };

describe('a run', () => {
  it('is named by the time that was meant, which Temporal puts behind the address', () => {
    expect(runOf(of, 'schedule/acme/sch_1-2026-03-01T09:00:00Z', '2026-03-01T09:00:02.500Z')).toEqual({
      ...{ ...of, runId: '2026-03-01T09:00:00Z', scheduledAt: '2026-03-01T09:00:00.000Z' },
    });
  });

  it('by hand was meant for when it began', () => {
    expect(runOf(of, 'schedule/acme/sch_1-trigger-abc', '2026-03-01T09:00:02.500Z')).toMatchObject({
      runId: 'trigger-abc',
      scheduledAt: '2026-03-01T09:00:02.500Z',
    });
  });

  it('has a key of its own', () => {
    expect(startKey({ scheduleId: 'sch_1', runId: '2026-03-01T09:00:00Z' })).toBe('schedule:sch_1:2026-03-01T09:00:00Z');
  });

  it.each([
    [null, 0, null],
    [{ maxRetries: 0, retryDelayMs: 100, backoffMultiplier: 2 }, 0, null],
    [{ maxRetries: 2, retryDelayMs: 100, backoffMultiplier: 2 }, 0, 100],
    [{ maxRetries: 2, retryDelayMs: 100, backoffMultiplier: 2 }, 1, 200],
    [{ maxRetries: 2, retryDelayMs: 100, backoffMultiplier: 2 }, 2, null],
    [{ maxRetries: 100, retryDelayMs: 3_600_000, backoffMultiplier: 10 }, 99, 3_600_000],
  ])('with the policy %j waits after %i retries for %s ms', (policy, retries, delay) => {
    expect(retryDelay(policy, retries)).toBe(delay);
  });
});

it.each([
  [{ paused: false, remaining: null, next: 'soon' }, 'active'],
  [{ paused: true, remaining: 3, next: 'soon' }, 'paused'],
  [{ paused: false, remaining: 0, next: 'soon' }, 'completed'],
  [{ paused: true, remaining: null, next: null }, 'completed'],
])('%j is %s', (state, status) => {
  expect(statusOf(state)).toBe(status);
});

const definition: ScheduleDefinition = {
  ...{ name: 'n', description: null, cron: null, intervalMs: null, calendar: null, timezone: 'Europe/Berlin', startAt: null, endAt: null, jitterMs: 0 },
  ...{ overlap: 'skip', catchupWindowMs: 60_000, pauseOnFailure: false, maxRuns: null, retryPolicy: null, metadata: {} },
  target: { kind: 'thread-message', input: {} },
};

describe("Temporal's words for the times", () => {
  it('count an interval from when the schedule was made', () => {
    const anchor = '2026-03-01T09:20:07.900Z';
    const { intervals } = specOf({ ...definition, intervalMs: 3_600_000 }, anchor);

    expect(intervals).toEqual([{ every: 3_600_000, offset: (20 * 60 + 7) * 1_000 }]);
    expect((Date.parse(anchor) - intervalOffset(3_600_000, anchor)) % 3_600_000).toBeLessThan(1_000);
  });

  it('name months and days, and say which cron they were', () => {
    const spec = specOf({ ...definition, cron: '0 9 * MAR MON-FRI', startAt: '2026-01-01T00:00:00.000Z', jitterMs: 500 }, 'ignored');

    expect(spec).toMatchObject({
      ...{ timezone: 'Europe/Berlin', startAt: new Date('2026-01-01T00:00:00Z'), jitter: 500 },
      calendars: [
        {
          ...{ comment: '0 9 * MAR MON-FRI', year: '*', hour: [{ start: 9, end: 9, step: 1 }] },
          ...{ month: [{ start: 'MARCH', end: 'MARCH', step: 1 }], dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }] },
        },
      ],
    });
  });

  it('are as many as there are calendars', () => {
    expect(specOf({ ...definition, calendar: [{ hour: 9 }, { hour: 17, dayOfWeek: 'FRI' }] }, '').calendars).toHaveLength(2);
  });
});

it('the input of a target is shown without values of its environment, wherever they are', () => {
  const input = {
    objective: 'use hunter2hunter2 now',
    env: { B: 'hunter2hunter2', A: 'x' },
    preparation: { env: { C: 'three-secret-words' }, workspace: { path: '/w' } },
  };

  expect(shownInput({ kind: 'managed-thread', input })).toEqual({
    ...{ objective: 'use [redacted] now', envNames: ['A', 'B'], preparation: { envNames: ['C'], workspace: { path: '/w' } } },
  });
});

describe('questions of one key', () => {
  it('are asked one after the other, and those who wait share the next one', async () => {
    const answers: ((value: number) => void)[] = [];
    const questions = new SharedQuestions<number>();
    const ask = (): Promise<number> => questions.ask('k', () => new Promise((resolve) => answers.push(resolve)));
    const [first, second, third] = [ask(), ask(), ask()];
    expect(answers).toHaveLength(1);
    answers[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();

    const late = ask();
    answers[1]?.(2);

    expect([await second, await third]).toEqual([2, 2]);
    await new Promise(setImmediate);
    answers[2]?.(3);
    expect(await late).toBe(3);
    await new Promise(setImmediate);
    void ask();
    expect(answers).toHaveLength(4);
  });

  it('go on after one that failed', async () => {
    const questions = new SharedQuestions<number>();
    const first = questions.ask('k', () => Promise.reject(new Error('no')));
    const second = questions.ask('k', () => Promise.resolve(2));

    await expect(first).rejects.toThrow('no');
    expect(await second).toBe(2);
  });
});
