/**
 * One or several programs, each reading what the one before writes: argument arrays, an explicit environment, a home and a folder for temporary files that are removed afterwards,
 * bounded time and output, and an end of everything that they started.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToolContext, ToolStream } from '../../contracts/run/ports';
import { redactor, secretsOf } from '../../domain/redaction';
import { endProcesses, MARK, processesOf, ProcessTracker, type SessionProcesses } from '../../ptyd/processes';
import { toolFault } from '../tool';
import { KeptOutput } from './kept-output';
import { LiveOutput } from './live-output';
import { memoryWatch } from './memory-watch';
import type { Sandbox, Wanted } from './sandbox';

export interface Pipeline {
  readonly stages: readonly (readonly string[])[];
  readonly cwd: string;
  readonly workspace: string;
  readonly network: Wanted['network'];
  readonly timeoutMs: number;
  /** Bytes that are kept of each stream. */
  readonly keptBytes: number;
  readonly signal: AbortSignal;
  /** Told what is written while it is written, without the secrets of the environment. */
  readonly onOutput?: ToolContext['onOutput'];
}

export interface Ended {
  /** Of the last program; null when it was ended. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly endedBy: 'exit' | 'signal' | 'timeout' | 'output' | 'memory' | 'cancel';
  readonly durationMs: number;
}

export interface ProcessRules {
  readonly sandbox: Sandbox;
  /** Given to every program, besides what it always has; values are left out of its output. */
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
  readonly hidden: readonly string[];
  /** Of each process, and of all of one call together. */
  readonly memoryBytes: number;
}

/** Bytes that a program may write before it is ended. */
const WRITTEN_MAX = 64 * 1_024 * 1_024;
/** For pipes to run empty once everything has ended. */
const DRAIN_MS = 1_000;

type End = Ended['endedBy'];

/** Fault `tool.program` (not_found) for a program that is not there; nothing was done then. */
export async function runPipeline(rules: ProcessRules, pipeline: Pipeline): Promise<Ended> {
  const began = performance.now();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'everthread-tool-')));
  try {
    for (const name of ['home', 'tmp', 'stash']) await mkdir(join(folder, name));
    const mark = `tool-${randomUUID()}`;
    const stages = await Promise.all(pipeline.stages.map(async ([program = '', ...args]) => [await programPath(program, rules.path), ...args]));
    const env = { ...alwaysGiven(rules, folder), ...rules.env, [MARK]: mark };
    const wanted: Wanted = {
      ...{ network: pipeline.network, cwd: pipeline.cwd, workspace: pipeline.workspace, hidden: rules.hidden, stash: join(folder, 'stash') },
      ...{ memoryBytes: rules.memoryBytes, timeoutMs: pipeline.timeoutMs },
    };
    const ended = await new Running(rules, { ...pipeline, stages }, wanted, env, mark).end();
    const clean = redactor(secretsOf(rules.env));
    return { ...ended, stdout: clean(ended.stdout), stderr: clean(ended.stderr), durationMs: Math.round(performance.now() - began) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Looked up before: a wrapper would say that itself could be started. */
export async function programPath(program: string, path: string): Promise<string> {
  const candidates = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder, program));
  for (const candidate of candidates) {
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && isAbsolute(candidate)) return candidate;
  }
  throw toolFault('not_found', 'tool.program', `The program ${program} is not installed here.`, { begun: false, program });
}

const alwaysGiven = ({ path }: ProcessRules, folder: string): Record<string, string> => ({
  ...{ PATH: path, HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp'), LANG: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1', CI: '1' },
  // Nobody is there to answer, and configuration of the machine is not the run's.
  ...{ GIT_TERMINAL_PROMPT: '0', GIT_PAGER: 'cat', PAGER: 'cat', GIT_CONFIG_NOSYSTEM: '1' },
});

class Running {
  private readonly stdout: KeptOutput;
  private readonly stderr: KeptOutput;
  private readonly live: Readonly<Record<ToolStream, LiveOutput>> | undefined;
  private readonly children: ChildProcessWithoutNullStreams[] = [];
  private readonly tracker = new ProcessTracker(250);
  private readonly sessions: SessionProcesses[] = [];
  private readonly unwatch: (() => void)[] = [];
  private stopped: End | null = null;

  constructor(
    private readonly rules: ProcessRules,
    private readonly pipeline: Pipeline,
    private readonly wanted: Wanted,
    private readonly env: Readonly<Record<string, string>>,
    private readonly mark: string,
  ) {
    this.stdout = new KeptOutput(pipeline.keptBytes);
    this.stderr = new KeptOutput(pipeline.keptBytes);
    const { onOutput } = pipeline;
    const secrets = secretsOf(rules.env);
    const told = (stream: ToolStream, tell: NonNullable<typeof onOutput>): LiveOutput => new LiveOutput(stream, tell, redactor(secrets), secrets);
    this.live = onOutput && { stdout: told('stdout', onOutput), stderr: told('stderr', onOutput) };
  }

  async end(): Promise<Omit<Ended, 'durationMs'>> {
    const { signal, timeoutMs } = this.pipeline;
    signal.throwIfAborted();
    const onAbort = (): void => this.stop('cancel');
    const timer = setTimeout(() => this.stop('timeout'), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const exits = this.pipeline.stages.map((argv) => this.start(argv));
      const [exitCode, by] = (await Promise.all(exits)).at(-1) ?? [null, null];
      await this.sweep();
      const endedBy = this.stopped ?? (by === null ? 'exit' : 'signal');
      const truncated = this.stdout.truncated || this.stderr.truncated;
      return { exitCode: endedBy === 'exit' ? exitCode : null, stdout: this.stdout.text(), stderr: this.stderr.text(), truncated, endedBy };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const end of this.unwatch) end();
      await this.sweep();
      this.children.forEach((_child, at) => this.tracker.remove(String(at)));
    }
  }

  /** Settles with its exit, or fails when it cannot be started. */
  private start(argv: readonly string[]): Promise<readonly [number | null, NodeJS.Signals | null]> {
    const [program = '', ...args] = this.rules.sandbox.wrap(argv, this.wanted);
    const { enforced } = this.rules.sandbox;
    const child = spawn(program, args, { cwd: this.pipeline.cwd, env: this.env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const at = this.children.push(child) - 1;
    if (child.pid !== undefined) {
      // Watched for those that leave their parents, where no namespace holds them.
      const plain = { root: child.pid, mark: this.mark, seen: new Map<number, string>() };
      const session = enforced.processes ? plain : this.tracker.add(String(at), child.pid, this.mark);
      this.sessions.push(session);
      this.unwatch.push(memoryWatch.add({ session, maxBytes: this.rules.memoryBytes, onOver: () => this.stop('memory') }));
    }
    this.connect(child, at);
    return new Promise((settle, fail) => {
      child.once('error', (problem) => {
        this.stop('cancel');
        fail(notStarted(argv[0] ?? '', problem));
      });
      child.once('exit', (code, by) => settle([code, by]));
    });
  }

  private connect(child: ChildProcessWithoutNullStreams, at: number): void {
    const previous = this.children[at - 1];
    // Whoever stops reading early is no failure, neither here nor there.
    child.stdin.on('error', () => previous?.stdout.destroy());
    child.stdin.on('close', () => previous?.stdout.destroy());
    if (previous) previous.stdout.pipe(child.stdin);
    else child.stdin.end();
    child.stderr.on('data', (chunk: Buffer) => this.keep(this.stderr, chunk, this.live?.stderr));
    if (at === this.pipeline.stages.length - 1) child.stdout.on('data', (chunk: Buffer) => this.keep(this.stdout, chunk, this.live?.stdout));
    for (const stream of [child.stdout, child.stderr]) stream.on('error', () => undefined);
  }

  private keep(output: KeptOutput, chunk: Buffer, live: LiveOutput | undefined): void {
    output.add(chunk);
    live?.add(chunk);
    if (output.total > WRITTEN_MAX) this.stop('output');
  }

  private stop(why: End): void {
    this.stopped ??= why;
    for (const { pid } of this.children) if (pid !== undefined) killGroup(pid);
  }

  private swept = false;

  /** Everything that was started has ended, and its output is read. */
  private async sweep(): Promise<void> {
    if (this.swept) return;
    this.swept = true;
    for (const { pid } of this.children) if (pid !== undefined) killGroup(pid);
    // A namespace that ended by itself has ended everything in it.
    if (this.stopped !== null || !this.rules.sandbox.enforced.processes)
      await endProcesses((all) => this.sessions.flatMap((session) => processesOf(session, all)), 0);
    await Promise.race([Promise.all(this.children.map(closed)), delay(DRAIN_MS, undefined, { ref: false })]);
    for (const { stdin, stdout, stderr } of this.children) for (const stream of [stdin, stdout, stderr]) stream.destroy();
    for (const live of this.live ? [this.live.stdout, this.live.stderr] : []) live.end();
  }
}

const closed = (child: ChildProcessWithoutNullStreams): Promise<void> =>
  child.pid === undefined || (child.stdout.closed && child.stderr.closed)
    ? Promise.resolve()
    : new Promise((done) => {
        child.once('close', () => done());
      });

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

const notStarted = (program: string, problem: Error): Error => {
  const code = (problem as NodeJS.ErrnoException).code ?? problem.message;
  return toolFault('not_found', 'tool.program', `${program} cannot be started (${code}).`, { begun: false, program });
};
