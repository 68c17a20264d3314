/** One pseudo-terminal: its process, its rendered screen, what was typed into it, who follows it, and its end. */
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import { spawn, type IPty } from '@lydell/node-pty';
import type { Keystroke, Screen } from '../../activities/agents/adapter';
import { Fault } from '../errors/fault';
import { endProcesses, processesOf, type ProcessTracker, type SessionProcesses } from './processes';
import { PTYD_LIMITS, type SessionInfo, type Snapshot } from './protocol';
import { RecentOutput } from './recent-output';
import { onCursorVisibility, renderScreen, screenText } from './screen';

export interface SessionStart {
  readonly session: string;
  /** Absolute path of an executable. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The value of the mark in `env`. */
  readonly mark: string;
}

/** What a follower hears. `offset` counts bytes since the start, after this piece. */
export interface Follower {
  data(bytes: Buffer, offset: number): void;
  exit(exitCode: number | null, signal: string | null): void;
}

export type Exit = NonNullable<SessionInfo['exit']>;

/** How long what the CLI left running may take to leave after the CLI ended by itself. */
const LEFTOVER_GRACE_MS = 300;
/** Characters written to the terminal at once; its input buffer holds 4,096 bytes. */
const WRITE_CHUNK = 1_024;
/** How long the exit of a killed process may take to be noticed. */
const KILLED_WAIT_MS = 2_000;
/** Bytes waiting for the screen at which the program is held, and at which it goes on. */
const UNPARSED = { hold: 1024 * 1024, release: 256 * 1024 };
/** Input ids that start so are not remembered. */
const LIVE_INPUT = 'live/';
/** Inputs that may wait behind the one that is being typed. */
const WRITES_WAITING = 256;

const noSession = (session: string): Fault => new Fault('not_found', 'ptyd.no_session', `There is no live session ${session}.`, { session });

const signalName = (signal: number): string => Object.entries(constants.signals).find(([, value]) => value === signal)?.[0] ?? `SIG${signal}`;

export class PtySession {
  readonly pid: number;
  readonly startedAt = Date.now();
  private readonly pty: IPty;
  private readonly processes: SessionProcesses;
  private readonly terminal: Terminal;
  private readonly serializer = new SerializeAddon();
  private readonly followers = new Set<Follower>();
  private readonly inputs = new Map<string, 'started' | 'done'>();
  private title = '';
  readonly printed = new RecentOutput();
  private lastMoved = Date.now();
  private exited: Exit | null = null;
  private finalScreen: Screen | null = null;
  private typing: Promise<void> = Promise.resolve();
  private waiting = 0;
  private ending: { until: number; done: Promise<void> } | null = null;
  private swept: Promise<void> = Promise.resolve();
  private cursorVisible = true;
  private unparsed = 0;
  private held = false;
  private readonly wakers = new Set<() => void>();

  constructor(
    private readonly request: SessionStart,
    private readonly tracker: ProcessTracker,
    private readonly log: (message: string, facts?: object) => void,
  ) {
    const { cols, rows, command, args, cwd, env, session, mark } = request;
    this.terminal = new Terminal({ cols, rows, scrollback: PTYD_LIMITS.scrollback, allowProposedApi: true, logLevel: 'off' });
    this.terminal.loadAddon(this.serializer);
    onCursorVisibility(this.terminal, (visible) => (this.cursorVisible = visible));
    this.terminal.onTitleChange((title) => (this.title = title.slice(0, 500)));
    this.pty = spawn(command, [...args], { name: 'xterm-256color', cols, rows, cwd, env: { ...env }, encoding: null });
    this.pid = this.pty.pid;
    this.processes = tracker.add(session, this.pid, mark);
    // Answers of the terminal to the program's questions (where is the cursor, what are you): programs wait for them.
    this.terminal.onData((reply) => this.exited ?? this.pty.write(reply));
    // With encoding null node-pty delivers buffers, whatever its types say.
    this.pty.onData((data) => this.received(data as unknown as Buffer));
    this.pty.onExit(({ exitCode, signal }) => void this.closed(exitCode, signal ?? 0));
  }

  get isLive(): boolean {
    return this.exited === null;
  }

  info(): SessionInfo {
    const { session, cols, rows, labels } = this.request;
    return {
      session,
      pid: this.pid,
      startedAt: this.startedAt,
      quietMs: Date.now() - this.lastMoved,
      cols: this.finalScreen?.cols ?? this.terminal.cols ?? cols,
      rows: this.finalScreen?.rows ?? this.terminal.rows ?? rows,
      labels,
      ...(this.exited && { exit: this.exited }),
      offset: this.printed.offset,
    };
  }

  async screen(): Promise<Snapshot> {
    await this.parsed();
    return { ...this.info(), screen: this.finalScreen ?? this.rendered() };
  }

  /** The bytes that rebuild the screen, and the offset up to which output is in them. */
  async serialize(): Promise<{ data: string; offset: number; cols: number; rows: number }> {
    const offset = await this.parsed();
    if (this.finalScreen) return { data: screenText(this.finalScreen), offset, cols: this.finalScreen.cols, rows: this.finalScreen.rows };
    return { data: this.serializer.serialize({ scrollback: 1_000 }), offset, cols: this.terminal.cols, rows: this.terminal.rows };
  }

  resize(cols: number, rows: number): void {
    if (!this.isLive) throw noSession(this.request.session);
    this.pty.resize(cols, rows);
    this.terminal.resize(cols, rows);
  }

  /** Returns the function that ends following. One who comes after the end hears the exit at once. */
  follow(follower: Follower): () => void {
    if (this.exited) follower.exit(this.exited.exitCode, this.exited.signal);
    else this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  wrote(inputId: string): 'done' | 'started' | 'never' {
    return this.inputs.get(inputId) ?? 'never';
  }

  /** Types once per `inputId`, one input after the other. An input that the end interrupts stays `started`. */
  async write(inputId: string, keystrokes: readonly Keystroke[]): Promise<{ written: boolean }> {
    if (!this.isLive || this.ending) throw noSession(this.request.session);
    if (this.inputs.has(inputId)) return { written: false };
    if (this.waiting >= WRITES_WAITING) throw new Fault('exhausted', 'ptyd.too_many_writes', `${WRITES_WAITING} inputs wait already.`, { max: WRITES_WAITING });
    // People's key presses would push out the ids that must be remembered.
    const live = inputId.startsWith(LIVE_INPUT);
    if (!live && this.inputs.size >= PTYD_LIMITS.inputs) this.inputs.delete(this.inputs.keys().next().value ?? '');
    if (!live) this.inputs.set(inputId, 'started');
    this.waiting++;
    const typed = this.typing.then(() => this.type(keystrokes, () => !this.ending));
    this.typing = typed.catch(() => undefined);
    try {
      await typed;
      if (!live) this.inputs.set(inputId, 'done');
    } finally {
      this.waiting--;
    }
    return { written: true };
  }

  private async type(keystrokes: readonly Keystroke[], may: () => boolean): Promise<void> {
    for (const { data, pauseMs } of keystrokes) {
      for (let at = 0; at < data.length || at === 0; at += WRITE_CHUNK) {
        if (!this.isLive || !may()) throw noSession(this.request.session);
        this.lastMoved = Date.now();
        if (data) this.pty.write(data.slice(at, at + WRITE_CHUNK));
        if (data.length > WRITE_CHUNK) await delay(1);
      }
      if (pauseMs) await delay(pauseMs);
    }
  }

  /**
   * Ends the session and everything it started; resolves when that is done. `keystrokes` first and up to half of the grace for them,
   * then SIGHUP for the rest of it, then SIGKILL. A second call may shorten the grace of the first, never lengthen it.
   */
  async end(graceMs: number, keystrokes: readonly Keystroke[] = []): Promise<Exit> {
    const until = Date.now() + graceMs;
    if (this.ending) {
      this.ending.until = Math.min(this.ending.until, until);
      this.wakeAll();
    } else if (this.isLive) {
      this.ending = { until, done: Promise.resolve() };
      this.ending.done = this.leave(keystrokes);
    }
    await this.ending?.done;
    await this.swept;
    return this.exited ?? { exitCode: null, signal: 'SIGKILL', at: Date.now(), asked: true };
  }

  private async leave(keystrokes: readonly Keystroke[]): Promise<void> {
    const left = (): number => (this.ending?.until ?? 0) - Date.now();
    if (keystrokes.length > 0 && left() > 0) {
      const half = Date.now() + Math.floor(left() / 2);
      void this.type(keystrokes, () => true).catch(() => undefined);
      await this.untilExit(() => Math.min(half - Date.now(), left()));
    }
    if (this.isLive && left() > 0) {
      this.signal('SIGHUP');
      await this.untilExit(left);
    }
    if (this.isLive) {
      await endProcesses((all) => processesOf(this.processes, all), 0);
      const by = Date.now() + KILLED_WAIT_MS;
      await this.untilExit(() => by - Date.now());
    }
  }

  private signal(signal: NodeJS.Signals): void {
    for (const target of [-this.pid, this.pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // Gone already.
      }
    }
  }

  /** Waits for the exit until `left()` is used up; asked again whenever a later call shortens the grace. */
  private async untilExit(left: () => number): Promise<void> {
    for (let ms = left(); this.isLive && ms > 0; ms = left()) await this.pause(ms);
  }

  /** Waits `ms`, or until the exit or a new end. */
  private pause(ms: number): Promise<void> {
    return new Promise((settle) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wakers.delete(done);
        settle();
      };
      const timer = setTimeout(done, ms);
      this.wakers.add(done);
    });
  }

  private wakeAll(): void {
    for (const wake of [...this.wakers]) wake();
  }

  private received(bytes: Buffer): void {
    this.printed.add(bytes);
    this.lastMoved = Date.now();
    const { offset } = this.printed;
    this.unparsed += bytes.length;
    if (!this.held && this.unparsed > UNPARSED.hold) {
      this.held = true;
      this.pty.pause();
    }
    this.terminal.write(bytes, () => this.parsedSome(bytes.length));
    for (const follower of this.followers) follower.data(bytes, offset);
  }

  /** A program that prints faster than the screen can be kept is held back, as a real terminal would. */
  private parsedSome(length: number): void {
    this.unparsed -= length;
    if (this.held && this.unparsed < UNPARSED.release) {
      this.held = false;
      this.pty.resume();
    }
  }

  private async closed(exitCode: number, signal: number): Promise<void> {
    await this.parsed();
    this.finalScreen = this.rendered();
    const ended = signal > 0 ? { exitCode: null, signal: signalName(signal) } : { exitCode, signal: null };
    this.exited = { ...ended, at: Date.now(), asked: this.ending !== null };
    this.swept = this.sweep();
    for (const follower of this.followers) follower.exit(this.exited.exitCode, this.exited.signal);
    this.followers.clear();
    this.terminal.dispose();
    this.wakeAll();
  }

  private async sweep(): Promise<void> {
    const grace = this.ending ? Math.max(0, Math.min(LEFTOVER_GRACE_MS, this.ending.until - Date.now())) : LEFTOVER_GRACE_MS;
    const stubborn = await endProcesses((all) => processesOf(this.processes, all), grace);
    this.tracker.remove(this.request.session);
    if (stubborn.length > 0) this.log('processes outlived their session', { session: this.request.session, pids: stubborn });
  }

  /** Resolves when all output so far is on the screen, with the offset that this is. */
  private parsed(): Promise<number> {
    const { offset } = this.printed;
    if (this.exited) return Promise.resolve(offset);
    return new Promise((settle) => this.terminal.write('', () => settle(offset)));
  }

  private rendered(): Screen {
    return renderScreen(this.terminal, this.title, this.cursorVisible);
  }
}
