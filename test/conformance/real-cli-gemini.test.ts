import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { geminiAdapter } from '../../activities/agents/gemini';
import { INSTALL_TIMEOUT_MS } from '../support/agent-clis';
import { geminiHome } from '../support/agent-homes';
import { until } from '../support/eventually';
import { askIn, conversationIn, startRealCli, type RealCli } from '../support/real-cli';

let cli: RealCli;
beforeAll(async () => {
  cli = await startRealCli(geminiAdapter, geminiHome);
}, INSTALL_TIMEOUT_MS);
afterEach(async () => {
  await cli.endSessions();
});
afterAll(async () => {
  await cli.close();
});

it('is ready, takes a message of several lines, says what the model said and names its conversation', async () => {
  const driver = await cli.launchReady();

  const outcome = await driver.turn('hello agent, is this a question?\nsh: nothing: command not found\nwell?');

  expect(outcome).toMatchObject({
    kind: 'ready',
    worked: true,
    output: 'echo: hello agent, is this a question?\nsh: nothing: command not found\nwell?',
    conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

it('asks before a command under standard, and runs it once it is approved', async () => {
  const driver = await cli.launchReady({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');

  const ask = askIn(await driver.turn(`please-run touch ${made}`));
  expect(ask).toMatchObject({ kind: 'permission', approveOption: 1, denyOption: 3, action: { category: 'shell', command: `touch ${made}` } });
  expect(existsSync(made)).toBe(false);

  expect(await driver.answer(ask, { approve: true })).toMatchObject({ kind: 'ready', worked: true, output: expect.stringContaining('ran it') });
  expect(existsSync(made)).toBe(true);
});

it('does not do what is denied, and takes words in place of a yes or no', async () => {
  const driver = await cli.launchReady({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');

  const write = askIn(await driver.turn(`please-write ${made} hello`));
  expect(write).toMatchObject({ kind: 'permission', action: { category: 'file_write' } });
  expect(await driver.answer(write, { approve: false })).toMatchObject({ kind: 'ready', output: expect.stringContaining('Request cancelled') });

  const run = askIn(await driver.turn(`please-run touch ${made}`));
  expect(await driver.answer(run, { text: 'do something else' })).toMatchObject({ kind: 'ready', output: 'echo: do something else' });
  expect(existsSync(made)).toBe(false);
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

it('does not ask under autonomous, unless a boundary is wanted that the CLI cannot keep by itself', async () => {
  const free = await cli.launchReady({ preset: 'autonomous' });
  expect(await free.turn('please-run touch made.txt')).toMatchObject({ kind: 'ready', worked: true });
  expect(existsSync(join(free.cwd, 'made.txt'))).toBe(true);
  await free.end();

  const bound = await cli.launchReady({ preset: 'autonomous', requireWorkspaceBoundary: true });
  expect(askIn(await bound.turn('please-run touch made.txt'))).toMatchObject({ kind: 'permission', action: { category: 'shell', command: 'touch made.txt' } });
});

it('goes on with its conversation after it left', async () => {
  const driver = await cli.launchReady();
  const conversationId = conversationIn(await driver.turn('the word is heliotrope'));
  expect(await driver.end(10_000)).toMatchObject({ exitCode: 0 });

  const again = await cli.launchReady({ cwd: driver.cwd, conversationId });
  expect(again.launch.resumes).toBe(true);
  expect(await again.turn('please-remember')).toMatchObject({ kind: 'ready', conversationId, output: expect.stringContaining('the word is heliotrope') });
  expect(cli.model.asked('please-remember').at(-1)?.assistants).toContain('echo: the word is heliotrope');
});

it('ends its turn when it is interrupted', async () => {
  const driver = await cli.launchReady();
  await driver.type(geminiAdapter.message('please-wait 50000'));
  const watching = driver.watch('turn');
  await until('the agent works', async () => (await driver.screen()).title.startsWith('✦'));

  await driver.type(geminiAdapter.interrupt());

  expect(await watching).toMatchObject({ kind: 'ready', worked: true });
});

it('reports the trust prompt of a folder that brings settings, and runs none of them when the answer is no', async () => {
  const cwd = mkdtempSync(join(cli.world.dir, 'settings-'));
  mkdirSync(join(cwd, '.gemini'));
  const hook = { matcher: '*', hooks: [{ name: 'x', type: 'command', command: `touch ${join(cwd, 'hooked')}` }] };
  writeFileSync(join(cwd, '.gemini', 'settings.json'), JSON.stringify({ hooks: { SessionStart: [hook], BeforeAgent: [hook] } }));
  const driver = await cli.launch({ cwd });

  const ask = askIn(await driver.watch('start'));
  expect(ask).toMatchObject({ kind: 'trust', approveOption: 1, denyOption: 3, action: { path: cwd } });
  expect(await driver.answer(ask, { approve: false })).toMatchObject({ kind: 'ready' });
  expect(await driver.turn('hello')).toMatchObject({ kind: 'ready', output: 'echo: hello' });
  expect(existsSync(join(cwd, 'hooked'))).toBe(false);
});

it('takes a message that looks like a command of its own for words', async () => {
  const driver = await cli.launchReady();

  expect(await driver.turn('!touch banged')).toMatchObject({ kind: 'ready', output: 'echo: !touch banged' });
  expect(existsSync(join(driver.cwd, 'banged'))).toBe(false);
});
