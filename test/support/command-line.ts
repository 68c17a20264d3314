/** The command line as people type it, as a process of its own. It runs from dist, which the start of a world builds. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');

/** What came of it; both texts without the end of their last line. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface CommandOptions {
  /** Beside `PATH`; nothing else of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** `everthread ARGS`. */
export const everthread = (args: readonly string[], { env = {}, cwd, timeoutMs = 60_000 }: CommandOptions = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...env }, timeout: timeoutMs, ...(cwd !== undefined && { cwd }) };
    execFile(process.execPath, [PROGRAM, ...args], options, (problem, stdout, stderr) => {
      const code = problem === null ? 0 : typeof problem.code === 'number' ? problem.code : -1;
      resolve({ code, out: stdout.trimEnd(), err: stderr.trimEnd() });
    });
  });

/** What `everthread ARGS` printed, where it has to succeed. */
export async function printed(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, out, err } = await everthread(args, options);
  if (code !== 0) throw new Error(`everthread ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}
