/** Every word of a thread's status, every way to its end, and what idleness costs: over HTTP, on a whole real system that comes up part by part. */
import { cacheDirectory } from '../../activities/preparation/clone-cache';
import { locked } from '../../activities/preparation/directory-lock';
import { repositoryOf } from '../../activities/preparation/repository';
import { join } from 'node:path';
import { identify, isAlive, isGone } from '../../src/embedded/process-identity';
import { PtydClient } from '../../src/ptyd/client';
import { ptydSocketPath } from '../../src/ptyd/ensure';
import { eventually } from '../support/eventually';
import { Http } from '../support/http';
import { makeRepository } from '../support/repositories';
import { completed, spawnThread, type SeenEvent, type TestThread } from '../support/threads';
import { startWorld, type World } from '../support/world';

let world: World;
let http: Http;
beforeAll(async () => {
  world = await startWorld({ roles: ['api'] });
  http = new Http(world);
}, 120_000);
afterAll(() => world.stop(), 60_000);

const path = (thread: TestThread, rest = ''): string => `/managed-threads/${thread.id}${rest}`;
const remove = (thread: TestThread, query = ''): ReturnType<Http['delete']> => http.delete(path(thread, query));

async function dataOf(thread: TestThread, type: SeenEvent['type']): Promise<Readonly<Record<string, any>>> {
  return (await thread.events()).findLast((event) => event.type === type)?.data ?? {};
}

/** The process of the thread's last session. */
async function processOf(thread: TestThread) {
  const { pid } = (await thread.events()).findLast(({ type }) => type === 'thread_started' || type === 'thread_session_resumed')?.data as { pid: number };
  const identity = identify(pid);
  expect(identity).not.toBeNull();
  return identity as NonNullable<typeof identity>;
}

async function sessions(): Promise<readonly string[]> {
  const ptyd = new PtydClient({ socketPath: ptydSocketPath(world.dataDir) });
  const list = await ptyd.list();
  ptyd.close();
  return list.filter(({ exit }) => !exit).map(({ session }) => session);
}

/** Keeps preparations of this repository waiting, as a long clone by somebody else would, until the returned function is called. */
async function occupy(repo: string): Promise<() => Promise<void>> {
  const cache = cacheDirectory(join(world.dataDir, 'workspaces'), 'default', repositoryOf(repo, ''));
  let release!: () => void;
  let held!: () => void;
  const isHeld = new Promise<void>((resolve) => (held = resolve));
  const done = locked(`${cache}.lock`, undefined, () => {
    held();
    return new Promise<void>((resolve) => (release = resolve));
  });
  await isHeld;
  return async () => {
    release();
    await done;
  };
}

/** A thread in the repository; `env` by the twin at top level, which counts where `preparation` is not given. */
const spawnIn = (repo: string, name: string): Promise<TestThread> =>
  spawnThread(world, {
    objective: 'tool build 1500; say built',
    extra: {
      name,
      preparation: undefined,
      workspace: { repo },
      env: { EVERTHREAD_SCRIPTED_STATE: join(world.dataDir, 'conversations'), EVERTHREAD_SCRIPTED_START_MS: '1500' },
      policy: { idleTimeoutMs: 1_000 },
    },
  });

describe('a system that comes up part by part', () => {
  let free: () => Promise<void> = async () => undefined;
  let traveller: TestThread;
  let others: Readonly<Record<'pending' | 'waiting' | 'preparing' | 'starting', TestThread>>;
  afterAll(() => free());

  it('without a worker a thread is pending, and a stop is accepted for later', async () => {
    const repo = await makeRepository(join(world.dataDir, 'repos', 'slow'), { 'README.md': 'slow\n' });
    free = await occupy(repo);
    traveller = await spawnIn(repo, 'traveller');
    others = {
      pending: await spawnIn(repo, 'pending'),
      waiting: await spawnIn(repo, 'waiting'),
      preparing: await spawnIn(repo, 'preparing'),
      starting: await spawnThread(world, { env: { EVERTHREAD_SCRIPTED_START_MS: '60000' } }),
    };

    expect(await traveller.get()).toMatchObject({ status: 'pending', runtimeName: 'everthread', turns: 0, lastSeq: 0 });
    expect(await remove(others.pending, '?timeout=0')).toMatchObject({ status: 202, body: { id: others.pending.id, stopping: true } });
  }, 30_000);

  it('without a host it waits and says for what; stopped there, it is gone at once', async () => {
    await world.start('worker');

    await others.pending.reaches('stopped');
    await traveller.reaches('waiting');
    expect(await traveller.get()).toMatchObject({ statusReason: 'no host is alive' });
    await others.waiting.reaches('waiting');
    expect((await remove(others.waiting)).status).toBe(204);
  }, 30_000);

  it('while its workspace is made it is preparing; stopped there, it does not wait for others who need the repository', async () => {
    await world.start('host');

    await traveller.reaches('preparing');
    await others.preparing.reaches('preparing');
    const asked = Date.now();
    expect((await remove(others.preparing)).status).toBe(204);
    expect(Date.now() - asked).toBeLessThan(5_000);
  }, 30_000);

  it('before the first prompt of its agent it is starting; stopped there, the agent is ended', async () => {
    await others.starting.has('its process runs', (events) => events.some(({ type }) => type === 'thread_started'));
    expect(await others.starting.get()).toMatchObject({ status: 'starting' });
    const agent = await processOf(others.starting);
    expect((await remove(others.starting, '?timeout=200')).status).toBe(204);
    expect(isAlive(agent)).toBe(false);
  }, 30_000);

  it('then it is starting, running, ready, idle, blocked and completed; others fail, or are stopped', async () => {
    await free();
    for (const status of ['starting', 'running', 'ready', 'idle']) await traveller.reaches(status);
    await traveller.send('ask shell make install; say installed');
    await traveller.reaches('blocked');
    await traveller.approve({ approve: true });
    await traveller.has('the turn is done', completed(2));
    await traveller.send('bye');
    await traveller.reaches('completed');
    const failing = await spawnThread(world, { objective: 'crash 3' });
    await failing.reaches('failed');
    const stopping = await spawnThread(world, { objective: 'say stop me' });
    await stopping.reaches('ready');

    for (const thread of [traveller, failing, stopping]) expect((await remove(thread)).status).toBe(204);

    expect(await Promise.all([traveller, failing, stopping].map(async (thread) => (await thread.get()).status))).toEqual(['completed', 'failed', 'stopped']);
    await traveller.isWhole();
  }, 60_000);
});

describe('a system that is up', () => {
  beforeAll(async () => {
    for (const role of ['worker', 'host'] as const) if (!world.runs(role)) await world.start(role);
  }, 60_000);

  it('an agent that ends well completes its thread, one that crashes fails it, and both say how', async () => {
    const [done, crashed, fresh] = await Promise.all([
      spawnThread(world, { objective: 'say all tests pass, see https://git.example.invalid/acme/auth/pull/7; say done' }),
      spawnThread(world, { objective: 'say nearly; crash 3' }),
      spawnThread(world, { objective: 'bye' }),
    ]);
    await done.has('a turn is done', completed(1));
    await done.send('bye');
    await Promise.all([done.reaches('completed'), crashed.reaches('failed'), fresh.reaches('completed')]);

    expect(await dataOf(done, 'thread_turn_complete')).toMatchObject({
      output: expect.stringContaining('all tests pass'),
      completion: {
        state: 'partial',
        summary: expect.stringContaining('done'),
        artifacts: [{ type: 'pr', value: 'https://git.example.invalid/acme/auth/pull/7' }],
      },
    });
    expect(await dataOf(done, 'thread_completed')).toMatchObject({ exitCode: 0, completion: { state: 'complete' } });
    expect(await done.get()).toMatchObject({ status: 'completed', completion: { state: 'complete' } });
    expect(await dataOf(crashed, 'thread_failed')).toMatchObject({ exitCode: 3, code: 'agent.exited', completion: { state: 'failed' } });
    expect(await crashed.get()).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('exit code 3'), completion: { state: 'failed' } });
    expect(await dataOf(fresh, 'thread_completed')).toMatchObject({ completion: { state: 'partial' } });
    for (const thread of [done, crashed, fresh]) {
      expect((await thread.types()).at(-1)).toMatch(/^thread_(completed|failed)$/);
      expect(await thread.get()).not.toHaveProperty('session');
      await thread.isWhole();
    }
  }, 60_000);

  it('a quiet thread is released after maxIdleChecks checks: its session is gone, and the next send wakes it with its conversation', async () => {
    const [once, thrice] = await Promise.all([
      spawnThread(world, { objective: 'say remember the milk', extra: { policy: { idleTimeoutMs: 1_000 } } }),
      spawnThread(world, { objective: 'say patient', extra: { policy: { idleTimeoutMs: 1_000, maxIdleChecks: 3 } } }),
    ]);
    await once.has('the objective is done', completed(1));
    const before = await once.get();
    const first = await processOf(once);
    expect(await sessions()).toContain(before['agentId']);

    await once.reaches('idle');

    expect(await isGone(first, 1_000)).toBe(true);
    expect(await sessions()).not.toContain(before['agentId']);
    const idle = await once.get();
    expect(idle).not.toHaveProperty('session');
    expect(await dataOf(once, 'thread_idle')).toMatchObject({ reason: 'idle_timeout', checks: 1 });
    expect(await http.get(path(once, '/screen'))).toMatchObject({ status: 409, body: { code: 'thread.no_session' } });

    const { conversationId } = before['session'] as { conversationId: string };
    await once.send('say still here');
    await once.has('the second turn is done', completed(2));
    expect(await dataOf(once, 'thread_session_resumed')).toMatchObject({ generation: 2, resumed: true, conversationId });
    expect(await once.get()).toMatchObject({ session: { conversationId } });
    expect(
      once
        .inputs()
        .filter(({ kind }) => kind === 'start')
        .map(({ text }) => text),
    ).toEqual([conversationId, conversationId]);

    await once.reaches('idle');
    expect((await http.post(path(once, '/resume'), {})).body).toMatchObject({ resumed: true });
    await once.reaches('ready');
    await once.isWhole();

    await thrice.reaches('idle');
    expect(await dataOf(thrice, 'thread_idle')).toMatchObject({ checks: 3 });
    const events = (await http.get(path(thrice, '/events'))).body.events as { type: string; time: string }[];
    const at = (type: string): number => Date.parse(events.find((event) => event.type === type)?.time ?? '');
    expect(at('thread_idle') - at('thread_turn_complete')).toBeGreaterThan(2_900);
    await Promise.all([remove(once), remove(thrice)]);
  }, 60_000);

  it('summarizeAfterTurns renews the summary after that many turns and records it as a shared decision', async () => {
    const thread = await spawnThread(world, { objective: 'say the first turn', extra: { policy: { summarizeAfterTurns: 2 } } });
    await thread.has('one turn is done', completed(1));
    expect(await thread.types()).not.toContain('thread_summary_updated');
    expect(await thread.get()).not.toHaveProperty('summary');

    await thread.send('say the second turn');
    await thread.has('a summary is there', (events) => events.some(({ type }) => type === 'thread_summary_updated'));
    await thread.send('say the third turn');
    await thread.has('three turns are done', completed(3));

    const summary = expect.stringContaining('the second turn');
    expect(await dataOf(thread, 'thread_summary_updated')).toMatchObject({ turns: 2, summary });
    expect(await thread.get()).toMatchObject({ turns: 3, summary });
    expect((await thread.types()).filter((type) => type === 'thread_summary_updated')).toHaveLength(1);
    const { decisions } = (await http.get(path(thread, '/shared-decisions'))).body;
    expect(decisions).toEqual([expect.objectContaining({ category: 'thread_summary', summary, threadId: thread.id })]);
    await remove(thread);
  }, 60_000);

  it('a graceful stop lets the agent leave, a forced one kills, and either way every process that the session started is gone', async () => {
    const [polite, killed, deaf] = await Promise.all([
      spawnThread(world, { objective: 'spawn-daemon; say polite' }),
      spawnThread(world, { objective: 'spawn-daemon; say busy; work 60000' }),
      spawnThread(world, { objective: 'spawn-daemon; say deaf; hang' }),
    ]);
    const daemonOf = async (thread: TestThread) => {
      await eventually('its daemon runs', async () => /The daemon is \d+/.test((await http.get(path(thread, '/screen'))).body.text ?? ''));
      const [, pid] = /The daemon is (\d+)/.exec((await http.get(path(thread, '/screen'))).body.text) ?? [];
      return identify(Number(pid)) as NonNullable<ReturnType<typeof identify>>;
    };
    await polite.has('the turn is done', completed(1));
    const processes = await Promise.all([polite, killed, deaf].flatMap((thread) => [processOf(thread), daemonOf(thread)]));
    await eventually('it hangs', async () => /Hanging/.test((await http.get(path(deaf, '/screen'))).body.text));

    const answers = await Promise.all([remove(polite), remove(killed, '?force=true'), remove(deaf, '?timeout=700')]);

    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(processes.filter(isAlive)).toEqual([]);
    expect(await dataOf(polite, 'thread_stopped')).toMatchObject({ reason: 'stop_requested', force: false, exitCode: 0, signal: null });
    expect(await dataOf(killed, 'thread_stopped')).toMatchObject({ force: true, signal: 'SIGKILL' });
    expect(await dataOf(deaf, 'thread_stopped')).toMatchObject({ force: false, signal: 'SIGKILL' });
    for (const thread of [polite, killed, deaf]) {
      expect(await sessions()).not.toContain(`${thread.id}.1`);
      await thread.isWhole();
    }
  }, 60_000);

  it('a blocked, an idle and a running thread can be deleted; afterwards every command is refused with 409', async () => {
    const [blocked, idle, running] = await Promise.all([
      spawnThread(world, { objective: 'ask shell make' }),
      spawnThread(world, { objective: 'say nothing more', extra: { policy: { idleTimeoutMs: 1_000 } } }),
      spawnThread(world, { objective: 'work 60000' }),
    ]);
    await Promise.all([blocked.reaches('blocked'), idle.reaches('idle'), running.reaches('running')]);
    const living = await Promise.all([blocked, running].map(processOf));

    const answers = await Promise.all([remove(blocked), remove(idle), remove(running)]);

    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(Array.from({ length: 3 }, () => ({ status: 204, body: undefined })));
    expect(living.filter(isAlive)).toEqual([]);
    const refused = { status: 409, body: { code: 'thread.stopped', error: expect.any(String), requestId: expect.any(String) } };
    for (const thread of [blocked, idle, running]) {
      expect(await thread.get()).toMatchObject({ status: 'stopped' });
      expect(await thread.get()).not.toHaveProperty('ask');
      expect(await http.post(path(thread, '/send'), { message: 'hello?' })).toMatchObject(refused);
      expect(await http.post(path(thread, '/approvals'), { approve: true })).toMatchObject(refused);
      expect(await http.post(path(thread, '/cancel'), {})).toMatchObject(refused);
      expect(await http.post(path(thread, '/resume'), {})).toMatchObject(refused);
      expect((await remove(thread)).status).toBe(204);
    }
  }, 60_000);
});
