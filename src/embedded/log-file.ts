/** Log files with a bound: at most twice `LOG_MAX_BYTES` on disk for each name, this one and the one before. */
import { closeSync, copyFileSync, mkdirSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

export const LOG_MAX_BYTES = 10 * 1024 * 1024;

/** Opens for appending; a child process may write to the number. Close it with `closeSync`. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}

/** Moves a file that has grown too large aside. It is copied and emptied, because its writers hold it open. */
export function boundLog(path: string, maxBytes = LOG_MAX_BYTES): void {
  try {
    if (statSync(path).size <= maxBytes) return;
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
  } catch {
    // No file yet, or no room to copy: the next look will tell.
  }
}

/** The last lines of a file, for messages about a process that did not come up. */
export function lastLines(path: string, count = 12): string {
  try {
    const size = statSync(path).size;
    const buffer = Buffer.alloc(Math.min(size, 8_192));
    const file = openSync(path, 'r');
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    closeSync(file);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
