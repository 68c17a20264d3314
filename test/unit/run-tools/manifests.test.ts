import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tool } from '../../../src/contracts/run/ports';
import { ManifestFolders } from '../../../src/run-tools/manifest/manifest-folders';
import { manifestTool, type ManifestWorld } from '../../../src/run-tools/manifest/manifest-tool';
import { ToolRegistry } from '../../../src/run-tools/registry';
import { eventually } from '../../support/eventually';
import { SILENT_LOG, toolHouse, type Json, type ToolHouse } from '../../support/run-tools';

let house: ToolHouse;
let world: ManifestWorld;
beforeAll(async () => {
  house = await toolHouse();
  const workspaceOf = (root: string) => ({ root, hidden: [] });
  world = { processes: house.processes, rule: { allowPrivate: true }, workspaceOf, programs: true };
});
afterAll(() => house.remove());

const text = { type: 'string' };
const manifest = (executor: Json, properties: Json = { a: text, b: text }, more: object = {}) => ({
  ...{ name: 'tool_1', version: '0.1.0', description: 'd', effect_class: 'read', risk_class: 'low' },
  ...{ input_schema: { type: 'object', properties } as Json, executor },
  ...more,
});
function toolOf(given: unknown, more: Partial<ManifestWorld> = {}): Tool {
  const made = manifestTool(given, { ...world, ...more });
  if ('problem' in made) throw new Error(made.problem);
  return made.tool;
}
const problemOf = (given: unknown, more: Partial<ManifestWorld> = {}): string | null => {
  const made = manifestTool(given, { ...world, ...more });
  return 'problem' in made ? made.problem : null;
};
const say = (template: string): Tool => toolOf(manifest({ kind: 'shell', command_template: template }));
const stdout = async (tool: Tool, args: Json): Promise<string> => ((await tool.perform(args, house.context)).output as { stdout: string }).stdout;

describe('a command', () => {
  it('gets values as whole arguments, whatever they hold', async () => {
    const tool = say(`node -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- {a} "x {b}" y`);
    const value = `'; touch made; echo "$(id)" \`id\` | cat && {b}\n`;

    expect(JSON.parse(await stdout(tool, { a: value, b: '--flag' }))).toEqual([value, 'x --flag', 'y']);
  });

  it('leaves out an argument that was not given, and writes numbers and lists as JSON', async () => {
    const tool = toolOf(manifest({ kind: 'shell', command_template: 'echo {a} n={n} {l}' }, { a: text, n: { type: 'number' }, l: { type: 'array' } }));

    expect(await stdout(tool, { n: 1.5, l: ['x'] })).toBe('n=1.5 ["x"]\n');
  });

  it('refuses a value that would be an option, unless the template has ended the options', async () => {
    await expect(stdout(say('wc {a}'), { a: '--files0-from=x' })).rejects.toMatchObject({ code: 'tool.refused', facts: { field: 'a', begun: false } });

    expect(await stdout(say('echo -- {a}'), { a: '-n' })).toBe('-- -n\n');
  });

  it('refuses a value that leads out of the workspace', async () => {
    for (const a of ['/etc/passwd', '../x']) await expect(stdout(say('cat {a}'), { a })).rejects.toMatchObject({ code: 'tool.refused' });
  });

  it('tells how it ended, and ends when its time is over', async () => {
    const { output } = await say('ls {a}').perform({ a: 'none' }, house.context);
    const slow = toolOf(manifest({ kind: 'shell', command_template: 'sleep 60', timeout_secs: 1 }));

    expect(output).toMatchObject({ exit_code: 2, stdout: '', stderr: expect.stringContaining('none'), receipt: { network: 'none' } });
    await expect(slow.perform({}, house.context)).rejects.toMatchObject({ code: 'tool.timeout' });
  });
});

describe('an address', () => {
  let server: Server;
  let base: string;
  const seen: { url: string; method: string; body: string; type: string | undefined }[] = [];
  beforeAll(async () => {
    const take = async (request: IncomingMessage): Promise<void> => {
      let body = '';
      for await (const part of request) body += String(part);
      seen.push({ url: request.url ?? '', method: request.method ?? '', body, type: request.headers['content-type'] });
    };
    server = createServer((request, reply) => void take(request).then(() => reply.end(request.url === '/big' ? 'x'.repeat(50_000) : 'answer')));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => new Promise((done) => server.close(done)));
  const calling = (executor: object): Tool => toolOf(manifest({ kind: 'http', block_private_hosts: false, ...executor } as Json));

  it('is called with encoded values', async () => {
    const { output } = await calling({ url_template: `${base}/find/{a}?q={b}` }).perform({ a: 'x/y', b: 'ü&z=1' }, house.context);

    expect(output).toMatchObject({ status: 200, body: 'answer', receipt: { truncated: false } });
    expect(seen.at(-1)).toMatchObject({ url: '/find/x%2Fy?q=%C3%BC%26z%3D1', method: 'GET', body: '' });
    await expect(calling({ url_template: `${base}/find/{a}` }).perform({ a: '..' }, house.context)).rejects.toMatchObject({ code: 'tool.refused' });
  });

  it('gets values as JSON in a body that is JSON', async () => {
    const executor = { url_template: `${base}/items`, method: 'post', body_template: '{"text": "{a}", "kept": {b}}' };
    await calling(executor).perform({ a: 'say "hi"\n', b: null }, house.context);

    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ text: 'say "hi"\n', kept: null });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', type: 'application/json' });
  });

  it('gives the beginning of a long answer and says that there is more', async () => {
    const { output } = await calling({ url_template: `${base}/big` }).perform({}, house.context);

    expect(output).toMatchObject({ body: 'x'.repeat(10_000), receipt: { truncated: true } });
  });

  it('is called only among the hosts of the manifest, and not in private networks unless both operator and manifest say so', async () => {
    const listed = calling({ url_template: `${base}/x`, allowlist: ['example.com'] });
    const blocked = calling({ url_template: `${base}/x`, block_private_hosts: true });
    const forbidden = toolOf(manifest({ kind: 'http', url_template: `${base}/x`, block_private_hosts: false }), { rule: { allowPrivate: false } });
    const before = seen.length;

    await expect(listed.perform({}, house.context)).rejects.toMatchObject({ code: 'tool.refused' });
    for (const tool of [blocked, forbidden]) await expect(tool.perform({}, house.context)).rejects.toMatchObject({ code: 'outgoing.address_refused' });
    await expect(house.call('http', { url: `${base}/x` })).rejects.toMatchObject({ code: 'outgoing.address_refused', facts: { begun: false } });

    expect(seen).toHaveLength(before);
  });

  it('may be called by the tool http where private networks are allowed, and says that a lost answer is unknown', async () => {
    const open = await toolHouse({ allowPrivate: true });
    const { output } = await open.call('http', { url: `${base}/x`, method: 'PUT', body: 'b', headers: { 'X-One': '1' } });

    expect(output).toMatchObject({ status: 200, body: 'answer', receipt: { method: 'PUT' } });
    await expect(open.call('http', { url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({ code: 'outgoing.failed', facts: { begun: true, unknown: true } });
    open.remove();
  });
});

describe('a manifest', () => {
  it('is a tool with its classes and its schema', async () => {
    const tool = toolOf({ ...manifest(null), executor: undefined, effect_class: 'write', risk_class: 'critical' });

    expect(tool.definition).toMatchObject({ name: 'tool_1', version: '0.1.0', effect_class: 'write', risk_class: 'critical', idempotent: false });
    expect(await tool.perform({}, house.context)).toEqual({ output: { result: 'noop' }, delta: [] });
  });

  it('has its arguments checked, with expressions that take no longer than their text', () => {
    const properties = { a: { type: 'string', pattern: '^(x+x+)+y$' }, n: { type: 'integer', minimum: 1 }, e: { enum: ['p', 'q'] }, w: { pattern: '^w$' } };
    const tool = toolOf(manifest({ kind: 'noop' }, properties, { input_schema: { type: 'object', properties, required: ['n'], additionalProperties: false } }));

    expect(tool.misfit({ n: 1 })).toBeNull();
    expect(tool.misfit({})).toMatch(/required property 'n'/);
    expect(tool.misfit({ n: 'x' })).toMatch(/^n: /);
    expect(tool.misfit({ n: 1, e: 'r' })).toMatch(/^e: .*"p","q"/);
    expect(tool.misfit({ n: 1, w: 'w', a: 'xxy' })).toBeNull();
    expect(tool.misfit({ n: 1, w: 'xxy' })).toMatch(/^w: /);
    expect(tool.misfit({ n: 1, z: 1 })).toMatch(/"z"/);
    expect(tool.misfit([])).toMatch(/object/);
    const began = performance.now();
    expect(tool.misfit({ n: 1, a: 'x'.repeat(5_000) })).toMatch(/^a: /);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it.each([
    ['has a name that is none', { name: 'bad name!' }, /^name: .*letters/],
    ['has a class that is none', { effect_class: 'evil' }, /^effect_class: /],
    ['names an argument that its schema does not have', { executor: { kind: 'shell', command_template: 'wc {c}' } }, /\{c\}/],
    ['has a command that needs a shell', { executor: { kind: 'shell', command_template: 'ls && rm {a}' } }, /&&/],
    ['may take too long', { executor: { kind: 'shell', command_template: 'ls', timeout_secs: 121 } }, /timeout_secs/],
    ['has a schema that cannot be used', { input_schema: { type: 'object', properties: { a: { type: 'nothing' } } } }, /^input_schema: /],
    [
      'has a schema that refers to another place',
      { input_schema: { type: 'object', properties: { a: { $ref: 'https://example.com/s.json' } } } },
      /^input_schema: /,
    ],
    ['has an expression that RE2 does not know', { input_schema: { type: 'object', properties: { a: { pattern: '(?=x)' } } } }, /^input_schema: .*expression/],
  ])('is refused when it %s', (_why, more, expected) => {
    expect(problemOf(manifest({ kind: 'noop' }, undefined, more))).toMatch(expected);
  });

  it('of a package starts no program unless the operator says so', () => {
    expect(problemOf(manifest({ kind: 'shell', command_template: 'ls' }), { programs: false })).toMatch(/EVERTHREAD_PACKAGE_PROGRAMS/);
    expect(problemOf(manifest({ kind: 'http', url_template: 'https://example.com/' }), { programs: false })).toBeNull();
  });
});

describe('folders of manifests', () => {
  let folder: string;
  let folders: ManifestFolders | null = null;
  const write = (name: string, given: unknown): void => writeFileSync(join(folder, name), typeof given === 'string' ? given : JSON.stringify(given));
  const named = (name: string) => manifest({ kind: 'noop' }, undefined, { name });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everthread-test-manifests-'));
  });
  afterEach(() => {
    folders?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (...paths: string[]): Promise<ManifestFolders> => {
    folders = new ManifestFolders(paths, world, SILENT_LOG);
    await folders.start();
    return folders;
  };
  const names = (tools: readonly Tool[]): readonly string[] => tools.map(({ definition }) => definition.name);

  it('are read in the order of names; what is wrong is told and stops nothing', async () => {
    write('b.json', named('second'));
    write('a.json', named('first'));
    write('bad.json', '{');
    write('note.txt', 'not a manifest');

    const { current } = await open(join(folder, 'missing'), folder);

    expect(names(current.tools)).toEqual(['first', 'second']);
    expect(current.problems).toMatchObject([{ source: join(folder, 'missing') }, { source: join(folder, 'bad.json') }]);
  });

  it('are read again when a file comes, changes or goes, and when the folder comes', async () => {
    const late = join(folder, 'late');
    write('a.json', named('first'));
    const loaded = await open(folder, late);

    write('b.json', named('second'));
    await eventually('it is there', () => names(loaded.current.tools).includes('second'));
    write('b.json', named('renamed'));
    await eventually('it has changed', () => names(loaded.current.tools).includes('renamed'));
    unlinkSync(join(folder, 'b.json'));
    await eventually('it has gone', () => names(loaded.current.tools).length === 1);
    mkdirSync(late);
    writeFileSync(join(late, 'c.json'), JSON.stringify(named('late')));
    await eventually('the folder is read', () => names(loaded.current.tools).includes('late'));

    expect(loaded.current.problems).toEqual([]);
  });

  it('take no name that another tool has', async () => {
    write('a.json', named('kv_set'));
    write('b.json', named('own'));
    write('c.json', manifest({ kind: 'noop' }, undefined, { name: 'own', version: '9.9.9' }));
    const loaded = await open(folder);
    const registry = new ToolRegistry({
      ...{ builtIn: [house.tool('kv_set')], global: [{ name: 'manifest', current: () => loaded.current }], packages: null },
      workspace: () => Promise.resolve(house.root),
    });

    const list = await registry.list('default');

    expect(list.map(({ name, version }) => [name, version])).toEqual([
      ['kv_set', '0.0.1'],
      ['own', '0.1.0'],
    ]);
    expect(registry.everybodys().problems.map(({ source }) => source)).toEqual(['manifest:kv_set', 'manifest:own']);
    expect(await registry.find('default', 'none')).toBeNull();
  });
});
