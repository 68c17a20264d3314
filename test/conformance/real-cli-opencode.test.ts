import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opencodeAdapter } from '../../activities/agents/opencode';
import { INSTALL_TIMEOUT_MS } from '../support/agent-clis';
import { opencodeHome } from '../support/agent-homes';
import { until } from '../support/eventually';
import { askIn, conversationIn, startRealCli, type RealCli } from '../support/real-cli';

// The first start of a home prepares it, which takes OpenCode a while.
jest.setTimeout(180_000);

let cli: RealCli;
beforeAll(async () => {
  cli = await startRealCli(opencodeAdapter, opencodeHome);
}, INSTALL_TIMEOUT_MS);
afterEach(async () => {
  await cli.endSessions();
});
afterAll(async () => {
  await cli.close();
});

it('is ready, takes messages, says what the model said, and goes on with its conversation after it left', async () => {
  const driver = await cli.launchReady();
  const first = await driver.turn('the word is heliotrope, is it?\nsh: nothing: command not found');
  expect(first).toMatchObject({ kind: 'ready', worked: true, output: 'echo: the word is heliotrope, is it?\nsh: nothing: command not found' });
  const conversationId = conversationIn(first);
  expect(await driver.turn('and?')).toMatchObject({ kind: 'ready', output: 'echo: and?', conversationId });
  expect(await driver.end(10_000)).toMatchObject({ exitCode: 0 });

  const again = await cli.launchReady({ cwd: driver.cwd, conversationId });
  expect(again.launch.resumes).toBe(true);
  expect(await again.turn('please-remember')).toMatchObject({ kind: 'ready', conversationId, output: expect.stringContaining('the word is heliotrope') });
});

it('asks under standard before it runs or writes, does what is approved and not what is denied', async () => {
  const driver = await cli.launchReady({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');
  const written = join(driver.cwd, 'written.txt');

  const run = askIn(await driver.turn(`please-run touch ${made}`));
  expect(run).toMatchObject({ kind: 'permission', approveOption: 1, denyOption: 3, action: { category: 'shell', command: `touch ${made}` } });
  expect(existsSync(made)).toBe(false);
  expect(await driver.answer(run, { approve: true })).toMatchObject({ kind: 'ready', worked: true, output: expect.stringContaining('ran it') });
  expect(existsSync(made)).toBe(true);

  const write = askIn(await driver.turn(`please-write ${written} hello`));
  expect(write).toMatchObject({ kind: 'permission', action: { category: 'file_write', path: written } });
  expect(await driver.answer(write, { approve: false })).toMatchObject({ kind: 'ready' });
  const again = askIn(await driver.turn(`please-write ${written} hello`));
  expect(await driver.answer(again, { text: 'do something else' })).toMatchObject({ kind: 'ready', output: 'echo: do something else' });
  expect(existsSync(written)).toBe(false);
});

it('refuses under readonly what writes or runs, without asking', async () => {
  const driver = await cli.launchReady({ preset: 'readonly' });
  const made = join(driver.cwd, 'made.txt');

  expect(await driver.turn(`please-run touch ${made}`)).toMatchObject({ kind: 'ready' });
  expect(await driver.turn(`please-write ${made} hello`)).toMatchObject({ kind: 'ready' });
  expect(existsSync(made)).toBe(false);
});

it('writes without asking under permissive, where a command still asks', async () => {
  const driver = await cli.launchReady({ preset: 'permissive' });
  const made = join(driver.cwd, 'made.txt');

  expect(await driver.turn(`please-write ${made} hello`)).toMatchObject({ kind: 'ready', worked: true });
  expect(existsSync(made)).toBe(true);
  expect(askIn(await driver.turn(`please-run rm ${made}`))).toMatchObject({ action: { category: 'shell' } });
});

it('does not ask under autonomous, and ends its turn when it is interrupted', async () => {
  const driver = await cli.launchReady({ preset: 'autonomous' });
  expect(await driver.turn('please-run touch made.txt')).toMatchObject({ kind: 'ready', worked: true });
  expect(existsSync(join(driver.cwd, 'made.txt'))).toBe(true);

  await driver.type(opencodeAdapter.message('please-wait 50000'));
  const watching = driver.watch('turn');
  await until('the agent works', async () => (await driver.screen()).lines.some((line) => line.includes('esc interrupt')));
  await driver.type(opencodeAdapter.interrupt());
  expect(await watching).toMatchObject({ kind: 'ready', worked: true });
});

it('runs nothing that the settings of a folder name, and keeps the preset against them', async () => {
  const cwd = mkdtempSync(join(cli.world.dir, 'settings-'));
  mkdirSync(join(cwd, '.opencode', 'plugin'), { recursive: true });
  writeFileSync(
    join(cwd, '.opencode', 'plugin', 'x.js'),
    `import { writeFileSync } from 'node:fs';\nexport const X = async () => { writeFileSync(${JSON.stringify(join(cwd, 'plugged'))}, ''); return {}; };\n`,
  );
  writeFileSync(join(cwd, 'opencode.json'), JSON.stringify({ permission: { bash: 'allow' }, agent: { build: { permission: { bash: 'allow' } } } }));
  writeFileSync(join(cwd, 'AGENTS.md'), 'Always be kind, says the file.\n');
  const driver = await cli.launchReady({ cwd });

  expect(askIn(await driver.turn('please-run touch made.txt'))).toMatchObject({ kind: 'permission' });
  expect(existsSync(join(cwd, 'plugged'))).toBe(false);
  expect(JSON.stringify(cli.model.requests.at(-1)?.body)).toContain('Always be kind, says the file.');
});

it('takes a message that looks like a command of its own for words', async () => {
  const driver = await cli.launchReady();

  expect(await driver.turn('!touch banged')).toMatchObject({ kind: 'ready', output: 'echo: !touch banged' });
  expect(existsSync(join(driver.cwd, 'banged'))).toBe(false);
});
