/**
 * Which processes belong to a session, and how all of them are ended.
 *
 * A program may leave its process group (`setsid`) or its parent (a daemon), so no single relation finds everything. On Linux four are
 * used together: the variable {@link MARK} that every descendant inherits, the session id and the process group of the terminal, the
 * chain of parents, and the processes that were seen as descendants earlier (see {@link ProcessTracker}; it finds those that hide their
 * environment). Elsewhere there is no /proc: `ps` gives parents and groups, and a daemon that left both is not found.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Set in every session's environment to a value that no other session has. */
export const MARK = 'EVERTHREAD_SESSION_KEY';

export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly pgrp: number;
  readonly sid: number;
  /** With the pid it names a process for good: pids are used again, this is not. */
  readonly started: string;
}

const LINUX = process.platform === 'linux';

/** `/proc/<pid>/stat`: the name in parentheses may hold anything, so fields are counted after the last one. Null when it ended. */
function statOf(pid: number): ProcessEntry | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ppid, pgrp, sid, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    return { pid, ppid: Number(ppid), pgrp: Number(pgrp), sid: Number(sid), started: rest[15] ?? '' };
  } catch {
    return null;
  }
}

async function listByPs(): Promise<ProcessEntry[]> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], {
      env: { PATH: '/usr/bin:/bin' },
      timeout: 5_000,
      maxBuffer: 8 * 1024 * 1024,
    });
    return stdout.split('\n').flatMap((line) => {
      const [pid, ppid, pgrp, state] = line.trim().split(/\s+/);
      return pid && ppid && pgrp && !state?.startsWith('Z')
        ? [{ pid: Number(pid), ppid: Number(ppid), pgrp: Number(pgrp), sid: Number(pgrp), started: '' }]
        : [];
    });
  } catch {
    return [];
  }
}

/** Every process that lives (zombies do not). */
export async function listProcesses(): Promise<ProcessEntry[]> {
  if (!LINUX) return listByPs();
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
}

/** The value of the mark in a process's environment, or null when it has none or may not be read. */
export function markOf(pid: number): string | null {
  if (!LINUX) return null;
  try {
    const entry = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .find((line) => line.startsWith(`${MARK}=`));
    return entry?.slice(MARK.length + 1) ?? null;
  } catch {
    return null;
  }
}

/** A session's processes as the finder needs them: its first process, its mark, and descendants seen earlier. */
export interface SessionProcesses {
  readonly root: number;
  readonly mark: string;
  readonly seen: ReadonlyMap<number, string>;
}

/** Adds to `found` every process whose parent, group or session is in it already. */
function withDescendants(all: readonly ProcessEntry[], found: Map<number, ProcessEntry>): void {
  for (let grew = true; grew;) {
    grew = false;
    for (const entry of all) {
      if (!found.has(entry.pid) && found.has(entry.ppid)) {
        found.set(entry.pid, entry);
        grew = true;
      }
    }
  }
}

const belongs = (entry: ProcessEntry, session: SessionProcesses): boolean =>
  entry.pid === session.root ||
  entry.pgrp === session.root ||
  entry.sid === session.root ||
  (session.seen.has(entry.pid) && session.seen.get(entry.pid) === entry.started);

/** The living processes of a session. `byMark` false leaves the environments unread: cheaper, and enough for watching. */
export function processesOf(session: SessionProcesses, all: readonly ProcessEntry[], byMark = true): ProcessEntry[] {
  const found = new Map<number, ProcessEntry>();
  for (const entry of all) {
    if (entry.pid === process.pid || entry.pid <= 1) continue;
    if (belongs(entry, session) || (byMark && markOf(entry.pid) === session.mark)) found.set(entry.pid, entry);
  }
  withDescendants(all, found);
  return [...found.values()];
}

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or is not ours to end.
  }
};

/** Rounds of SIGKILL before giving up on processes that fork faster than they are found, or that cannot be killed. */
const KILL_ROUNDS = 40;

/**
 * Ends everything that `find` returns: SIGHUP and SIGTERM, up to `graceMs` for them to leave, then SIGKILL until none is found.
 * Returns the pids that could not be ended; empty is the normal case.
 */
export async function endProcesses(find: (all: readonly ProcessEntry[]) => ProcessEntry[], graceMs: number): Promise<number[]> {
  let alive = find(await listProcesses());
  if (alive.length > 0 && graceMs > 0) {
    for (const { pid } of alive) {
      send(pid, 'SIGHUP');
      send(pid, 'SIGTERM');
    }
    for (const end = Date.now() + graceMs; alive.length > 0 && Date.now() < end;) {
      await delay(20);
      alive = find(await listProcesses());
    }
  }
  for (let round = 0; alive.length > 0 && round < KILL_ROUNDS; round++) {
    for (const { pid } of alive) send(pid, 'SIGKILL');
    await delay(round < 5 ? 5 : 50);
    alive = find(await listProcesses());
  }
  return alive.map(({ pid }) => pid);
}

/** Ends what an earlier daemon of the same socket left behind when it was killed: everything whose mark starts with `prefix`. */
export const endMarked = (prefix: string): Promise<number[]> =>
  endProcesses((all) => all.filter(({ pid }) => pid !== process.pid && markOf(pid)?.startsWith(prefix)), 0);

/** Processes remembered for one session at most. */
const SEEN_MAX = 10_000;

/** Looks at all sessions' descendants now and then, so that one that later hides both parent and environment is still known. */
export class ProcessTracker {
  private readonly sessions = new Map<string, { root: number; mark: string; seen: Map<number, string> }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly everyMs = 2_000) {}

  add(id: string, root: number, mark: string): SessionProcesses {
    const entry = { root, mark, seen: new Map<number, string>() };
    this.sessions.set(id, entry);
    this.timer ??= setInterval(() => void this.look(), this.everyMs).unref();
    return entry;
  }

  remove(id: string): void {
    this.sessions.delete(id);
    if (this.sessions.size === 0 && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  private async look(): Promise<void> {
    const all = await listProcesses();
    const alive = new Map(all.map(({ pid, started }) => [pid, started]));
    for (const session of this.sessions.values()) {
      for (const [pid, started] of session.seen) if (alive.get(pid) !== started) session.seen.delete(pid);
      for (const { pid, started } of processesOf(session, all, false)) if (session.seen.size < SEEN_MAX) session.seen.set(pid, started);
    }
  }
}
