/** The workflow of a schedule's run on a real Temporal server, with targets that exist only here. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { scheduleActivities } from '../../activities/schedules/scheduled-start';
import type { ScheduleRuns, Targets } from '../../activities/ports';
import { runAddress, type RetryPolicy, type RunEnd, type ScheduledRun } from '../../src/contracts/schedule';
import { Fault } from '../../src/errors/fault';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { until } from '../support/eventually';
import { recordHistories } from '../support/record-histories';

let world: ActorWorld;
let client: Client;
const begun: WorkflowHandleWithFirstExecutionRunId[] = [];

beforeAll(async () => {
  world = await startActorWorld();
  client = world.environment.client;
});
afterEach(async () => {
  await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
  await world.rest();
});
afterAll(() => world.stop());

/** Keeps what was started by key, as the real ones do, and the first end of each run. */
class FakeRuns implements ScheduleRuns, Targets {
  readonly started = new Map<string, string>();
  readonly tries: string[] = [];
  readonly ends = new Map<string, RunEnd>();
  /** Thrown by the next tries, first to last. */
  readonly faults: Fault[] = [];
  deleted = false;
  readonly by = new Set<string>();

  begin: ScheduleRuns['begin'] = () => Promise.resolve(this.deleted ? null : { kind: 'thread-message', input: {} });
  end: ScheduleRuns['end'] = (run: ScheduledRun, end: RunEnd) => {
    if (!this.ends.has(run.runId)) this.ends.set(run.runId, end);
    return Promise.resolve();
  };
  start: Targets['start'] = ({ key, by, target }) => {
    this.tries.push(key);
    this.by.add(`${by.via} ${by.subject}`);
    const fault = this.faults.shift();
    if (fault) return Promise.reject(fault);
    const id = this.started.get(key) ?? `started-${this.started.size + 1}`;
    this.started.set(key, id);
    return Promise.resolve({ kind: target.kind, id });
  };
}

async function run(runs: FakeRuns, retryPolicy: RetryPolicy | null = null, runId = '2026-03-01T09:00:00Z') {
  await world.work({ activities: scheduleActivities({ targets: runs, schedules: runs }) });
  const scheduleId = `sch_${randomUUID().slice(0, 8)}`;
  const handle = await client.workflow.start('scheduledStart', {
    ...{ workflowId: runAddress('acme', scheduleId, runId), taskQueue: 'everthread' },
    args: [{ tenant: 'acme', scheduleId, revision: 1, retryPolicy }],
  });
  begun.push(handle);
  return { handle, key: `schedule:${scheduleId}:${runId}`, scheduleId };
}

const full = (): Fault => new Fault('exhausted', 'thread.queue_full', 'The queue is full.');
const away = (): Fault => new Fault('unavailable', 'store.unreachable', 'The database cannot be reached at the moment.');
const stopped = (): Fault => new Fault('conflict', 'thread.stopped', 'The thread has ended; it takes no more commands.');

it('a run of a schedule starts its target under a key of schedule and time, and records what it started', async () => {
  const runs = new FakeRuns();
  const { handle, key, scheduleId } = await run(runs);

  expect(await handle.result()).toEqual({ kind: 'thread-message', id: 'started-1' });
  expect(runs.tries).toEqual([key]);
  expect([...runs.by]).toEqual([`schedule schedule:${scheduleId}`]);
  expect(runs.ends.get('2026-03-01T09:00:00Z')).toEqual({ status: 'success', target: { kind: 'thread-message', id: 'started-1' }, error: null });
});

it('a run of a schedule tries again under the same key while a server is away, whatever its policy', async () => {
  const runs = new FakeRuns();
  runs.faults.push(away(), away());
  const { handle, key } = await run(runs, { maxRetries: 0, retryDelayMs: 0, backoffMultiplier: 1 });

  await handle.result();
  expect(runs.tries).toEqual([key, key, key]);
  expect(runs.started.size).toBe(1);
});

it('a run of a schedule tries a full queue as often as its policy says, then fails with the reason', async () => {
  const runs = new FakeRuns();
  runs.faults.push(full(), full(), full(), full());
  const { handle } = await run(runs, { maxRetries: 2, retryDelayMs: 20, backoffMultiplier: 2 });

  await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'The queue is full.', type: 'thread.queue_full' } });
  expect(runs.tries).toHaveLength(3);
  expect([...runs.ends.values()]).toEqual([{ status: 'failure', target: null, error: { code: 'thread.queue_full', message: 'The queue is full.' } }]);
});

it('a run of a schedule does not try again what is refused for good', async () => {
  const runs = new FakeRuns();
  runs.faults.push(stopped());
  const { handle } = await run(runs, { maxRetries: 5, retryDelayMs: 1, backoffMultiplier: 1 });

  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'thread.stopped' } });
  expect(runs.tries).toHaveLength(1);
});

it('a run of a schedule that was deleted meanwhile starts nothing', async () => {
  const runs = new FakeRuns();
  runs.deleted = true;
  const { handle } = await run(runs, null, 'trigger-1');

  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'schedule.not_found' } });
  expect(runs.tries).toEqual([]);
});

it('a run of a schedule that another one takes the place of stops between two tries and says that it was skipped', async () => {
  const runs = new FakeRuns();
  runs.faults.push(full(), full());
  const { handle } = await run(runs, { maxRetries: 5, retryDelayMs: 3_600_000, backoffMultiplier: 1 });
  await until('the first try is over', () => runs.tries.length === 1);
  await handle.cancel();

  await expect(handle.result()).rejects.toThrow(/cancel/i);
  expect([...runs.ends.values()]).toMatchObject([{ status: 'skipped', error: { code: 'schedule.run_cancelled' } }]);
});
