/**
 * One daemon per socket path, also when two start at once.
 *
 * On Linux the lock is a name in the abstract socket namespace: the kernel gives it to one process and takes it back when that process is
 * gone, however it went. Elsewhere it is a file made exclusively that holds its owner's pid; one whose owner is dead is taken over.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, resolve } from 'node:path';

/** Names the directory by device and inode, so that equal paths in different file systems (containers) stay apart. */
export function lockName(socketPath: string): string {
  const path = resolve(socketPath);
  const { dev, ino } = statSync(dirname(path));
  return createHash('sha256')
    .update(`${dev}:${ino}:${basename(path)}`)
    .digest('hex')
    .slice(0, 32);
}

function takeAbstract(name: string): Promise<(() => void) | null> {
  return new Promise((settle) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => settle(null));
    server.listen(`\0everthread-ptyd.${process.getuid?.() ?? 0}.${name}`, () => settle(() => void server.close()));
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const ownerOf = (path: string): number | null => {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch {
    return null;
  }
};

function takeFile(path: string): (() => void) | null {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch {
      const owner = ownerOf(path);
      if (owner !== null && isAlive(owner)) return null;
      // Moving it aside is atomic: of two that found it stale, one succeeds and the other looks again.
      try {
        const aside = `${path}.${process.pid}`;
        renameSync(path, aside);
        const moved = ownerOf(aside);
        if (moved !== owner && moved !== null && isAlive(moved)) renameSync(aside, path);
        else rmSync(aside, { force: true });
      } catch {
        // Somebody else moved it.
      }
    }
  }
  return null;
}

/** Takes the lock of a socket path. Null when another process has it; else the function that gives it back. */
export async function takeLock(socketPath: string): Promise<(() => void) | null> {
  return process.platform === 'linux' ? takeAbstract(lockName(socketPath)) : takeFile(`${socketPath}.lock`);
}
