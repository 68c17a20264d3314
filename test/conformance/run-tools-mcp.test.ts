/** MCP servers, with the real reference server from npm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tool } from '../../src/contracts/run/ports';
import { readMcpConfig, type McpServers } from '../../src/run-tools/mcp/mcp-config';
import { McpServer } from '../../src/run-tools/mcp/mcp-server';
import { RunningServers } from '../../src/run-tools/mcp/running-servers';
import { eventually, until } from '../support/eventually';
import { processesWith } from '../support/processes';
import { NO_SANDBOX, SILENT_LOG, toolHouse, type ToolHouse } from '../support/run-tools';

const EVERYTHING = [process.execPath, join(__dirname, '..', '..', 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js'), 'stdio'];

let house: ToolHouse;
let folder: string;
const servers: McpServer[] = [];
beforeAll(async () => {
  house = await toolHouse();
  folder = mkdtempSync(join(tmpdir(), 'everthread-test-mcp-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => {
  house.remove();
  rmSync(folder, { recursive: true });
});

const configOf = (given: unknown): Promise<McpServers> => {
  const path = join(folder, 'mcp.json');
  writeFileSync(path, JSON.stringify(given));
  return readMcpConfig(path);
};

async function serverOf(entry: unknown, name = 'demo', log = SILENT_LOG): Promise<McpServer> {
  const spec = (await configOf({ servers: { [name]: entry } }))[name];
  if (!spec) throw new Error('no such server');
  const world = { rules: house.processes, cwd: house.root, env: { FROM_WORKER: 'given', OTHER: 'not given' }, log };
  const server = new McpServer(name, spec, world, () => undefined);
  servers.push(server);
  await server.start();
  return server;
}
const toolOf = ({ current }: McpServer, name: string): Tool => {
  const found = current.tools.find(({ definition }) => definition.name === name);
  if (!found) throw new Error(`no tool ${name} among ${current.tools.map(({ definition }) => definition.name).join(', ')}`);
  return found;
};
it('offers the tools of a server under names of their own, checks their arguments and calls them', async () => {
  const server = await serverOf(EVERYTHING);

  const echo = toolOf(server, 'mcp_demo_echo');
  const { output, delta } = await echo.perform({ message: 'hello' }, house.context);

  expect(echo.definition).toMatchObject({ version: '0.0.1', effect_class: 'external', risk_class: 'medium', idempotent: false });
  expect(output).toMatchObject({ result: expect.stringContaining('hello') });
  expect(delta).toEqual([]);
  expect(echo.misfit({})).toMatch(/message/);
  expect(echo.misfit({ message: 1 })).toMatch(/^message: /);
  expect(echo.misfit({ message: 'x' })).toBeNull();
});

it('says what the operator says of a tool, and leaves out what he leaves out', async () => {
  const [command, ...args] = EVERYTHING;
  const tools = { echo: { effect_class: 'read', risk_class: 'high' }, 'get-sum': { disabled: true } };
  const server = await serverOf({ command, args, tools });

  expect(toolOf(server, 'mcp_demo_echo').definition).toMatchObject({ effect_class: 'read', risk_class: 'high', idempotent: true });
  expect(server.current.tools.map(({ definition }) => definition.name)).not.toContain('mcp_demo_get-sum');
});

it('gives a server the variables that its entry names, and none else of the worker', async () => {
  const [command, ...args] = EVERYTHING;
  const server = await serverOf({ command, args, env: { OWN: 'own' }, env_from: ['FROM_WORKER'] });

  const { output } = await toolOf(server, 'mcp_demo_get-env').perform({}, house.context);
  const seen = JSON.parse((output as { result: string }).result.slice((output as { result: string }).result.indexOf('{')));

  expect(seen).toMatchObject({ OWN: 'own', FROM_WORKER: 'given' });
  expect(seen).not.toHaveProperty('OTHER');
  expect(Object.keys(seen).filter((name) => /^(EVERTHREAD_(?!SESSION)|JEST)/.test(name))).toEqual([]);
});

it('takes the secrets that it gave a server out of what the server says', async () => {
  const [command, ...args] = EVERYTHING;
  const server = await serverOf({ command, args, env: { SERVER_TOKEN: 'a-token-of-this-server', MODE: 'quiet' }, env_from: ['FROM_WORKER'] });

  const { output } = await toolOf(server, 'mcp_demo_get-env').perform({}, house.context);
  const { output: echoed } = await toolOf(server, 'mcp_demo_echo').perform({ message: 'it is a-token-of-this-server' }, house.context);

  expect(JSON.stringify(output)).not.toContain('a-token-of-this-server');
  expect(JSON.stringify(output)).toContain('quiet');
  expect(JSON.stringify(echoed)).toContain('it is ***REDACTED***');
});

it('replaces a server whose entry changed once the new one is there, and lets calls under way end', async () => {
  const [command, ...args] = EVERYTHING;
  const mark = `mark-${Math.random()}`;
  const fleet = new RunningServers({ rules: house.processes, cwd: house.root, env: {}, log: SILENT_LOG }, () => undefined);
  const entry = (more: object) => configOf({ servers: { demo: { command, args: [...args, mark], ...more } } });
  const find = (name: string): Tool => {
    const found = fleet.current.tools.find(({ definition }) => definition.name === name);
    if (!found) throw new Error(`no tool ${name}`);
    return found;
  };
  await fleet.take(await entry({}));
  const first = processesWith(mark);
  const long = find('mcp_demo_trigger-long-running-operation').perform({ duration: 2, steps: 2 }, house.context);

  const taking = fleet.take(await entry({ tools: { echo: { risk_class: 'critical' } } }));
  expect(find('mcp_demo_echo').definition.risk_class).toBe('medium');
  await taking;

  expect(find('mcp_demo_echo').definition.risk_class).toBe('critical');
  expect((await long).output).toMatchObject({ result: expect.stringContaining('completed') });
  await eventually('the first one has ended', () => first.every((pid) => !processesWith(mark).includes(pid)));
  expect(processesWith(mark)).not.toEqual([]);
  await fleet.close();
  expect(processesWith(mark)).toEqual([]);
});

it('ends a server that holds more memory than it may, and starts it again', async () => {
  const mark = `mark-${Math.random()}`;
  const spec = (await configOf({ servers: { demo: [...EVERYTHING, mark] } }))['demo'];
  if (!spec) throw new Error('no such server');
  const problems: string[] = [];
  const log = { ...SILENT_LOG, warn: (_facts: object, message: string) => problems.push(message) };
  const server = new McpServer(
    'demo',
    spec,
    { rules: { ...house.processes, memoryBytes: 8 * 1_024 ** 2, sandbox: NO_SANDBOX }, cwd: house.root, env: {}, log },
    () => undefined,
  );
  servers.push(server);
  void server.start();

  await eventually('it is ended', () => problems.includes('an MCP server holds more memory than it may, and is ended'));
  await eventually('it is to be started again', () => problems.includes('an MCP server is away; it is started again'));
});

it('makes calls side by side and ends one that is cancelled', async () => {
  const server = await serverOf(EVERYTHING);
  const controller = new AbortController();
  const long = toolOf(server, 'mcp_demo_trigger-long-running-operation').perform({ duration: 30, steps: 30 }, { ...house.context, signal: controller.signal });
  const reason = new Error('cancelled');

  const { output } = await toolOf(server, 'mcp_demo_echo').perform({ message: 'meanwhile' }, house.context);
  controller.abort(reason);

  expect(output).toMatchObject({ result: expect.stringContaining('meanwhile') });
  await expect(long).rejects.toBe(reason);
});

it('does not claim to know how a call ended that took too long', async () => {
  const [command, ...args] = EVERYTHING;
  const server = await serverOf({ command, args, timeout_secs: 1 });

  const late = toolOf(server, 'mcp_demo_trigger-long-running-operation').perform({ duration: 30, steps: 2 }, house.context);

  await expect(late).rejects.toMatchObject({ code: 'tool.mcp_lost', facts: { begun: true, unknown: true } });
});

it('starts a server again that was killed; meanwhile its tools say that it is away', async () => {
  const mark = `mark-${Math.random()}`;
  const server = await serverOf([...EVERYTHING, mark]);
  const long = toolOf(server, 'mcp_demo_trigger-long-running-operation').perform({ duration: 30, steps: 2 }, house.context);
  const lost = expect(long).rejects.toMatchObject({ code: 'tool.mcp_lost', facts: { unknown: true } });
  const first = processesWith(mark);

  for (const pid of first) process.kill(pid, 'SIGKILL');

  await lost;
  await expect(toolOf(server, 'mcp_demo_echo').perform({ message: 'x' }, house.context)).rejects.toMatchObject({
    code: 'tool.mcp_unavailable',
    facts: { begun: false },
  });
  expect(server.current.problems).toMatchObject([{ source: 'mcp:demo' }]);
  const { output } = await until('it answers again', () =>
    toolOf(server, 'mcp_demo_echo')
      .perform({ message: 'back' }, house.context)
      .catch(() => null),
  );
  expect(output).toMatchObject({ result: expect.stringContaining('back') });
  expect(server.current.problems).toEqual([]);
  expect(processesWith(mark).filter((pid) => first.includes(pid))).toEqual([]);
});

it('ends a server with everything that it started', async () => {
  const mark = `mark-${Math.random()}`;
  const server = await serverOf([...EVERYTHING, mark]);
  await eventually('it runs', () => processesWith(mark).length > 0);

  await server.close();

  expect(processesWith(mark)).toEqual([]);
});

it('tells of a server that does not come up', async () => {
  const server = await serverOf(['/nowhere/server']);

  expect(server.current).toMatchObject({ tools: [], problems: [{ source: 'mcp:demo', reason: expect.stringContaining('/nowhere/server') }] });
});

it.each([
  [{}, /servers: /],
  [{ servers: { 'bad name': ['x'] } }, /servers\.bad name: /],
  [{ servers: { x: [] } }, /servers\.x: /],
  [{ servers: { x: { command: 'y', tools: { z: { risk_class: 'none' } } } } }, /servers\.x/],
] as const)('refuses a file that says %j', async (given, expected) => {
  await expect(configOf(given)).rejects.toMatchObject({ code: 'tool.mcp_config', message: expect.stringMatching(expected) });
});
