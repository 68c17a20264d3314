/** What the keys of a tenant and their runs have used, over the real store (digest §2.21). */
import { randomUUID } from 'node:crypto';
import { openRun, type RunState } from '../../src/domain/run/state';
import { runUsage } from '../../src/main/run-usage';
import { testStore, type TestStore } from '../support/database';
import { runStart } from '../support/fake-runs';
import { newHash } from '../support/ledger';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.close());

const LIMITS = { read: 10, write: 20, execute: 0 };
const usage = (tenant: string) => runUsage(db.store, LIMITS)(tenant);

const keyOf = (tenant: string, name: string) =>
  db.store.keys.create({ tenant, name, hash: newHash(), hint: 'ek_…', scopes: ['*'], createdBy: 'ada', expiresAt: null });

/** A run that used this. */
async function ran(tenant: string, keyId: string | null, used: Partial<RunState> & { readonly usd?: number; readonly calls?: number } = {}): Promise<void> {
  const { usd = 0, calls = 0, ...more } = used;
  const state: RunState = {
    ...openRun(runStart({ id: randomUUID(), tenant, keyId, trajectoryId: newHash() })),
    ...more,
  };
  await db.store.runs.insertCreated({ ...state, used: { tokens: 0, tool_calls: calls, wall_clock_ms: 0, usd_millicents: usd } }, 'a task');
}

it('is told by key, with tokens, calls and cost, and for the tenant as a whole', async () => {
  const tenant = `t-${randomUUID()}`;
  const [one, other, idle] = [await keyOf(tenant, 'one'), await keyOf(tenant, 'other'), await keyOf(tenant, 'idle')];
  await ran(tenant, one.id, { tokensIn: 100, tokensOut: 10, usd: 7, calls: 2 });
  await ran(tenant, one.id, { tokensIn: 50, tokensOut: 5, usd: 3, calls: 1 });
  await ran(tenant, other.id, { tokensIn: 1 });
  await ran(tenant, null, { tokensOut: 4 });
  await db.store.minuteLimit('read', 10).take(one.id, 3);

  const { keys, total } = await usage(tenant);

  const none = { runs: 0, tokensIn: 0, tokensOut: 0, toolCalls: 0, usdMillicents: 0, costKnown: true };
  const row = (keyName: string | null) => keys?.find((key) => key.keyName === keyName);
  expect(row('one')).toMatchObject({ tenant, runs: 2, tokensIn: 150, tokensOut: 15, toolCalls: 3, usdMillicents: 10, requestsThisWindow: 3, rateLimitRpm: 30 });
  expect(row('other')).toMatchObject({ ...none, runs: 1, tokensIn: 1, requestsThisWindow: 0 });
  expect(row(idle.name)).toMatchObject(none);
  expect(row(null)).toMatchObject({ ...none, runs: 1, tokensOut: 4 });
  expect(total).toEqual({ tenant, runs: 4, tokensIn: 151, tokensOut: 19, toolCalls: 3, usdMillicents: 10, costKnown: true });
});

it('tells that a cost is not known, for the key whose run it was and for the tenant, and for nobody else', async () => {
  const tenant = `t-${randomUUID()}`;
  const [priced, unpriced] = [await keyOf(tenant, 'priced'), await keyOf(tenant, 'unpriced')];
  await ran(tenant, priced.id, { usd: 5 });
  await ran(tenant, unpriced.id, { usd: 5 });
  await ran(tenant, unpriced.id, { costKnown: false });

  const { keys, total } = await usage(tenant);

  expect(keys?.map(({ keyName, usdMillicents, costKnown }) => [keyName, usdMillicents, costKnown]).sort()).toEqual([
    ['priced', 5, true],
    ['unpriced', 5, false],
  ]);
  expect(total).toMatchObject({ usdMillicents: 10, costKnown: false });
});

it('holds nothing of other tenants', async () => {
  const [tenant, other] = [`t-${randomUUID()}`, `t-${randomUUID()}`];
  const key = await keyOf(other, 'theirs');
  await ran(other, key.id, { tokensIn: 9, costKnown: false });

  expect(await usage(tenant)).toEqual({ keys: null, total: { tenant, runs: 0, tokensIn: 0, tokensOut: 0, toolCalls: 0, usdMillicents: 0, costKnown: true } });
});
