/**
 * One at a time per repository, over all processes of this machine: a lock file that its holder keeps fresh. A holder that died is
 * recognised by its process (on the same machine) or by a lock that is no longer fresh, so a killed host blocks nobody for long.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../src/errors/fault';

const FRESH_MS = 3_000;
const STALE_MS = 30_000;
const WAIT_MAX_MS = 15 * 60_000;

/** In this process, callers queue up instead of polling. */
const queues = new Map<string, Promise<unknown>>();

/** Runs `work` while holding `file`. Fault `workspace.repository_busy` (unavailable) after 15 minutes of waiting, or when the signal says stop. */
export async function locked<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const before = queues.get(file) ?? Promise.resolve();
  // Who is told to stop leaves the queue at once; who comes after waits for those before it all the same.
  const mine = Promise.race([before, stopped(signal)]).then(() => alone(file, signal, work));
  const tail = Promise.allSettled([before, mine]).then(() => undefined);
  queues.set(file, tail);
  try {
    return await mine;
  } finally {
    if (queues.get(file) === tail) queues.delete(file);
  }
}

/** Resolves when the signal says stop. */
const stopped = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });

async function alone<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const token = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await acquire(file, token, signal);
  const keepFresh = setInterval(() => void touch(file), FRESH_MS);
  try {
    return await work();
  } finally {
    clearInterval(keepFresh);
    if ((await content(file)) === token) await rm(file, { force: true });
  }
}

const touch = (file: string): Promise<void> => utimes(file, new Date(), new Date()).catch(() => undefined);
const content = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null);

async function acquire(file: string, token: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const deadline = Date.now() + WAIT_MAX_MS;
  for (;;) {
    if (signal?.aborted) throw new Fault('unavailable', 'workspace.cancelled', 'The preparation was cancelled.');
    if (await take(file, token)) return;
    const holder = await content(file);
    if (holder !== null && (await isStale(file, holder))) await breakLock(file, holder);
    else if (Date.now() > deadline)
      throw new Fault('unavailable', 'workspace.repository_busy', 'Another preparation holds the repository for too long.', { waitedMs: WAIT_MAX_MS });
    else await pause(50);
  }
}

/** The file appears with its content or not at all: a reader never sees a lock without a holder. */
async function take(file: string, token: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  const handle = await open(own, 'wx');
  try {
    await handle.writeFile(token);
  } finally {
    await handle.close();
  }
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function isStale(file: string, holder: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found === null) return false;
  if (Date.now() - found.mtimeMs > STALE_MS) return true;
  const { pid, host } = parsed(holder);
  return host === hostname() && pid !== undefined && pid !== process.pid && !alive(pid);
}

function parsed(holder: string): { pid?: number; host?: string } {
  try {
    return JSON.parse(holder) as { pid?: number; host?: string };
  } catch {
    return {};
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Only one may break a lock at a time: of two, the second would take away what somebody has newly made in its place. */
async function breakLock(file: string, holder: string): Promise<void> {
  const breaking = `${file}.breaking`;
  if (!(await take(breaking, holder))) {
    const since = (await stat(breaking).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - since > STALE_MS) await rm(breaking, { force: true });
    return;
  }
  try {
    if ((await content(file)) === holder) await rm(file, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}
