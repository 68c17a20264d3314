import { randomUUID } from 'node:crypto';
import { INSTALLS_MAX, PACKAGE_VERSIONS_MAX, type NewInstall, type NewPackage } from '../../src/contracts/run/package';
import type { PackageStore } from '../../src/gateway/packages';
import type { PackagesStore } from '../../src/store/packages';
import { testStore, type TestStore } from '../support/database';

const made = (name: string, version: string, more: Partial<NewPackage> = {}): NewPackage => ({
  ...{ name, version, precedence: version, description: `${name} in ${version}`, author: 'Ada', tags: ['text'], content_hash: 'a'.repeat(64) },
  kind: { type: 'manifest', manifest: { zebra: 1, apple: [{ b: 1, a: '\u0000' }] } },
  ...{ signature: '', publisher_pubkey: '', signed: false, published_by: 'ada' },
  ...more,
});
const install = (name: string, provides: string, more: Partial<NewInstall> = {}): NewInstall => ({
  ...{
    name,
    version: '1.0.0',
    kind: { type: 'manifest' as const, manifest: { name: provides } },
    content_hash: 'b'.repeat(64),
    signed: true,
    provides,
    installed_by: 'ada',
  },
  ...more,
});
const PAGE = { limit: 10, offset: 0 };

let world: TestStore;
let store: PackageStore & Pick<PackagesStore, 'revision'>;
let tenant: string;
beforeAll(async () => {
  world = await testStore();
  store = world.store.packages;
});
afterAll(() => world.close());
beforeEach(() => void (tenant = `t-${randomUUID()}`));

const publishAll = async (name: string, versions: readonly string[]): Promise<void> => {
  for (const version of versions) expect(await store.publish(tenant, made(name, version))).toBe('published');
};

describe('published packages', () => {
  it('are kept as they came, members in their order', async () => {
    const sent = made('wc', '1.0.0', { signature: 'c'.repeat(128), publisher_pubkey: 'd'.repeat(64), signed: true });
    await store.publish(tenant, sent);

    const { published_at, ...found } = (await store.get(tenant, 'wc', null))!;
    const { precedence: _, ...expected } = sent;
    expect(found).toEqual(expected);
    expect(JSON.stringify(found.kind)).toBe(JSON.stringify(sent.kind));
    expect(Math.abs(Date.parse(published_at) - Date.now())).toBeLessThan(60_000);
  });

  it('never change: of many at once that publish a version, one does', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, at) => store.publish(tenant, made('wc', '1.0.0', { description: `${at}` }))));

    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'version_exists')).toHaveLength(7);
    expect(await store.publish(tenant, made('wc', '1', { precedence: '1.0.0' }))).toBe('version_exists');
  });

  it('have the highest release as their newest version, whatever came last', async () => {
    await publishAll('wc', ['0.9.0', '0.10.0', '0.2.0', '1.0.0-rc.1']);

    expect((await store.get(tenant, 'wc', null))?.version).toBe('0.10.0');
    expect((await store.find(tenant, PAGE)).packages.map(({ version }) => version)).toEqual(['0.10.0']);
    expect((await store.versions(tenant, 'wc')).map(({ version }) => version)).toEqual(['0.2.0', '0.9.0', '0.10.0', '1.0.0-rc.1']);

    expect(await store.unpublish(tenant, 'wc', '0.10.0')).toBe(true);
    expect((await store.find(tenant, PAGE)).packages.map(({ version }) => version)).toEqual(['0.9.0']);
  });

  it('are found by version: as it was written, in full, or by a range', async () => {
    await store.publish(tenant, made('wc', '1', { precedence: '1.0.0' }));
    await publishAll('wc', ['1.4.0', '2.0.0']);
    const versionFor = async (asked: string) => (await store.get(tenant, 'wc', asked))?.version;

    expect(await versionFor('1')).toBe('1');
    expect(await versionFor('1.0.0')).toBe('1');
    expect(await versionFor('1.x')).toBe('1.4.0');
    expect(await versionFor('latest')).toBe('2.0.0');
    expect(await versionFor('3.x')).toBeUndefined();
  });

  it('are gone with their last version', async () => {
    await publishAll('wc', ['1.0.0']);

    expect(await store.unpublish(tenant, 'wc', '9.9.9')).toBe(false);
    expect(await store.unpublish(tenant, 'wc', '1.0.0')).toBe(true);
    expect(await store.unpublish(tenant, 'wc', '1.0.0')).toBe(false);
    expect(await store.get(tenant, 'wc', null)).toBeNull();
    expect(await store.find(tenant, PAGE)).toEqual({ packages: [], total: 0 });
  });

  it('are searched in their newest version, by all that is asked for', async () => {
    await publishAll('Counter', ['1.0.0']);
    await store.publish(tenant, made('old', '1.0.0', { tags: ['gone'] }));
    await store.publish(tenant, made('old', '2.0.0', { tags: ['kept'], author: 'Grace', kind: { type: 'mcp_server', command: 'c', args: [], env: {} } }));
    const names = async (filter: object) => (await store.find(tenant, { ...filter, ...PAGE })).packages.map(({ name }) => name);

    expect(await names({})).toEqual(['Counter', 'old']);
    expect(await names({ q: 'count' })).toEqual(['Counter']);
    expect(await names({ q: 'KEP' })).toEqual(['old']);
    expect(await names({ q: '%' })).toEqual([]);
    expect(await names({ tag: 'gone' })).toEqual([]);
    expect(await names({ kind: 'mcp_server' })).toEqual(['old']);
    expect(await names({ author: 'Grace', tag: 'kept' })).toEqual(['old']);
    expect(await names({ author: 'Grace', tag: 'text' })).toEqual([]);
    expect(await store.find(tenant, { limit: 1, offset: 1 })).toMatchObject({ packages: [{ name: 'old' }], total: 2 });
  });

  it('have at most so many versions, and belong to one tenant', async () => {
    for (let at = 0; at < PACKAGE_VERSIONS_MAX; at++) await store.publish(tenant, made('wc', `1.0.${at}`));

    expect(await store.publish(tenant, made('wc', '2.0.0'))).toBe('too_many_versions');
    expect(await store.get('another', 'wc', null)).toBeNull();
    expect(await store.unpublish('another', 'wc', '1.0.0')).toBe(false);
  });
});

describe('installed packages', () => {
  it('are a copy that outlives the published version', async () => {
    await publishAll('wc', ['1.0.0']);
    expect(await store.install(tenant, install('wc', 'count'))).toBe('installed');
    await store.unpublish(tenant, 'wc', '1.0.0');

    expect(await store.installed(tenant)).toEqual([{ ...install('wc', 'count'), installed_at: expect.stringMatching(/Z$/) }]);
    expect(await store.installed('another')).toEqual([]);
  });

  it('have one version each, and none brings a tool that another brings', async () => {
    await store.install(tenant, install('wc', 'count'));

    expect(await store.install(tenant, install('wc', 'count'))).toBe('same');
    expect(await store.install(tenant, install('wc', 'count', { version: '2.0.0' }))).toBe('replaced');
    expect(await store.install(tenant, install('other', 'count'))).toBe('name_taken');
    const server = install('count', 'mcp_count_', { kind: { type: 'mcp_server', command: 'c', args: [], env: {} } });
    expect(await store.install(tenant, server)).toBe('installed');
    expect(await store.install(tenant, install('third', 'mcp_count_words'))).toBe('name_taken');
    expect((await store.installed(tenant)).map(({ name, version }) => `${name}@${version}`)).toEqual(['count@1.0.0', 'wc@2.0.0']);
  });

  it('of many at once that bring one tool, one is installed', async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, (_, at) => store.install(tenant, install(`p${at}`, 'count'))));

    expect(outcomes.filter((outcome) => outcome === 'installed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'name_taken')).toHaveLength(5);
  });

  it('say by their revision that something changed', async () => {
    const revisions = [await store.revision(tenant)];
    const note = async (): Promise<void> => void revisions.push(await store.revision(tenant));
    await store.install(tenant, install('wc', 'count'));
    await note();
    await store.install(tenant, install('wc', 'count', { content_hash: 'e'.repeat(64) }));
    await note();
    await store.install(tenant, install('other', 'lines'));
    await note();
    expect(await store.uninstall(tenant, 'wc')).toMatchObject({ name: 'wc' });
    await note();

    expect(new Set(revisions).size).toBe(5);
    expect(await store.uninstall(tenant, 'wc')).toBeNull();
    expect(await store.revision(tenant)).toBe(revisions.at(-1));
  });

  it('are at most so many', async () => {
    for (let at = 0; at < INSTALLS_MAX; at++) await store.install(tenant, install(`p${at}`, `tool${at}`));

    expect(await store.install(tenant, install('more', 'more'))).toBe('too_many_installs');
    expect(await store.install(tenant, install('p0', 'tool0', { version: '2.0.0' }))).toBe('replaced');
  });
});
