/**
 * One process at a time for a piece of set-up work: on this checkout (installing packages, building), or on a place that checkouts share.
 *
 * The lock is a file that names its owner; this checkout's are in the temporary directory. A lock whose owner has died is taken over: its file is moved aside by a rename
 * and looked at again, so that two who take over at once cannot both hold it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './root.mjs';

const DEADLINE_MS = 15 * 60_000;

/** Whether a process of this id runs. */
export const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return problem.code === 'EPERM';
  }
};

/** Runs `work` while holding this checkout's lock `name`; waits for whoever holds it, at most 15 minutes. */
export const withLock = (name, work) =>
  withLockFile(join(tmpdir(), `everthread-${userInfo().uid}-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}-${name}.lock`), name, work);

/** The same with a lock file of one's own; its folder exists. `name` says in words what is locked; `say` gets a line when somebody else holds it. */
export async function withLockFile(path, name, work, { deadlineMs = DEADLINE_MS, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(mine, String(process.pid), { mode: 0o600 });
  try {
    await take(path, mine, { name, deadlineMs, say });
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function take(path, mine, { name, deadlineMs, say }) {
  const deadline = Date.now() + deadlineMs;
  for (let told = false; Date.now() < deadline; await sleep(200)) {
    try {
      await link(mine, path);
      return;
    } catch (problem) {
      if (problem.code !== 'EEXIST') throw problem;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner && !alive(owner)) await moveAside(path, owner);
    else if (!told && owner) {
      told = true;
      say(`Waiting for another process (${owner}) that is busy with: ${name} …`);
    }
  }
  throw new Error(`gave up waiting for ${path}; remove it if no such process runs`);
}

async function moveAside(path, deadOwner) {
  const aside = `${path}.dead.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  // Somebody else may have taken over between the look and the rename: give them their lock back.
  if (Number(await readFile(aside, 'utf8')) !== deadOwner) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
