/**
 * One long-lived child process: started, watched, started again when it dies, ended by order.
 *
 * Each child leads a process group of its own, so that Ctrl-C in a terminal reaches only the supervisor, which then ends them in order. Children with a
 * **lifeline** (our own roles) hold an IPC channel: when the supervisor is gone, however it went, the channel closes and they end themselves.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../errors/fault';
import { endProcess, identityOf, type RecordedProcess } from './data-directory';
import { boundLog, lastLines, openLog } from './log-file';

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** All of the child's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly logFile: string;
  /** With a lifeline the child tells by a message `{ready: true, …}` that it serves; without one `serves` finds out. */
  readonly lifeline: boolean;
  /** Resolves when the child serves; is called again and again until then, and a rejection means "not yet". */
  readonly serves?: () => Promise<void>;
  readonly readyMs: number;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end before it and its group are killed. */
  readonly stopMs: number;
  /** How often the first start is tried, for programs that can find the remains of an earlier life in their way. */
  readonly attempts?: number;
}

/** What a role says about itself when it serves. */
export type ReadyFacts = Readonly<Record<string, unknown>>;

export interface ChildListener {
  /** The process behind the child changed: the list of processes to remember is another one now. */
  changed(): void;
  warn(line: string): void;
  /** A line of output of a child with a lifeline. */
  line?(name: string, line: string): void;
}

const BACKOFF_MS = { first: 250, max: 10_000 };
/** A child that lived so long has recovered: its next death counts as the first again. */
const RECOVERED_MS = 60_000;
const LINE_MAX = 64 * 1024;

interface Running {
  readonly child: ChildProcess;
  readonly process: RecordedProcess;
  readonly exited: Promise<string>;
  readonly since: number;
}

export class Child {
  private running: Running | null = null;
  private readonly ended = new AbortController();
  private backoffMs = BACKOFF_MS.first;
  /** What the child said when it last came up. */
  facts: ReadyFacts = {};

  constructor(
    readonly spec: ChildSpec,
    private readonly listener: ChildListener,
  ) {}

  /** The process now, or null between two lives. */
  get process(): RecordedProcess | null {
    return this.running?.process ?? null;
  }

  /** Starts it and resolves when it serves. Fault `start.child_failed` (unavailable) with the end of its log when it does not come up. */
  async start(): Promise<ReadyFacts> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.launch();
        return this.facts;
      } catch (problem) {
        if (this.ended.signal.aborted || attempt >= (this.spec.attempts ?? 1)) throw problem;
        await delay(500);
      }
    }
  }

  /** Ends it, and its whole group when it takes longer than it may. It stays ended. */
  async stop(): Promise<void> {
    this.ended.abort();
    const running = this.running;
    if (!running) return;
    await endProcess(running.process, this.spec.stopMs);
    await running.exited;
  }

  private async launch(): Promise<void> {
    const { spec } = this;
    boundLog(spec.logFile);
    const log = openLog(spec.logFile);
    const stdio: StdioOptions = spec.lifeline ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', log, log];
    const owner = spec.uid === undefined || spec.gid === undefined ? {} : { uid: spec.uid, gid: spec.gid };
    const child = spawn(spec.command, spec.args, { cwd: spec.cwd, env: { ...spec.env }, stdio, detached: true, ...owner });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (problem) => resolve(problem.message));
      child.once('close', (code, signalName) => resolve(signalName ?? `exit code ${code}`));
    });
    void exited.then(() => closeSync(log));
    if (spec.lifeline) this.readOutput(child, log);
    if (child.pid === undefined) throw this.failed(await exited);
    const running: Running = { child, process: { name: spec.name, ...identityOf(child.pid), stopSignal: spec.stopSignal }, exited, since: Date.now() };
    this.running = running;
    this.listener.changed();
    void exited.then((why) => this.onExit(running, why));
    await this.untilServing(running);
    this.up = running;
  }

  /** The life that came up; only its end is followed by another start, failed launches are their caller's. */
  private up: Running | null = null;

  private async untilServing(running: Running): Promise<void> {
    const over = new AbortController();
    const tooLong = delay(this.spec.readyMs, `no answer within ${this.spec.readyMs / 1000} s`, { signal: over.signal, ref: false }).catch(() => 'over');
    const ready = this.spec.lifeline ? readyMessage(running.child) : this.poll(over.signal);
    const outcome = await Promise.race([ready, running.exited, tooLong]);
    over.abort();
    if (typeof outcome === 'object') {
      this.facts = outcome;
      return;
    }
    await endProcess(running.process, this.spec.stopMs);
    await running.exited;
    throw this.failed(outcome);
  }

  private async poll(signal: AbortSignal): Promise<ReadyFacts> {
    while (!signal.aborted) {
      try {
        await this.spec.serves?.();
        break;
      } catch {
        await delay(30);
      }
    }
    return {};
  }

  private failed(why: string): Fault {
    const lines = lastLines(this.spec.logFile);
    return new Fault('unavailable', 'start.child_failed', `${this.spec.name} did not come up (${why}); the end of ${this.spec.logFile}:\n${lines}`, {
      name: this.spec.name,
      why,
    });
  }

  private onExit(running: Running, why: string): void {
    if (this.running === running) this.running = null;
    this.listener.changed();
    if (this.up !== running || this.ended.signal.aborted) return;
    if (Date.now() - running.since > RECOVERED_MS) this.backoffMs = BACKOFF_MS.first;
    this.listener.warn(`${this.spec.name} ended unexpectedly (${why}); starting it again.`);
    void this.revive();
  }

  private async revive(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await delay(this.backoffMs, undefined, { signal: this.ended.signal }).catch(() => undefined);
      if (this.ended.signal.aborted) return;
      this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MS.max);
      try {
        await this.launch();
        this.listener.warn(`${this.spec.name} is back.`);
        return;
      } catch (problem) {
        if (!this.ended.signal.aborted) this.listener.warn((problem as Error).message);
      }
    }
  }

  private readOutput(child: ChildProcess, log: number): void {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.on('data', (data: Buffer) => {
        writeSync(log, data);
        const lines = (rest + data.toString('utf8')).split('\n');
        rest = (lines.pop() ?? '').slice(-LINE_MAX);
        for (const line of lines) this.listener.line?.(this.spec.name, line);
      });
    }
  }
}

const readyMessage = (child: ChildProcess): Promise<ReadyFacts> =>
  new Promise((resolve) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || (message as { ready?: unknown }).ready !== true) return;
      child.off('message', listen);
      resolve(message as ReadyFacts);
    };
    child.on('message', listen);
  });
