/** Processes of tests: started with an explicit environment, followed until they serve, and surely ended, by the test or by the end of the run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildSpec } from '../../src/embedded/child';
import { identify, isGone, signal, type ProcessIdentity } from '../../src/embedded/process-identity';

export interface TestProcess {
  readonly pid: number;
  /** What a role said when it served; empty for servers. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Sends the signal and resolves when the process is gone. SIGKILL goes to all of its group. */
  kill(name?: NodeJS.Signals): Promise<void>;
}

const processFolder = (): string => join(process.env['EVERTHREAD_TEST_RUN'] ?? '/tmp', 'processes');

/** Remembers a process for the end of the run, should the test's own process be killed before it can end it. */
function remember(identity: ProcessIdentity): () => void {
  mkdirSync(processFolder(), { recursive: true });
  const note = join(processFolder(), String(identity.pid));
  writeFileSync(note, JSON.stringify(identity));
  return () => rmSync(note, { force: true });
}

/** The same for a process that a test starts by itself. */
export function rememberUntilExit(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const forget = remember(identify(child.pid) ?? { pid: child.pid, started: '' });
  child.once('exit', forget);
}

/** Starts what a specification of the product says, without its supervision: what dies stays dead. Rejects with the end of the log when it does not come up. */
export async function launch(spec: ChildSpec): Promise<TestProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    stdio: spec.lifeline ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    detached: true,
    ...(spec.uid !== undefined && spec.gid !== undefined && { uid: spec.uid, gid: spec.gid }),
  });
  closeSync(log);
  const exited = new Promise<number | string>((resolve) => {
    child.once('error', (problem) => resolve(problem.message));
    child.once('exit', (code, name) => resolve(name ?? code ?? 0));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${spec.name} cannot be started: ${await exited}`);
  const identity = identify(pid) ?? { pid, started: '' };
  const forget = remember(identity);
  const killGroup = (): void => void signal(pid, 'SIGKILL', { group: true });
  process.once('exit', killGroup);
  void exited.then(() => {
    process.off('exit', killGroup);
    forget();
  });
  const facts = await serving(spec, child, exited);
  return {
    pid,
    facts,
    exited,
    async kill(name = 'SIGKILL') {
      signal(pid, name, { group: name === 'SIGKILL' });
      await exited;
      await isGone(identity, 5_000);
    },
  };
}

async function serving(spec: ChildSpec, child: ChildProcess, exited: Promise<number | string>): Promise<Readonly<Record<string, unknown>>> {
  let over = false;
  const message = new Promise<Record<string, unknown>>((resolve) => child.on('message', (told) => resolve(told as Record<string, unknown>)));
  const polled = async (): Promise<Record<string, unknown>> => {
    for (const by = Date.now() + spec.readyMs; !over && Date.now() < by; await delay(30)) {
      const serves = await spec.serves?.().then(
        () => true,
        () => false,
      );
      if (serves) return {};
    }
    return { late: true };
  };
  const failed = exited.then((how) => ({ late: true, how }));
  const facts = await Promise.race([spec.lifeline ? message : polled(), failed, delay(spec.readyMs, { late: true }, { ref: false })]);
  over = true;
  if ('late' in facts) {
    if (child.pid !== undefined) signal(child.pid, 'SIGKILL', { group: true });
    throw new Error(`${spec.name} did not come up: ${JSON.stringify(facts)}\n${readFileSync(spec.logFile, 'utf8').slice(-4_000)}`);
  }
  return facts;
}

/** Pids as this machine counts them, of living processes that have `argument` among their arguments. Linux only. */
export const processesWith = (argument: string): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    try {
      const found = /^\d+$/.test(name) && Number(name) !== process.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(argument);
      return found && !/^State:\s+Z/m.test(readFileSync(`/proc/${name}/status`, 'utf8')) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
