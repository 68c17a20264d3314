/** The connections of the gRPC server: bounded, looked after, and ended without losing calls. */
import type { Http2Server, Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** Connections at one time; each carries many calls. */
const SESSIONS_MAX = 1_000;
const PING_MS = 30_000;
const PONG_MS = 20_000;
/** A connection without a call is ended after so long. */
const IDLE_MS = 10 * 60_000;

interface Kept {
  streams: number;
  usedAt: number;
  awaited: NodeJS.Timeout | undefined;
}

export class Sessions {
  readonly #open = new Map<ServerHttp2Session, Kept>();
  /** A session that has closed says goodbye on its socket, and a client that does not read never answers. */
  readonly #sockets = new Set<Socket>();
  readonly #pinging: NodeJS.Timeout;

  constructor(private readonly server: Http2Server | Http2SecureServer) {
    server.maxConnections = SESSIONS_MAX;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('session', (session: ServerHttp2Session) => this.#keep(session));
    this.#pinging = setInterval(() => this.#look(), PING_MS);
    this.#pinging.unref();
  }

  #keep(session: ServerHttp2Session): void {
    const kept: Kept = { streams: 0, usedAt: performance.now(), awaited: undefined };
    this.#open.set(session, kept);
    session.on('error', () => session.destroy());
    session.on('stream', (stream) => {
      kept.streams += 1;
      stream.once('close', () => {
        kept.streams -= 1;
        kept.usedAt = performance.now();
      });
    });
    session.once('close', () => {
      clearTimeout(kept.awaited);
      this.#open.delete(session);
    });
  }

  /** Who does not answer a ping is gone, whatever the network says. */
  #look(): void {
    for (const [session, kept] of this.#open) {
      if (kept.streams === 0 && performance.now() - kept.usedAt > IDLE_MS) {
        session.close();
        continue;
      }
      if (session.closed || session.destroyed) continue;
      clearTimeout(kept.awaited);
      kept.awaited = setTimeout(() => session.destroy(), PONG_MS);
      kept.awaited.unref();
      session.ping(() => clearTimeout(kept.awaited));
    }
  }

  /** Takes no more connections and calls, lets calls finish, cuts off after `graceMs` what is still there. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#pinging);
    const done = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const session of this.#open.keys()) session.close();
    const cut = setTimeout(() => {
      for (const session of this.#open.keys()) session.destroy();
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await done;
    clearTimeout(cut);
  }
}
