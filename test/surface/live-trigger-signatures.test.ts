/** The signature of an inbound webhook is a credential: whoever guesses is limited by address and stands in the audit log. */
import { Http } from '../support/http';
import { sign } from '../support/receiver';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ roles: ['api'], env: { EVERTHREAD_RATE_LIMIT_CREDENTIALS: '3' } });
}, 120_000);
afterAll(() => world.stop(), 60_000);

it('after too many wrong signatures an address is refused unread, also with the right one, and the audit log counts them', async () => {
  const http = new Http(world);
  const target = { kind: 'managed-thread', input: { executionId: 'guessed', name: 'triggered', agentType: 'shell', objective: 'true' } };
  const { status: made, body: trigger } = await http.post('/triggers/webhook', { name: 'guessed', target });
  expect(made).toBe(201);
  const now = String(Math.floor(Date.now() / 1_000));
  const send = (secret: string) =>
    http.post(
      trigger.webhookUrl.replace('/api', ''),
      {},
      { 'X-Everthread-Timestamp': now, 'X-Everthread-Signature': sign(secret, `${now}.${JSON.stringify({})}`) },
    );
  const statuses: number[] = [];
  for (const secret of ['wrong-secret-number-1', 'wrong-secret-number-2', 'wrong-secret-number-3', 'wrong-secret-number-4', trigger.secret])
    statuses.push((await send(secret)).status);

  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  const { body } = await http.get('/audit?action=access.authenticate&unattributed=true&limit=10');
  expect(body.logs).toEqual(
    expect.arrayContaining([expect.objectContaining({ subject: 'anonymous', outcome: 'refused', status: 401, code: expect.stringMatching(/^trigger\./) })]),
  );
  expect((await http.get(`/triggers/${trigger.id}`)).body.firedCount).toBe(0);
}, 60_000);
