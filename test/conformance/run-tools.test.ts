/** What a worker says of its tools, and what API processes read of it; the composition as the worker has it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config';
import { runToolCatalogue, runTools, type RunTools } from '../../src/main/run-tools';
import type { InstalledTools } from '../../src/run-tools/packages';
import { testStore, type TestStore } from '../support/database';
import { eventually } from '../support/eventually';

const EVERYTHING = [process.execPath, join(__dirname, '..', '..', 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js'), 'stdio'];
const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined } as never;
const noop = (name: string) => ({ ...{ name, version: '2.0.0', description: 'd', effect_class: 'pure', risk_class: 'low' }, input_schema: { type: 'object' } });

let world: TestStore;
let folder: string;
const running: RunTools[] = [];
beforeAll(async () => {
  world = await testStore();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-test-run-tools-')));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (more: Record<string, string> = {}) => readConfig({ EVERTHREAD_DATA_DIR: join(folder, 'data'), ...more });
async function start(config = configOf(), packages: InstalledTools | null = null): Promise<RunTools> {
  const started = await runTools({ config, store: world.store, packages, env: { PATH: process.env['PATH'] }, log });
  running.push(started);
  return started;
}
const PEERS_TOOLS = [
  ...['delegate write medium', 'fs_patch write medium', 'fs_read read low', 'grep read low', 'http external medium', 'kv_get read low', 'kv_set write low'],
  ...['list_files read low', 'memory_recall read low', 'memory_store write low', 'repo_map read low', 'shell external high', 'test_run external medium'],
];

it('has the tools of the peer, with their classes, and tells API processes of them', async () => {
  const { tools } = await start();
  const said = (each: { name: string; effect_class: string; risk_class: string }): string => `${each.name} ${each.effect_class} ${each.risk_class}`;

  const list = await tools.list('default');
  const catalogue = runToolCatalogue(world.store, null, { packagePrograms: false });
  await eventually('they are told', async () => (await catalogue.list('default')).length >= 13);

  expect(list.map(said)).toEqual(PEERS_TOOLS);
  expect(list.every(({ version }) => version === '0.0.1')).toBe(true);
  expect((await catalogue.list('default')).map(said)).toEqual(expect.arrayContaining(PEERS_TOOLS));
  expect(list.find(({ name }) => name === 'fs_read')?.input_schema).toMatchObject({ type: 'object', required: ['path'], additionalProperties: false });
});

it('gives each tenant a workspace of its own, and the default one the named one', async () => {
  const named = mkdtempSync(join(folder, 'named-'));
  const { tools } = await start(configOf({ EVERTHREAD_WORKSPACE: named }));

  expect(await tools.workspace('default')).toBe(named);
  expect(await tools.workspace('acme')).toBe(join(folder, 'data', 'workspaces', 'runs', 'acme'));
});

it('has the tools of MCP servers and of manifests, told with what was skipped', async () => {
  const manifests = mkdtempSync(join(folder, 'manifests-'));
  const name = `m_${randomUUID().slice(0, 8)}`;
  writeFileSync(join(manifests, 'good.json'), JSON.stringify(noop(name)));
  writeFileSync(join(manifests, 'shadow.json'), JSON.stringify(noop('kv_set')));
  writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ servers: { ev: EVERYTHING } }));
  const { tools } = await start(configOf({ EVERTHREAD_TOOL_MANIFEST_DIRS: manifests, EVERTHREAD_MCP_CONFIG: join(folder, 'mcp.json') }));

  await eventually('the server is there', async () => (await tools.find('default', 'mcp_ev_echo')) !== null);
  await eventually('it is told', async () => (await world.store.runTools.list('default', null)).some(({ name: each }) => each === 'mcp_ev_echo'));

  expect((await tools.find('default', name))?.definition.version).toBe('2.0.0');
  expect((await tools.find('default', 'kv_set'))?.definition.version).toBe('0.0.1');
  expect(await world.store.runTools.problems(null)).toContainEqual(expect.objectContaining({ source: 'manifest:kv_set' }));
});

it('has what a tenant installed for that tenant alone, as long as it is installed', async () => {
  const [tenant, other] = [`t-${randomUUID()}`, `t-${randomUUID()}`];
  let kinds: { name: string; version: string; kind: any; provides: string }[] = [
    { name: 'noop', version: '1.0.0', kind: { type: 'manifest', manifest: noop('package_noop') }, provides: 'package_noop' },
    { name: 'server', version: '1.0.0', kind: { type: 'mcp_server', command: EVERYTHING[0], args: EVERYTHING.slice(1), env: {} }, provides: 'mcp_own_' },
  ];
  const packages: InstalledTools = {
    installed: (asked) => Promise.resolve(asked === tenant ? kinds : []),
    revision: (asked) => Promise.resolve(asked === tenant ? String(kinds.length) : '0'),
    serving: () => Promise.resolve([]),
  };
  const names = async ({ tools }: RunTools, asked: string): Promise<readonly string[]> => (await tools.list(asked)).map(({ name }) => name);

  const closed = await start(configOf(), packages);
  expect(await names(closed, tenant)).toContain('package_noop');
  expect(await names(closed, tenant)).not.toContain('mcp_own_echo');
  const open = await start(configOf({ EVERTHREAD_PACKAGE_PROGRAMS: 'true' }), packages);
  expect(await names(open, tenant)).toEqual(expect.arrayContaining(['package_noop', 'mcp_own_echo']));
  expect(await names(open, other)).not.toContain('package_noop');
  const catalogue = runToolCatalogue(world.store, packages, { packagePrograms: true });
  await eventually('it is told', async () => (await catalogue.list(tenant)).some(({ name }) => name === 'mcp_own_echo'));
  expect((await catalogue.list(other)).map(({ name }) => name)).not.toContain('mcp_own_echo');

  kinds = [];

  expect(await names(open, tenant)).not.toContain('package_noop');
  expect(await open.tools.find(tenant, 'mcp_own_echo')).toBeNull();
});

it('starts the server of a package once it is installed, so that its tools are known before a run asks; what was said of other packages counts no more', async () => {
  const { packages, runTools: store } = world.store;
  const tenant = `t-${randomUUID()}`;
  const server = { type: 'mcp_server' as const, command: EVERYTHING[0] as string, args: EVERYTHING.slice(1), env: {} };
  const install = (version: string) =>
    packages.install(tenant, {
      ...{ name: 'own', version, kind: server, content_hash: version, signed: true, provides: 'mcp_own_', installed_by: 'ada' },
    });
  const catalogue = runToolCatalogue(world.store, packages, { packagePrograms: true });
  const knows = async (): Promise<boolean> => (await catalogue.list(tenant)).some(({ name }) => name === 'mcp_own_echo');
  await install('1.0.0');
  await start(configOf({ EVERTHREAD_PACKAGE_PROGRAMS: 'true' }), packages);

  await eventually('its tools are told', knows);
  const before = await packages.revision(tenant);
  expect(await store.hasSaid(tenant, before)).toBe(true);
  await install('1.1.0');
  expect(await knows()).toBe(false);
  await eventually('the next version is looked at', knows, 15_000);
  await packages.uninstall(tenant, 'own');

  expect(await knows()).toBe(false);
});

it('takes servers from the file as it changes: what stays is left alone, and a file that is wrong changes nothing', async () => {
  const path = join(folder, 'changing.json');
  const write = (servers: unknown): void => writeFileSync(path, JSON.stringify({ servers }));
  write({ one: EVERYTHING, two: EVERYTHING });
  const { tools } = await start(configOf({ EVERTHREAD_MCP_CONFIG: path }));
  const has = async (...names: readonly string[]): Promise<boolean> =>
    (await Promise.all(names.map((name) => tools.find('default', `mcp_${name}_echo`)))).every((tool) => tool !== null);
  await eventually('both are there', () => has('one', 'two'));
  const one = await tools.find('default', 'mcp_one_echo');

  write({ one: EVERYTHING, three: { command: EVERYTHING[0], args: EVERYTHING.slice(1), tools: { echo: { risk_class: 'high' } } } });
  await eventually('the third one is there', () => has('three'));
  expect(await has('two')).toBe(false);
  expect(await tools.find('default', 'mcp_one_echo')).toBe(one);
  await eventually('it is told', async () =>
    (await world.store.runTools.list('', null)).some(({ name, risk_class: risk }) => name === 'mcp_three_echo' && risk === 'high'),
  );

  writeFileSync(path, '{"servers": {"bad name": []}}');
  await eventually('the mistake is told', async () =>
    (await world.store.runTools.problems(null)).some(({ source, reason }) => source === path && /bad name/.test(reason)),
  );
  expect(await has('one', 'three')).toBe(true);

  write({ one: EVERYTHING });
  await eventually('the third one is gone', async () => !(await has('three')));
  await eventually('nothing is wrong any more', async () => !(await world.store.runTools.problems(null)).some(({ source }) => source === path));
});

it('answers with what the last worker had while none lives, and forgets those that are gone', async () => {
  const tenant = `t-${randomUUID()}`;
  const { runTools: store } = world.store;
  const tool = (name: string) => ({ ...noop(name), idempotent: true, estimate: { tokens: 0, tool_calls: 1, wall_clock_ms: 0, usd_millicents: 0 } }) as never;
  await store.publish('old', tenant, { tools: [tool('old_tool')], problems: [] });
  await world.pool.query(`update run_tool_sets set seen_at = now() - interval '8 days' where tenant = $1`, [tenant]);

  expect((await store.list(tenant, '')).map(({ name }) => name)).toContain('old_tool');
  await store.publish('new', tenant, { tools: [tool('new_tool')], problems: [] });
  expect((await store.list(tenant, '')).map(({ name }) => name)).not.toContain('old_tool');
  expect(await store.forget()).toBeGreaterThanOrEqual(1);
});
