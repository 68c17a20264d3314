/** The reader of the journal for webhooks and triggers, on a real Postgres. */
import { randomUUID } from 'node:crypto';
import type { Cause, RecordedEvent } from '../../src/contracts/actor';
import type { TriggerDefinition } from '../../src/contracts/trigger';
import type { WebhookDefinition } from '../../src/contracts/webhook';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import { runRef } from '../../src/contracts/run/commands';
import { FIRINGS_PER_MINUTE } from '../../src/store/subscriptions';
import { testStore, type TestStore } from '../support/database';
import { dealWithAll } from '../support/subscriptions';

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

const definition: WebhookDefinition = {
  ...{ url: 'https://example.com/hook', description: null, events: ['thread.*'], filters: {}, enabled: true, ordered: false, timeoutMs: 1_000, retries: 4 },
  ...{ signatureScheme: 'timestamped', format: 'event', headerNames: ['X-Token'], metadata: {} },
};
const secrets = { secret: 'a-very-secret-value-1', previous: null, headers: { 'X-Token': 'a-very-secret-value-2' } };
const onEvent: TriggerDefinition = {
  ...{ name: 'follow', description: null, inputMapping: { message: 'say {{actor.id}}' }, metadata: {}, events: ['thread.ready'], filters: {} },
  ...{ signatureScheme: 'timestamped', replayWindowMs: 1_000, target: { kind: 'thread-message', input: { threadId: 'thr_1', note: 'a-very-secret-value-3' } } },
};

const someTenant = (): string => `t-${randomUUID().slice(0, 8)}`;
const someId = (word: string): string => `${word}_${randomUUID().slice(0, 8)}`;
const BY: Cause = { subject: 'ada', via: 'api' };

async function webhook(tenant: string, more: Partial<WebhookDefinition> = {}): Promise<string> {
  const id = someId('wh');
  await world.store.webhooks.insert({ tenant, id, by: 'ada', definition: { ...definition, ...more }, secrets }, 100);
  return id;
}
async function trigger(tenant: string, more: Partial<TriggerDefinition> = {}): Promise<string> {
  const id = someId('trg');
  await world.store.triggers.insert({ tenant, id, type: 'event', by: 'ada', path: null, definition: { ...onEvent, ...more }, secrets: null }, 100);
  return id;
}

/** Written as the journal writes it, without the actor's own row. */
async function happened(tenant: string, types: readonly string[], id = someId('thr'), actor = threadRef(tenant, id)): Promise<string> {
  const { rows } = await world.pool.query<{ last: string }>('select coalesce(max(seq), 0) as last from journal where actor = $1', [actor.address]);
  for (const [n, type] of types.entries()) {
    const event: RecordedEvent = { seq: Number(rows[0]?.last ?? 0) + n + 1, type, data: { n }, at: new Date().toISOString(), by: BY, requestId: null };
    const entry = JSON.stringify({ at: event.at, by: BY, data: event.data, requestId: null, seq: event.seq, type });
    await world.pool.query('select journal_append($1, $2, $3, $4, $5, $6, $7, $8)', [actor.address, actor.kind, tenant, id, null, 'genesis', [entry], '']);
  }
  return id;
}

const readAll = (readers = 1) => Promise.all(Array.from({ length: readers }, () => dealWithAll(world)));

const told = async (tenant: string, id: string) => (await world.store.deliveries.list(tenant, id, { status: null, limit: 100, offset: 0 })).deliveries;
const fired = async (tenant: string, id: string) => (await world.store.firings.list(tenant, id, { limit: 100, offset: 0 })).firings;

it('makes of every event one delivery for each webhook that means it, however many read at once', async () => {
  const [mine, other] = [someTenant(), someTenant()];
  const all = await webhook(mine);
  const some = await webhook(mine, { events: ['thread.ready'], filters: { 'data.n': { $gte: 1 } } });
  const off = await webhook(mine, { enabled: false });
  const strange = await webhook(other);
  const ids = await Promise.all(Array.from({ length: 12 }, () => happened(mine, ['thread_status', 'thread_ready', 'thread_idle'])));
  await readAll(4);

  const deliveries = await told(mine, all);
  expect(deliveries.map(({ eventId }) => eventId).sort()).toEqual(ids.flatMap((id) => [1, 2, 3].map((seq) => `evt_${id}_${seq}`)).sort());
  expect((await told(mine, some)).map(({ eventType }) => eventType)).toEqual(Array.from({ length: 12 }, () => 'thread.ready'));
  expect([await told(mine, off), await told(other, strange)]).toEqual([[], []]);
  expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ id: deliveries[0]!.eventId, actor: { kind: 'managed-thread' }, data: { n: expect.any(Number) } });
});

it('tells nobody what a run said whose row is gone: its thread was erased after the event was read', async () => {
  const tenant = someTenant();
  const hook = await webhook(tenant, { events: ['run.*'] });
  const id = someId('run');
  await happened(tenant, ['completed'], id, runRef(tenant, id));
  await readAll();

  const [delivery] = await told(tenant, hook);
  expect(JSON.parse(delivery!.body)).toMatchObject({ type: 'run.completed', actor: { id }, data: null, dataOmitted: true });
});

it('tells nothing of what happened before, nor of what happened while a trigger was paused', async () => {
  const tenant = someTenant();
  const early = await happened(tenant, ['thread_ready']);
  const hook = await webhook(tenant);
  const paused = await trigger(tenant);
  await world.store.triggers.setActive(tenant, paused, false);
  await happened(tenant, ['thread_ready']);
  await readAll();
  await world.store.triggers.setActive(tenant, paused, true);
  const late = await happened(tenant, ['thread_ready']);
  await readAll();

  expect((await told(tenant, hook)).map(({ eventId }) => eventId)).not.toContain(`evt_${early}_1`);
  expect((await fired(tenant, paused)).map(({ source }) => source)).toEqual([`evt_${late}_1`]);
});

it('holds an ordered webhook to one delivery an actor, and lets the others go', async () => {
  const tenant = someTenant();
  const hook = await webhook(tenant, { ordered: true });
  const [one, two] = [await happened(tenant, ['thread_status', 'thread_ready']), await happened(tenant, ['thread_status'])];
  await readAll();
  const mine = async () => {
    const waiting = (await world.store.deliveries.toStart(1_000)).filter((delivery) => delivery.tenant === tenant);
    const rows = await told(tenant, hook);
    return waiting.map(({ id }) => rows.find((row) => row.id === id)!);
  };
  const record = (id: string, delivered: boolean) =>
    world.store.deliveries.record(tenant, id, {
      made: { at: new Date().toISOString(), status: delivered ? 200 : 500, error: null, durationMs: 5 },
      delivered,
      nextInMs: null,
    });

  const first = await mine();
  expect(first.map(({ eventId }) => eventId).sort()).toEqual([`evt_${one}_1`, `evt_${two}_1`].sort());
  const [delivery] = first.filter(({ eventId }) => eventId === `evt_${one}_1`);
  await world.store.deliveries.markStarted(tenant, delivery!.id);
  expect((await mine()).map(({ eventId }) => eventId)).toEqual([`evt_${two}_1`]);
  await record(delivery!.id, false);
  expect((await mine()).map(({ eventId }) => eventId).sort()).toEqual([`evt_${one}_2`, `evt_${two}_1`].sort());
  expect(await world.store.webhooks.get(tenant, hook)).toMatchObject({ delivered: 0, failed: 1 });
});

it('fires each trigger once for an event, with what the mapping made of it, and says what a mapping lacks', async () => {
  const tenant = someTenant();
  const good = await trigger(tenant);
  const bad = await trigger(tenant, { inputMapping: { message: 'data.missing' } });
  const id = await happened(tenant, ['thread_status', 'thread_ready']);
  await readAll(3);

  const [firing, ...more] = await fired(tenant, good);
  expect([firing?.status, firing?.source, more]).toEqual(['pending', `evt_${id}_2`, []]);
  const ids = { tenant, triggerId: good, firingId: firing!.id };
  expect(await world.store.firings.target(ids)).toEqual({ kind: 'thread-message', input: { ...onEvent.target.input, message: `say ${id}` } });
  expect(await fired(tenant, bad)).toMatchObject([{ status: 'failed', error: { code: 'trigger.field_missing' } }]);

  await world.store.firings.end(ids, { target: { kind: 'thread-message', id: 'thr_1' }, error: null });
  await world.store.firings.end(ids, { target: null, error: { code: 'x', message: 'y' } });
  expect(await fired(tenant, good)).toMatchObject([{ status: 'started', target: { id: 'thr_1' }, error: null }]);
  expect(await world.store.firings.target(ids)).toBeNull();
});

it('ends a circle of triggers', async () => {
  const tenant = someTenant();
  const id = await trigger(tenant, { events: ['thread.status'] });
  await happened(
    tenant,
    Array.from({ length: FIRINGS_PER_MINUTE + 5 }, () => 'thread_status'),
  );
  await readAll();

  const { total } = await world.store.firings.list(tenant, id, { limit: 1, offset: 0 });
  expect(total).toBe(FIRINGS_PER_MINUTE + 5);
  const { rows } = await world.pool.query('select error_code, count(*)::int as n from trigger_firings where trigger_id = $1 group by 1 order by 1', [id]);
  expect(rows).toEqual([
    { error_code: 'trigger.too_many_firings', n: 5 },
    { error_code: null, n: FIRINGS_PER_MINUTE },
  ]);
});

it('keeps no secret as it is, and shows another tenant nothing', async () => {
  const tenant = someTenant();
  const [hook, follow] = [await webhook(tenant), await trigger(tenant)];
  await happened(tenant, ['thread_ready']);
  await readAll();

  const stored = await Promise.all(
    ['webhooks', 'webhook_deliveries', 'triggers', 'trigger_firings'].map(async (table) => {
      const { rows } = await world.pool.query(`select * from ${table} where tenant = $1`, [tenant]);
      return JSON.stringify(rows.map((row) => Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : value))));
    }),
  );
  for (const text of stored) expect(text).not.toContain('a-very-secret-value');
  expect(await world.store.webhooks.secrets(tenant, hook)).toEqual(secrets);
  expect([await world.store.webhooks.get('another', hook), await world.store.triggers.get('another', follow), await told('another', hook)]).toEqual([
    null,
    null,
    [],
  ]);
});

it('keeps the newest thousand deliveries that are over, and starts anew what lost its workflow', async () => {
  const tenant = someTenant();
  const hook = await webhook(tenant);
  await world.pool.query(
    `insert into webhook_deliveries (tenant, id, webhook_id, event_id, event_type, body, ordered, status, started)
     select $1, 'old-' || n, $2, 'evt-' || n, 'thread.ready', '{}', false, case when n = 1 then 'pending' else 'delivered' end, true from generate_series(1, 1100) n`,
    [tenant, hook],
  );
  await world.store.deliveries.record(tenant, 'old-1100', {
    made: { at: new Date().toISOString(), status: 200, error: null, durationMs: 1 },
    delivered: true,
    nextInMs: null,
  });
  expect((await world.store.deliveries.list(tenant, hook, { status: null, limit: 1, offset: 0 })).total).toBe(1_001);
  await world.store.deliveries.recover();
  expect((await world.store.deliveries.toStart(1_000)).filter((delivery) => delivery.tenant === tenant)).toEqual([]);
  await world.pool.query(`update webhook_deliveries set created_at = now() - interval '16 minutes' where tenant = $1 and id = 'old-1'`, [tenant]);
  await world.store.deliveries.recover();
  expect((await world.store.deliveries.toStart(1_000)).filter((delivery) => delivery.tenant === tenant)).toMatchObject([{ id: 'old-1' }]);
});
