/** Two API processes that change one schedule at the same moment, on a real Temporal server and a real database. */
import type { Client, ScheduleHandle } from '@temporalio/client';
import type { Principal } from '../../src/contracts/principal';
import type { ScheduleDefinition } from '../../src/contracts/schedule';
import type { Targets } from '../../src/gateway/targets';
import type { Schedules } from '../../src/gateway/schedules';
import { scheduleGateway } from '../../src/main/schedules';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { testStore, type TestStore } from '../support/database';

let temporal: ActorWorld;
let database: TestStore;
beforeAll(async () => {
  temporal = await startActorWorld();
  database = await testStore();
});
afterAll(async () => {
  await database.close();
  await temporal.stop();
});

const ADA: Principal = { tenant: 'acme', subject: 'ada', scopes: ['*'], keyId: null, operator: false };
const definition = (name: string, cron: string): ScheduleDefinition => ({
  ...{ name, description: null, cron, intervalMs: null, calendar: null, timezone: 'UTC', startAt: null, endAt: null, jitterMs: 0 },
  ...{ overlap: 'skip', catchupWindowMs: 60_000, pauseOnFailure: false, maxRuns: null, retryPolicy: null, metadata: {} },
  target: { kind: 'managed-thread', input: {} },
});
const NO_CHECK = { check: () => Promise.resolve() } as unknown as Targets;
const gateway = (client: Client): Schedules => scheduleGateway(client, database.store, NO_CHECK);

/** A client that stops in each update of a schedule, between reading what there is and writing what shall be. */
function stopping(client: Client, between: () => Promise<void>): Client {
  const handleOf = (id: string): ScheduleHandle => {
    const handle = client.schedule.getHandle(id);
    const { describe, update } = handle;
    handle.update = (change) => {
      handle.describe = async () => {
        const found = await describe.call(handle);
        await between();
        return found;
      };
      return update.call(handle, change);
    };
    return handle;
  };
  const bound = <T extends object>(target: T, own: Partial<T>): T =>
    new Proxy(target, {
      get: (_target, name) => {
        if (name in own) return own[name as keyof T];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  return bound(client, { schedule: bound(client.schedule, { getHandle: handleOf }) });
}

/** The other process does `act` in the middle of a replacement; it is given a second, which is plenty when nothing holds it back. */
async function amidReplacement<T>(id: string, act: (other: Schedules) => Promise<T>): Promise<{ readonly replaced: unknown; readonly acted: T }> {
  const { client } = temporal.environment;
  let acting: Promise<T> | undefined;
  const between = async (): Promise<void> => {
    acting ??= act(gateway(client));
    await Promise.race([acting.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  };
  const replaced: unknown = await gateway(stopping(client, between)).replace(ADA, id, definition('after', '0 12 1 1 *'));
  return { replaced, acted: await (acting as Promise<T>) };
}

async function made(): Promise<string> {
  const { schedule } = await gateway(temporal.environment.client).create(ADA, definition('before', '0 0 1 1 *'), { idempotencyKey: null });
  return schedule.id;
}

it('keeps a pause that comes in the middle of a replacement, and the replacement', async () => {
  const id = await made();
  const { acted } = await amidReplacement(id, (other) => other.pause(ADA, id, 'enough'));

  expect(acted).toMatchObject({ status: 'paused', pauseReason: 'enough' });
  expect(await gateway(temporal.environment.client).get('acme', id)).toMatchObject({
    ...{ status: 'paused', pauseReason: 'enough' },
    definition: { name: 'after', cron: '0 12 1 1 *' },
  });
}, 30_000);

it('keeps a resumption that comes in the middle of a replacement', async () => {
  const id = await made();
  await gateway(temporal.environment.client).pause(ADA, id, 'for now');
  await amidReplacement(id, (other) => other.resume(ADA, id));

  expect(await gateway(temporal.environment.client).get('acme', id)).toMatchObject({ status: 'active', definition: { name: 'after' } });
}, 30_000);

it('deletes after the replacement, not in it, so that nothing fires that nobody can list', async () => {
  const id = await made();
  await amidReplacement(id, (other) => other.remove(ADA, id));

  await expect(gateway(temporal.environment.client).get('acme', id)).rejects.toMatchObject({ kind: 'not_found' });
  const listed: string[] = [];
  for await (const { scheduleId } of temporal.environment.client.schedule.list()) listed.push(scheduleId);
  expect(listed.filter((name) => name.includes(id))).toEqual([]);
}, 30_000);

it('does not wait for ever for a process that was killed in its turn', async () => {
  const id = await made();
  expect(await database.store.schedules.takeTurn('acme', id, 'killed', 500)).toBe('taken');

  expect(await gateway(temporal.environment.client).pause(ADA, id, null)).toMatchObject({ status: 'paused' });
}, 30_000);
