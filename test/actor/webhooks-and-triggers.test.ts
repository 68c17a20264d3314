/** The workflows of a delivery and of a firing on a real Temporal server, with a receiver and targets that exist only here. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { triggerActivities } from '../../activities/triggers/fire';
import { webhookActivities } from '../../activities/webhooks/deliver';
import type { Deliveries, DeliveryOrder, Firings, OutgoingCalls, Targets } from '../../activities/ports';
import { WEBHOOK_DELAYS_MS } from '../../src/config/variables';
import { firingAddress, type FiringEnd } from '../../src/contracts/trigger';
import { DELIVER_NOW_SIGNAL, deliveryAddress, type DeliveryTry, type WebhookDefinition } from '../../src/contracts/webhook';
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

const definition: WebhookDefinition = {
  ...{ url: 'https://example.com/hook', description: null, events: ['*'], filters: {}, enabled: true, ordered: false, timeoutMs: 1_000, retries: 4 },
  ...{ signatureScheme: 'timestamped', format: 'event', headerNames: [], metadata: {} },
};

class FakeReceiver implements Deliveries, OutgoingCalls {
  readonly tries: DeliveryTry[] = [];
  readonly sent: string[] = [];
  readonly waits: (number | null)[] = [];
  /** What the next tries come to; 200 when there is none left. */
  readonly answers: (number | Fault)[] = [];
  status: DeliveryOrder['status'] = 'pending';
  webhook = definition;

  order: Deliveries['order'] = () =>
    Promise.resolve({
      ...{ webhook: this.webhook, secrets: { secret: 'secret', previous: null, headers: {} }, status: this.status, tried: this.tries.length },
      ...{ eventId: 'evt_1', eventType: 'thread.started', executionId: null, body: '{}', createdAt: '2026-03-01T00:00:00.000Z' },
    });
  record: Deliveries['record'] = (_tenant, _id, { made, delivered, nextInMs }) => {
    this.tries.push(made);
    this.waits.push(nextInMs);
    this.status = delivered ? 'delivered' : nextInMs === null ? 'failed' : 'pending';
    return Promise.resolve();
  };
  cancel: Deliveries['cancel'] = () => {
    this.status = 'cancelled';
    return Promise.resolve();
  };
  post: OutgoingCalls['post'] = ({ headers }) => {
    this.sent.push(String(headers['X-Everthread-Delivery']));
    const answer = this.answers.shift() ?? 200;
    return answer instanceof Fault ? Promise.reject(answer) : Promise.resolve({ status: answer, durationMs: 1 });
  };
}

async function deliver(receiver: FakeReceiver, delaysMs: readonly number[], more: { readonly asked?: true } = {}) {
  await world.work({ activities: webhookActivities({ deliveries: receiver, outgoing: receiver }) });
  const deliveryId = `dlv_${randomUUID().slice(0, 8)}`;
  const handle = await client.workflow.start('deliverWebhook', {
    ...{ workflowId: deliveryAddress('acme', deliveryId), taskQueue: 'everthread', args: [{ tenant: 'acme', deliveryId, delaysMs, ...more }] },
  });
  begun.push(handle);
  return { handle, deliveryId };
}

const away = (): Fault => new Fault('unavailable', 'outgoing.failed', 'Nobody is there.');

it('a delivery is tried until the receiver takes it, under one id', async () => {
  const receiver = new FakeReceiver();
  receiver.answers.push(500, away(), 301);
  const { handle, deliveryId } = await deliver(receiver, [10, 20, 30, 40]);

  expect(await handle.result()).toBe('delivered');
  expect(receiver.sent).toEqual([deliveryId, deliveryId, deliveryId, deliveryId]);
  expect(receiver.waits).toEqual([10, 20, 30, 40]);
  expect(receiver.tries.map(({ status, error }) => [status, error])).toEqual([
    [500, 'The receiver answered 500.'],
    [null, 'Nobody is there.'],
    [301, 'The receiver answered 301.'],
    [200, null],
  ]);
});

it('a delivery is given up after its last wait, and at once where no other try can help', async () => {
  const stubborn = new FakeReceiver();
  stubborn.answers.push(500, 500, 500);
  expect(await (await deliver(stubborn, [10, 10])).handle.result()).toBe('given up');
  expect([stubborn.status, stubborn.tries.length]).toEqual(['failed', 3]);
  await world.rest();

  for (const answer of [410, new Fault('invalid', 'outgoing.address_refused', 'It is a private address.')]) {
    const gone = new FakeReceiver();
    gone.answers.push(answer);
    expect(await (await deliver(gone, [60_000])).handle.result()).toBe('given up');
    expect([gone.status, gone.tries.length]).toEqual(['failed', 1]);
    await world.rest();
  }
});

it('a delivery waits a minute before its second try, and tries at once when somebody asks', async () => {
  const receiver = new FakeReceiver();
  receiver.answers.push(500);
  const { handle } = await deliver(receiver, WEBHOOK_DELAYS_MS);
  const started = await until('it waits', async () => {
    const { events } = await handle.fetchHistory();
    return events?.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes)?.timerStartedEventAttributes ?? null;
  });
  expect(Number(started.startToFireTimeout?.seconds)).toBe(60);
  await handle.signal(DELIVER_NOW_SIGNAL);

  expect(await handle.result()).toBe('delivered');
  expect(receiver.waits).toEqual([60_000, 300_000]);
});

it('a delivery that was delivered before is sent again only when somebody asks', async () => {
  const receiver = new FakeReceiver();
  receiver.status = 'delivered';
  expect(await (await deliver(receiver, [])).handle.result()).toBe('delivered');
  expect(receiver.sent).toEqual([]);
  await world.rest();
  expect(await (await deliver(receiver, [], { asked: true })).handle.result()).toBe('delivered');
  expect(receiver.sent).toHaveLength(1);
});

it('a delivery ends when its webhook is disabled while it waits', async () => {
  const receiver = new FakeReceiver();
  receiver.answers.push(500);
  const { handle } = await deliver(receiver, [300, 300]);
  await until('it was tried', () => receiver.tries.length === 1);
  receiver.webhook = { ...definition, enabled: false };

  expect(await handle.result()).toBe('given up');
  expect([receiver.status, receiver.sent.length]).toEqual(['cancelled', 1]);
});

class FakeFirings implements Firings, Targets {
  readonly keys: string[] = [];
  readonly ends: FiringEnd[] = [];
  readonly faults: Fault[] = [];
  by = '';
  gone = false;

  target: Firings['target'] = () => Promise.resolve(this.gone ? null : { kind: 'thread-message', input: {} });
  end: Firings['end'] = (_firing, end) => {
    this.ends.push(end);
    return Promise.resolve();
  };
  start: Targets['start'] = ({ key, by, target }) => {
    this.keys.push(key);
    this.by = `${by.via} ${by.subject}`;
    const fault = this.faults.shift();
    return fault ? Promise.reject(fault) : Promise.resolve({ kind: target.kind, id: 'thr_1' });
  };
}

async function fire(firings: FakeFirings) {
  await world.work({ activities: triggerActivities({ targets: firings, firings }) });
  const firing = { tenant: 'acme', triggerId: `trg_${randomUUID().slice(0, 8)}`, firingId: `fir_${randomUUID().slice(0, 8)}` };
  const handle = await client.workflow.start('fireTrigger', {
    ...{ workflowId: firingAddress(firing.tenant, firing.triggerId, firing.firingId), taskQueue: 'everthread', args: [firing] },
  });
  begun.push(handle);
  return { handle, firing };
}

it('a firing starts its target under a key of its own, tries again while a server is away or full, and records what it started', async () => {
  const firings = new FakeFirings();
  firings.faults.push(new Fault('unavailable', 'store.unreachable', 'away'), new Fault('exhausted', 'thread.queue_full', 'full'));
  const { handle, firing } = await fire(firings);

  expect(await handle.result()).toEqual({ target: { kind: 'thread-message', id: 'thr_1' }, error: null });
  expect(new Set(firings.keys)).toEqual(new Set([`trigger:${firing.firingId}`]));
  expect(firings.keys).toHaveLength(3);
  expect(firings.by).toBe(`trigger trigger:${firing.triggerId}`);
  expect(firings.ends).toHaveLength(1);
});

it('a firing that is refused for good says why, and one whose trigger is gone starts nothing', async () => {
  const refused = new FakeFirings();
  refused.faults.push(new Fault('conflict', 'thread.stopped', 'The thread has ended.'));
  const end = { target: null, error: { code: 'thread.stopped', message: 'The thread has ended.' } };
  expect(await (await fire(refused)).handle.result()).toEqual(end);
  expect(refused.ends).toEqual([end]);
  await world.rest();

  const gone = new FakeFirings();
  gone.gone = true;
  expect(await (await fire(gone)).handle.result()).toBeNull();
  expect([gone.keys, gone.ends]).toEqual([[], []]);
});

it('a firing that is broken here fails with a word on it', async () => {
  const broken = new FakeFirings();
  broken.faults.push(new Fault('internal', 'store.failed', 'The database refused a statement.'));
  const { handle } = await fire(broken);

  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'store.failed' } });
  expect(broken.ends).toMatchObject([{ target: null, error: { code: 'store.failed' } }]);
});
