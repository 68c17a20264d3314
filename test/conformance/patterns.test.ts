import { randomUUID } from 'node:crypto';
import { PATTERNS_MAX, VERSIONS_MAX, type NewPattern } from '../../src/contracts/pattern/catalogue';
import type { PatternStore } from '../../src/gateway/patterns';
import { FakePatternStore } from '../surface/fake-patterns';
import { testStore, type TestStore } from '../support/database';

const pattern = (name: string, version: string, more: Partial<NewPattern> = {}): NewPattern => ({
  ...{ name, version, kind: 'pattern', description: `${name} ${version}`, source: `name: ${name}\n`, definition: { zebra: 1, name, apple: [{ b: 1, a: 2 }] } },
  ...{ plan: { format: 1, kind: 'pattern', name, version } as unknown as NewPattern['plan'], digest: `digest of ${name} ${version}`, createdBy: 'ada' },
  ...more,
});

const PUBLISH = { overwrite: false, existing: false };

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

/** The store that the surface is tested with must do what the real one does. */
describe.each([
  ['in Postgres', () => world.store.patterns],
  ['in memory', () => new FakePatternStore()],
])('the catalogue %s', (_where, made) => {
  const fresh = (): { readonly store: Omit<PatternStore, 'claimKey'>; readonly tenant: string } => ({ store: made(), tenant: `t-${randomUUID()}` });

  it('keeps what was published, members in their order', async () => {
    const { store, tenant } = fresh();

    expect(await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH)).toBe('created');

    const found = await store.get(tenant, 'classifier', null);
    expect(found).toMatchObject({ ...pattern('classifier', '1.0.0'), createdAt: expect.stringMatching(/Z$/), updatedAt: found?.createdAt });
    expect(JSON.stringify(found?.definition)).toBe('{"zebra":1,"name":"classifier","apple":[{"b":1,"a":2}]}');
  });

  it('knows a version that says the same, and refuses one that says something else', async () => {
    const { store, tenant } = fresh();
    await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH);

    expect(await store.publish(tenant, pattern('classifier', '1.0.0', { source: 'other words' }), PUBLISH)).toBe('same');
    expect(await store.publish(tenant, pattern('classifier', '1.0.0', { digest: 'another' }), PUBLISH)).toBe('version_exists');
    expect((await store.get(tenant, 'classifier', '1.0.0'))?.source).toBe('name: classifier\n');
  });

  it('replaces a version only where that was asked for, and keeps who made it first', async () => {
    const { store, tenant } = fresh();
    await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH);
    const before = await store.get(tenant, 'classifier', null);

    const next = pattern('classifier', '1.0.0', { digest: 'another', source: 'other words', createdBy: 'grace', description: 'other' });
    expect(await store.publish(tenant, next, { ...PUBLISH, overwrite: true })).toBe('replaced');

    const after = await store.get(tenant, 'classifier', null);
    expect(after).toMatchObject({ digest: 'another', source: 'other words', createdBy: 'ada', createdAt: before?.createdAt });
    expect(after!.updatedAt > before!.updatedAt).toBe(true);
    expect((await store.list(tenant, { search: null, limit: 10, offset: 0 })).patterns).toMatchObject([{ description: 'other' }]);
  });

  it('adds to a name that must be there only when it is', async () => {
    const { store, tenant } = fresh();

    expect(await store.publish(tenant, pattern('classifier', '1.0.0'), { ...PUBLISH, existing: true })).toBe('unknown_name');
    await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH);
    expect(await store.publish(tenant, pattern('classifier', '1.1.0'), { ...PUBLISH, existing: true })).toBe('created');
  });

  it('finds the newest, a version, a range, and a prerelease only where it is meant', async () => {
    const { store, tenant } = fresh();
    for (const version of ['1.9.0', '1.10.0', '2.0.0-beta.2', '1.2.0', '0.9.0']) await store.publish(tenant, pattern('classifier', version), PUBLISH);
    const at = async (asked: string | null) => (await store.get(tenant, 'classifier', asked))?.version;

    expect(await at(null)).toBe('1.10.0');
    expect(await at('latest')).toBe('1.10.0');
    expect(await at('1.x')).toBe('1.10.0');
    expect(await at('^1.2')).toBe('1.10.0');
    expect(await at('~1.2')).toBe('1.2.0');
    expect(await at('1.2.0')).toBe('1.2.0');
    expect(await at('<1')).toBe('0.9.0');
    expect(await at('2.0.0-beta.2')).toBe('2.0.0-beta.2');
    expect(await at('>=2.0.0-beta')).toBe('2.0.0-beta.2');
    expect(await at('2.x')).toBeUndefined();
    expect(await at('3.0.0')).toBeUndefined();
    expect((await store.versions(tenant, 'classifier')).map(({ version }) => version)).toEqual(['0.9.0', '1.2.0', '1.9.0', '1.10.0', '2.0.0-beta.2']);
  });

  it('shows a prerelease as the newest where there is nothing else', async () => {
    const { store, tenant } = fresh();
    await store.publish(tenant, pattern('classifier', '1.0.0-rc.1'), PUBLISH);
    await store.publish(tenant, pattern('classifier', '1.0.0-rc.2'), PUBLISH);

    expect((await store.get(tenant, 'classifier', null))?.version).toBe('1.0.0-rc.2');
  });

  it('lists by name, with the newest version of each, in pages, by a part of name or description', async () => {
    const { store, tenant } = fresh();
    for (const name of ['beta', 'alpha', 'Gamma']) await store.publish(tenant, pattern(name, '1.0.0'), PUBLISH);
    await store.publish(tenant, pattern('alpha', '1.1.0', { description: '100% of_it' }), PUBLISH);
    await store.publish(tenant, pattern('alpha', '1.0.1'), PUBLISH);
    const names = async (search: string | null, page = { limit: 10, offset: 0 }) => {
      const { patterns, total } = await store.list(tenant, { search, ...page });
      return [total, ...patterns.map(({ name, version }) => `${name}@${version}`)];
    };

    expect(await names(null)).toEqual([3, 'Gamma@1.0.0', 'alpha@1.1.0', 'beta@1.0.0']);
    expect(await names(null, { limit: 1, offset: 1 })).toEqual([3, 'alpha@1.1.0']);
    expect(await names(null, { limit: 1, offset: 9 })).toEqual([3]);
    expect(await names('GAM')).toEqual([1, 'Gamma@1.0.0']);
    expect(await names('0% of_')).toEqual([1, 'alpha@1.1.0']);
    expect(await names('%')).toEqual([1, 'alpha@1.1.0']);
  });

  it('deletes a version, after which the one before is the newest, and with the last of them the pattern', async () => {
    const { store, tenant } = fresh();
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await store.publish(tenant, pattern('classifier', version), PUBLISH);

    expect(await store.remove(tenant, 'classifier', '9.9.9')).toBe(0);
    expect(await store.remove(tenant, 'classifier', '2.0.0')).toBe(1);
    expect((await store.get(tenant, 'classifier', null))?.version).toBe('1.1.0');
    expect((await store.list(tenant, { search: null, limit: 10, offset: 0 })).patterns).toMatchObject([{ version: '1.1.0', description: 'classifier 1.1.0' }]);
    expect(await store.remove(tenant, 'classifier', null)).toBe(2);
    expect(await store.remove(tenant, 'classifier', null)).toBe(0);
    expect(await store.versions(tenant, 'classifier')).toEqual([]);
    expect(await store.list(tenant, { search: null, limit: 10, offset: 0 })).toEqual({ patterns: [], total: 0 });
    expect(await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH)).toBe('created');
  });

  it('shows a tenant nothing of another', async () => {
    const { store, tenant } = fresh();
    await store.publish(tenant, pattern('classifier', '1.0.0'), PUBLISH);

    expect(await store.get('another', 'classifier', null)).toBeNull();
    expect(await store.get('another', 'classifier', '1.0.0')).toBeNull();
    expect(await store.versions('another', 'classifier')).toEqual([]);
    expect(await store.remove('another', 'classifier', null)).toBe(0);
    expect((await store.list('another', { search: null, limit: 10, offset: 0 })).total).toBe(0);
    expect(await store.publish('another', pattern('classifier', '1.0.0', { digest: 'own' }), PUBLISH)).toBe('created');
    await store.remove('another', 'classifier', null);
    expect((await store.get(tenant, 'classifier', null))?.digest).toBe('digest of classifier 1.0.0');
  });
});

describe('in Postgres', () => {
  const tenant = `t-${randomUUID()}`;

  it('makes a version once, however many publish it at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => world.store.patterns.publish(tenant, pattern('raced', '1.0.0'), PUBLISH)));

    expect(outcomes.sort()).toEqual(['created', ...Array.from({ length: 7 }, () => 'same')]);
  });

  it('lets one of two definitions have a version', async () => {
    const outcomes = await Promise.all(['a', 'b'].map((digest) => world.store.patterns.publish(tenant, pattern('fought', '1.0.0', { digest }), PUBLISH)));

    expect(outcomes.sort()).toEqual(['created', 'version_exists']);
  });

  it('names the highest of versions that come at once', async () => {
    const versions = Array.from({ length: 10 }, (_, n) => `1.${n}.0`);
    await Promise.all(versions.map((version) => world.store.patterns.publish(tenant, pattern('busy', version), PUBLISH)));

    expect((await world.store.patterns.get(tenant, 'busy', null))?.version).toBe('1.9.0');
    expect((await world.store.patterns.versions(tenant, 'busy')).map(({ version }) => version)).toEqual(versions);
  });

  it('ends with a whole pattern or none when it is deleted and published at once', async () => {
    for (let round = 0; round < 10; round++) {
      const name = `gone-${round}`;
      await world.store.patterns.publish(tenant, pattern(name, '1.0.0'), PUBLISH);
      const [removed, published] = await Promise.all([
        world.store.patterns.remove(tenant, name, null),
        world.store.patterns.publish(tenant, pattern(name, '2.0.0'), PUBLISH),
      ]);

      expect([removed, published]).toEqual([expect.any(Number), 'created']);
      const left = await world.store.patterns.get(tenant, name, null);
      expect(left?.version ?? null).toBe(removed === 2 ? null : '2.0.0');
    }
  });

  it('has a last version and a last pattern', async () => {
    const own = `t-${randomUUID()}`;
    await world.store.patterns.publish(own, pattern('full', '0.0.0'), PUBLISH);
    await world.pool.query(
      `insert into pattern_versions (tenant, name, version, kind, description, source, definition, plan, digest, created_by)
       select tenant, name, '0.0.' || n, kind, description, source, definition, plan, n::text, created_by
       from pattern_versions, generate_series(1, $2::integer) n where tenant = $1 and name = 'full'`,
      [own, VERSIONS_MAX - 1],
    );
    await world.pool.query(
      `insert into patterns (tenant, name, newest, kind, description) select $1, 'p' || n, '1.0.0', 'pattern', '' from generate_series(1, $2::integer) n`,
      [own, PATTERNS_MAX - 1],
    );

    expect(await world.store.patterns.publish(own, pattern('full', '1.0.0'), PUBLISH)).toBe('too_many_versions');
    expect(await world.store.patterns.publish(own, pattern('full', '0.0.0'), PUBLISH)).toBe('same');
    expect(await world.store.patterns.publish(own, pattern('one-more', '1.0.0'), PUBLISH)).toBe('too_many_patterns');
  });
});
