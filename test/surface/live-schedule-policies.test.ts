/** What Temporal makes of overlap, catch-up and jitter, on a whole real system, with runs that take as long as no worker is there to take them up. */
import { until } from '../support/eventually';
import { scheduleCalls, scheduledThread, someExecution } from '../support/schedules';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => void (world = await startWorld({ roles: ['api', 'worker'] })));
afterAll(() => world.stop());

const { create, get, runs, pause, remove } = scheduleCalls(() => world);

type Run = Awaited<ReturnType<typeof runs>>[number];
const having = (found: readonly Run[], ...statuses: readonly string[]): number => found.filter(({ status }) => statuses.includes(status)).length;
const everySecond = (overlap: string) => create({ intervalMs: 1_000, overlap, target: scheduledThread(someExecution()) });

/** Milliseconds between the times that the first runs were meant for. */
const gaps = (found: readonly Run[], count: number): number[] => {
  const times = found
    .map(({ scheduledAt }) => Date.parse(scheduledAt))
    .sort((a, b) => a - b)
    .slice(0, count + 1);
  return times.slice(1).map((time, n) => time - (times[n] as number));
};

it('overlap: skips, keeps one, keeps all, ends the one before or lets all run, while the one before is not over', async () => {
  await world.kill('worker');
  const made = await Promise.all(['skip', 'bufferOne', 'bufferAll', 'terminateOther', 'allowAll'].map(everySecond));
  const [skip, one, all, other, together] = made.map(({ id }) => id) as [string, string, string, string, string];
  await until(
    'five seconds have passed for each',
    async () =>
      (await get(skip)).skippedRuns >= 4 && (await get(one)).skippedRuns >= 4 && (await runs(together)).length >= 5 && (await runs(other)).length >= 5,
    60_000,
  );

  // One is under way, and of the others one waits, all wait, or none.
  expect([(await runs(skip)).length, (await runs(one)).length, (await runs(all)).length]).toEqual([1, 1, 1]);
  expect(await Promise.all([all, other, together].map(async (id) => (await get(id)).skippedRuns))).toEqual([0, 0, 0]);
  const [ended, kept] = [await runs(other), await runs(together)];
  expect(having(kept, 'pending', 'running')).toBe(kept.length);
  // The last one may just be ended for one that begins.
  expect([having(ended, 'pending', 'running') <= 1, having(ended, 'failure') >= ended.length - 1]).toEqual([true, true]);

  await world.start('worker');
  await until(
    'they go on',
    async () => having(await runs(skip), 'success') >= 2 && having(await runs(one), 'success') >= 3 && having(await runs(all), 'success') >= 5,
    60_000,
  );

  expect(gaps(await runs(skip), 1)[0]).toBeGreaterThanOrEqual(5_000);
  const [first, second] = gaps(await runs(one), 2);
  expect([first, second! >= 4_000]).toEqual([1_000, true]);
  expect(gaps(await runs(all), 4)).toEqual([1_000, 1_000, 1_000, 1_000]);
  await Promise.all(made.map(({ id }) => remove(id)));
}, 180_000);

it('catch-up: makes up for what passed while Temporal was away, as far back as the window, and says what it missed', async () => {
  const [narrow, wide] = await Promise.all(
    [10_000, 3_600_000].map((catchupWindowMs) => create({ intervalMs: 1_000, overlap: 'allowAll', catchupWindowMs, target: scheduledThread(someExecution()) })),
  );
  await until('both have run', async () => (await runs(narrow!.id)).length > 0 && (await runs(wide!.id)).length > 0, 30_000);
  await world.kill('temporal');
  const away = Date.now();
  await until('Temporal was away for longer than the narrow window', () => Date.now() - away > 17_000, 30_000);
  await world.start('temporal');
  const back = Date.now();

  const seconds = (found: readonly Run[]): number[] => found.map(({ scheduledAt }) => Date.parse(scheduledAt)).sort((a, b) => a - b);
  const caughtUp = async (id: string): Promise<number[]> => seconds(await runs(id).catch(() => [])).filter((time) => time > away && time < back);
  await until('the wide one has made up for everything', async () => (await caughtUp(wide!.id)).length >= Math.floor((back - away) / 1_000) - 1, 60_000);
  await until('the narrow one runs again', async () => seconds(await runs(narrow!.id)).some((time) => time > back), 60_000);
  await Promise.all([pause(narrow!.id), pause(wide!.id)]);

  const [missed, missedByWide] = [(await get(narrow!.id)).missedRuns, (await get(wide!.id)).missedRuns];
  expect(missed).toBeGreaterThanOrEqual(3);
  expect(missedByWide).toBe(0);
  const made = await caughtUp(narrow!.id);
  // Nothing twice, and nothing from before the window.
  expect(new Set(made).size).toBe(made.length);
  expect(made.length).toBeLessThanOrEqual((await caughtUp(wide!.id)).length - 3);
  await Promise.all([remove(narrow!.id), remove(wide!.id)]);
}, 180_000);

it('jitter: comes up to so much later, each schedule at its own moment, and never sooner', async () => {
  const [intervalMs, jitterMs] = [3_600_000, 1_800_000];
  const made = await Promise.all(
    Array.from({ length: 6 }, () => create({ intervalMs, jitterMs, startAt: '2026-01-01T00:00:00Z', target: scheduledThread(someExecution()) })),
  );
  const late = made.map(({ nextRunAt }) => Date.parse(nextRunAt!) % intervalMs);
  expect(late.every((ms) => ms >= 0 && ms <= jitterMs)).toBe(true);
  expect(new Set(late).size).toBeGreaterThan(1);

  const soon = await create({ intervalMs: 2_000, jitterMs: 1_500, target: scheduledThread(someExecution()) });
  const told = await until(
    'it has run three times',
    async () => {
      const found = (await runs(soon.id)).filter(({ status }) => status === 'success');
      return found.length >= 3 ? found : null;
    },
    60_000,
  );
  // The time that is meant is the one without the jitter; nothing begins before it.
  expect(told.every(({ scheduledAt, startedAt }) => Date.parse(startedAt!) >= Date.parse(scheduledAt))).toBe(true);
  await Promise.all([...made, soon].map(({ id }) => remove(id)));
}, 90_000);
