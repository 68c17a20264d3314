/**
 * 500 seeded interleavings of send, approve, cancel, stop, lost terminals and continue-as-new over managed threads. Whatever the order, the
 * same things hold at the end. A failure prints its seed; `EVERTHREAD_RACE_SEED=<seed> npm test -- race` runs that one alone.
 */
import type { Client } from '@temporalio/client';
import * as commands from '../../src/contracts/managed-thread/commands';
import type { RecordedEvent } from '../../src/contracts/actor';
import { evolve } from '../../src/domain/managed-thread/evolve';
import { openThread } from '../../src/domain/managed-thread/state';
import { faultFrom } from '../../src/errors/fault';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { FakeHost } from '../support/fake-host';
import { random, type Random } from '../support/random';
import { refOf, threadStart } from '../support/thread-start';

const INTERLEAVINGS = 500;
const AT_ONCE = 20;
const by = { subject: 'racer', via: 'api' as const };

let world: ActorWorld;
let client: Client;
beforeAll(async () => {
  world = await startActorWorld();
  client = world.environment.client;
});
afterAll(() => world.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** What a refusal may say in a race; anything else is a bug. */
const EXPECTED = ['thread.stopped', 'thread.not_blocked', 'thread.ask_not_found', 'thread.queue_full', 'actor.closed'];

async function race(seed: number, host: FakeHost): Promise<void> {
  const dice = random(seed);
  const start = threadStart({ id: `race-${seed}`, approvalPreset: dice.pick(['standard', 'autonomous']) });
  const ref = refOf(start);
  const historyMax = dice.pick([40, 80, 8_000]);
  const handle = await client.workflow.start('managedThread', { workflowId: ref.address, taskQueue: 'everthread', args: [start, undefined, historyMax] });
  const doors = new Doors(client, { updateDeadlineMs: 20_000, signalDeadlineMs: 10_000 });
  const sent: string[] = [];
  const act = async (n: number): Promise<void> => {
    const requestId = `r${n}`;
    try {
      switch (dice.pick(['send', 'send', 'send', 'ask', 'approve', 'approve', 'cancel', 'lose', 'repeat', 'raw', 'resume'])) {
        case 'send':
          sent.push(requestId);
          await doors.send(ref.address, commands.send, { input: { message: { text: `work ${dice.below(15)}` } }, requestId, by });
          break;
        case 'ask':
          sent.push(requestId);
          await doors.tell(ref.address, commands.send, { input: { message: { text: 'ask' } }, requestId, by });
          break;
        case 'approve':
          await doors.send(ref.address, commands.approve, { input: { approve: dice.below(2) === 0 }, requestId, by });
          break;
        case 'cancel':
          await doors.send(ref.address, commands.cancel, { input: {}, requestId, by });
          break;
        case 'raw':
          await doors.send(ref.address, commands.send, { input: { raw: 'x' }, requestId, by });
          break;
        case 'resume':
          await doors.send(ref.address, commands.resume, { input: {}, requestId, by });
          break;
        case 'lose':
          host.lose((sessionId) => sessionId.startsWith(`${start.id}.`));
          break;
        case 'repeat': {
          const again = sent[dice.below(sent.length + 1)];
          if (again) await doors.tell(ref.address, commands.send, { input: { message: { text: 'repeated' } }, requestId: again, by });
        }
      }
    } catch (thrown) {
      if (!EXPECTED.includes(faultFrom(thrown).code)) throw thrown;
    }
  };
  const acts: Promise<void>[] = [];
  for (let n = 0, count = 4 + dice.below(12); n < count; n++) {
    acts.push(act(n));
    if (dice.below(3) > 0) await pause(dice.below(40));
  }
  await Promise.all(acts);
  await finish(doors, ref.address, dice);
  const result = await handle.result();
  check(host, world.journal.of(ref.address), start, result.status, new Set(sent));
}

async function finish(doors: Doors, address: string, dice: Random): Promise<void> {
  try {
    await Promise.all([1, 2].map((n) => doors.send(address, commands.stop, { input: { force: dice.below(2) === 0 }, requestId: `stop-${n}`, by })));
  } catch (thrown) {
    if (!EXPECTED.includes(faultFrom(thrown).code)) throw thrown;
  }
}

function check(host: FakeHost, events: readonly RecordedEvent[], start: Parameters<typeof openThread>[0], status: string, sent: ReadonlySet<string>): void {
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  // The fold of the journal is the state.
  expect(events.reduce(evolve, openThread(start)).status).toBe(status);
  expect(['stopped', 'failed']).toContain(status);
  const of = (type: string) => events.filter((event) => event.type === type);
  // Every message that was taken was taken once; none was invented.
  const queued = of('thread_input_queued').map((event) => event.data['requestId'] as string);
  expect(new Set(queued).size).toBe(queued.length);
  const messagesTaken = of('thread_input_queued')
    .filter((event) => 'message' in (event.data['input'] as object))
    .map((event) => event.data['requestId'] as string);
  for (const id of messagesTaken) expect(sent).toContain(id);
  // What reached the terminal did so once, in the order in which it was taken.
  const typed = host.typed.filter((each) => each.sessionId.startsWith(`${start.id}.`)).map((each) => each.effectId);
  expect(new Set(typed).size).toBe(typed.length);
  const messages = typed.filter((id) => id.startsWith('message-')).map((id) => id.slice('message-'.length));
  expect(messages).toEqual(queued.filter((id) => messages.includes(id)));
  // What was taken was typed, dropped by a cancel, or still waiting when the thread ended.
  const dropped = new Set(of('thread_cancelled').flatMap((event) => event.data['dropped'] as string[]));
  for (const id of dropped) expect(messages).not.toContain(id);
  // An ask has one answer.
  const answered = of('thread_answered').map((event) => event.data['askId']);
  expect(new Set(answered).size).toBe(answered.length);
  expect(of('thread_stopped').length + of('thread_failed').length).toBe(1);
  // Nothing is left running.
  expect([...host.sessions.keys()].filter((id) => id.startsWith(`${start.id}.`))).toEqual([]);
}

it(`holds its promises in ${INTERLEAVINGS} interleavings`, async () => {
  const host = new FakeHost();
  const chosen = process.env['EVERTHREAD_RACE_SEED'];
  const first = chosen === undefined ? Math.floor(Math.random() * 1_000_000) * 1_000 : Number(chosen);
  const seeds = Array.from({ length: chosen === undefined ? INTERLEAVINGS : 1 }, (_, n) => first + n);
  const delays = random(first);
  host.delayMs = () => delays.below(12);
  await world.work({ activities: host.placement });
  await world.work({ workflows: false, taskQueue: `host-${host.hostId}`, activities: host.activities });

  const failed: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let seed = seeds.shift(); seed !== undefined && failed.length === 0; seed = seeds.shift()) {
        const running = seed;
        await race(seed, host).catch((thrown: unknown) =>
          failed.push(`EVERTHREAD_RACE_SEED=${running}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`),
        );
      }
    }),
  );

  expect(failed).toEqual([]);
}, 600_000);
