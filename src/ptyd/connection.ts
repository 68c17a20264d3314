/** One client of the daemon: its requests in, replies and pushes out, bounded in both directions. */
import type { Socket } from 'node:net';
import type { z } from 'zod';
import { parse } from '../contracts/parse';
import { Fault, faultFrom } from '../errors/fault';
import { encodeLine, lineSplitter } from './framing';
import { PTYD_LIMITS, PtydRequest } from './protocol';
import type { SessionTable } from './session-table';

type Request = z.output<typeof PtydRequest>;

/** Requests of one connection that may be in progress. */
const REQUESTS_MAX = 4_000;
/** Bytes of replies that may wait for a client before its connection is dropped. */
const REPLIES_MAX = 64 * 1024 * 1024;

export interface Daemon {
  readonly sessions: SessionTable;
  /** Ends every session, then the daemon. */
  shutdown(graceMs: number): void;
  log(message: string, facts?: object): void;
}

export class Connection {
  private readonly following = new Map<string, () => void>();
  private readonly behind = new Set<string>();
  private inProgress = 0;

  constructor(
    private readonly socket: Socket,
    private readonly daemon: Daemon,
  ) {
    const split = lineSplitter();
    socket.on('data', (bytes) => {
      try {
        for (const line of split(bytes)) this.take(line);
      } catch (error) {
        this.daemon.log('a client was dropped', { code: faultFrom(error).code });
        socket.destroy();
      }
    });
    socket.on('drain', () => this.caughtUp());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.closed());
  }

  private take(line: string): void {
    if (!line.trim()) return;
    let id: unknown = null;
    try {
      const request = JSON.parse(line) as { id?: unknown };
      id = request.id ?? null;
      if (this.inProgress >= REQUESTS_MAX)
        throw new Fault('exhausted', 'ptyd.too_many_requests', `${REQUESTS_MAX} requests are in progress.`, { max: REQUESTS_MAX });
      const parsed = parse(PtydRequest, request, 'ptyd.bad_request');
      this.inProgress++;
      // Called at once, so that requests about one session take effect in the order they came in.
      this.perform(parsed)
        .then(
          (ok) => this.send({ id, ok: ok ?? null }),
          (error: unknown) => this.refuse(id, error),
        )
        .finally(() => this.inProgress--);
    } catch (error) {
      this.refuse(id, error instanceof SyntaxError ? new Fault('invalid', 'ptyd.bad_request', 'A request was not JSON.') : error);
    }
  }

  private refuse(id: unknown, error: unknown): void {
    const { kind, code, message, facts } = faultFrom(error);
    if (kind === 'internal') this.daemon.log('a request failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    this.send({ id, error: { kind, code, message, facts } });
  }

  private async perform(request: Request): Promise<unknown> {
    const { sessions } = this.daemon;
    switch (request.op) {
      case 'hello':
        return { pid: process.pid, version: 1 };
      case 'start':
        return sessions.start(request);
      case 'write':
        return sessions.get(request.session).write(request.inputId, request.keystrokes);
      case 'wrote':
        return sessions.get(request.session).wrote(request.inputId);
      case 'screen':
        return sessions.get(request.session).screen();
      case 'serialize':
        return sessions.get(request.session).serialize();
      case 'output':
        return sessions.get(request.session).printed.after(request.after);
      case 'resize':
        return sessions.get(request.session).resize(request.cols, request.rows);
      case 'follow':
        return this.follow(request.session);
      case 'unfollow':
        return this.unfollow(request.session);
      case 'end':
        return this.end(request);
      case 'list':
        return sessions.list().map((session) => session.info());
      case 'forget':
        return sessions.forget(request.session);
      case 'shutdown':
        return this.daemon.shutdown(request.graceMs);
    }
  }

  private async end({
    session,
    graceMs,
    keystrokes,
  }: Extract<Request, { op: 'end' }>): Promise<{ existed: boolean; exitCode: number | null; signal: string | null }> {
    const found = this.daemon.sessions.find(session);
    if (!found) return { existed: false, exitCode: null, signal: null };
    const { exitCode, signal } = await found.end(graceMs, keystrokes);
    return { existed: true, exitCode, signal };
  }

  private follow(session: string): void {
    const found = this.daemon.sessions.get(session);
    if (this.following.has(session)) return;
    this.following.set(session, () => undefined);
    // After the reply, so that the client hears "yes" before the first byte.
    queueMicrotask(() => {
      if (!this.following.has(session) || this.socket.destroyed) return;
      const stop = found.follow({
        data: (bytes, offset) => this.push(session, () => ({ push: 'data', session, data: bytes.toString('base64'), offset })),
        exit: (exitCode, signal) => {
          this.following.delete(session);
          this.send({ push: 'exit', session, exitCode, signal });
        },
      });
      if (this.following.has(session)) this.following.set(session, stop);
    });
  }

  private unfollow(session: string): void {
    this.following.get(session)?.();
    this.following.delete(session);
    this.behind.delete(session);
  }

  /** Output for a follower that is slow is dropped until its connection is empty again; then it is told. */
  private push(session: string, message: () => object): void {
    if (this.behind.has(session)) return;
    if (this.socket.writableLength > PTYD_LIMITS.followerBuffer) this.behind.add(session);
    else this.send(message());
  }

  private caughtUp(): void {
    for (const session of this.behind) this.send({ push: 'gap', session });
    this.behind.clear();
  }

  private send(message: object): void {
    if (this.socket.destroyed) return;
    if (this.socket.writableLength > REPLIES_MAX) {
      this.daemon.log('a client that does not read was dropped');
      this.socket.destroy();
      return;
    }
    this.socket.write(encodeLine(message));
  }

  private closed(): void {
    for (const stop of this.following.values()) stop();
    this.following.clear();
    this.behind.clear();
  }
}
