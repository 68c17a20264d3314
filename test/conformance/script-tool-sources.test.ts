/** Where tools of scripts come from, as a worker has them: those of runs, of manifests, of a real MCP server, patterns of the store; and what is refused. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptModels } from '../../activities/models/script-models';
import { readConfig } from '../../src/config/config';
import type { Json } from '../../src/contracts/pattern/json';
import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { executionGateway } from '../../src/main/executions';
import { patternCatalogue } from '../../src/main/patterns';
import { runTools, type RunTools } from '../../src/main/run-tools';
import { scriptCatalogue, scriptTools, type ScriptToolGateways } from '../../src/main/script-tools';
import { threadGateway } from '../../src/main/thread-gateway';
import type { ScriptToolRegistry } from '../../src/script-tools/registry';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';
import { MODELS } from '../support/script-steps';

const EVERYTHING = [process.execPath, join(__dirname, '..', '..', 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js'), 'stdio'];
const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined } as never;

let world: TestStore;
let folder: string;
let runs: RunTools;
let tools: ScriptToolRegistry;
let given: Parameters<typeof scriptTools>[0];
beforeAll(async () => {
  world = await testStore();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-test-script-tools-')));
  const manifest = {
    name: 'web_search',
    version: '1.0.0',
    description: 'Searches.',
    effect_class: 'read',
    risk_class: 'low',
    input_schema: { type: 'object', properties: { query: { type: 'string' } } },
  };
  writeFileSync(join(folder, 'search.json'), JSON.stringify({ ...manifest, command: ['echo', 'found'] }));
  writeFileSync(join(folder, 'mcp.config'), JSON.stringify({ servers: { 'my-demo': { command: EVERYTHING[0], args: EVERYTHING.slice(1) } } }));
  const config = readConfig({
    ...{ EVERTHREAD_DATA_DIR: join(folder, 'data'), EVERTHREAD_TOOL_MANIFEST_DIRS: folder, EVERTHREAD_MCP_CONFIG: join(folder, 'mcp.config') },
    EVERTHREAD_WORKSPACE: folder,
  });
  runs = await runTools({ config, store: world.store, packages: null, env: { PATH: process.env['PATH'] }, log });
  const patterns = patternCatalogue(world.store);
  const nobody = {} as never;
  const gateways: ScriptToolGateways = {
    patterns,
    threads: threadGateway(nobody, world.store, { idleTimeoutMs: 1_000, agentTypes: () => ['codex'] }),
    executions: executionGateway(nobody, world.store, patterns),
  };
  given = { config, store: world.store, models: scriptModels(MODELS), gateways };
  tools = scriptTools(given, runs.tools);
  await patterns.publish(
    OPEN_PRINCIPAL,
    { definition: 'name: sum-up\nversion: 1.0.0\ndescription: Sums up.\nagents:\n  capabilities: [summing]\n  min: 1\n' },
    { idempotencyKey: null },
  );
  await until('the MCP server', async () => (await runs.tools.list('default')).some(({ name }) => name.includes('echo')));
}, 120_000);
afterAll(async () => {
  await runs.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const context = {
  ...{ tenant: 'default', threadId: 'thr_1', key: 'k', by: { subject: 'ada', via: 'api' as const }, signal: new AbortController().signal },
  keep: null as never,
  bytesOf: null as never,
};
const called = async (tool: string, source: string, args: Json): Promise<unknown> =>
  (await (await tools.find('default', { tool, source })).perform(args, context)).output;

it('a tool of runs works in the workspace of the tenant', async () => {
  writeFileSync(join(folder, 'note.txt'), 'one\ntwo\n');

  expect(await called('fs_read', 'runs', { path: 'note.txt' })).toMatchObject({ content: expect.stringContaining('two') });
  expect((await tools.find('default', { tool: 'fs_read', source: 'runs' })).misfit({ path: 3 })).toMatch(/^path: /);
});

it('what the operator added for runs is native too, under a name that is free', async () => {
  const tool = await tools.find('default', { tool: 'web_search', source: 'native' });

  expect(tool.definition).toMatchObject({ name: 'web_search', source: 'runs' });
  expect(tool.twice({})).toBe('harmless');
  expect((await tools.find('default', { tool: 'http', source: 'native' })).definition.inputSchema).toHaveProperty('properties.query');
});

it('a tool of an MCP server is called by the names that a script can write', async () => {
  expect(JSON.stringify(await called('echo', 'mcp.my_demo', { message: 'hello' }))).toContain('hello');
  expect((await tools.find('default', { tool: 'echo', source: 'mcp.my_demo' })).twice({})).toBe('harmful');
});

it.each([
  ['a tool that there is not', { tool: 'fs_red', source: 'runs' }, 'script_tool.unknown', 'Did you mean fs_read?'],
  ['a native one that there is not', { tool: 'htttp', source: 'native' }, 'script_tool.unknown', 'Did you mean http?'],
  ['one of a server that there is not', { tool: 'echo', source: 'mcp.none' }, 'script_tool.unknown', 'from mcp.none'],
  ['a source that there is not', { tool: 'x', source: 'ignite' }, 'script_tool.unknown', 'mcp.<server>'],
  ['a pattern that there is not', { tool: 'sum_upp', source: 'patterns' }, 'script_tool.unknown', 'Did you mean sum_up?'],
  ['a tool of the world of a run', { tool: 'kv_set', source: 'runs' }, 'script_tool.not_for_scripts', 'kv_set'],
  ['a tool that is too risky', { tool: 'shell', source: 'runs' }, 'script_tool.too_risky', 'EVERTHREAD_SCRIPT_TOOL_RISK'],
])('%s is told as that', async (_what, asked, code, words) => {
  await expect(tools.find('default', asked)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
});

it('what is risky is open where the operator says so', async () => {
  const open = scriptTools({ ...given, config: { ...given.config, scripts: { ...given.config.scripts, toolRisk: 'high' } } }, runs.tools);

  expect((await open.find('default', { tool: 'shell', source: 'runs' })).definition).toMatchObject({ effect: 'external' });
});

it('patterns are tools by a name that a script can write, and are those of the tenant alone', async () => {
  expect((await tools.find('default', { tool: 'sum_up', source: 'patterns' })).definition).toMatchObject({ name: 'sum_up', description: 'Sums up.' });
  await expect(tools.find('acme', { tool: 'sum_up', source: 'patterns' })).rejects.toMatchObject({ code: 'script_tool.unknown' });
});

it('lists all that may be imported, and each of them is found', async () => {
  const listed = await scriptCatalogue(given, runs.tools).list('default');
  const names = listed.map(({ source, name }) => `${source}/${name}`);

  expect(names).toEqual(
    expect.arrayContaining([
      'native/llm',
      'native/http',
      'runs/fs_read',
      'runs/web_search',
      'mcp.my_demo/echo',
      'threads/start',
      'patterns/execute',
      'patterns/sum_up',
    ]),
  );
  expect(names).not.toContain('runs/shell');
  expect(names).not.toContain('runs/kv_set');
  expect(names).toEqual([...new Set(names)]);
  for (const { name, source, inputSchema } of listed) {
    expect(inputSchema).toMatchObject({ type: 'object' });
    await tools.find('default', { tool: name, source });
  }
});
