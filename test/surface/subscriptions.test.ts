/** Webhooks and triggers as clients see them: what is taken, what is refused and how. */
import { sign } from '../support/receiver';
import { serve, type Served } from './serve';

let served: Served;
beforeEach(async () => void (served = await serve()));
afterEach(() => served.server.close(100));

const HOOK = { url: 'https://example.com/hook', events: ['thread.completed', 'thread.failed'] };
const TARGET = { kind: 'managed-thread', input: { executionId: 'e1', name: 'n', agentType: 'shell' } };

describe('a webhook', () => {
  it('is made once for a key, and shows its secret once', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const first = await served.call('POST', '/webhooks', { ...HOOK, headers: { 'X-Token': 'hidden-value' } }, key);
    expect(first).toMatchObject({
      status: 201,
      body: { ...HOOK, retries: 4, timeout: 30_000, enabled: true, headerNames: ['X-Token'], statistics: { deliveriesTotal: 0 } },
    });
    expect(first.body.secret).toMatch(/^whsec_[\w-]{32}$/);
    const again = await served.call('POST', '/webhooks', { ...HOOK, headers: { 'X-Token': 'hidden-value' } }, key);
    expect([again.status, again.body.id, again.body.secret, again.headers.get('idempotency-replayed')]).toEqual([201, first.body.id, null, 'true']);
    const seen = await served.call('GET', `/webhooks/${first.body.id}`);
    expect(seen.body.secret).toBe(`…${first.body.secret.slice(-4)}`);
    expect(JSON.stringify([seen.body, (await served.call('GET', '/webhooks')).body])).not.toMatch(/hidden-value|whsec_/);
  });

  it.each([
    ['url', { ...HOOK, url: 'http://127.0.0.1/x' }],
    ['url', { ...HOOK, url: 'https://user:word@example.com' }],
    ['url', { events: ['*'] }],
    ['events', { url: HOOK.url }],
    ['events', { ...HOOK, events: [] }],
    ['events.0', { ...HOOK, events: ['thread.begun'] }],
    ['filters', { ...HOOK, filters: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a${n}`, 1])) }],
    ['filters.a.$regex', { ...HOOK, filters: { a: { $regex: 'x' } } }],
    ['filters.__proto__.x', { ...HOOK, filters: { '__proto__.x': 1 } }],
    ['headers.Host', { ...HOOK, headers: { Host: 'x' } }],
    ['headers.X-Everthread-Event', { ...HOOK, headers: { 'X-Everthread-Event': 'x' } }],
    ['headers.X-A', { ...HOOK, headers: { 'X-A': 'line\nbreak' } }],
    ['secret', { ...HOOK, secret: 'short' }],
    ['timeout', { ...HOOK, timeout: 10 }],
    ['retries', { ...HOOK, retries: 11 }],
    ['colour', { ...HOOK, colour: 'red' }],
  ])('is refused for its %s', async (field, body) => {
    const { status, body: answer } = await served.call('POST', '/webhooks', body);
    expect([status, answer.error.code, answer.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
  });

  it('changes by what a patch names, and is tested, listed and deleted', async () => {
    const { body: made } = await served.call('POST', '/webhooks', { ...HOOK, description: 'mine', filters: { role: 'engineer' } });
    const changed = await served.call('PATCH', `/webhooks/${made.id}`, { events: ['thread.*'], timeout: 5_000 });
    expect(changed.body).toMatchObject({ events: ['thread.*'], timeout: 5_000, description: 'mine', filters: { role: 'engineer' } });
    expect((await served.call('PATCH', `/webhooks/${made.id}`, { url: 'http://10.0.0.1/' })).body.error.details.code).toBe('webhook.url_refused');

    const { body: delivery } = await served.call('POST', `/webhooks/${made.id}/test`, {});
    expect(delivery).toMatchObject({ event: 'webhook.test', payload: { type: 'webhook.test' } });
    const list = await served.call('GET', `/webhooks/${made.id}/deliveries?status=pending&limit=1`);
    expect(list.body).toMatchObject({ total: 1, hasMore: false, deliveries: [{ id: delivery.id }] });
    expect(list.body.deliveries[0]).not.toHaveProperty('payload');
    expect((await served.call('POST', `/webhooks/${made.id}/deliveries/${delivery.id}/retry`, {})).status).toBe(202);
    expect((await served.call('POST', `/webhooks/${made.id}/deliveries/none/redeliver`, {})).body.error.details.code).toBe('webhook.delivery_not_found');
    expect((await served.call('DELETE', `/webhooks/${made.id}`)).status).toBe(204);
    expect((await served.call('DELETE', `/webhooks/${made.id}`)).body.error.details.code).toBe('webhook.not_found');
  });
});

describe('a request that is repeated with its key', () => {
  const twice = async (path: string, body: unknown = {}) => {
    const key = { 'Idempotency-Key': `twice ${path}` };
    return [await served.call('POST', path, body, key), await served.call('POST', path, body, key)] as const;
  };

  it.each([
    ['/webhooks', HOOK],
    ['/triggers/webhook', { name: 'in', target: TARGET, inputMapping: { objective: '{{body}}' }, signatureScheme: 'body' }],
  ])('rotates a secret of %s once, and shows it once', async (resources, body) => {
    const { body: made } = await served.call('POST', resources, body);
    const path = `${resources.replace(/\/webhook$/, '')}/${made.id}/rotate-secret`;
    const [first, again] = await twice(path, { graceSeconds: 60 });

    expect([first.status, again.status, again.body.secret, again.headers.get('idempotency-replayed')]).toEqual([200, 200, null, 'true']);
    expect([first.body.secret === made.secret, first.body.secret]).toEqual([false, expect.any(String)]);
    const other = await served.call('POST', path, { graceSeconds: 61 }, { 'Idempotency-Key': `twice ${path}` });
    expect([other.status, other.body.error.details.code]).toEqual([409, 'idempotency.key_reused']);
    const without = await served.call('POST', path, { graceSeconds: 60 });
    expect(without.body.secret).not.toBe(first.body.secret);
  });

  it('of two at once shows the secret that counts to one of them', async () => {
    const { body: made } = await served.call('POST', '/webhooks', HOOK);
    const send = () => served.call('POST', `/webhooks/${made.id}/rotate-secret`, {}, { 'Idempotency-Key': 'at once' });
    const answers = await Promise.all([send(), send()]);

    const shown = answers.map(({ body }) => body.secret).filter((secret) => secret !== null);
    expect([answers.map(({ status }) => status), shown]).toEqual([[200, 200], [expect.any(String)]]);
    expect((await served.call('GET', `/webhooks/${made.id}`)).body.secret).toBe(`…${shown[0].slice(-4)}`);
  });

  it('sends one test event, and delivers again once', async () => {
    const { body: made } = await served.call('POST', '/webhooks', HOOK);
    const [test, sameTest] = await twice(`/webhooks/${made.id}/test`);
    const { deliveries } = served.subscriptions.stores;
    const [again, sameAgain] = await twice(`/webhooks/${made.id}/deliveries/${test.body.id}/redeliver`);

    expect([test.status, sameTest.body.id, again.status, sameAgain.body.id]).toEqual([202, test.body.id, 202, test.body.id]);
    expect([deliveries.kept.length, deliveries.repeated]).toEqual([1, 1]);
  });
});

describe('a trigger', () => {
  it.each([
    ['webhook', 'name', { target: TARGET, inputMapping: { objective: 'body.x' } }],
    ['webhook', 'target', { name: 'n' }],
    ['webhook', 'target.input.objective', { name: 'n', target: TARGET }],
    ['webhook', 'patternName', { name: 'n', target: TARGET, patternName: 'p', inputMapping: { objective: 'body.x' } }],
    ['webhook', 'inputMapping.objective', { name: 'n', target: TARGET, inputMapping: { objective: '{{body.x' } }],
    ['webhook', 'eventType', { name: 'n', target: TARGET, eventType: 'thread.ready', inputMapping: { objective: 'body.x' } }],
    ['event', 'eventType', { name: 'n', target: TARGET, inputMapping: { objective: 'data.x' } }],
    ['event', 'eventType', { name: 'n', target: TARGET, inputMapping: { objective: 'data.x' }, eventType: 'thread.x' }],
    ['event', 'secret', { name: 'n', target: TARGET, inputMapping: { objective: 'data.x' }, eventType: 'thread.ready', secret: 'a'.repeat(20) }],
  ])('by %s is refused for its %s', async (type, field, body) => {
    const { status, body: answer } = await served.call('POST', `/triggers/${type}`, body);
    expect([status, answer.error.code, answer.error.details.field]).toEqual([400, 'VALIDATION_ERROR', field]);
  });

  it('of a kind that is not served yet says so', async () => {
    const { status, body } = await served.call('POST', '/triggers/event', { name: 'n', eventType: 'thread.ready', target: { kind: 'thread', input: {} } });
    expect([status, body.error.details.code]).toEqual([501, 'target.unsupported']);
  });

  it('keeps its type: a change takes only fields of its own', async () => {
    const { body: made } = await served.call('POST', '/triggers/event', {
      ...{ name: 'n', eventType: 'thread.ready', target: { ...TARGET, input: { ...TARGET.input, objective: 'x', env: { API_TOKEN: 'hidden-value' } } } },
    });
    expect(made).toMatchObject({
      type: 'event',
      status: 'active',
      eventTypes: ['thread.ready'],
      webhookUrl: null,
      secret: null,
      target: { input: { envNames: ['API_TOKEN'] } },
    });
    expect(JSON.stringify(made)).not.toContain('hidden-value');
    const body = { name: 'm', target: TARGET, inputMapping: { objective: 'data.x' } };
    expect((await served.call('PUT', `/triggers/${made.id}`, body)).body.error.details.field).toBe('eventType');
    expect((await served.call('PUT', `/triggers/${made.id}`, { ...body, eventTypes: ['*'], signatureScheme: 'body' })).body.error.details.field).toBe(
      'signatureScheme',
    );
    expect((await served.call('PUT', `/triggers/${made.id}`, { ...body, eventTypes: ['*'] })).body).toMatchObject({ name: 'm', eventTypes: ['*'] });
    expect((await served.call('POST', `/triggers/${made.id}/rotate-secret`, {})).body.error.details.code).toBe('trigger.no_secret');
    expect((await served.call('POST', `/triggers/${made.id}/pause`, {})).body.status).toBe('paused');
    expect((await served.call('GET', '/triggers?status=paused&type=event')).body).toMatchObject({ total: 1 });
    expect((await served.call('DELETE', `/triggers/${made.id}`)).status).toBe(204);
  });

  it('by webhook takes forms, texts and JSON over whose bytes the signature was made, until its secret has been replaced', async () => {
    const { body: made } = await served.call('POST', '/triggers/webhook', {
      ...{ name: 'n', target: TARGET, inputMapping: { objective: 'got {{body}}' }, signatureScheme: 'body' },
    });
    const send = (text: string, type: string, secret = made.secret) =>
      fetch(`${served.url}${made.webhookUrl}`, { method: 'POST', body: text, headers: { 'Content-Type': type, 'X-Hub-Signature-256': sign(secret, text) } });

    for (const [text, type] of [
      ['{ "a" : 1 }', 'application/json'],
      ['a=1&b=%20', 'application/x-www-form-urlencoded'],
      ['plain', 'text/plain'],
    ] as const)
      expect(await (await send(text, type)).json()).toMatchObject({ triggered: true, repeated: false, executionId: 'thr_1' });
    expect((await send('{', 'application/json')).status).toBe(400);
    const { body: rotated } = await served.call('POST', `/triggers/${made.id}/rotate-secret`, {});
    expect((await send('old', 'text/plain')).status).toBe(401);
    expect((await send('new', 'text/plain', rotated.secret)).status).toBe(200);
    expect((await fetch(`${served.url}/api/triggers/webhook/${'x'.repeat(32)}`, { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await served.call('GET', `/triggers/${made.id}/firings`)).body.total).toBe(4);
  });

  it('by patternName maps into the input of the pattern', async () => {
    const { body } = await served.call('POST', '/triggers/webhook', { name: 'n', patternName: 'classify', inputMapping: { text: 'body.text' } });
    expect(body).toMatchObject({ patternName: 'classify', target: { kind: 'pattern' }, inputMapping: { 'input.text': 'body.text' } });
  });
});
