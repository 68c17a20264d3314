import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, isGone, type ProcessIdentity } from '../../src/embedded/process-identity';
import type { RecordedProcess } from '../../src/embedded/data-directory';
import { until } from '../support/eventually';
import { ensureBuilt } from '../support/built';
import { rememberUntilExit } from '../support/processes';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly url: string;
  readonly exited: Promise<number | string>;
}

let dataDir: string;
const running: ChildProcess[] = [];

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: dataDir,
  EVERTHREAD_DATA_DIR: dataDir,
  EVERTHREAD_CACHE_DIR: process.env['EVERTHREAD_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '/', '.cache'), 'everthread'),
  EVERTHREAD_API_PORT: '0',
  EVERTHREAD_GRPC_PORT: '0',
  EVERTHREAD_TEMPORAL_PORT: '0',
  EVERTHREAD_TEMPORAL_UI_PORT: '0',
  EVERTHREAD_DATABASE_PORT: '0',
  EVERTHREAD_DRAIN_MS: '1000',
});

function run(args: readonly string[], env: Record<string, string> = {}): Omit<Started, 'url'> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...environment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  rememberUntilExit(child);
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const exited = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
  return { child, output: () => text, exited };
}

async function start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Started> {
  const started = run(['start', ...args], env);
  const match = await until(
    'the system is up',
    () => /API +(http:\S+)/.exec(started.output()) ?? (started.child.exitCode === null ? null : [started.output(), '']),
    90_000,
  );
  expect(match[1]).not.toBe('');
  return { ...started, url: match[1] as string };
}

const recorded = (): readonly RecordedProcess[] => JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as readonly RecordedProcess[];
const named = (name: string): RecordedProcess | undefined => recorded().find((process) => process.name === name);

/** Every process whose command line names the data directory: what the system started, whoever its parent is now. */
function everyProcess(): ProcessIdentity[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(dataDir)).flatMap((line) => identify(Number(line.trim().split(/\s+/)[0])) ?? []);
}

async function call(url: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(
    `${url}/api/managed-threads${path}`,
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  return (await response.json()) as Record<string, unknown>;
}

const spawnShell = (url: string, id: string): Promise<unknown> =>
  call(url, '', { id, executionId: 'test', name: id, agentType: 'shell', objective: 'echo the objective' });
const statusOf = async (url: string, id: string): Promise<unknown> => (await call(url, `/${id}`))['status'];
const types = async (url: string, id: string): Promise<readonly string[]> =>
  ((await call(url, `/${id}/events`))['events'] as { type: string }[]).map(({ type }) => type);

async function interrupt({ child, exited, output }: Omit<Started, 'url'>): Promise<string> {
  child.kill('SIGINT');
  expect(await exited).toBe(0);
  return output();
}

beforeAll(async () => {
  await ensureBuilt();
}, 150_000);

beforeEach(() => {
  dataDir = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 's-'));
  chmodSync(dataDir, 0o711);
});

afterEach(async () => {
  // Supervisors first: they would start again what is ended below.
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const left of everyProcess()) {
    if (isAlive(left)) process.kill(left.pid, 'SIGKILL');
    await isGone(left, 5_000);
  }
  rmSync(dataDir, { recursive: true, force: true });
});

it('brings everything up, ends every process at Ctrl-C, and goes on with the same data', async () => {
  const first = await start();
  await spawnShell(first.url, 'thread-1');
  await until('the objective was done', async () => (await types(first.url, 'thread-1')).includes('thread_turn_complete'), 30_000);
  const processes = everyProcess();

  const told = await interrupt(first);

  expect(told).toContain('curl -sX POST');
  expect(told).toContain('Open mode is in force');
  expect(told).not.toContain(readFileSync(join(dataDir, 'postgres-password'), 'utf8').trim());
  expect(processes.length).toBeGreaterThanOrEqual(4);
  expect(everyProcess()).toEqual([]);

  const second = await start();
  const before = await types(second.url, 'thread-1');
  expect(before).toContain('thread_turn_complete');
  await call(second.url, '/thread-1/send', { message: 'echo and again' });
  await until(
    'the second turn is done',
    async () => (await types(second.url, 'thread-1')).filter((type) => type === 'thread_turn_complete').length === 2,
    60_000,
  );
  await interrupt(second);
}, 180_000);

it.each(['temporal', 'postgres', 'host'])(
  'leaves no process behind when it is interrupted as soon as %s was started',
  async (part) => {
    const early = run(['start']);
    await until(`${part} was started`, () => existsSync(join(dataDir, 'processes.json')) && named(part) !== undefined, 90_000);

    early.child.kill('SIGINT');

    expect(await early.exited).toBe(130);
    expect(everyProcess()).toEqual([]);
    expect(early.output()).toContain('Stopped.');
  },
  120_000,
);

it('recovers from being killed: the next start ends what was left, and sessions live on', async () => {
  const first = await start();
  await spawnShell(first.url, 'thread-1');
  await until('the thread is ready', async () => (await statusOf(first.url, 'thread-1')) === 'ready', 30_000);
  const servers = recorded();

  first.child.kill('SIGKILL');
  await first.exited;
  const second = await start();

  expect(second.output()).toContain('An earlier start was killed');
  for (const server of servers) expect(isAlive(server)).toBe(false);
  await call(second.url, '/thread-1/send', { message: 'echo still here' });
  await until('the turn is done', async () => (await types(second.url, 'thread-1')).filter((type) => type === 'thread_turn_complete').length === 2, 60_000);
  expect(await types(second.url, 'thread-1')).not.toContain('thread_session_lost');
  await interrupt(second);
}, 180_000);

it('leaves sessions running with --keep-sessions, and finds them at the next start', async () => {
  const first = await start(['--keep-sessions']);
  await spawnShell(first.url, 'thread-1');
  await until('the thread is ready', async () => (await statusOf(first.url, 'thread-1')) === 'ready', 30_000);

  await interrupt(first);
  expect(everyProcess().length).toBeGreaterThan(0);
  const second = await start();
  await call(second.url, '/thread-1/send', { message: 'echo kept' });
  await until('the turn is done', async () => (await types(second.url, 'thread-1')).filter((type) => type === 'thread_turn_complete').length === 2, 60_000);

  expect(await types(second.url, 'thread-1')).not.toContain('thread_session_lost');
  await interrupt(second);
  expect(everyProcess()).toEqual([]);
}, 180_000);

it('starts again whatever dies, on the same ports and files', async () => {
  const system = await start();
  await spawnShell(system.url, 'thread-1');
  await until('the thread is ready', async () => (await statusOf(system.url, 'thread-1')) === 'ready', 30_000);

  for (const name of ['temporal', 'postgres', 'worker', 'host', 'api']) {
    const victim = named(name) as RecordedProcess;
    process.kill(victim.pid, 'SIGKILL');
    await until(`${name} runs again`, () => system.output().includes(`${name} is back.`) && named(name)?.pid !== victim.pid, 60_000);
  }
  await until(
    'the API takes a message',
    async () => 'sent' in (await call(system.url, '/thread-1/send', { message: 'echo all back' }).catch(() => ({}))),
    30_000,
  );
  await until(
    'the turn is done',
    async () => (await types(system.url, 'thread-1').catch(() => [])).filter((type) => type === 'thread_turn_complete').length === 2,
    60_000,
  );

  await interrupt(system);
  expect(everyProcess()).toEqual([]);
}, 240_000);

it('refuses a data directory that another start owns', async () => {
  const first = await start(['--no-ui']);

  const second = run(['start']);

  expect(await second.exited).toBe(1);
  expect(second.output()).toContain('start.data_dir_in_use');
  expect(second.output()).toContain('EVERTHREAD_DATA_DIR');
  await interrupt(first);
}, 120_000);

it('refuses to listen beyond loopback while no authentication is configured, and leaves nothing behind', async () => {
  const refused = run(['start'], { EVERTHREAD_API_HOST: '0.0.0.0' });

  expect(await refused.exited).toBe(1);
  expect(refused.output()).toContain('config.open_beyond_loopback');
  expect(everyProcess()).toEqual([]);
});

it('names the variable of a port that is taken, and takes down what it had started', async () => {
  const first = await start(['--no-ui']);
  const taken = new URL(first.url).port;
  const another = mkdtempSync(join(dataDir, 'second-'));

  const second = run(['start', '--no-ui'], { EVERTHREAD_DATA_DIR: another, EVERTHREAD_API_PORT: taken });

  expect(await second.exited).toBe(1);
  expect(second.output()).toContain('EVERTHREAD_API_PORT');
  expect(everyProcess().filter(({ pid }) => execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(another))).toEqual([]);
  await interrupt(first);
}, 120_000);
