/** Naming a process for good: pids are used again, a pid with its start time is not. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a form that only this platform can compare. */
  readonly started: string;
}

/** Null when there is no such process, or only its remains that nobody has collected. */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === null ? null : { pid, started };
}

export const isAlive = ({ pid, started }: ProcessIdentity): boolean => identify(pid)?.started === started;

function startedOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, so fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

function startedByPs(pid: number): string | null {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      timeout: 5_000,
    })
      .trim()
      .split(/\s+/);
    return started.length === 0 || state?.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}

/** Signals a process that leads a process group, or with `group` all of it. False when it is gone. */
export function signal(pid: number, name: NodeJS.Signals, { group = false } = {}): boolean {
  try {
    return process.kill(group ? -pid : pid, name);
  } catch {
    return false;
  }
}

/** Resolves true as soon as the process is gone, false when it still lives after `withinMs`. */
export async function isGone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  for (const by = Date.now() + withinMs; ; await delay(20)) {
    if (!isAlive(identity)) return true;
    if (Date.now() >= by) return false;
  }
}
