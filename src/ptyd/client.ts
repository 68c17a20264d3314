/** The client half of ptyd: one connection, made when needed and again when it broke; every call has a deadline. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault, type Facts, type Kind } from '../errors/fault';
import { encodeLine, lineSplitter } from './framing';
import { PTYD_LIMITS, type FollowEvent, type Ptyd, type PtydRequest } from './protocol';

export interface PtydClientOptions {
  readonly socketPath: string;
  /** Deadline of one call, beyond what it takes by itself (pauses between keys, the grace of an end). Default 10 s. */
  readonly callTimeoutMs?: number;
  /** How long a call keeps trying to connect. Default 2 s. */
  readonly connectTimeoutMs?: number;
  /** Called when nothing listens: may start a daemon, and resolves when one may answer. Without it the call fails. */
  readonly revive?: () => Promise<void>;
}

interface Waiting {
  readonly settle: (value: unknown) => void;
  readonly fail: (fault: Fault) => void;
  readonly timer: NodeJS.Timeout;
}

type Reply = { readonly id: number; readonly ok?: unknown; readonly error?: { kind: Kind; code: string; message: string; facts: Facts } };
type Push =
  | { readonly push: 'data'; readonly session: string; readonly data: string; readonly offset: number }
  | { readonly push: 'exit'; readonly session: string; readonly exitCode: number | null; readonly signal: string | null }
  | { readonly push: 'gap'; readonly session: string };

const unreachable = (why: string, cause?: unknown): Fault =>
  new Fault('unavailable', 'ptyd.unreachable', `The terminal daemon cannot be reached: ${why}.`, {}, cause instanceof Error ? cause : undefined);

const pausesOf = (keystrokes: readonly { pauseMs?: number }[] = []): number => keystrokes.reduce((sum, { pauseMs }) => sum + (pauseMs ?? 0), 0);

const open = (socketPath: string): Promise<Socket> =>
  new Promise((settle, fail) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.off('error', fail);
      settle(socket);
    });
    socket.once('error', fail);
  });

export class PtydClient implements Ptyd {
  private socket: Promise<Socket> | null = null;
  private live: Socket | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private readonly followers = new Map<string, Set<(event: FollowEvent) => void>>();
  private lastId = 0;
  private closed = false;
  private reviving: Promise<void> | null = null;

  constructor(private readonly options: PtydClientOptions) {}

  hello(): Promise<{ pid: number; version: number }> {
    return this.call({ op: 'hello' });
  }

  start(request: Omit<Extract<PtydRequest, { op: 'start' }>, 'op'>): Promise<{ pid: number; adopted: boolean }> {
    return this.call({ op: 'start', ...request });
  }

  write(session: string, inputId: string, keystrokes: readonly { data: string; pauseMs?: number }[]): Promise<{ written: boolean }> {
    return this.call({ op: 'write', session, inputId, keystrokes: [...keystrokes] }, pausesOf(keystrokes) + 20_000);
  }

  wrote(session: string, inputId: string): Promise<'done' | 'started' | 'never'> {
    return this.call({ op: 'wrote', session, inputId });
  }

  screen(session: string): ReturnType<Ptyd['screen']> {
    return this.call({ op: 'screen', session });
  }

  serialize(session: string): ReturnType<Ptyd['serialize']> {
    return this.call({ op: 'serialize', session });
  }

  output(session: string, after: number): ReturnType<Ptyd['output']> {
    return this.call({ op: 'output', session, after });
  }

  async resize(session: string, cols: number, rows: number): Promise<void> {
    await this.call({ op: 'resize', session, cols, rows });
  }

  async follow(session: string, on: (event: FollowEvent) => void): Promise<() => void> {
    const set = this.followers.get(session) ?? new Set();
    this.followers.set(session, set);
    set.add(on);
    const stop = (): void => {
      if (!set.delete(on) || set.size > 0 || this.followers.get(session) !== set) return;
      this.followers.delete(session);
      if (this.live) void this.call({ op: 'unfollow', session }).catch(() => undefined);
    };
    try {
      await this.call({ op: 'follow', session });
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  end(session: string, graceMs: number, keystrokes?: readonly { data: string; pauseMs?: number }[]): ReturnType<Ptyd['end']> {
    return this.call({ op: 'end', session, graceMs, ...(keystrokes && { keystrokes: [...keystrokes] }) }, graceMs + 20_000);
  }

  list(): ReturnType<Ptyd['list']> {
    return this.call({ op: 'list' });
  }

  async forget(session: string): Promise<void> {
    await this.call({ op: 'forget', session });
  }

  /** Resolves when the daemon is gone. */
  async shutdown(graceMs: number): Promise<void> {
    const socket = await this.connected(false);
    const gone = new Promise<void>((settle) => socket.once('close', () => settle()));
    await this.call({ op: 'shutdown', graceMs });
    const late = new AbortController();
    await Promise.race([gone, delay(graceMs + 15_000, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  }

  close(): void {
    this.closed = true;
    this.live?.destroy();
  }

  private async call<T>(request: PtydRequest, extraMs = 0): Promise<T> {
    const socket = await this.connected(request.op !== 'unfollow' && request.op !== 'shutdown');
    const id = ++this.lastId;
    const line = encodeLine({ id, ...request });
    if (line.length > PTYD_LIMITS.line)
      throw new Fault('invalid', 'ptyd.line_too_long', `A request is longer than ${PTYD_LIMITS.line} bytes.`, { maxBytes: PTYD_LIMITS.line });
    const timeoutMs = (this.options.callTimeoutMs ?? 10_000) + extraMs;
    return new Promise<T>((settle, fail) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        fail(unreachable(`no answer to ${request.op} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.waiting.set(id, { settle: settle as (value: unknown) => void, fail, timer });
      socket.write(line);
    });
  }

  private connected(mayRevive: boolean): Promise<Socket> {
    if (this.closed) return Promise.reject(unreachable('this client was closed'));
    this.socket ??= this.connect(mayRevive).then(
      (socket) => this.attach(socket),
      (error: unknown) => {
        this.socket = null;
        throw error;
      },
    );
    return this.socket;
  }

  private async connect(mayRevive: boolean): Promise<Socket> {
    const { socketPath, connectTimeoutMs = 2_000, revive } = this.options;
    for (const by = Date.now() + connectTimeoutMs; ;) {
      try {
        return await open(socketPath);
      } catch (error) {
        if (this.closed) throw unreachable('this client was closed');
        if (revive && mayRevive) {
          this.reviving ??= revive().finally(() => (this.reviving = null));
          await this.reviving.catch((failure: unknown) => Promise.reject(unreachable('it could not be started', failure)));
          mayRevive = false;
        } else if (Date.now() > by) throw unreachable((error as NodeJS.ErrnoException).code ?? 'no connection', error);
        else await delay(25);
      }
    }
  }

  private attach(socket: Socket): Socket {
    if (this.closed) {
      socket.destroy();
      throw unreachable('this client was closed');
    }
    this.live = socket;
    const split = lineSplitter(Number.MAX_SAFE_INTEGER);
    socket.on('data', (bytes) => {
      for (const line of split(bytes)) this.received(JSON.parse(line) as Reply | Push);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.broke());
    return socket;
  }

  private received(message: Reply | Push): void {
    if ('push' in message) return this.pushed(message);
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    this.waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.error) waiting.fail(new Fault(message.error.kind, message.error.code, message.error.message, message.error.facts));
    else waiting.settle(message.ok);
  }

  private pushed(message: Push): void {
    const set = this.followers.get(message.session);
    if (!set) return;
    if (message.push === 'data') return this.tell(set, { type: 'data', data: message.data, offset: message.offset });
    if (message.push === 'gap') return this.tell(set, { type: 'gap' });
    this.followers.delete(message.session);
    this.tell(set, { type: 'exit', exitCode: message.exitCode, signal: message.signal });
  }

  private tell(set: ReadonlySet<(event: FollowEvent) => void>, event: FollowEvent): void {
    for (const on of [...set]) on(event);
  }

  private broke(): void {
    this.socket = null;
    this.live = null;
    for (const { fail, timer } of this.waiting.values()) {
      clearTimeout(timer);
      fail(unreachable('the connection broke'));
    }
    this.waiting.clear();
    const lost = [...this.followers.values()];
    this.followers.clear();
    for (const set of lost) this.tell(set, { type: 'lost' });
  }
}
