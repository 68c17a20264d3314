import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codexAdapter } from '../../activities/agents/codex';
import { INSTALL_TIMEOUT_MS } from '../support/agent-clis';
import { codexHome, type AgentHome } from '../support/agent-homes';
import { startModelServer, type ModelServer } from '../support/model-server/model-server';
import { until } from '../support/eventually';
import { startPtydWorld, type PtydWorld } from '../support/ptyd-world';
import { launchSession, type SessionDriver, type SessionOptions } from '../support/session-driver';

let world: PtydWorld;
let model: ModelServer;
let home: AgentHome;
const drivers: SessionDriver[] = [];

beforeAll(async () => {
  model = await startModelServer();
  home = await codexHome(model.url);
  world = await startPtydWorld();
}, INSTALL_TIMEOUT_MS);
afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.end();
});
afterAll(async () => {
  await world.close();
  await model.close();
  home.remove();
});

async function launch(options: SessionOptions = {}): Promise<SessionDriver> {
  const driver = await launchSession(world, codexAdapter, { ...options, env: home.env });
  drivers.push(driver);
  return driver;
}

async function ready(driver: SessionDriver): Promise<void> {
  const outcome = await driver.watch('start');
  if (outcome.kind !== 'ready') throw new Error(`not ready but ${JSON.stringify(outcome)}\n${await driver.text()}`);
}

it('is ready, takes a message, says what the model said and names its conversation', async () => {
  const driver = await launch();
  expect(await driver.watch('start')).toMatchObject({ kind: 'ready', worked: false });

  const outcome = await driver.turn('hello agent, is this a question?\nsh: nothing: command not found');
  expect(outcome).toMatchObject({
    kind: 'ready',
    worked: true,
    output: 'echo: hello agent, is this a question?\nsh: nothing: command not found',
    conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(driver.facts.map(({ fact }) => fact)).toContainEqual({ type: 'conversation', conversationId: outcome.kind === 'ready' && outcome.conversationId });
});

it('asks before a command under standard, and runs it once it is approved', async () => {
  const driver = await launch({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');
  await ready(driver);

  const outcome = await driver.turn(`please-run touch ${made}`);
  expect(outcome).toMatchObject({
    kind: 'blocked',
    ask: {
      kind: 'permission',
      approveOption: 1,
      denyOption: 3,
      action: { category: 'shell', command: `touch ${made}`, reason: 'The person asked for this command.' },
    },
  });
  expect(existsSync(made)).toBe(false);
  if (outcome.kind !== 'blocked') return;

  expect(await driver.answer(outcome.ask, { approve: true })).toMatchObject({ kind: 'ready', worked: true, output: expect.stringContaining('ran it') });
  // Codex waits only so long for a command before it tells its model; on a busy machine the command may end after the turn.
  await until('the command has run', () => existsSync(made));
});

it('does not run what is denied, and takes words in place of a yes or no', async () => {
  const driver = await launch({ preset: 'standard' });
  const made = join(driver.cwd, 'made.txt');
  await ready(driver);
  const first = await driver.turn(`please-run touch ${made}`);
  if (first.kind !== 'blocked') throw new Error(await driver.text());

  expect(await driver.answer(first.ask, { approve: false })).toMatchObject({ kind: 'ready', output: expect.stringContaining('You canceled the request') });
  const second = await driver.turn(`please-run touch ${made}`);
  if (second.kind !== 'blocked') throw new Error(await driver.text());
  expect(await driver.answer(second.ask, { text: 'do something else' })).toMatchObject({ kind: 'ready', output: 'echo: do something else' });
  expect(existsSync(made)).toBe(false);
});

it('refuses under readonly what writes, without asking', async () => {
  const driver = await launch({ preset: 'readonly' });
  const made = join(driver.cwd, 'made.txt');
  await ready(driver);

  expect(await driver.turn(`please-run touch ${made}`)).toMatchObject({ kind: 'ready' });
  expect(await driver.turn(`please-try touch ${made}`)).toMatchObject({ kind: 'ready', output: expect.stringMatching(/ran it/) });
  expect(existsSync(made)).toBe(false);
});

it('does not ask under autonomous', async () => {
  const driver = await launch({ preset: 'autonomous' });
  const made = join(driver.cwd, 'made.txt');
  await ready(driver);

  expect(await driver.turn(`please-try touch ${made}`)).toMatchObject({ kind: 'ready', worked: true });
  await until('the command has run', () => existsSync(made));
});

it('goes on with its conversation after it left', async () => {
  const driver = await launch();
  await ready(driver);
  const outcome = await driver.turn('the word is heliotrope');
  if (outcome.kind !== 'ready') throw new Error(await driver.text());
  drivers.splice(0);
  expect(await driver.end(10_000)).toMatchObject({ exitCode: 0 });

  const again = await launch({ cwd: driver.cwd, conversationId: outcome.conversationId });
  expect(again.launch.resumes).toBe(true);
  expect(await again.watch('start')).toMatchObject({ kind: 'ready' });
  expect(await again.turn('please-remember')).toMatchObject({
    kind: 'ready',
    conversationId: outcome.conversationId,
    output: expect.stringContaining('the word is heliotrope'),
  });
});

it('ends its turn when it is interrupted', async () => {
  const driver = await launch();
  await ready(driver);
  await driver.type(codexAdapter.message('please-wait 50000'));
  const watching = driver.watch('turn');
  await until('the agent works', async () => (await driver.screen()).lines.some((line) => line.includes('esc to interrupt')));
  await driver.type(codexAdapter.interrupt());

  expect(await watching).toMatchObject({ kind: 'ready', worked: true });
});

it('reports the trust prompt of a folder that brings settings, and runs none of them unasked', async () => {
  const cwd = mkdtempSync(join(world.dir, 'settings-'));
  mkdirSync(join(cwd, '.codex'));
  const hook = { hooks: [{ type: 'command', command: `touch ${join(cwd, 'hooked')}` }] };
  writeFileSync(join(cwd, '.codex', 'hooks.json'), JSON.stringify({ hooks: { SessionStart: [hook], UserPromptSubmit: [hook] } }));
  const driver = await launch({ cwd });

  const trust = await driver.watch('start');
  expect(trust).toMatchObject({ kind: 'blocked', ask: { kind: 'trust', approveOption: 1, action: { path: cwd } } });
  if (trust.kind !== 'blocked') return;
  const review = await driver.answer(trust.ask, { approve: true });
  expect(review).toMatchObject({ kind: 'blocked', ask: { kind: 'config', denyOption: 3 } });
  if (review.kind !== 'blocked') return;
  expect(await driver.answer(review.ask, { approve: false })).toMatchObject({ kind: 'ready' });
  expect(await driver.turn('hello')).toMatchObject({ kind: 'ready', output: 'echo: hello' });
  expect(existsSync(join(cwd, 'hooked'))).toBe(false);
});

it('takes a message that looks like a command of its own for words', async () => {
  const driver = await launch();
  await ready(driver);

  expect(await driver.turn('!touch banged')).toMatchObject({ kind: 'ready', output: 'echo: !touch banged' });
  expect(existsSync(join(driver.cwd, 'banged'))).toBe(false);
});

it('works in a worktree without being asked whether it is trusted', async () => {
  const root = mkdtempSync(join(world.dir, 'repository-'));
  const git = (...args: string[]): unknown => execFileSync('git', ['-C', root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]);
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  git('worktree', 'add', '-q', join(root, '..', 'worktree'), '-b', 'thread');

  await ready(await launch({ cwd: join(root, '..', 'worktree') }));
});
