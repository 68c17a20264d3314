/**
 * The memory of all processes of a call together, looked at twice a second: the kernel bounds each process alone (`prlimit`), so many small ones would go unseen. Read from /proc, so on
 * Linux only; what grows and is gone between two looks is not seen.
 */
import { readFileSync } from 'node:fs';
import { listProcesses, processesOf, type SessionProcesses } from '../../ptyd/processes';

const LOOK_MS = 500;
const LINUX = process.platform === 'linux';

interface Watched {
  readonly session: SessionProcesses;
  readonly maxBytes: number;
  readonly onOver: (bytes: number) => void;
}

const bytesOf = (text: string, field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1_024;

/** What it holds itself; a process that has ended holds nothing. */
function resident(pid: number): number {
  try {
    return bytesOf(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmRSS');
  } catch {
    return 0;
  }
}

/** Its share: what several processes map counts once over all of them. Dearer to ask; without the right to ask it is what is resident. */
function share(pid: number): number {
  try {
    return bytesOf(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), 'Pss');
  } catch {
    return resident(pid);
  }
}

const sum = (pids: readonly number[], of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);

/** Of everything of the session that lives. */
export function memoryOf(pids: readonly number[], maxBytes: number): number {
  const most = sum(pids, resident);
  return most <= maxBytes ? most : sum(pids, share);
}

/** All calls of this process are looked at together. */
class MemoryWatch {
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | null = null;
  private looking = false;

  /** Calls `onOver` each time that the processes of the session hold more than they may. Returns how to end the watch. */
  add(watched: Watched): () => void {
    if (!LINUX) return () => undefined;
    this.watched.add(watched);
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return () => this.remove(watched);
  }

  private remove(watched: Watched): void {
    this.watched.delete(watched);
    if (this.watched.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const all = await listProcesses();
      for (const { session, maxBytes, onOver } of this.watched) {
        const pids = processesOf(session, all, false).map(({ pid }) => pid);
        const bytes = memoryOf(pids, maxBytes);
        if (bytes > maxBytes) onOver(bytes);
      }
    } finally {
      this.looking = false;
    }
  }
}

export const memoryWatch = new MemoryWatch();
