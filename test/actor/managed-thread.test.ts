/** The managed thread's workflow on a real Temporal server, with a host that has no terminals. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { ThreadStart } from '../../src/contracts/managed-thread/projection';
import * as commands from '../../src/contracts/managed-thread/commands';
import type { ThreadState } from '../../src/domain/managed-thread/state';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { eventually } from '../support/eventually';
import { FakeHost } from '../support/fake-host';
import { recordHistories } from '../support/record-histories';
import { refOf, threadStart } from '../support/thread-start';

let world: ActorWorld;
let client: Client;
let hosts = 0;
const spawned: WorkflowHandleWithFirstExecutionRunId[] = [];
const by = { subject: 'tester', via: 'api' as const };

beforeAll(async () => {
  world = await startActorWorld();
  client = world.environment.client;
});
afterEach(async () => {
  await recordHistories(expect.getState().currentTestName ?? '', spawned.splice(0));
  await world.rest();
});
afterAll(() => world.stop());

async function newHost(): Promise<FakeHost> {
  const host = new FakeHost();
  host.hostId = `host-${++hosts}`;
  await world.work({ activities: host.placement });
  await world.work({ workflows: false, taskQueue: `host-${host.hostId}`, activities: host.activities });
  return host;
}

async function spawn(changes: Partial<ThreadStart> = {}, historyMax?: number) {
  const start = threadStart(changes);
  const ref = refOf(start);
  const handle = await client.workflow.start('managedThread', { workflowId: ref.address, taskQueue: 'everthread', args: [start, undefined, historyMax] });
  spawned.push(handle);
  const doors = new Doors(client, { updateDeadlineMs: 10_000, signalDeadlineMs: 5_000 });
  let requests = 0;
  return {
    start,
    handle,
    events: () => world.journal.of(ref.address),
    types: () => world.journal.of(ref.address).map((event) => event.type),
    status: () => world.journal.projections.get(ref.address)?.['status'],
    state: () => handle.query<ThreadState>('state'),
    reaches: (status: string) => eventually(`the thread is ${status}`, () => world.journal.projections.get(ref.address)?.['status'] === status),
    send: (text: string, requestId = `request-${++requests}`) => doors.send(ref.address, commands.send, { input: { message: { text } }, requestId, by }),
    raw: (raw: string, requestId = `request-${++requests}`) => doors.send(ref.address, commands.send, { input: { raw }, requestId, by }),
    approve: (input: { approve: boolean; askId?: string }, requestId = `request-${++requests}`) =>
      doors.send(ref.address, commands.approve, { input, requestId, by }),
    cancel: () => doors.send(ref.address, commands.cancel, { input: {}, requestId: `request-${++requests}`, by }),
    stop: (force = false) => doors.send(ref.address, commands.stop, { input: { force }, requestId: `request-${++requests}`, by }),
  };
}

const inputs = (host: FakeHost) => host.typed.map((each) => each.effectId);

it('goes from pending to ready by way of every word on it, with the objective typed once', async () => {
  const host = await newHost();
  const thread = await spawn();

  await eventually('the first turn is complete', () => thread.types().includes('thread_turn_complete'));

  expect(thread.types()).toEqual([
    'thread_status',
    'thread_prepared',
    'thread_status',
    'thread_started',
    'thread_ready',
    'thread_turn_started',
    'thread_input',
    'thread_conversation',
    'thread_turn_complete',
  ]);
  expect(inputs(host)).toEqual(['objective']);
  expect(thread.status()).toBe('ready');
  await thread.stop();
  await expect(thread.handle.result()).resolves.toMatchObject({ status: 'stopped' });
  expect(host.ended).toEqual([`${thread.start.id}.1`]);
  expect(host.released).toEqual(['/workspace']);
});

it('works through messages in order, one turn at a time, and types a repeated one once', async () => {
  const host = await newHost();
  const thread = await spawn();
  await Promise.all([thread.send('work 50', 'a'), thread.send('second', 'b'), thread.send('third', 'c'), thread.send('third', 'c')]);

  await eventually('four turns are complete', () => thread.types().filter((type) => type === 'thread_turn_complete').length === 4);

  const messages = inputs(host).filter((id) => id.startsWith('message-'));
  expect([...messages].sort()).toEqual(['message-a', 'message-b', 'message-c']);
  const queued = thread
    .events()
    .filter((event) => event.type === 'thread_input_queued')
    .map((event) => `message-${event.requestId}`);
  expect(messages).toEqual(queued);
  await thread.stop();
  await thread.handle.result();
});

it('waits blocked for an answer, gives it once, and shows the first answer to the second', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.send('ask');
  await thread.reaches('blocked');
  const { ask } = await thread.state();

  const first = await thread.approve({ approve: true });
  const second = await thread.approve({ approve: false, askId: ask?.id ?? '' });
  await thread.reaches('ready');
  const third = await thread.approve({ approve: false, askId: ask?.id ?? '' });

  expect(first).toMatchObject({ status: 'done', reply: { askId: ask?.id, answer: { approve: true }, answeredBy: 'tester', repeated: false } });
  expect(second).toMatchObject({ reply: { answer: { approve: true }, repeated: true } });
  expect(third).toMatchObject({ reply: { answer: { approve: true }, repeated: true } });
  expect(inputs(host).filter((id) => id.startsWith('answer-'))).toHaveLength(1);
  expect(thread.events().find((event) => event.type === 'thread_input' && event.data['kind'] === 'answer')?.data).toMatchObject({
    answeredBy: 'tester',
    automatic: false,
    askId: ask?.id,
  });
  await thread.stop();
  await thread.handle.result();
});

it('is answered by a bare Temporal signal', async () => {
  await newHost();
  const thread = await spawn();
  await thread.send('ask');
  await thread.reaches('blocked');

  await thread.handle.signal('approve', { approve: false });

  await thread.reaches('ready');
  expect(thread.events().find((event) => event.type === 'thread_answered')).toMatchObject({ by: { via: 'signal' }, data: { answer: { approve: false } } });
  await thread.stop();
  await thread.handle.result();
});

it('answers automatically what an autonomous preset allows, and says so', async () => {
  await newHost();
  const thread = await spawn({ approvalPreset: 'autonomous' });
  await thread.send('ask');

  await eventually('two turns are complete', () => thread.types().filter((type) => type === 'thread_turn_complete').length === 2);

  expect(thread.events().find((event) => event.type === 'thread_blocked')?.data).toMatchObject({ autoResponded: true });
  expect(thread.events().find((event) => event.type === 'thread_answered')?.data).toMatchObject({ automatic: true, answeredBy: 'preset:autonomous' });
  await thread.stop();
  await thread.handle.result();
});

it('starts the CLI again when its terminal is lost in a turn, resumes its conversation, and types nothing twice', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.reaches('ready');
  await thread.send('hang', 'lost-one');
  await eventually('it was typed', () => inputs(host).includes('message-lost-one'));
  await eventually('the journal knows', () => thread.events().some((event) => event.type === 'thread_input' && event.data['requestId'] === 'lost-one'));

  host.loseAll();

  await eventually('a new session took over', () => thread.types().includes('thread_session_resumed'));
  await thread.reaches('ready');
  expect(thread.events().find((event) => event.type === 'thread_session_lost')?.data).toMatchObject({ turn: { requestId: 'lost-one', outcome: 'unknown' } });
  expect(thread.events().find((event) => event.type === 'thread_session_resumed')?.data).toMatchObject({
    resumed: true,
    conversationId: 'conversation-1',
    generation: 2,
  });
  expect(inputs(host).filter((id) => id === 'message-lost-one')).toHaveLength(1);
  await thread.stop();
  await thread.handle.result();
});

it('releases an idle session and wakes it with its conversation at the next send', async () => {
  const host = await newHost();
  const thread = await spawn({ policy: { ...threadStart().policy, idleTimeoutMs: 300, maxIdleChecks: 2 } });

  await thread.reaches('idle');
  expect(host.sessions.size).toBe(0);
  expect(thread.events().find((event) => event.type === 'thread_idle')?.data).toMatchObject({ reason: 'idle_timeout', checks: 2 });
  await thread.send('wake up', 'wake');

  await eventually('it is typed', () => inputs(host).includes('message-wake'));
  await eventually('the journal knows', () => thread.types().includes('thread_session_resumed'));
  expect(thread.events().find((event) => event.type === 'thread_session_resumed')?.data).toMatchObject({ generation: 2, resumed: true });
  await thread.stop();
  await thread.handle.result();
});

it('waits for a host that does not answer and goes on when it comes back', async () => {
  const host = new FakeHost();
  host.hostId = `host-${++hosts}`;
  host.state = 'silent';
  await world.work({ activities: host.placement });
  const thread = await spawn();

  await thread.reaches('waiting');
  await world.work({ workflows: false, taskQueue: `host-${host.hostId}`, activities: host.activities });

  await eventually('the first turn is complete', () => thread.types().includes('thread_turn_complete'));
  expect(inputs(host)).toEqual(['objective']);
  await thread.stop();
  await thread.handle.result();
}, 60_000);

it('moves to another host when its own is gone for good', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.reaches('ready');
  await world.rest();
  host.loseAll();
  const other = await newHost();
  other.placement.checkHost = () => Promise.resolve({ state: 'gone' });

  await thread.send('on the other side', 'moved');

  await eventually('it is typed there', () => inputs(other).includes('message-moved'), 40_000);
  expect(inputs(host)).not.toContain('message-moved');
  await eventually('the journal knows', () => thread.types().includes('thread_session_lost'));
  await thread.stop();
  await thread.handle.result();
}, 90_000);

it('cancels a turn: the CLI is interrupted, waiting messages are dropped, the thread lives on', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.reaches('ready');
  await thread.send('hang');
  await eventually('it hangs', () => host.typed.some((each) => each.text === 'hang'));
  await thread.send('never', 'never');

  await expect(thread.cancel()).resolves.toMatchObject({ reply: { dropped: 1 } });

  await eventually('the turn is over', () => thread.types().filter((type) => type === 'thread_turn_complete').length === 2);
  expect(inputs(host)).not.toContain('message-never');
  await thread.send('still here', 'here');
  await eventually('it goes on', () => inputs(host).includes('message-here'));
  await thread.stop();
  await thread.handle.result();
});

it('completes when the CLI ends by itself, fails when it ends badly, and stops when Temporal cancels it', async () => {
  const host = await newHost();
  const [well, badly, cancelled] = await Promise.all([spawn(), spawn(), spawn()]);
  await Promise.all([well.send('exit 0'), badly.send('exit 3'), cancelled.reaches('ready')]);
  await cancelled.handle.cancel();

  await expect(well.handle.result()).resolves.toMatchObject({ status: 'completed' });
  await expect(badly.handle.result()).resolves.toMatchObject({ status: 'failed' });
  await expect(cancelled.handle.result()).resolves.toMatchObject({ status: 'stopped' });
  expect(host.ended).toEqual([`${cancelled.start.id}.1`]);
  expect(badly.events().at(-1)?.data).toMatchObject({ exitCode: 3, code: 'agent.exited' });
  expect(cancelled.events().at(-1)?.data).toMatchObject({ reason: 'workflow_cancelled' });
});

it('continues as new in the middle of a turn: the watch looks on in the next run, and nothing is typed twice', async () => {
  const host = await newHost();
  const thread = await spawn({}, 30);
  await thread.send('work 1500', 'long');
  for (let n = 0; n < 6; n++) await thread.send(`work ${n}`, `after-${n}`);

  await eventually('all turns are complete', () => thread.types().filter((type) => type === 'thread_turn_complete').length === 8);

  const { runId } = await thread.handle.describe();
  expect(runId).not.toBe(thread.handle.firstExecutionRunId);
  const messages = inputs(host).filter((id) => id.startsWith('message-'));
  expect(messages).toEqual(['message-long', ...[0, 1, 2, 3, 4, 5].map((n) => `message-after-${n}`)]);
  await thread.stop();
  await thread.handle.result();
});

it('takes what is typed past it into account: an answer given in the terminal closes the ask', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.send('ask');
  await thread.reaches('blocked');

  await thread.raw('y');

  await thread.reaches('ready');
  expect(host.typed.at(-1)?.text).toBe('y');
  expect(thread.types()).toContain('thread_ask_closed');
  await thread.stop();
  await thread.handle.result();
});

const watched = (host: FakeHost, id: string) => (host.sessions.get(id)?.changed.size ?? 0) > 0;

it('a watch of a lost session says nothing about the next one', async () => {
  const host = await newHost();
  const thread = await spawn();
  await thread.reaches('ready');
  await thread.send('hang', 'turn');
  await eventually('it is typed and watched', () => inputs(host).includes('message-turn') && watched(host, `${thread.start.id}.1`));
  const session = host.sessions.get(`${thread.start.id}.1`);
  host.sessions.delete(`${thread.start.id}.1`);
  // Typing notices the loss first, the watch only when the next session is there.
  await thread.raw('x');
  await eventually('the next session is open', () => thread.types().includes('thread_session_resumed'));
  session?.changed.forEach((tell) => tell());

  await eventually('it is ready again', () => thread.status() === 'ready');
  expect(thread.types().filter((type) => type === 'thread_session_lost')).toHaveLength(1);
  await thread.stop();
  await thread.handle.result();
  expect([...host.sessions.keys()]).toEqual([]);
});
