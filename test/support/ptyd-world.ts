/** A ptyd of its own for one test file: started in a temporary folder, ended with everything it started. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PtydClient } from '../../src/ptyd/client';
import { ensurePtyd } from '../../src/ptyd/ensure';
import { program } from './ptyd-build';

export interface PtydWorld {
  readonly dir: string;
  readonly socketPath: string;
  readonly client: PtydClient;
  /** Another client of the same daemon, closed with the world. */
  connect(): PtydClient;
  log(): string;
  close(): Promise<void>;
}

/** `revive`: clients start the daemon again when it is found dead. Default false, so that a test sees the death. */
export async function startPtydWorld({ revive = false } = {}): Promise<PtydWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'everthread-ptyd-'));
  const socketPath = join(dir, 'ptyd.sock');
  const logFile = join(dir, 'ptyd.log');
  const client = await ensurePtyd({ socketPath, logFile, entry: program('src/ptyd/daemon.js'), revive });
  const clients: PtydClient[] = [client];
  return {
    dir,
    socketPath,
    client,
    connect: () => {
      const another = new PtydClient({ socketPath });
      clients.push(another);
      return another;
    },
    log: () => readFileSync(logFile, 'utf8'),
    close: async () => {
      await client.shutdown(0).catch(() => undefined);
      for (const each of clients) each.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Whether a process runs. A zombie whose parent does not reap it has ended too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The smallest explicit environment in which programs run in a terminal. */
export const TEST_ENV: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: tmpdir(),
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
};
