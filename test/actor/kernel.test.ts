/** The kernel with the smallest actor: what holds for every actor that is written on it. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { eventually } from '../support/eventually';
import { add, counterRef, finish } from '../support/counter';

let world: ActorWorld;
let client: Client;
const by = { subject: 'tester', via: 'api' as const };

beforeAll(async () => {
  world = await startActorWorld('test/support/counter-workflow.ts');
  client = world.environment.client;
});
afterEach(() => world.rest());
afterAll(() => world.stop());

const open = async (id: string, historyMax = 8_000) =>
  client.workflow.start('counter', { workflowId: counterRef(id).address, taskQueue: 'everthread', args: [id, historyMax] });

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
    }),
  );
}

it('takes 1,000 signals and updates while it keeps continuing as new: none is lost, none counts twice', async () => {
  await world.work({});
  const id = randomUUID();
  const handle = await open(id, 250);
  const doors = new Doors(client, { updateDeadlineMs: 20_000, signalDeadlineMs: 10_000 });
  const { address } = counterRef(id);
  const ids = Array.from({ length: 1_000 }, (_, n) => `${n % 2 === 0 ? 'update' : 'signal'}-${n}`);

  await inParallel(ids, 8, async (requestId) => {
    const envelope = { requestId, by, input: { n: 1 } };
    if (requestId.startsWith('update')) await doors.send(address, add, { ...envelope });
    else expect(await doors.tell(address, add, envelope)).toBe(true);
    // Every seventh is sent again, through the other door.
    if (Number(requestId.split('-')[1]) % 7 === 0) await doors.tell(address, add, envelope);
  });
  await eventually('all are journalled', () => world.journal.of(address).length >= 1_000, 60_000);
  await doors.send(address, finish, { input: {}, requestId: 'finish', by });

  expect(await handle.result()).toBe(1_000);
  const events = world.journal.of(address);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const taken = events.filter((event) => event.type === 'added').map((event) => event.requestId);
  expect([...taken].sort()).toEqual([...ids].sort());
  expect(events.filter((event) => event.type === 'command_refused')).toEqual([]);
  const runs = new Set<string>();
  for await (const run of client.workflow.list({ query: `WorkflowId = "${address}"` })) runs.add(run.runId);
  expect(runs.size).toBeGreaterThan(5);
}, 120_000);

it('answers the same receipt to the same request id, also after continuing as new and through the other door', async () => {
  await world.work({});
  const id = randomUUID();
  await open(id, 40);
  const doors = new Doors(client);
  const { address } = counterRef(id);

  const first = await doors.send(address, add, { input: { n: 5 }, requestId: 'once', by });
  for (let n = 0; n < 12; n++) await doors.send(address, add, { input: { n: 1 }, requestId: `filler-${n}`, by });
  await doors.tell(address, add, { requestId: 'once', by, input: { n: 5 } });
  const again = await doors.send(address, add, { input: { n: 5 }, requestId: 'once', by });

  expect(again).toEqual(first);
  expect(world.journal.of(address).filter((event) => event.requestId === 'once')).toHaveLength(1);
});

it('answers the same receipt to the same request id after it has ended, and nothing to another one', async () => {
  await world.work({});
  const id = randomUUID();
  const handle = await open(id);
  const doors = new Doors(client);
  const { address } = counterRef(id);
  const added = await doors.send(address, add, { input: { n: 5 }, requestId: 'lost', by });
  const finished = await doors.send(address, finish, { input: {}, requestId: 'finish', by });
  await handle.result();

  expect(await doors.send(address, add, { input: { n: 5 }, requestId: 'lost', by })).toEqual(added);
  expect(await doors.send(address, finish, { input: {}, requestId: 'finish', by })).toEqual(finished);
  await expect(doors.send(address, add, { input: { n: 5 }, requestId: 'late', by })).rejects.toMatchObject({ code: 'actor.closed' });
  expect(world.journal.of(address).filter(({ type }) => type === 'added')).toHaveLength(1);
});

it('accepts a command while no worker runs, and does it later, once', async () => {
  const id = randomUUID();
  await open(id);
  const doors = new Doors(client, { updateDeadlineMs: 300, signalDeadlineMs: 5_000 });
  const { address } = counterRef(id);

  const sent = await doors.send(address, add, { input: { n: 3 }, requestId: 'while-away', by });
  expect(sent).toEqual({ status: 'accepted' });

  await world.work({});
  await eventually('the command is journalled', () => world.journal.of(address).length > 0);
  const again = await doors.send(address, add, { input: { n: 3 }, requestId: 'while-away', by });
  expect(again).toMatchObject({ status: 'done', reply: { total: 3, seq: 1 } });
  expect(world.journal.of(address)).toHaveLength(1);
});

it('refuses through the update door without a trace in history, and tells of a refused signal by an event', async () => {
  await world.work({});
  const id = randomUUID();
  const handle = await open(id);
  const doors = new Doors(client);
  const { address } = counterRef(id);
  await doors.send(address, add, { input: { n: 1 }, requestId: 'a', by });
  await eventually('the journal has it', () => world.journal.of(address).length === 1);
  const before = (await handle.fetchHistory()).events?.length;

  await expect(handle.executeUpdate('add', { args: [{ requestId: 'b', by, input: { n: 0 } }] })).rejects.toMatchObject({ cause: { type: 'add.invalid' } });
  await handle.signal('add', { n: 'many' });
  await eventually('the refusal is journalled', () => world.journal.of(address).length === 2);

  expect(world.journal.of(address)[1]).toMatchObject({ type: 'command_refused', data: { command: 'add', code: 'add.invalid' } });
  const updates = ((await handle.fetchHistory()).events ?? []).slice(before ?? 0).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  expect(updates).toEqual([]);
});

it('takes a bare input that a person signals by hand', async () => {
  await world.work({});
  const id = randomUUID();
  const handle = await open(id);

  await handle.signal('add', { n: 7 });

  await eventually('it is journalled', () => world.journal.of(counterRef(id).address).length === 1);
  expect(world.journal.of(counterRef(id).address)[0]).toMatchObject({ type: 'added', data: { n: 7 }, by: { via: 'signal' } });
});

it('waits while the journal cannot be written, and loses nothing', async () => {
  await world.work({});
  const id = randomUUID();
  await open(id);
  const doors = new Doors(client);
  const { address } = counterRef(id);
  world.journal.broken = new Error('the database is away');
  const sent = await Promise.all([1, 2, 3].map((n) => doors.send(address, add, { input: { n }, requestId: `r${n}`, by })));
  expect(sent.every((each) => each.status === 'done')).toBe(true);
  expect(world.journal.of(address)).toEqual([]);

  world.journal.broken = null;

  await eventually('all are journalled', () => world.journal.of(address).length === 3);
  expect(world.journal.of(address).map((event) => event.seq)).toEqual([1, 2, 3]);
});
