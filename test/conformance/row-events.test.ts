/** Events of patterns and agents, as webhooks hear of them, on a real Postgres. */
import { randomUUID } from 'node:crypto';
import type { Cause } from '../../src/contracts/actor';
import type { NewPattern } from '../../src/contracts/pattern/catalogue';
import { AGENT_EVENTS, agentRef, PATTERN_EVENTS, patternRef } from '../../src/contracts/row-events';
import { testStore, type TestStore } from '../support/database';
import { dealWithAll } from '../support/subscriptions';

const BY: Cause = { subject: 'ada', via: 'api' };
const OTHER: Cause = { subject: 'grace', via: 'schedule' };

let world: TestStore;
let tenant: string;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());
beforeEach(() => void (tenant = `t-${randomUUID().slice(0, 8)}`));

const pattern = (version: string, digest = version): NewPattern => ({
  ...{ name: 'team/classifier', version, kind: 'pattern', description: '', source: 'name: x\n', definition: {}, digest, createdBy: 'ada' },
  plan: { format: 1, kind: 'pattern', name: 'x', version } as unknown as NewPattern['plan'],
});
const publish = (version: string, digest?: string) => world.store.patterns.publish(tenant, pattern(version, digest), { overwrite: true, existing: false });
const patternEvents = async () => world.store.readEvents(patternRef(tenant, 'team/classifier').address);
const agentEvents = async (id: string) => world.store.readEvents(agentRef(tenant, id).address);

async function connect(id: string, more: { readonly aliveForMs?: number } = {}): Promise<string> {
  const connectionId = randomUUID();
  await world.store.agentConnections.connect({
    ...{ agent: { tenant, id }, name: `the ${id}`, capabilities: ['a'], region: 'eu', metadata: { token: 'not told' }, maxConcurrentTasks: null },
    ...{ taskQueue: 'agents-1', connectionId, silentAfterMs: 30_000, aliveForMs: 60_000, by: 'ada', ...more },
  });
  return connectionId;
}
const expire = (id: string, ago: string) =>
  world.pool.query('update agents set alive_until = clock_timestamp() - $3::interval where tenant = $1 and id = $2', [tenant, id, ago]);
const about = (id: string) => ({ name: `the ${id}`, kind: 'socket', capabilities: ['a'], region: 'eu' });

describe('a pattern', () => {
  it('is created with its first version, updated with others, deleted with its last', async () => {
    await publish('1.0.0');
    await publish('1.0.0');
    await publish('1.1.0');
    await publish('1.1.0', 'other words');
    await world.store.patterns.remove(tenant, 'team/classifier', '1.1.0', OTHER);
    await world.store.patterns.remove(tenant, 'team/classifier', '9.9.9', OTHER);
    await world.store.patterns.remove(tenant, 'team/classifier', null, OTHER);
    await publish('2.0.0');

    const name = 'team/classifier';
    const events = await patternEvents();
    expect(events.map(({ type, data, by }) => [type, data, by])).toEqual([
      ['created', { name, version: '1.0.0' }, BY],
      ['updated', { name, version: '1.1.0', change: 'version_added' }, BY],
      ['updated', { name, version: '1.1.0', change: 'version_replaced' }, BY],
      ['updated', { name, version: '1.1.0', change: 'version_deleted' }, OTHER],
      ['deleted', { name, versionsRemoved: 1 }, OTHER],
      ['created', { name, version: '2.0.0' }, BY],
    ]);
    for (const { type, data } of events) expect(() => PATTERN_EVENTS[type as keyof typeof PATTERN_EVENTS].parse(data)).not.toThrow();
    expect(await world.store.verifyChain(patternRef(tenant, name).address)).toEqual({ events: 6, intact: true });
  });

  it('that many publish at once is created once, and every version is told', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, at) => publish(`1.${at}.0`)));

    const events = await patternEvents();
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events.filter(({ type }) => type === 'created')).toHaveLength(1);
  });
});

describe('an agent', () => {
  it('is connected once, however often it says so, and disconnected when its socket is closed', async () => {
    await connect('one');
    const connection = await connect('one');
    await world.store.agentConnections.release({ tenant, id: 'one' }, 'an older connection');
    await world.store.agentConnections.release({ tenant, id: 'one' }, connection);
    await world.store.agentConnections.release({ tenant, id: 'one' }, connection);

    const events = await agentEvents('one');
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['connected', about('one')],
      ['disconnected', { ...about('one'), reason: 'closed' }],
    ]);
    for (const { type, data } of events) expect(() => AGENT_EVENTS[type as keyof typeof AGENT_EVENTS].strict().parse(data)).not.toThrow();
  });

  it('that gives no sign of life is lost, by whichever process looks first, and connected again when it does', async () => {
    const connection = await connect('silent');
    await connect('here');
    await expire('silent', '1 second');
    await Promise.all([world.store.agents.tellMissing(), world.store.agents.tellMissing(), world.store.agents.tellMissing()]);
    await world.store.agentConnections.renew([{ agent: { tenant, id: 'silent' }, connectionId: connection, heartbeatAgoMs: 0 }], 60_000);
    await world.store.agents.tellMissing();

    expect((await agentEvents('silent')).map(({ type, data }) => [type, data['reason']])).toEqual([
      ['connected', undefined],
      ['disconnected', 'lost'],
      ['connected', undefined],
    ]);
    expect((await agentEvents('here')).map(({ type }) => type)).toEqual(['connected']);
  });

  it('is disconnected or deleted by a person, who is named', async () => {
    for (const id of ['off', 'gone', 'both']) await connect(id);
    await world.store.agents.disconnect(tenant, 'off', OTHER);
    await world.store.agents.remove(tenant, 'gone', OTHER);
    await world.store.agents.disconnect(tenant, 'both', OTHER);
    await world.store.agents.remove(tenant, 'both', OTHER);

    const last = async (id: string) => (await agentEvents(id)).slice(1).map(({ data, by }) => [data['reason'], by]);
    expect([await last('off'), await last('gone'), await last('both')]).toEqual([[['disconnected', OTHER]], [['deleted', OTHER]], [['disconnected', OTHER]]]);
  });

  it('that all tenants share has no events', async () => {
    const id = `shared-${tenant}`;
    await world.store.agentConnections.offer(
      'llm',
      [{ id, name: id, capabilities: ['a'], region: null, metadata: {}, maxConcurrentTasks: null }],
      5_000,
      60_000,
    );
    await world.store.agents.tellMissing();

    expect(await world.store.readEvents(agentRef('*', id).address)).toEqual([]);
  });
});

it('a webhook is told of both, by names that people know', async () => {
  const id = `wh_${randomUUID()}`;
  const definition = {
    ...{ url: 'https://example.com/hook', description: null, events: ['pattern.*', 'agent.disconnected'], filters: {}, enabled: true, ordered: false },
    ...{ timeoutMs: 1_000, retries: 4, signatureScheme: 'timestamped' as const, format: 'event' as const, headerNames: [], metadata: {} },
  };
  await world.store.webhooks.insert({ tenant, id, by: 'ada', definition, secrets: { secret: 'a-very-secret-value', previous: null, headers: {} } }, 100);
  await publish('1.0.0');
  await world.store.agentConnections.release({ tenant, id: 'one' }, await connect('one'));
  await dealWithAll(world);

  const { deliveries } = await world.store.deliveries.list(tenant, id, { status: null, limit: 10, offset: 0 });
  expect(deliveries.map(({ eventId, eventType }) => [eventId, eventType]).sort()).toEqual([
    ['evt_agent_one_2', 'agent.disconnected'],
    ['evt_pattern_team/classifier_1', 'pattern.created'],
  ]);
  expect(JSON.parse(deliveries.find(({ eventType }) => eventType === 'pattern.created')!.body)).toMatchObject({
    ...{ actor: { kind: 'pattern', id: 'team/classifier' }, sequence: 1, by: BY, data: { name: 'team/classifier', version: '1.0.0' } },
  });
});
