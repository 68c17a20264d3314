/** What workers say of the policies by which they decide, and what API processes read of it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToldPolicies } from '../../src/contracts/run/told-policies';
import { builtInRules, policyHash, toldPolicyHash } from '../../src/domain/run/authority/policies';
import { watchPolicies, type Policies } from '../../src/main/run-policies';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined } as never;
const bundle = (version: string) => ({
  ...{ name: 'guard', version },
  rules: [{ name: 'no-shell', when: { field: 'intent.target', op: 'eq', value: 'shell' }, decision: { deny: { reason: 'no' } } }],
});

let db: TestStore;
let folder: string;
beforeAll(async () => {
  db = await testStore();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-test-policies-'));
  await db.pool.query('delete from run_policy_sets');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => db.close());

/** A worker that tells. */
async function working(): Promise<{ readonly policies: Policies; readonly said: ToldPolicies[] }> {
  const worker = randomUUID();
  const said: ToldPolicies[] = [];
  const changed = (told: ToldPolicies): void => {
    said.push(told);
    void db.store.runPolicies.publish(worker, told);
  };
  return { policies: await watchPolicies({ folders: [folder], trustedKeys: [], log, everyMs: 20, changed }), said };
}

it('is the rules in force, by their names in traces, with the hash that commits carry', async () => {
  writeFileSync(join(folder, 'guard.json'), JSON.stringify(bundle('2')));
  const { policies } = await working();
  const [set] = await until('it is told', async () => {
    const sets = await db.store.runPolicies.inForce();
    return sets.length > 0 ? sets : null;
  });
  await policies.stop();

  expect(set).toMatchObject({ workers: 1, live: true, refused: [], policies: [{ name: 'guard', version: '2', rules: ['guard/no-shell@2'] }] });
  for (const tenant of ['default', 'acme']) expect(toldPolicyHash(set!.policies, tenant)).toBe(policyHash(policies.current(), tenant));
  expect(builtInRules('acme')).toEqual(['writ.authority', 'tenant.isolation']);
});

it('changes with the files, and says which file is refused without saying where it lies', async () => {
  writeFileSync(join(folder, 'guard.json'), JSON.stringify(bundle('2')));
  const { policies, said } = await working();
  writeFileSync(join(folder, 'guard.json'), '{"name": 1}');
  await until('the bad file is told', () => said.at(-1)?.refused.length === 1);
  const [set] = await until('it is there', async () => {
    const sets = await db.store.runPolicies.inForce();
    return sets[0]?.refused.length === 1 ? sets : null;
  });
  await policies.stop();

  expect(set).toMatchObject({ policies: [{ name: 'guard', version: '2' }], refused: [{ file: 'guard.json', policy: 'guard@2', code: 'policy.invalid' }] });
  expect(JSON.stringify(set)).not.toContain(folder);
});

it('is one set for all workers that agree, and one for each that does not; most of them first', async () => {
  const told = (version: string): ToldPolicies => ({ policies: [{ name: 'guard', version, content_hash: '0'.repeat(64), rules: [] }], refused: [] });
  await db.store.runPolicies.publish('a', told('1'));
  await db.store.runPolicies.publish('b', told('2'));
  await db.store.runPolicies.publish('c', told('2'));

  expect((await db.store.runPolicies.inForce()).map(({ workers, policies: [one] }) => [workers, one?.version])).toEqual([
    [2, '2'],
    [1, '1'],
  ]);
});

it('is what the last worker said while none runs, and those that are gone are forgotten', async () => {
  const none: ToldPolicies = { policies: [], refused: [] };
  await db.store.runPolicies.publish('long gone', { ...none, refused: [{ file: 'x.json', policy: null, code: 'policy.invalid', reason: 'x' }] });
  await db.store.runPolicies.publish('gone', none);
  await db.pool.query("update run_policy_sets set seen_at = now() - interval '8 days' where worker = 'long gone'");
  await db.pool.query("update run_policy_sets set seen_at = now() - interval '1 hour' where worker = 'gone'");

  expect(await db.store.runPolicies.inForce()).toMatchObject([{ workers: 1, live: false, refused: [] }]);
  expect(await db.store.runPolicies.forget()).toBe(1);
  expect(await db.store.runPolicies.inForce()).toHaveLength(1);
});
