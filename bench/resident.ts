/** The memory that processes hold. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Resident set in bytes; 0 for a process that is gone. */
export function residentBytes(pid: number): number {
  try {
    if (process.platform === 'linux') return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 }).trim());
  } catch {
    return 0;
  }
}
