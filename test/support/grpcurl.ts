/** grpcurl, by which people call gRPC services from a shell; built once into the cache (scripts/grpcurl.mjs). */
import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const BUILDER = resolve(__dirname, '..', '..', 'scripts', 'grpcurl.mjs');
export const BUILD_TIMEOUT_MS = 21 * 60_000;

/** Whether this machine has Go to build it with. Where there is none, that is said loudly. */
export function hasGo(): boolean {
  const found = spawnSync('go', ['version'], { timeout: 20_000 }).status === 0;
  if (!found) process.stderr.write('\n*** grpcurl is built with Go, and there is none: its tests are skipped. ***\n\n');
  return found;
}

export const grpcurlProgram = async (): Promise<string> =>
  (await promisify(execFile)(process.execPath, [BUILDER], { timeout: BUILD_TIMEOUT_MS })).stdout.trim();

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Words in quotes are one argument, as a shell has them; lines that end in a backslash go on. */
export function argumentsOf(line: string): string[] {
  return [...line.replaceAll('\\\n', ' ').matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_all, single, double) => single ?? double),
  );
}

export function runProgram(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(program, args, { timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 }, (problem, stdout, stderr) =>
      done({ exitCode: problem === null ? 0 : typeof problem.code === 'number' ? problem.code : -1, stdout, stderr }),
    );
  });
}
