/** Commands that judge the work of a thread, on its host and in its workspace: an argument array, the environment of the agent, bounded time and output, and an end of the whole process group. */
import { Context } from '@temporalio/activity';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ThreadSpec } from '../../src/contracts/managed-thread/spawn';
import type { CheckEnd, HostActivities, RunCheckInput } from '../../src/contracts/managed-thread/terminal';
import { agentEnvironment } from '../../src/domain/managed-thread/agent-env';
import { redactor, secretsOf } from '../../src/domain/redaction';
import { Fault } from '../../src/errors/fault';
import { exists, within } from '../preparation/paths';
import type { TerminalDependencies } from '../terminal/dependencies';

export type CheckDependencies = Pick<TerminalDependencies, 'specs' | 'agentEnv' | 'hostEnv' | 'redactionFor'>;

const HEARTBEAT_MS = 500;
/** Characters of output that are kept while it runs, and that are told. */
const KEPT_MAX = 64 * 1024;
const OUTPUT_MAX = 8_000;

export const checkActivities = (deps: CheckDependencies): Pick<HostActivities, 'runCheck'> => ({
  async runCheck(input) {
    const { heartbeat, cancellationSignal } = Context.current();
    const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
    try {
      return await runCheck(deps, input, cancellationSignal);
    } finally {
      clearInterval(timer);
    }
  },
});

/** Exported for tests, which run it without Temporal. */
export async function runCheck(
  deps: CheckDependencies,
  { actor, specRef, workspacePath, cwd, argv, timeoutMs }: RunCheckInput,
  signal: AbortSignal,
): Promise<CheckEnd> {
  const folder = cwd === null ? workspacePath : join(workspacePath, cwd);
  if (!(await exists(folder)) || !(await within([workspacePath], folder)))
    throw new Fault('invalid', 'execution.check_outside', `cwd: expected a directory inside the workspace, found ${folder}`, {
      field: 'cwd',
      expected: 'a directory inside the workspace',
    });
  const spec = await deps.specs.read(actor.tenant, specRef);
  const given = { ...deps.agentEnv, ...(await deps.specs.environment(actor)) };
  const ended = await run(argv, { cwd: folder, env: environment(deps, spec, given), timeoutMs, signal });
  signal.throwIfAborted();
  const ofThread = await deps.redactionFor(actor);
  return { ...ended, output: ofThread(redactor(secretsOf(deps.agentEnv))(ended.output)).slice(-OUTPUT_MAX) };
}

/** A terminal's variables would make programs draw; these say that there is none. */
const environment = ({ hostEnv }: CheckDependencies, spec: ThreadSpec, given: Readonly<Record<string, string>>): Record<string, string> => ({
  ...agentEnvironment({ host: hostEnv, given, spec, memoryFile: null }),
  TERM: 'dumb',
  NO_COLOR: '1',
  CI: '1',
});

interface Running {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function run([command = '', ...args]: readonly string[], { cwd, env, timeoutMs, signal }: Running): Promise<CheckEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let reason: string | null = null;
    const stop = (why: string): void => {
      reason ??= why;
      killGroup(child);
    };
    const onAbort = (): void => stop('it was cancelled');
    const timer = setTimeout(() => stop(`it took longer than ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    const keep = (chunk: string): void => void (output = (output + chunk).slice(-KEPT_MAX));
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
    const settle = (exitCode: number | null, why: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      // What it left running in its group ends with it.
      killGroup(child);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve({ exitCode: reason === null ? exitCode : null, reason: reason ?? why, output });
    };
    child.once('error', (problem) => settle(null, `it could not be started: ${(problem as NodeJS.ErrnoException).code ?? problem.message}`));
    // On `exit` and not on `close`: a process that it left behind would hold the pipes open. What was written before is read first.
    child.once('exit', (code, by) => setImmediate(() => settle(code, code === null ? `it was ended by ${String(by)}` : null)));
    if (signal.aborted) onAbort();
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
