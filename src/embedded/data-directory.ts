/**
 * The data directory: where everything that one system keeps on a machine lives, who owns it now, and which processes an earlier owner left.
 *
 * The directory itself may be walked through by other users, because the embedded Postgres runs as one; everything in it is closed to them.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../errors/fault';
import { takeLock } from '../ptyd/lock';
import { identify, isAlive, isGone, signal, type ProcessIdentity } from './process-identity';

export interface DataDirectory {
  readonly path: string;
  readonly logs: string;
  /** The embedded Temporal's database file. */
  readonly temporalFile: string;
  readonly postgres: string;
  readonly postgresPassword: string;
}

export const dataDirectory = (path: string): DataDirectory => ({
  path,
  logs: join(path, 'logs'),
  temporalFile: join(path, 'temporal', 'temporal.db'),
  postgres: join(path, 'postgres'),
  postgresPassword: join(path, 'postgres-password'),
});

/** A process of this system, as the record keeps it. */
export interface RecordedProcess extends ProcessIdentity {
  readonly name: string;
  /** What asks it to end. */
  readonly stopSignal: NodeJS.Signals;
}

export interface ClaimedDirectory extends DataDirectory {
  /** Replaces the list of processes that the next owner must end if this one is killed. */
  record(processes: readonly RecordedProcess[]): void;
  release(): void;
}

const RECORD = 'processes.json';
const OWNER = 'owner.json';
const STOP_MS = 10_000;

/**
 * Makes the directory, becomes its one owner, and ends what an owner that was killed left running. Fault `start.data_dir_in_use` (conflict) while another
 * process owns it; `start.data_dir` (invalid) when it cannot be made or written.
 */
export async function claimDataDirectory(path: string, say: (line: string) => void = () => undefined): Promise<ClaimedDirectory> {
  const directory = dataDirectory(path);
  makeDirectories(directory);
  const unlock = await takeLock(join(path, 'start.lock'));
  if (!unlock) throw inUse(path);
  writeFileSync(join(path, OWNER), JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o600 });
  const record = (processes: readonly RecordedProcess[]): void => {
    const file = join(path, RECORD);
    writeFileSync(`${file}.part`, JSON.stringify(processes), { mode: 0o600 });
    renameSync(`${file}.part`, file);
  };
  await endLeftovers(path, say);
  record([]);
  return {
    ...directory,
    record,
    release: () => {
      rmSync(join(path, OWNER), { force: true });
      unlock();
    },
  };
}

function makeDirectories({ path, logs, temporalFile }: DataDirectory): void {
  try {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o711);
    for (const private_ of [logs, join(temporalFile, '..')]) mkdirSync(private_, { recursive: true, mode: 0o700 });
  } catch (problem) {
    throw new Fault(
      'invalid',
      'start.data_dir',
      `The data directory ${path} cannot be used: ${(problem as Error).message}. EVERTHREAD_DATA_DIR names another one.`,
      { path },
    );
  }
}

function inUse(path: string): Fault {
  let owner = '';
  try {
    owner = ` (process ${(JSON.parse(readFileSync(join(path, OWNER), 'utf8')) as { pid: number }).pid})`;
  } catch {
    // The owner is just coming or going; the message does without its number.
  }
  const message = `The data directory ${path} is in use by another Everthread${owner}. Stop that one, or give this one its own EVERTHREAD_DATA_DIR and ports.`;
  return new Fault('conflict', 'start.data_dir_in_use', message, { path });
}

function readRecord(path: string): readonly RecordedProcess[] {
  const file = join(path, RECORD);
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly RecordedProcess[];
  } catch {
    return [];
  }
}

/** Last started, first ended: roles before the servers that they need. */
async function endLeftovers(path: string, say: (line: string) => void): Promise<void> {
  const alive = readRecord(path).filter(isAlive).reverse();
  if (alive.length === 0) return;
  say(`An earlier start was killed; ending what it left: ${alive.map(({ name, pid }) => `${name} (${pid})`).join(', ')} …`);
  for (const left of alive) await endProcess(left, STOP_MS);
}

/** Ends a process that leads a group: by its own signal, after `graceMs` by SIGKILL for the whole group. */
export async function endProcess({ pid, started, stopSignal }: Omit<RecordedProcess, 'name'>, graceMs: number): Promise<void> {
  const identity = { pid, started };
  if (!isAlive(identity)) return;
  signal(pid, stopSignal);
  if (await isGone(identity, graceMs)) return;
  signal(pid, 'SIGKILL', { group: true });
  signal(pid, 'SIGKILL');
  await isGone(identity, 5_000);
}

/** The identity of a process that was just started; falls back to the bare pid when it is gone already. */
export const identityOf = (pid: number): ProcessIdentity => identify(pid) ?? { pid, started: '' };
