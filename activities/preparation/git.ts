/**
 * Runs git, and nothing but git: argument arrays, an explicit environment, no prompts, no hooks, no transports but the ones asked for,
 * bounded output and time, and an end of the whole process group when the caller gives up.
 */
import { spawn } from 'node:child_process';
import { Fault } from '../../src/errors/fault';

export interface GitOptions {
  /** The repository or worktree to work in. */
  readonly cwd?: string;
  /** True for repositories that are directories of this host; otherwise only https and ssh are spoken. */
  readonly local?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

const OUTPUT_MAX = 16 * 1024 * 1024;
const ERROR_MAX = 16 * 1024;
const QUICK_MS = 60_000;

/** From the host's environment: what git needs to find its programs, the host's own credentials and the way out. */
const FROM_HOST = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'XDG_CONFIG_HOME',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
];

/** Neither the repository nor the host's settings may make git run something of theirs, or go on working after it returned. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'advice.detachedHead=false',
  'core.quotePath=false',
];

/** `host` is the environment to take the named variables from; the composition root passes the process's own. */
export function gitRunner(host: Readonly<Record<string, string | undefined>>): Git {
  const base: Record<string, string> = {};
  for (const name of FROM_HOST) {
    const value = host[name];
    if (value !== undefined) base[name] = value;
  }
  return (args, options = {}) =>
    run(args, options, {
      ...base,
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
      GIT_ALLOW_PROTOCOL: options.local ? 'file' : 'https:ssh',
      GIT_OPTIONAL_LOCKS: '0',
    });
}

/** Faults: `workspace.git_missing` (unsupported), `workspace.git_timeout` (unavailable), `workspace.git_output` (exhausted), `workspace.cancelled`. */
function run(args: readonly string[], { cwd, timeoutMs = QUICK_MS, signal }: GitOptions, env: Record<string, string>): Promise<GitResult> {
  const argv = [...SETTINGS.flatMap((setting) => ['-c', setting]), ...args];
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled());
    const child = spawn('git', argv, { cwd: cwd ?? '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let fault: Fault | null = null;
    const stop = (why: Fault): void => {
      fault ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(
      () => stop(new Fault('unavailable', 'workspace.git_timeout', `git ${args[0]} took longer than ${timeoutMs} ms.`, { timeoutMs })),
      timeoutMs,
    );
    const onAbort = (): void => stop(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let errorSize = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > OUTPUT_MAX) stop(new Fault('exhausted', 'workspace.git_output', `git ${args[0]} wrote more than ${OUTPUT_MAX} bytes.`, { max: OUTPUT_MAX }));
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errorSize < ERROR_MAX) stderr.push(chunk);
      errorSize += chunk.length;
    });
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    child.once('error', (error) => settle(() => reject(fault ?? startFault(error, cwd))));
    child.once('close', (code) =>
      settle(() =>
        fault ? reject(fault) : resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') }),
      ),
    );
  });
}

/** As {@link Git}, and a non-zero exit is a fault `workspace.git_failed` (unavailable) with git's last words. */
export async function checked(git: Git, args: readonly string[], options?: GitOptions): Promise<string> {
  const result = await git(args, options);
  if (result.code !== 0) throw failed(args[0] ?? '', result);
  return result.stdout;
}

export const failed = (verb: string, result: GitResult): Fault =>
  new Fault('unavailable', 'workspace.git_failed', `git ${verb} failed: ${lastWords(result)}`, { verb, exitCode: result.code, detail: lastWords(result) });

export const lastWords = ({ stderr }: GitResult): string => stderr.trim().split('\n').slice(-4).join(' ').slice(0, 500);

const cancelled = (): Fault => new Fault('unavailable', 'workspace.cancelled', 'The preparation was cancelled.');

function startFault(error: Error, cwd: string | undefined): Fault {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? new Fault(
        'unsupported',
        'workspace.git_missing',
        `git could not be started: is it installed${cwd === undefined ? '' : `, and does ${cwd} exist`}?`,
        {},
        error,
      )
    : new Fault('unavailable', 'workspace.git_failed', 'git could not be started.', {}, error);
}

/** Helpers of git (ssh, https) are in its process group; they end with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
