/** The catalogue of a real API process on a real database: a folder at start, the command, and what two processes see of each other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EverthreadClient } from '../../src/client/client';
import { everthread as run, type Ran } from '../support/command-line';
import { startWorld, type World } from '../support/world';

const definition = (name: string, version: string, method = 'majority'): string =>
  `name: ${name}\nversion: ${version}\ndescription: says ${method}\ninput:\n  text: string\nagents:\n  capabilities: [writing]\n  min: 1\naggregation:\n  strategy: voting\n  method: ${method}\n`;

let world: World;
let client: EverthreadClient;
const folder = mkdtempSync(join(tmpdir(), 'live-patterns-'));

beforeAll(async () => {
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'good.yaml'), definition('from-folder', '1.0.0'));
  writeFileSync(join(folder, 'more', 'other.yml'), definition('from-below', '2.1.0'));
  writeFileSync(join(folder, 'wrong.yaml'), definition('wrong', '1.0.0', 'most'));
  world = await startWorld({ roles: ['api'], env: { EVERTHREAD_PATTERNS_DIR: folder } });
  client = new EverthreadClient({ baseUrl: world.apiUrl });
}, 120_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

const everthread = (...args: string[]): Promise<Ran> => run(['pattern', '--url', world.apiUrl, ...args]);

it('publishes its folder at start, and says what is wrong with a file', async () => {
  const { data } = await client.controlPlane.api.GET('/api/patterns', {});

  expect(data?.patterns.map(({ name, version }) => `${name}@${version}`)).toEqual(['from-below@2.1.0', 'from-folder@1.0.0']);
  const refused = world
    .log('api')
    .split('\n')
    .find((line) => line.includes('"file":"wrong.yaml"'));
  expect(JSON.parse(refused ?? '{}')).toMatchObject({ code: 'pattern.invalid', errors: [{ line: 11, path: 'aggregation.method' }] });
});

it('publishes the folder once, and what is new in it at the next start', async () => {
  writeFileSync(join(folder, 'good.yaml'), definition('from-folder', '1.1.0'));

  await world.restart('api');

  const { data } = await client.controlPlane.api.GET('/api/patterns/{name}/versions', { params: { path: { name: 'from-folder' } } });
  expect(data?.versions.map(({ version, createdBy }) => [version, createdBy])).toEqual([
    ['1.0.0', 'folder:good.yaml'],
    ['1.1.0', 'folder:good.yaml'],
  ]);
}, 60_000);

it('is used from a shell', async () => {
  const [file, wrong] = [join(folder, 'mine.txt'), join(folder, 'mine-wrong.txt')];
  writeFileSync(file, definition('mine', '1.0.0'));
  writeFileSync(wrong, definition('mine', '1.0.1', 'most'));

  expect(await everthread('validate', file)).toEqual({ code: 0, out: `${file}: mine 1.0.0 is valid`, err: '' });
  const invalid = await everthread('validate', file, wrong);
  expect([invalid.code, invalid.out]).toEqual([1, expect.stringContaining(`${wrong}:11:11 aggregation.method: `)]);
  expect(await everthread('push', file)).toEqual({ code: 0, out: 'mine 1.0.0', err: '' });
  expect(await everthread('push', file)).toEqual({ code: 0, out: 'mine 1.0.0', err: '' });
  const refused = await everthread('push', wrong);
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining(`${wrong}:11:11 aggregation.method: `)]);
  expect((await everthread('list', '--search', 'mine')).out).toBe('mine  1.0.0  says majority');
  expect((await everthread('show', 'mine@1.x')).out).toBe(definition('mine', '1.0.0').trimEnd());
  expect((await everthread('show', 'mine', '--versions')).out).toMatch(/^1\.0\.0 {2}\S+Z {2}local$/);
  writeFileSync(file, definition('mine', '1.0.0', 'plurality'));
  expect(await everthread('push', file)).toEqual({ code: 1, out: '', err: expect.stringContaining('(pattern.version_exists)') });
  expect((await everthread('delete', 'mine@1.0.0')).out).toBe('mine@1.0.0: 1 deleted');
  expect(await everthread('show', 'mine')).toEqual({ code: 1, out: '', err: expect.stringContaining('(pattern.not_found)') });
}, 90_000);

it('shows what another process published', async () => {
  await world.start('api-2', { EVERTHREAD_API_PORT: '0' });
  const other = String(world.process('api-2').facts['url']);

  await client.controlPlane.api.POST('/api/patterns', { body: { definition: definition('shared', '1.0.0') } });

  const { data } = await new EverthreadClient({ baseUrl: other }).controlPlane.api.GET('/api/patterns/{name}', { params: { path: { name: 'shared' } } });
  expect(data).toMatchObject({ name: 'shared', version: '1.0.0', createdBy: 'local' });
}, 60_000);
