/** After the last test file: ends the shared Postgres, if one was started, and what tests left running, and removes the folder of the run. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, signal, type ProcessIdentity } from '../../src/embedded/process-identity';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

export default async function tearDown(): Promise<void> {
  const folder = process.env['EVERTHREAD_TEST_RUN'];
  if (!folder) return;
  const left = join(folder, 'processes');
  for (const name of existsSync(left) ? readdirSync(left) : []) {
    const identity = JSON.parse(readFileSync(join(left, name), 'utf8')) as ProcessIdentity;
    if (isAlive(identity)) signal(identity.pid, 'SIGKILL', { group: true });
  }
  const file = join(folder, 'keeper.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (alive(pid)) process.kill(pid, 'SIGTERM');
    for (const deadline = Date.now() + 20_000; alive(pid) && Date.now() < deadline;) await delay(20);
  }
  rmSync(folder, { recursive: true, force: true });
}
