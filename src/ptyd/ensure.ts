/** Finding the daemon of a socket path, or starting it: detached, in a session of its own, so that it outlives its starter. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../errors/fault';
import { PtydClient } from './client';

export interface EnsurePtydOptions {
  readonly socketPath: string;
  /** Where the daemon writes its few lines. */
  readonly logFile: string;
  /** The compiled daemon; default: found beside this file, or below `dist` when this file runs from its source. */
  readonly entry?: string;
  /** How long a daemon may take until it answers. Default 15 s. */
  readonly startTimeoutMs?: number;
  /** Start it again when it is found dead later. Default true. */
  readonly revive?: boolean;
}

/** A Unix socket's path may have 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_MAX = 100;
const LOG_MAX_BYTES = 5 * 1024 * 1024;

/** The socket path of a data directory: inside it, or in a private folder of the temporary directory when that path would be too long. */
export function ptydSocketPath(dataDir: string): string {
  const inside = resolve(dataDir, 'ptyd', 'ptyd.sock');
  if (Buffer.byteLength(inside) <= SOCKET_PATH_MAX) return inside;
  const name = createHash('sha256').update(inside).digest('hex').slice(0, 16);
  return join(tmpdir(), `everthread-${process.getuid?.() ?? 0}`, `${name}.sock`);
}

/** The compiled file of a program of this folder (`daemon`, `record`): a separate Node process cannot run its source. */
export function ptydProgram(name: 'daemon' | 'record'): string {
  if (extname(__filename) === '.js') return join(__dirname, `${name}.js`);
  return resolve(__dirname, '..', '..', 'dist', 'src', 'ptyd', `${name}.js`);
}

function openLog(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  if (existsSync(logFile) && statSync(logFile).size > LOG_MAX_BYTES) renameSync(logFile, `${logFile}.1`);
  return openSync(logFile, 'a', 0o600);
}

/** The pid of the daemon that answers, or null. */
const answering = async (socketPath: string): Promise<number | null> => {
  const probe = new PtydClient({ socketPath, connectTimeoutMs: 0, callTimeoutMs: 2_000 });
  try {
    return (await probe.hello()).pid;
  } catch {
    return null;
  } finally {
    probe.close();
  }
};

/** Starts a daemon and waits until one answers. Harmless when one runs: the second one sees the lock and leaves. */
async function startDaemon({ socketPath, logFile, entry = ptydProgram('daemon'), startTimeoutMs = 15_000 }: EnsurePtydOptions): Promise<void> {
  if (Buffer.byteLength(socketPath) > SOCKET_PATH_MAX)
    throw new Fault('invalid', 'ptyd.socket_path_too_long', `A socket path may have ${SOCKET_PATH_MAX} bytes; ${socketPath} is longer.`, {
      max: SOCKET_PATH_MAX,
    });
  if (!existsSync(entry)) throw new Fault('internal', 'ptyd.not_built', `${entry} does not exist; build the project first.`);
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  const child = spawnDaemon(entry, socketPath, openLog(logFile));
  for (const by = Date.now() + startTimeoutMs; Date.now() < by; await delay(25)) {
    const pid = await answering(socketPath);
    if (pid === null) continue;
    // Another starter's daemon was first. Ours may not have come far enough to see its lock, and must not outlive it by that.
    if (pid !== child.pid) child.kill('SIGKILL');
    return;
  }
  child.kill('SIGKILL');
  throw new Fault('unavailable', 'ptyd.unreachable', `The terminal daemon did not answer within ${startTimeoutMs} ms; see ${logFile}.`, { logFile });
}

function spawnDaemon(entry: string, socketPath: string, log: number): ChildProcess {
  try {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/', LANG: process.env.LANG ?? 'C.UTF-8' };
    const child = spawn(process.execPath, [entry, socketPath], { detached: true, stdio: ['ignore', log, log], cwd: dirname(socketPath), env });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** A client of the daemon at this path, which is started when none answers; with `revive`, also whenever it is found dead later. */
export async function ensurePtyd(options: EnsurePtydOptions): Promise<PtydClient> {
  if ((await answering(options.socketPath)) === null) await startDaemon(options);
  return new PtydClient({ socketPath: options.socketPath, ...((options.revive ?? true) && { revive: () => startDaemon(options) }) });
}
