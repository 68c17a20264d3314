/** Steps that only compute, on a real Temporal server: performed within the task of the workflow, and what becomes of them where that does not go well. */
import { setTimeout as delay } from 'node:timers/promises';
import { hostQueue } from '../../src/contracts/actor';
import { QUICK_STEPS_MAX } from '../../src/contracts/script/activities';
import { until } from '../support/eventually';
import { scriptActors, type BegunThread } from '../support/script-actors';

const actors = scriptActors();

const NATIVE = ['import tools', '  uuid from native', '  hash from mcp.files', ''].join('\n');
const asks = (count: number, from = 0): string => Array.from({ length: count }, (_, n) => `do "Ask ${from + n}" with uuid -> r${from + n}\n`).join('\n');
const list = (count: number): string => `emit [${Array.from({ length: count }, (_, n) => `r${n}.n`).join(', ')}]`;

/** A tool that counts its calls. */
function counting(): void {
  let calls = 0;
  actors.fake.tool = () => ({ n: ++calls });
}

/** Ids and queues of the activities of its steps. */
async function activitiesOf(thread: BegunThread) {
  const history = (await thread.handle.fetchHistory()).events ?? [];
  return history.flatMap(({ activityTaskScheduledEventAttributes: it }) =>
    it?.activityType?.name === 'executeStep' ? [{ id: it.activityId, queue: it.taskQueue?.name }] : [],
  );
}

it('twenty of them are two activities, and all is told as it happened', async () => {
  counting();
  const thread = await actors.begin(`${NATIVE}\n${asks(20)}\n${list(20)}`);

  expect((await thread.result()).output).toEqual({ value: Array.from({ length: 20 }, (_, n) => n + 1) });
  expect(await activitiesOf(thread)).toEqual([{ id: `step ${QUICK_STEPS_MAX}`, queue: 'everthread' }]);
  expect((await thread.handle.describe()).historyLength).toBeLessThanOrEqual(40);
  const markers = ((await thread.handle.fetchHistory()).events ?? []).filter(({ markerRecordedEventAttributes: it }) => it);
  expect(Buffer.from(markers[3]?.userMetadata?.summary?.data ?? []).toString()).toBe('"3 do \\"Ask 3\\" with uuid"');
  const told = thread.events().map(({ type, seq, data }) => [seq, type, (data as { path?: string }).path]);
  expect(told.slice(1, 41)).toEqual(Array.from({ length: 40 }, (_, n) => [n + 2, n % 2 === 0 ? 'step_started' : 'step_completed', String(Math.floor(n / 2))]));
});

it('one that does not answer at once becomes an activity on the queue of the workflow', async () => {
  let calls = 0;
  actors.fake.tool = (_args, { signal }) => {
    if (++calls > 1) return { n: calls };
    return new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  };
  const thread = await actors.begin(`${NATIVE}\n${asks(2)}\n${list(2)}`);

  expect((await thread.result()).output).toEqual({ value: [2, 3] });
  expect(await activitiesOf(thread)).toEqual([{ id: 'step 0', queue: 'everthread' }]);
  expect(thread.of('step_completed').filter(({ path }) => path === '0')).toHaveLength(1);
});

it('one that cannot be reached within the worker is tried again as an activity', async () => {
  let calls = 0;
  actors.fake.tool = () => {
    if (++calls < 3) throw new Error('the store is away');
    return { n: calls };
  };
  const thread = await actors.begin(`${NATIVE}\n${asks(1)}\n${list(1)}`);

  expect((await thread.result()).output).toEqual({ value: [3] });
  expect(await activitiesOf(thread)).toHaveLength(1);
});

it('what was said in a task of the workflow that was lost was never told', async () => {
  const said: number[] = [];
  let lost = false;
  actors.fake.tool = async (_args, { signal }) => {
    const n = Math.random();
    said.push(n);
    // The worker goes before it has answered the task that it had.
    if (!lost && said.length === 3) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      throw new Error('gone');
    }
    return { n };
  };
  const thread = await actors.begin(`${NATIVE}\n${asks(4)}\n${list(4)}`);
  await until('the third is at work', () => said.length === 3);
  expect(thread.events().filter(({ type }) => type === 'step_completed')).toEqual([]);
  lost = true;
  await actors.world.rest();
  await actors.work();

  const { output } = await thread.result();
  const told = thread.of('step_completed').map(({ output: value }) => (value as { value: { n: number } } | null)?.value.n);
  expect(output).toEqual({ value: told.slice(0, 4) });
  expect(new Set(told.slice(0, 4)).size).toBe(4);
});

it('a tool of the same name from elsewhere goes to the queue of scripts', async () => {
  const thread = await actors.begin(`${NATIVE}\ndo "Long" with hash -> found\n\nemit 1`);
  await thread.result();

  expect(await activitiesOf(thread)).toEqual([{ id: 'step 0', queue: 'everthread-scripts' }]);
});

it('those of a LOCAL thread are performed by its host', async () => {
  counting();
  await actors.world.work({ activities: { ...actors.fake.activities }, workflows: false, taskQueue: hostQueue('h7') });
  const thread = await actors.begin(`${NATIVE}\n${asks(1)}\n${list(1)}`, {}, { executionMode: 'LOCAL', hostId: 'h7' });

  expect((await thread.result()).output).toEqual({ value: [1] });
  expect(await activitiesOf(thread)).toEqual([{ id: 'step 0', queue: hostQueue('h7') }]);
});

it('in lanes beside each other they are told lane by lane, and a cancellation ends all', async () => {
  let calls = 0;
  actors.fake.tool = async () => {
    const n = ++calls;
    await delay((n * 7) % 5);
    return { n };
  };
  const items = Array.from({ length: 40 }, (_, n) => n).join(', ');
  const thread = await actors.begin(
    `${NATIVE}\neach item in [${items}] parallel 8 -> all\n  do "Ask" with uuid -> r\n\nask "Go on?" -> answer\n  type = text\n\nemit all`,
  );
  await thread.paused();
  expect(thread.of('step_completed').filter(({ path }) => path.startsWith('0.'))).toHaveLength(40);
  expect((await activitiesOf(thread)).length).toBeLessThan(40);
  await thread.cancel();

  expect((await thread.result()).status).toBe('CANCELLED');
});
