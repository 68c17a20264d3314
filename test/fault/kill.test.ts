/**
 * Real processes, killed with SIGKILL in the middle of things. What must hold every time: the journal has no gap and nothing twice, and every input reached the agent's
 * terminal at most once; exactly once unless the terminal itself died with it.
 */
import { randomUUID } from 'node:crypto';
import { EverthreadClient } from '../../src/client/client';
import { eventually } from '../support/eventually';
import { completed, spawnThread, type TestThread } from '../support/threads';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ ownPostgres: true, env: { EVERTHREAD_HOST_GONE_AFTER_MS: '60000' } });
}, 120_000);
afterAll(() => world.stop(), 60_000);

it('a worker killed in a turn: the next one goes on with it', async () => {
  const thread = await spawnThread(world, { objective: 'say begin' });
  await thread.has('the objective is done', completed(1));
  await thread.send('work 1500; say after the worker died');
  await eventually('it is typed', () => thread.lines().length === 2);

  await world.kill('worker');
  const accepted = await thread.send('say sent while no worker ran', 'while-away');
  expect(accepted).toMatchObject({ sent: true, accepted: true });
  await world.start('worker');
  await thread.send('say sent while no worker ran', 'while-away');

  await thread.has('three turns are done', completed(3));
  await thread.isWhole();
  expect(thread.lines()).toEqual(['say begin', 'work 1500; say after the worker died', 'say sent while no worker ran']);
  await thread.stop();
}, 120_000);

it('the API killed during a stream: the client resumes after the last event it saw', async () => {
  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { seq } of thread.stream(0)) {
      seen.push(seq);
    }
  })();
  await eventually('it streams', () => seen.length >= 5);

  await world.kill('api');
  await world.start('api');
  await thread.send('say one');
  await thread.has('the turn is done', completed(2));
  await world.kill('api');
  await world.start('api');
  await thread.send('say two');
  await thread.has('the turn is done', completed(3));
  await thread.stop();
  await reading;

  const events = await thread.events();
  expect(seen).toEqual(events.map(({ seq }) => seq));
  await thread.isWhole();
}, 120_000);

it('ptyd killed in a turn: the CLI starts again with its conversation, the turn is reported unknown, nothing is typed twice', async () => {
  const thread = await spawnThread(world, { objective: 'say remember me' });
  await thread.has('the objective is done', completed(1));
  await thread.send('work 20000', 'lost-turn');
  await thread.has('it is typed', (events) => events.some(({ type, data }) => type === 'thread_input' && data['requestId'] === 'lost-turn'));

  await world.kill('ptyd');

  await thread.has('a session took over', (events) => events.some(({ type }) => type === 'thread_session_resumed'));
  await thread.reaches('ready');
  const events = await thread.events();
  expect(events.find(({ type }) => type === 'thread_session_lost')?.data).toMatchObject({ turn: { requestId: 'lost-turn', outcome: 'unknown' } });
  expect(events.find(({ type }) => type === 'thread_session_resumed')?.data).toMatchObject({ generation: 2, resumed: true });
  await thread.send('say still here');
  await thread.has('it goes on', completed(2));
  await thread.isWhole();
  await thread.stop();
}, 120_000);

it('the Temporal server killed and started again: commands and turns go on', async () => {
  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));
  await thread.send('work 1000; say over the outage');
  await eventually('it is typed', () => thread.lines().length === 2);

  await world.kill('temporal');
  await expect(thread.send('say nobody can take this', 'nobody')).rejects.toMatchObject({ status: 503, code: 'temporal.unavailable' });
  await world.start('temporal');

  await thread.has('the turn is done', completed(2), 90_000);
  await eventually(
    'commands are taken again',
    () =>
      thread.send('say now somebody can', 'somebody').then(
        () => true,
        () => false,
      ),
    30_000,
  );
  await thread.has('it is done', completed(3));
  await thread.isWhole();
  await thread.stop();
}, 180_000);

it('Postgres killed and started again: what happened meanwhile is journalled afterwards', async () => {
  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));
  await thread.send('work 2000; say said while the journal was away');
  await eventually('it is typed', () => thread.lines().length === 2);

  const ended = thread.recorded('turn_end');
  await world.kill('postgres');
  await eventually('the agent is done', () => thread.recorded('turn_end') > ended);
  await world.start('postgres');

  await thread.has('the turn is journalled', completed(2), 90_000);
  await thread.send('say afterwards');
  await thread.has('it goes on', completed(3));
  await thread.isWhole();
  await thread.stop();
}, 180_000);

it('the host killed while a thread is blocked: it is answered after the restart, once', async () => {
  const thread = await spawnThread(world, { objective: 'ask shell make install; say installed' });
  await thread.reaches('blocked');

  await world.kill('host');
  const answered = await thread.approve({ approve: true });
  expect(answered).toMatchObject({ repeated: false });
  await world.start('host');

  await thread.has('the turn is done', completed(1), 60_000);
  expect(thread.inputs().filter(({ kind }) => kind === 'answer')).toHaveLength(1);
  expect(await thread.approve({ approve: false, askId: (answered as { askId: string }).askId })).toMatchObject({ repeated: true, answer: { approve: true } });
  await thread.isWhole();
  await thread.stop();
}, 120_000);

it('the host killed in a turn: its terminals live on, and the watch is taken up again', async () => {
  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));
  await thread.send('work 3000; say the terminal outlived its host');
  await eventually('it is typed', () => thread.lines().length === 2);

  await world.kill('host');
  await world.start('host');

  await thread.has('the turn is done', completed(2), 60_000);
  expect(await thread.types()).not.toContain('thread_session_lost');
  expect(new Set(thread.inputs().map(({ pid }) => pid)).size).toBe(1);
  await thread.isWhole();
  await thread.stop();
}, 120_000);

it('two spawns with one Idempotency-Key at once make one thread', async () => {
  const key = randomUUID();
  const body = { executionId: 'once', name: 'once', agentType: 'scripted', objective: 'say once' };
  const { managedThreads } = new EverthreadClient({ baseUrl: world.apiUrl });

  const threads = await Promise.all(Array.from({ length: 8 }, () => managedThreads.spawn(body, { idempotencyKey: key })));

  expect(new Set(threads.map(({ id }) => id)).size).toBe(1);
  expect(await managedThreads.list({ executionId: 'once' })).toMatchObject({ count: 1 });
  await expect(managedThreads.spawn({ ...body, name: 'other' }, { idempotencyKey: key })).rejects.toMatchObject({ code: 'idempotency.key_reused' });
  await managedThreads.stop(threads[0]?.id ?? '', { force: true });
}, 60_000);

it('the objective is typed exactly once, whatever is killed while the thread starts', async () => {
  const threads: TestThread[] = [];
  for (const [part, after] of [
    ['worker', 'thread_status'],
    ['host', 'thread_status'],
    ['worker', 'thread_prepared'],
    ['host', 'thread_started'],
    ['api', 'thread_started'],
    ['worker', 'thread_ready'],
    ['host', 'thread_turn_started'],
  ] as const) {
    const thread = await spawnThread(world, { objective: `say objective ${threads.length}`, env: { EVERTHREAD_SCRIPTED_START_MS: '300' } });
    threads.push(thread);
    await thread.has(`${after} is journalled`, (events) => events.some(({ type }) => type === after));
    await world.kill(part);
    await world.start(part);
  }

  for (const [n, thread] of threads.entries()) {
    await thread.has(`objective ${n} is done`, completed(1), 90_000);
    expect(thread.lines()).toEqual([`say objective ${n}`]);
    await thread.isWhole();
    await thread.stop();
  }
}, 300_000);

it('a thread whose workflow is terminated in Temporal does not stay running: its row and journal tell the end', async () => {
  const thread = await spawnThread(world);
  await thread.has('the objective is done', completed(1));

  await world.temporal.workflow.getHandle(`managed-thread/${thread.id}`).terminate('by hand');

  await thread.reaches('failed', 60_000);
  expect((await thread.events()).at(-1)).toMatchObject({ type: 'thread_failed', data: { code: 'workflow.ended' } });
  await thread.isWhole();
}, 90_000);
