import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config';
import { hostIdOf, sealingKeysOf } from '../../src/config/kept';
import { claimDataDirectory } from '../../src/embedded/data-directory';
import { boundLog, lastLines } from '../../src/embedded/log-file';
import { identify, isAlive } from '../../src/embedded/process-identity';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that ignores the polite signal. */
async function stubborn() {
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => undefined); process.stdout.write('x'); setInterval(() => undefined, 1000)"], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const identity = identify(child.pid as number);
  if (!identity) throw new Error('it ended at once');
  return identity;
}

it('has one owner at a time', async () => {
  const first = await claimDataDirectory(folder);

  await expect(claimDataDirectory(folder)).rejects.toMatchObject({ code: 'start.data_dir_in_use', kind: 'conflict' });

  first.release();
  const second = await claimDataDirectory(folder);
  second.release();
});

it('is closed to other users, and yet lets them pass', async () => {
  const claimed = await claimDataDirectory(folder);

  expect(statSync(folder).mode & 0o777).toBe(0o711);
  expect(statSync(claimed.logs).mode & 0o777).toBe(0o700);
  claimed.release();
});

it('ends the processes that a killed owner recorded, and only those', async () => {
  const left = await stubborn();
  const other = await stubborn();
  const first = await claimDataDirectory(folder);
  // The pid of the other one with another start: what was recorded has ended, and its number was given out again.
  first.record([
    { name: 'left', stopSignal: 'SIGKILL', ...left },
    { name: 'gone', stopSignal: 'SIGKILL', pid: other.pid, started: 'long ago' },
  ]);
  first.release();
  const said: string[] = [];

  const second = await claimDataDirectory(folder, (line) => said.push(line));

  expect(isAlive(left)).toBe(false);
  expect(isAlive(other)).toBe(true);
  expect(said.join()).toContain(`left (${left.pid})`);
  expect(said.join()).not.toContain('gone');
  process.kill(other.pid, 'SIGKILL');
  second.release();
});

it('keeps a host id and a sealing key that are made once', () => {
  const config = readConfig({ EVERTHREAD_DATA_DIR: folder });

  expect(hostIdOf(config)).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]*-[0-9a-f]{8}$/);
  expect(hostIdOf(config)).toBe(hostIdOf(config));
  expect(sealingKeysOf(config)).toEqual(sealingKeysOf(config));
  expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
});

it('prefers the host id and the key that are configured', () => {
  const key = Buffer.alloc(32, 5);
  const config = readConfig({ EVERTHREAD_DATA_DIR: folder, EVERTHREAD_HOST_ID: 'here', EVERTHREAD_SECRET_KEY: key.toString('base64') });

  expect(hostIdOf(config)).toBe('here');
  expect(Object.values(sealingKeysOf(config).keys).map((value) => Buffer.from(value).equals(key))).toEqual([true]);
});

it('bounds a log by moving it aside, and shows the end of it', () => {
  const log = join(folder, 'some.log');
  writeFileSync(log, `${'x'.repeat(100)}\nlast words\n`);

  boundLog(log, 1_000);
  expect(statSync(log).size).toBeGreaterThan(100);
  expect(lastLines(log, 1)).toBe('last words');

  boundLog(log, 50);
  expect(statSync(log).size).toBe(0);
  expect(lastLines(`${log}.1`, 1)).toBe('last words');
});
