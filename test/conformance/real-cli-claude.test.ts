import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claudeAdapter } from '../../activities/agents/claude';
import { INSTALL_TIMEOUT_MS } from '../support/agent-clis';
import { claudeHome } from '../support/agent-homes';
import { until } from '../support/eventually';
import { askIn, conversationIn, startRealCli, type RealCli } from '../support/real-cli';
import type { SessionDriver, SessionOptions } from '../support/session-driver';

let cli: RealCli;
beforeAll(async () => {
  cli = await startRealCli(claudeAdapter, claudeHome);
}, INSTALL_TIMEOUT_MS);
afterEach(async () => {
  await cli.endSessions();
});
afterAll(async () => {
  await cli.close();
});

/** Past the question whether the folder is trusted, which Claude Code asks for every new one. */
async function trusted(options: SessionOptions = {}): Promise<SessionDriver> {
  const driver = await cli.launch(options);
  const ask = askIn(await driver.watch('start'));
  expect(ask).toMatchObject({ kind: 'trust', approveOption: 2, denyOption: 1, action: { path: driver.cwd } });
  expect(await driver.answer(ask, { approve: true })).toMatchObject({ kind: 'ready' });
  return driver;
}

it('takes messages, says what the model said, and goes on with its conversation after it left', async () => {
  const driver = await trusted();
  const first = await driver.turn('the word is heliotrope, is it?\nsh: nothing: command not found');
  expect(first).toMatchObject({
    kind: 'ready',
    worked: true,
    output: expect.stringMatching(/^echo: the word is heliotrope, is it\?\nsh: nothing: command not found$/),
  });
  const conversationId = conversationIn(first);
  expect(await driver.end(10_000)).toMatchObject({ exitCode: 0 });

  const again = await cli.launchReady({ cwd: driver.cwd, conversationId });
  expect(again.launch.resumes).toBe(true);
  expect(await again.turn('please-remember')).toMatchObject({ kind: 'ready', conversationId, output: expect.stringContaining('the word is heliotrope') });
});

it('leaves when its folder is not trusted', async () => {
  const driver = await cli.launch();
  const ask = askIn(await driver.watch('start'));

  expect(await driver.answer(ask, { approve: false })).toMatchObject({ kind: 'exited', exitCode: 1 });
});

it('asks under standard before it runs or writes, does what is approved and not what is denied', async () => {
  const driver = await trusted({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');
  const written = join(driver.cwd, 'written.txt');

  const run = askIn(await driver.turn(`please-run touch ${made}`));
  expect(run).toMatchObject({ kind: 'permission', approveOption: 1, action: { category: 'shell', command: `touch ${made}` } });
  expect(existsSync(made)).toBe(false);
  expect(await driver.answer(run, { approve: true })).toMatchObject({ kind: 'ready', worked: true, output: expect.stringContaining('ran it') });
  expect(existsSync(made)).toBe(true);

  const write = askIn(await driver.turn(`please-write ${written} hello`));
  expect(write).toMatchObject({ kind: 'permission', action: { category: 'file_write', path: written } });
  expect(await driver.answer(write, { approve: false })).toMatchObject({ kind: 'ready', output: expect.stringContaining('Rejected write') });
  const again = askIn(await driver.turn(`please-write ${written} hello`));
  expect(await driver.answer(again, { text: 'do something else' })).toMatchObject({ kind: 'ready', output: 'echo: do something else' });
  expect(existsSync(written)).toBe(false);
});

it('refuses under readonly what writes or runs, without asking', async () => {
  const driver = await trusted({ preset: 'readonly' });
  const made = join(driver.cwd, 'made.txt');

  expect(await driver.turn(`please-run touch ${made}`)).toMatchObject({ kind: 'ready' });
  expect(await driver.turn(`please-write ${made} hello`)).toMatchObject({ kind: 'ready' });
  expect(existsSync(made)).toBe(false);
});

it('writes in the workspace without asking under permissive, where a command still asks', async () => {
  const driver = await trusted({ preset: 'permissive' });
  const made = join(driver.cwd, 'made.txt');

  expect(await driver.turn(`please-write ${made} hello`)).toMatchObject({ kind: 'ready', worked: true });
  expect(existsSync(made)).toBe(true);
  expect(askIn(await driver.turn(`please-run rm ${made}`))).toMatchObject({ action: { category: 'shell' } });
});

it('does not ask under autonomous, and ends its turn when it is interrupted', async () => {
  const driver = await trusted({ preset: 'autonomous' });
  const made = join(driver.cwd, 'made.txt');
  expect(await driver.turn(`please-run touch ${made}`)).toMatchObject({ kind: 'ready', worked: true });
  expect(existsSync(made)).toBe(true);

  await driver.type(claudeAdapter.message('please-wait 50000'));
  const watching = driver.watch('turn');
  await until('the agent works', async () => (await driver.screen()).lines.some((line) => line.includes('esc to interrupt')));
  await driver.type(claudeAdapter.interrupt());
  expect(await watching).toMatchObject({ kind: 'ready', worked: true });
  expect(await driver.turn('hello')).toMatchObject({ kind: 'ready', output: 'echo: hello' });
});

it('takes a message that looks like a command of its own for words', async () => {
  const driver = await trusted();

  expect(await driver.turn('!touch banged')).toMatchObject({ kind: 'ready', output: 'echo: !touch banged' });
  expect(existsSync(join(driver.cwd, 'banged'))).toBe(false);
});
