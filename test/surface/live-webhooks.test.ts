/** Webhooks and triggers on a whole real system: fed by the journal, delivered by a worker, each event once however often something is down. */
import { randomUUID } from 'node:crypto';
import { EverthreadClient } from '../../src/client/client';
import { eventually, until } from '../support/eventually';
import { Http } from '../support/http';
import { isSigned, Receiver, sign } from '../support/receiver';
import { startWorld, type World } from '../support/world';

let world: World;
let http: Http;
const receivers: Receiver[] = [];
const DELAYS = '200,200,200,200';

beforeAll(async () => {
  world = await startWorld({ env: { EVERTHREAD_ALLOW_PRIVATE_NETWORKS: 'true', EVERTHREAD_WEBHOOK_DELAYS_MS: DELAYS } });
  http = new Http(world);
});
afterEach(async () => void (await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()))));
afterAll(() => world.stop());

async function receiver(): Promise<Receiver> {
  const made = await new Receiver().start();
  receivers.push(made);
  return made;
}

const someExecution = (): string => `exec-${randomUUID().slice(0, 8)}`;
async function spawn(executionId: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, body } = await http.post('/managed-threads', { executionId, name: 'told', agentType: 'shell', objective: 'echo hello', ...more });
  expect(status).toBe(201);
  return String(body.id);
}

async function webhook(body: Readonly<Record<string, unknown>>): Promise<{ readonly id: string; readonly secret: string }> {
  const answer = await http.post('/webhooks', body);
  expect(answer).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
  return answer.body;
}

const deliveries = async (id: string): Promise<any[]> => (await http.get(`/webhooks/${id}/deliveries?limit=100`)).body.deliveries;
const over = (list: readonly any[]): boolean => list.length > 0 && list.every(({ status }) => status !== 'pending');

it('a receiver that is down for three attempts gets its event once, signed, with the same ids each time', async () => {
  const hook = await receiver();
  const execution = someExecution();
  hook.statuses.push(500, 503, 302);
  const { id, secret } = await webhook({ url: hook.url, events: ['thread.status'], filters: { executionId: execution, 'data.status': 'preparing' } });
  await spawn(execution);

  const [delivery] = await until('it is delivered', async () => {
    const list = await deliveries(id);
    return over(list) ? list : null;
  });
  expect(delivery).toMatchObject({ status: 'delivered', event: 'thread.status', executionId: execution, attempts: 4, nextAttemptAt: null });
  expect(delivery.tries.map(({ status }: { status: number }) => status)).toEqual([500, 503, 302, 200]);
  expect(hook.got).toHaveLength(4);
  expect(new Set(hook.got.map(({ text }) => text)).size).toBe(1);
  expect(new Set(hook.got.map(({ headers }) => headers['x-everthread-delivery']))).toEqual(new Set([delivery.id]));
  expect(hook.got.map(({ headers }) => headers['x-everthread-retry-count'])).toEqual(['0', '1', '2', '3']);
  expect(hook.got.every((got) => isSigned(got, secret))).toBe(true);
  expect(hook.got[0]?.body).toMatchObject({ id: delivery.eventId, type: 'thread.status', executionId: execution, data: { status: 'preparing' } });
  expect((await http.get(`/webhooks/${id}`)).body).toMatchObject({
    statistics: { deliveriesTotal: 1, deliveriesSucceeded: 1 },
    secret: `…${secret.slice(-4)}`,
  });
});

it('an event reaches a receiver whose address nobody answered at, and gives up after the last try', async () => {
  const hook = await receiver();
  await hook.stop();
  const execution = someExecution();
  const filters = { executionId: execution, 'data.status': 'preparing' };
  const patient = await webhook({ url: hook.url, events: ['thread.*'], filters, retries: 4 });
  const hasty = await webhook({ url: hook.url, events: ['*'], filters, retries: 1 });
  await spawn(execution);

  const gaveUp = await until('the hasty one gave up', async () => {
    const list = await deliveries(hasty.id);
    return over(list) ? list : null;
  });
  expect(gaveUp).toMatchObject([{ status: 'failed', attempts: 2, tries: [{ status: null, error: expect.stringContaining('ECONNREFUSED') }, {}] }]);
  await until('the patient one is over', async () => over(await deliveries(patient.id)));
  await hook.start();
  receivers.push(hook);
  for (const { id } of [patient, hasty]) {
    const [delivery] = await deliveries(id);
    expect((await http.post(`/webhooks/${id}/deliveries/${delivery.id}/redeliver`, {})).status).toBe(202);
    await until('it is delivered after all', async () => (await deliveries(id))[0].status === 'delivered');
    expect(hook.got.filter(({ headers }) => headers['x-everthread-delivery'] === delivery.id)).toHaveLength(1);
  }
});

it('events of one actor come in order where that is asked for, also when the first is refused at first', async () => {
  const hook = await receiver();
  const execution = someExecution();
  hook.statuses.push(500, 500);
  await webhook({ url: hook.url, events: ['thread.*'], filters: { executionId: execution }, ordered: true });
  const id = await spawn(execution);
  await http.post(`/managed-threads/${id}/send`, { message: 'one' });
  await http.post(`/managed-threads/${id}/send`, { message: 'two' });

  const journal = await until('its events are recorded', async () => {
    const { events } = (await http.get(`/managed-threads/${id}/events?limit=100`)).body;
    return events.length >= 4 ? events : null;
  });
  await until('all are told', () => hook.got.length >= journal.length + 2);
  expect(hook.got.slice(2).map(({ body }) => body.sequence)).toEqual(journal.map(({ seq }: { seq: number }) => seq));
});

it('kill the worker in the middle: every event is delivered, none is forgotten', async () => {
  const hook = await receiver();
  const execution = someExecution();
  await webhook({ url: hook.url, events: ['thread.status'], filters: { executionId: execution, 'data.status': 'preparing' } });
  const ids = await Promise.all(Array.from({ length: 6 }, () => spawn(execution)));
  await until('some are told', () => hook.got.length > 0);
  await world.kill('worker');
  const more = await Promise.all(Array.from({ length: 4 }, () => spawn(execution)));
  await world.start('worker');

  const wanted = [...ids, ...more].sort();
  await eventually('all ten are told', () => new Set(hook.got.map(({ body }) => body.actor.id)).size === 10, 60_000);
  expect([...new Set(hook.got.map(({ body }) => String(body.actor.id)))].sort()).toEqual(wanted);
  // At least once: what was told twice has the same ids, by which a receiver knows it.
  expect(new Set(hook.got.map(({ body }) => body.id)).size).toBe(10);
}, 120_000);

it('a test event, a disabled webhook and a rotated secret do what they say', async () => {
  const hook = await receiver();
  const { id, secret } = await webhook({ url: hook.url, events: ['*'], filters: { executionId: someExecution() }, headers: { 'X-Team': 'red' } });
  const test = await http.post(`/webhooks/${id}/test`, {});
  expect(test).toMatchObject({ status: 202, body: { event: 'webhook.test', webhookId: id } });
  await until('the test event came', () => hook.of('webhook.test').length === 1);
  expect(hook.got[0]?.headers).toMatchObject({ 'x-team': 'red', 'x-everthread-event': 'webhook.test', 'x-parallax-event': 'webhook.test' });

  const rotated = await http.post(`/webhooks/${id}/rotate-secret`, { graceSeconds: 600 });
  await http.post(`/webhooks/${id}/test`, {});
  await until('another test event came', () => hook.got.length === 2);
  const [signature, previous] = String(hook.got[1]?.headers['x-everthread-signature']).split(', ');
  const text = `${String(hook.got[1]?.headers['x-everthread-timestamp'])}.${hook.got[1]?.text}`;
  expect([signature, previous]).toEqual([sign(rotated.body.secret, text), sign(secret, text)]);

  expect((await http.call('PATCH', `/webhooks/${id}`, { enabled: false })).body).toMatchObject({ enabled: false, headerNames: ['X-Team'] });
  expect(await http.post(`/webhooks/${id}/deliveries/${test.body.id}/redeliver`, {})).toMatchObject({
    status: 409,
    body: { error: { details: { code: 'webhook.disabled' } } },
  });
  expect((await http.delete(`/webhooks/${id}`)).status).toBe(204);
  expect((await http.get(`/webhooks/${id}`)).status).toBe(404);
});

it('an execution that is started with a webhook tells it how it ended, once', async () => {
  const hook = await receiver();
  hook.statuses.push(500);
  const name = `told-${randomUUID().slice(0, 8)}`;
  const definition = `name: ${name}\nversion: 1.0.0\nsteps: [{ id: sum, type: compute, value: 42 }]`;
  expect((await http.post('/patterns', { name, version: '1.0.0', definition })).status).toBe(201);
  const secret = 'a-secret-of-the-caller';
  const refused = await http.post('/executions', { patternName: name, input: {}, webhook: { url: 'ftp://example.com/', secret } });
  expect([refused.status, refused.body.error.details.field]).toEqual([400, 'webhook.url']);
  const { body: accepted } = await http.post('/executions', { patternName: name, input: {}, webhook: { url: hook.url, secret, events: ['completed'] } });
  expect(accepted).toMatchObject({ status: 'accepted', webhookConfigured: true });

  await until('it is told, the second time', () => hook.got.length === 2);
  const [, got] = hook.got;
  expect(got?.body).toMatchObject({
    executionId: accepted.id,
    patternName: name,
    status: 'completed',
    result: 42,
    duration: expect.any(Number),
    completedAt: expect.any(String),
  });
  expect(got?.headers).toMatchObject({
    'x-parallax-event': 'execution.completed',
    'x-parallax-execution-id': accepted.id,
    'x-parallax-signature': sign(secret, String(got?.text)),
  });
  await until('it is over', async () => over(await deliveries(`wh_${String(accepted.id)}`)));
  expect((await http.get('/webhooks?limit=100')).body.webhooks.map(({ id }: { id: string }) => id)).not.toContain(`wh_${String(accepted.id)}`);
}, 60_000);

describe('a trigger', () => {
  const target = (executionId: string) => ({ kind: 'managed-thread', input: { executionId, name: 'triggered', agentType: 'shell' } });
  const threads = async (executionId: string) =>
    (await new EverthreadClient({ baseUrl: world.apiUrl }).managedThreads.list({ executionId, limit: 100 })).threads;

  it('by an inbound webhook starts once for each signed request, and nothing without the secret', async () => {
    const execution = someExecution();
    const { body: trigger } = await http.post('/triggers/webhook', {
      ...{
        name: 'issue',
        target: target(execution),
        inputMapping: { objective: 'echo {{body.issue.title}} {{query.by}}', 'metadata.number': 'body.issue.number' },
      },
    });
    const text = JSON.stringify({ issue: { title: 'It breaks', number: 7 } });
    const send = (timestamp: string, signature: string, given = text) =>
      fetch(`${world.apiUrl}${trigger.webhookUrl}?by=ada`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Everthread-Timestamp': timestamp, 'X-Everthread-Signature': signature },
        body: given,
      });
    const now = String(Math.floor(Date.now() / 1_000));
    const signature = sign(trigger.secret, `${now}.${text}`);

    for (const refused of [
      await send(now, sign('another-secret-than-this', `${now}.${text}`)),
      await send(String(Number(now) + 1), signature),
      await send(now, signature, text.replace('7', '8')),
      await send(String(Number(now) - 3_600), sign(trigger.secret, `${Number(now) - 3_600}.${text}`)),
      await fetch(`${world.apiUrl}${trigger.webhookUrl}`, { method: 'POST', body: text }),
    ])
      expect(refused.status).toBe(401);
    const first = await send(now, signature);
    expect(first.status).toBe(200);
    const told: any = await first.json();
    expect(told).toMatchObject({ triggered: true, repeated: false, target: { kind: 'managed-thread' }, executionId: expect.any(String), error: null });
    const again: any = await (await send(now, signature)).json();
    expect(again).toMatchObject({ repeated: true, executionId: told.executionId, firingId: told.firingId });
    expect(await threads(execution)).toMatchObject([{ id: told.executionId, objective: 'echo It breaks ada', metadata: { number: 7 } }]);

    expect((await http.get(`/triggers/${trigger.id}`)).body).toMatchObject({ firedCount: 1, secret: `…${trigger.secret.slice(-4)}`, status: 'active' });
    await http.post(`/triggers/${trigger.id}/pause`, {});
    const later = String(Number(now) + 2);
    expect((await send(later, sign(trigger.secret, `${later}.${text}`))).status).toBe(409);
    const audit = (await http.get(`/audit?action=control-plane.receiveTrigger&limit=10`)).body;
    expect(JSON.stringify(audit)).toContain(`trigger:${trigger.id}`);
  });

  it('by events starts once for each that fits, though two workers read the journal and one is killed', async () => {
    const [execution, started] = [someExecution(), someExecution()];
    const { status, body: trigger } = await http.post('/triggers/event', {
      ...{ name: 'follow', eventType: 'thread.status', eventFilter: { executionId: execution, 'data.status': { $eq: 'preparing' } } },
      ...{ target: target(started), inputMapping: { objective: 'echo after {{actor.id}}', 'metadata.after': 'actor.id' } },
    });
    expect(status).toBe(201);
    await world.start('worker-2');
    const ids = await Promise.all(Array.from({ length: 8 }, () => spawn(execution)));
    await world.kill('worker-2');

    await until('eight were started', async () => (await threads(started)).length >= 8, 60_000);
    const { firings, total } = (await http.get(`/triggers/${trigger.id}/firings?limit=100`)).body;
    expect(total).toBe(8);
    expect(new Set(firings.map(({ source }: { source: string }) => source)).size).toBe(8);
    await until('all of them are recorded', async () =>
      (await http.get(`/triggers/${trigger.id}/firings?limit=100`)).body.firings.every((firing: { status: string }) => firing.status === 'started'),
    );
    expect((await threads(started)).map(({ metadata }) => String((metadata as { after: string }).after)).sort()).toEqual(ids.sort());
  }, 120_000);

  it('whose target starts what fires it does not run in circles, and says why a firing failed', async () => {
    const execution = someExecution();
    const { body: circle } = await http.post('/triggers/event', {
      ...{ name: 'circle', eventType: 'thread.status', eventFilter: { executionId: execution, 'data.status': 'preparing' } },
      ...{ target: { kind: 'managed-thread', input: { ...target(execution).input, objective: 'echo again' } } },
    });
    const { body: broken } = await http.post('/triggers/event', {
      ...{ name: 'broken', eventType: 'thread.status', eventFilter: { executionId: execution, 'data.status': 'preparing' } },
      ...{ target: target(someExecution()), inputMapping: { objective: 'data.nothing.here' } },
    });
    const hook = await receiver();
    await webhook({ url: hook.url, events: ['thread.status'], filters: { executionId: execution, 'data.status': 'preparing' } });
    await spawn(execution);

    // The second thread's event has passed by the trigger when the webhook has been told of it: they are read together.
    await until('both threads were told of', () => hook.got.length === 2);
    expect((await http.get(`/triggers/${circle.id}/firings`)).body).toMatchObject({ total: 1, firings: [{ status: 'started' }] });
    const failed = (await http.get(`/triggers/${broken.id}/firings`)).body;
    expect(failed).toMatchObject({
      total: 2,
      firings: [{ status: 'failed', error: { code: 'trigger.field_missing', message: expect.stringContaining('data.nothing.here') } }, {}],
    });
  });
});
