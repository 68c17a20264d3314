import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedAdapter } from '../../activities/agents/scripted';
import type { WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { program } from '../support/ptyd-build';
import { launchSession, type SessionOptions } from '../support/session-driver';
import { until } from '../support/eventually';
import { startPtydWorld, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

async function scripted({ env, ...options }: SessionOptions = {}) {
  const log = join(world.dir, `${randomUUID()}.log`);
  const all = {
    EVERTHREAD_SCRIPTED_PROGRAM: program('activities/agents/scripted/agent.js'),
    EVERTHREAD_SCRIPTED_STATE: join(world.dir, 'state'),
    EVERTHREAD_SCRIPTED_LOG: log,
    ...env,
  };
  const driver = await launchSession(world, scriptedAdapter, { ...options, env: all });
  const seen = (): { kind: string; text: string }[] =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; text: string });
  return { driver, seen };
}
const askOf = (outcome: WatchOutcome) => {
  if (outcome.kind !== 'blocked') throw new Error(`expected blocked, got ${JSON.stringify(outcome)}`);
  return outcome.ask;
};

it('starts, is ready, does a turn and tells its words, tools and conversation', async () => {
  const { driver, seen } = await scripted();

  const started = await driver.watch('start');
  expect(started).toMatchObject({ kind: 'ready', worked: false, conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  const turn = await driver.turn('say first; tool compiler 200; say second\nconfidence 0.8');

  expect(turn).toMatchObject({ kind: 'ready', worked: true, output: 'first\nsecond', confidence: 0.8 });
  // What is said last may be told as a piece too, when it is seen before the end of the turn.
  expect(driver.facts.slice(0, 3).map(({ fact }) => fact.type)).toEqual(['conversation', 'output', 'tool_running']);
  expect(driver.facts[2]?.fact).toEqual({ type: 'tool_running', tool: 'compiler' });
  expect(seen().map(({ kind, text }) => [kind, text])).toEqual([
    ['start', expect.any(String)],
    ['line', 'say first; tool compiler 200; say second\nconfidence 0.8'],
  ]);
  await driver.end();
});

it('is blocked by an ask until it is answered, and does not take the answered ask for a new one', async () => {
  const { driver, seen } = await scripted();
  await driver.watch('start');

  const ask = askOf(await driver.turn('ask shell rm -rf build'));
  expect(ask).toMatchObject({
    id: expect.stringMatching(/\/turn\/ask-0$/),
    kind: 'permission',
    approveOption: 1,
    denyOption: 3,
    action: { category: 'shell', command: 'rm -rf build' },
  });
  expect(await driver.answer(ask, { approve: false })).toMatchObject({ kind: 'ready', output: 'denied: rm -rf build' });

  expect(seen().filter(({ kind }) => kind === 'answer')).toEqual([expect.objectContaining({ text: '3' })]);
  await driver.end();
});

it('gives the same ask its id again, and a second ask with the same words another one', async () => {
  const { driver } = await scripted();
  await driver.watch('start');
  const first = askOf(await driver.turn('ask shell make; ask shell make'));

  await driver.type([{ data: '\u001b[A' }]);
  const still = askOf(await driver.watch('follow', { currentAsk: first }));
  const second = askOf(await driver.answer(first, { option: 2 }));

  expect(still.id).toBe(first.id);
  expect(second).toEqual({ ...first, id: first.id.replace('ask-0', 'ask-1') });
  await driver.end();
});

it('asks questions and for logins, and refuses answers that do not fit', async () => {
  const { driver } = await scripted();
  await driver.watch('start');

  const question = askOf(await driver.turn('question which branch?'));
  expect(question).toMatchObject({ kind: 'question', text: 'which branch?', options: [] });
  expect(scriptedAdapter.answer(question, { option: 1 })).toBeNull();
  expect(await driver.answer(question, { text: 'main' })).toMatchObject({ kind: 'ready', output: 'answered: main' });
  const login = askOf(await driver.turn('login'));
  expect(login).toMatchObject({ kind: 'login', url: 'https://login.invalid/device', code: 'ABCD-1234' });
  expect(await driver.answer(login, { approve: true })).toMatchObject({ kind: 'ready', output: 'logged in' });
  await driver.end();
});

it('resumes its conversation in another session', async () => {
  const first = await scripted();
  const started = await first.driver.watch('start');
  await first.driver.turn('say remember this');
  await first.driver.end(2_000);

  const again = await scripted({ conversationId: started.kind === 'ready' ? started.conversationId : null });
  expect(await again.driver.watch('start')).toMatchObject({ kind: 'ready', conversationId: started.kind === 'ready' ? started.conversationId : '' });

  expect(await again.driver.text()).toMatch(/remembers 1 messages/);
  await again.driver.end();
});

it('exits with its code, and that alone ends the session', async () => {
  const { driver } = await scripted();
  await driver.watch('start');

  expect(await driver.turn('say last words; crash 3')).toMatchObject({ kind: 'exited', exitCode: 3, signal: null, output: 'last words' });
  await driver.end();
});

it('is interrupted in the middle of its work', async () => {
  const { driver } = await scripted();
  await driver.watch('start');
  await driver.type(scriptedAdapter.message('work 60000'));
  const watching = driver.watch('turn');
  await until('the work', async () => (await driver.text()).includes('Working'));

  await world.client.write(driver.sessionId, 'stop-it', scriptedAdapter.interrupt());

  expect(await watching).toMatchObject({ kind: 'ready', output: 'Interrupted.' });
  await driver.end();
});

it('tells through the record command what a real CLI tells through its hooks', async () => {
  const { driver } = await scripted({ env: { EVERTHREAD_SCRIPTED_HOOKS: '1' } });

  expect(await driver.watch('start')).toMatchObject({ kind: 'ready' });
  expect(await driver.turn('say "quoted" ünïcode')).toMatchObject({ kind: 'ready', output: '"quoted" ünïcode' });
  await driver.end();
});

it('gives a retried watch what the interrupted one would have given', async () => {
  const { driver } = await scripted();
  await driver.watch('start');
  await driver.type(scriptedAdapter.message('say one; work 400; say two'));
  const cut = new AbortController();
  const interrupted = driver.watch('turn', { key: 'the-watch', signal: cut.signal });
  await until('the first words', () => driver.facts.some(({ fact }) => fact.type === 'output'));
  cut.abort(new Error('the worker goes'));
  await expect(interrupted).rejects.toThrow('the worker goes');
  await until('the end of the turn', () => driver.records().some(({ data }) => data.event === 'turn_end'));

  const outcome = await driver.watch('turn', { key: 'the-watch' });

  expect(outcome).toMatchObject({ kind: 'ready', worked: true, output: 'one\ntwo' });
  const ids = driver.facts.filter(({ fact }) => fact.type === 'output' && fact.text === 'one').map(({ requestId }) => requestId);
  expect(new Set(ids).size).toBe(1);
  await driver.end();
});
