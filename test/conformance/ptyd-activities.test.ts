import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SessionFiles } from '../../activities/terminal/session-files';
import type { TerminalInput, WatchSessionInput } from '../../src/contracts/managed-thread/terminal';
import { activityEnvironment, testHost, type TestHost, type TestThread } from '../support/ptyd-host';
import { until } from '../support/eventually';
import { isAlive, startPtydWorld, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
let host: TestHost;
beforeAll(async () => {
  world = await startPtydWorld();
  host = testHost(world);
});
afterAll(async () => {
  await world.close();
});

let watches = 0;
const start = (thread: TestThread, more: object = {}) =>
  host.run(host.activities.startSession, { ...thread, workspacePath: null, contextFiles: [], conversationId: null, ...more });
const type = (thread: TestThread, effectId: string, input: TerminalInput, agentType = 'scripted') =>
  host.run(host.activities.typeInput, { actor: thread.actor, agentType, sessionId: thread.sessionId, effectId, input });
const watch = (
  thread: TestThread,
  purpose: WatchSessionInput['purpose'],
  { turnId = 't1', agentType = 'scripted', ...more }: Partial<WatchSessionInput> = {},
  environment = activityEnvironment(`${turnId}-${purpose}-${++watches}`),
) =>
  host.run(host.activities.watchSession, { ...thread, agentType, preset: 'standard', turnId, purpose, askOrdinal: 0, currentAsk: null, ...more }, environment);
const end = (thread: TestThread, graceMs = 0, agentType = 'scripted') =>
  host.run(host.activities.endSession, { actor: thread.actor, agentType, sessionId: thread.sessionId, graceMs });
const message = (text: string): TerminalInput => ({ kind: 'message', message: { text } });
const typedLines = (text: string) =>
  readFileSync(join(world.dir, 'agent.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(text));
const keyOf = ({ actor }: TestThread, effectId: string) => `${actor.address} ${effectId}`;

it('takes a thread through a whole life: start, objective, message by reference, end', async () => {
  const thread = host.thread('scripted', { env: { MY_TOKEN: 's3cr3t-value' } });
  const started = await start(thread);
  expect(started).toMatchObject({ adopted: false, resumed: false });
  expect(await start(thread)).toEqual({ pid: started.pid, adopted: true, resumed: false });
  expect(host.started.filter((address) => address === thread.actor.address)).toHaveLength(2);

  expect(await watch(thread, 'start')).toMatchObject({ kind: 'ready' });
  expect(await type(thread, 'objective', { kind: 'objective', specRef: thread.specRef })).toEqual({ outcome: 'done' });
  expect(await watch(thread, 'turn')).toMatchObject({ kind: 'ready', worked: true, output: 'the objective' });
  host.blobs.set('a'.repeat(64), 'say by reference; say s3cr3t-value');
  await type(thread, 'm1', { kind: 'message', message: { ref: 'a'.repeat(64), preview: 'say', length: 17 } });
  expect(await watch(thread, 'turn', { turnId: 't2' })).toMatchObject({ kind: 'ready', output: 'by reference\n[redacted]' });

  const folder = join(world.dir, 'sessions', thread.sessionId);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(await host.run(host.activities.checkIdle, thread)).toMatchObject({ exists: true, quietMs: expect.any(Number) });
  expect(await end(thread, 5_000)).toEqual({ existed: true, exitCode: 0, signal: null });
  expect(await end(thread)).toEqual({ existed: false, exitCode: null, signal: null });
  expect(existsSync(folder)).toBe(false);
  expect(await host.run(host.activities.checkIdle, thread)).toMatchObject({ exists: false });
  expect(await watch(thread, 'follow')).toMatchObject({ kind: 'lost' });
});

it('gives the agent its explicit environment and a private directory', async () => {
  const thread = host.thread('shell', { objective: 'look around', env: { GIVEN: 'by the spawn' } });
  await start(thread);
  await watch(thread, 'start', { agentType: 'shell' });

  await type(
    thread,
    'm1',
    message('echo "$GIVEN|$EVERTHREAD_THREAD_ID|$PARALLAX_THREAD_ID|$EVERTHREAD_EXECUTION_ID|$PARALLAX_THREAD_OBJECTIVE|$TERM|$JEST_WORKER_ID"; pwd'),
    'shell',
  );
  const outcome = await watch(thread, 'turn', { agentType: 'shell' });

  const [variables, directory = ''] = (outcome.kind === 'ready' ? outcome.output : '').split('\n');
  expect(variables).toBe(`by the spawn|${thread.actor.id}|${thread.actor.id}|exe-1|look around|xterm-256color|`);
  expect(directory).toContain(join('sessions', '.scratch', thread.actor.id));
  await end(thread);
});

it('refuses an agent type that is not known or not installed', async () => {
  await expect(start(host.thread('nobody'))).rejects.toMatchObject({
    code: 'thread.unknown_agent_type',
    facts: { known: expect.arrayContaining(['scripted', 'shell']) },
  });
  await expect(start(host.thread('scripted', { env: { EVERTHREAD_SCRIPTED_PROGRAM: '/no/such/file' } }))).rejects.toMatchObject({
    code: 'thread.agent_missing',
    kind: 'unsupported',
  });
});

it('never gives a session to another thread of the same id', async () => {
  const mine = host.thread('shell', { id: 'same-id' });
  const theirs = host.thread('shell', { id: 'same-id', tenant: 'other' });
  await start(mine);

  await expect(start(theirs)).rejects.toMatchObject({ code: 'thread.session_taken' });
  await expect(type(theirs, 'm1', message('whoami'), 'shell')).rejects.toMatchObject({ code: 'thread.session_taken' });
  await expect(watch(theirs, 'follow', { agentType: 'shell' })).rejects.toMatchObject({ code: 'thread.session_taken' });
  await expect(end(theirs)).rejects.toMatchObject({ code: 'thread.session_taken' });
  await end(mine);
});

describe('typing', () => {
  const ready = async () => {
    const thread = host.thread('scripted');
    await start(thread);
    await watch(thread, 'start');
    return thread;
  };

  it('types once however often it is tried', async () => {
    const thread = await ready();

    const outcomes = [await type(thread, 'once', message('say only once 1')), await type(thread, 'once', message('say only once 1'))];

    expect(outcomes).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    await watch(thread, 'turn');
    expect(typedLines('only once 1')).toHaveLength(1);
    await end(thread);
  });

  it('finds out from ptyd what became of a claim without a receipt', async () => {
    const thread = await ready();
    await type(thread, 'typed', message('say only once 2'));
    // As if the host had been killed before it wrote the receipt.
    host.effects.set(keyOf(thread, 'typed'), { state: 'claimed' });

    expect(await type(thread, 'typed', message('say only once 2'))).toEqual({ outcome: 'done' });

    await watch(thread, 'turn');
    expect(typedLines('only once 2')).toHaveLength(1);
    await end(thread);
  });

  it("types now when the claim is this session's and ptyd never typed it", async () => {
    const thread = await ready();
    host.effects.set(keyOf(thread, 'claimed'), { state: 'claimed' });
    new SessionFiles(host.deps.sessionsDir, thread.sessionId).markClaim('claimed');

    expect(await type(thread, 'claimed', message('say only once 3'))).toEqual({ outcome: 'done' });

    await watch(thread, 'turn');
    expect(typedLines('only once 3')).toHaveLength(1);
    await end(thread);
  });

  it('does not type what another session may have typed', async () => {
    const thread = await ready();
    host.effects.set(keyOf(thread, 'elsewhere'), { state: 'claimed' });

    expect(await type(thread, 'elsewhere', message('say perhaps twice'))).toEqual({ outcome: 'unknown' });
    expect(await type(thread, 'elsewhere', message('say perhaps twice'))).toEqual({ outcome: 'unknown' });

    expect(typedLines('perhaps twice')).toHaveLength(0);
    await end(thread);
  });

  it('is lost without a session when it was never claimed, and free to be typed later', async () => {
    const thread = host.thread('scripted');

    expect(await type(thread, 'later', message('say later'))).toEqual({ outcome: 'lost' });

    await start(thread);
    await watch(thread, 'start');
    expect(await type(thread, 'later', message('say later'))).toEqual({ outcome: 'done' });
    await end(thread);
  });

  it('is unknown without a session when it was claimed', async () => {
    const thread = host.thread('scripted');
    host.effects.set(keyOf(thread, 'gone'), { state: 'claimed' });

    expect(await type(thread, 'gone', message('say gone'))).toEqual({ outcome: 'unknown' });
  });

  it('presses keys by name and passes raw bytes', async () => {
    const thread = await ready();

    await type(thread, 'raw', { kind: 'raw', data: 'say typed raw' });
    await type(thread, 'keys', { kind: 'keys', keys: ['BACKSPACE', 'w', 'ENTER'] });

    expect(await watch(thread, 'follow')).toMatchObject({ kind: 'ready', worked: true, output: 'typed raw' });
    await expect(type(thread, 'wrong', { kind: 'keys', keys: ['HYPER'] })).rejects.toMatchObject({ code: 'thread.unknown_key', facts: { key: 'HYPER' } });
    await end(thread);
  });

  it('answers an ask, and claims nothing for an answer that does not fit', async () => {
    const thread = await ready();
    await type(thread, 'm1', message('ask shell make'));
    const blocked = await watch(thread, 'turn');
    if (blocked.kind !== 'blocked') throw new Error(`not blocked: ${blocked.kind}`);
    const { ask } = blocked;

    await expect(type(thread, 'a1', { kind: 'answer', ask, answer: { option: 9 } })).rejects.toMatchObject({ code: 'thread.cannot_answer_so' });
    expect(host.effects.has(keyOf(thread, 'a1'))).toBe(false);
    expect(await type(thread, 'a1', { kind: 'answer', ask, answer: { approve: true } })).toEqual({ outcome: 'done' });

    expect(ask.id).toBe('t1/ask-0');
    expect(await watch(thread, 'follow', { askOrdinal: 1, currentAsk: ask })).toMatchObject({ kind: 'ready', output: 'allowed: make' });
    await end(thread);
  });
});

describe('a watch', () => {
  it('tells facts with ids that a retry derives again, and sends frames without secrets', async () => {
    const thread = host.thread('scripted');
    await start(thread);
    await watch(thread, 'start');
    host.frames.length = 0;
    await type(thread, 'm1', message('tool compiler 150; say s3cr3t-value; work 100'));

    await watch(thread, 'turn');

    const told = host.signalled.filter(({ address }) => address === thread.actor.address);
    expect(told.map(({ command, envelope }) => [command, (envelope.input as { fact: { type: string } }).fact.type])).toEqual([
      ['observe', 'conversation'],
      ['observe', 'tool_running'],
      ['observe', 'output'],
    ]);
    expect(told[1]?.envelope).toMatchObject({
      by: { subject: 'test-host', via: 'host' },
      requestId: expect.stringMatching(/^t1\/[0-9a-f]{8}\/tool_running\/[0-9a-f]{12}\/1$/),
    });
    const shown = host.frames.map(({ data }) => Buffer.from(String(data ?? ''), 'base64').toString()).join('');
    expect(shown).toContain('[redacted]');
    expect(JSON.stringify([shown, told])).not.toContain('s3cr3t-value');
    expect(host.frames[0]).toMatchObject({ type: 'terminal', sessionId: thread.sessionId, offset: expect.any(Number) });
    await end(thread);
  });

  it('ends within a second when it is cancelled, and leaves the session alone', async () => {
    const thread = host.thread('scripted');
    await start(thread);
    await watch(thread, 'start');
    await type(thread, 'm1', message('work 60000'));
    const environment = activityEnvironment('cancelled');
    let beats = 0;
    environment.on('heartbeat', () => beats++);
    const watching = watch(thread, 'turn', {}, environment);
    watching.catch(() => undefined);
    await until('two heartbeats', () => beats >= 2);

    const cancelledAt = Date.now();
    environment.cancel('CANCELLED');

    await expect(watching).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(Date.now() - cancelledAt).toBeLessThan(1_000);
    expect((await world.client.screen(thread.sessionId)).exit).toBeUndefined();
    await end(thread);
  });

  it('sees the exit of the CLI with its code and last words', async () => {
    const thread = host.thread('scripted');
    await start(thread);
    await watch(thread, 'start');
    await type(thread, 'm1', message('say goodbye; crash 3'));

    expect(await watch(thread, 'turn')).toEqual({ kind: 'exited', exitCode: 3, signal: null, output: 'goodbye' });
    await end(thread);
  });

  it('rides out a thread that cannot be told, and fails when it ends untold', async () => {
    const deaf = testHost(world, { signal: async () => Promise.reject(new TypeError('cannot be reached')) });
    const thread = deaf.thread('scripted');
    await deaf.run(deaf.activities.startSession, { ...thread, workspacePath: null, contextFiles: [], conversationId: null });

    const watching = deaf.run(deaf.activities.watchSession, {
      ...thread,
      agentType: 'scripted',
      preset: 'standard',
      turnId: 't1',
      purpose: 'start',
      askOrdinal: 0,
      currentAsk: null,
    });

    await expect(watching).rejects.toThrow('cannot be reached');
    await end(thread);
  });
});

it('kills an agent that will not leave, and everything it started', async () => {
  const thread = host.thread('scripted');
  await start(thread);
  await watch(thread, 'start');
  await type(thread, 'm1', message('spawn-daemon'));
  const outcome = await watch(thread, 'turn');
  const daemon = Number(/The daemon is (\d+)/.exec(outcome.kind === 'ready' ? outcome.output : '')?.[1]);
  expect(isAlive(daemon)).toBe(true);
  await type(thread, 'm2', message('hang'));
  await until('the hang', async () => (await world.client.screen(thread.sessionId)).screen.lines.some((line) => line.includes('Hanging')));

  expect(await end(thread, 600)).toEqual({ existed: true, exitCode: null, signal: 'SIGKILL' });

  expect(isAlive(daemon)).toBe(false);
});
