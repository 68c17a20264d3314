/** One person's terminal on a session: the screen as it is, then its bytes as they come; what is typed goes in. */
import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { ActorRef, Envelope } from '../contracts/actor';
import { faultFrom } from '../errors/fault';
import type { FollowEvent, Ptyd } from '../ptyd/protocol';
import { withoutTerminalReplies } from './terminal-replies';

export interface AttachedTerminalOptions {
  readonly client: WebSocket;
  readonly ptyd: Ptyd;
  readonly session: string;
  /** The session's thread; null: nobody is told what is typed. */
  readonly actor: ActorRef | null;
  readonly subject: string;
  readonly hostId: string;
  signal(address: string, command: 'report', envelope: Envelope): Promise<void>;
  log(message: string, facts?: object): void;
}

const Resize = z.object({ type: z.literal('resize'), cols: z.int().min(20).max(500), rows: z.int().min(5).max(300) });

/** Bytes that may wait for a slow client; then it is left behind, and gets the whole screen again once it has caught up. */
const BEHIND_BYTES = 1024 * 1024;
const CAUGHT_UP_BYTES = 64 * 1024;
const CATCH_UP_LOOK_MS = 100;
/** A client that stays behind for so long is let go. */
const BEHIND_MAX_MS = 60_000;
/** Characters typed that may wait to be written. */
const TYPED_WAITING = 1024 * 1024;
const REPORT_MS = 1_000;
const PING_MS = 30_000;
/** Makes a terminal forget what it shows. */
const RESET = '\u001bc';

export class AttachedTerminal {
  private stopFollowing: () => void = () => undefined;
  /** Output up to here has been sent; null while the screen is being fetched, when output waits in `held`. */
  private sentTo: number | null = null;
  private held: { data: Buffer; offset: number }[] = [];
  private behind: NodeJS.Timeout | null = null;
  private typing: Promise<void> = Promise.resolve();
  private waiting = 0;
  private typedBytes = 0;
  private reporting: NodeJS.Timeout | null = null;
  private alive = true;
  private readonly decoder = new StringDecoder('utf8');
  private readonly pings: NodeJS.Timeout;

  constructor(private readonly options: AttachedTerminalOptions) {
    const { client } = options;
    client.on('message', (data, isBinary) => this.fromClient(data, isBinary));
    client.on('error', () => client.terminate());
    client.on('pong', () => (this.alive = true));
    client.once('close', () => this.closed());
    this.pings = setInterval(() => this.ping(), PING_MS);
    this.open().catch((error: unknown) => this.close(faultFrom(error).message));
  }

  close(reason: string, code = 1001): void {
    this.options.client.close(code, reason.slice(0, 120));
  }

  private async open(): Promise<void> {
    const { ptyd, session, client } = this.options;
    this.stopFollowing = await ptyd.follow(session, (event) => this.fromSession(event));
    if (client.readyState !== client.OPEN) return this.stopFollowing();
    await this.sendScreen('');
  }

  /** The screen, then what came while it was fetched and is not in it. */
  private async sendScreen(before: string): Promise<void> {
    const { data, offset } = await this.options.ptyd.serialize(this.options.session);
    this.send(Buffer.from(before + data));
    this.sentTo = offset;
    for (const piece of this.held.splice(0)) if (piece.offset > offset) this.send(piece.data);
  }

  private fromSession(event: FollowEvent): void {
    switch (event.type) {
      case 'data': {
        const piece = { data: Buffer.from(event.data, 'base64'), offset: event.offset };
        if (this.behind) return;
        if (this.sentTo === null) this.hold(piece);
        else if (piece.offset > this.sentTo) this.send(piece.data);
        return;
      }
      case 'gap':
        return this.fallBehind();
      case 'exit':
        return this.afterAll(() => this.close(`the session ended${event.exitCode === null ? '' : ` with ${event.exitCode}`}`, 1000));
      case 'lost':
        return this.close('the terminal daemon was lost', 1011);
    }
  }

  /** An exit that comes while the screen is fetched waits for it, so that the last words are seen. */
  private afterAll(then: () => void): void {
    if (this.sentTo !== null || this.options.client.readyState !== this.options.client.OPEN) then();
    else setTimeout(() => this.afterAll(then), 20);
  }

  private hold(piece: { data: Buffer; offset: number }): void {
    this.held.push(piece);
    if (this.held.length > 10_000) this.held.shift();
  }

  private send(data: Buffer): void {
    const { client } = this.options;
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount > BEHIND_BYTES) return this.fallBehind();
    client.send(data, { binary: true });
  }

  private fallBehind(): void {
    if (this.behind) return;
    const since = Date.now();
    this.behind = setInterval(() => {
      if (Date.now() - since > BEHIND_MAX_MS) this.close('this terminal does not read', 1013);
      if (this.options.client.bufferedAmount > CAUGHT_UP_BYTES) return;
      this.stopWaiting();
      this.sentTo = null;
      this.held = [];
      this.sendScreen(RESET).catch((error: unknown) => this.close(faultFrom(error).message));
    }, CATCH_UP_LOOK_MS);
  }

  private stopWaiting(): void {
    if (this.behind) clearInterval(this.behind);
    this.behind = null;
  }

  private fromClient(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const resize = isBinary ? null : resizeOf(bytes.toString('utf8'));
    if (resize) this.perform(() => this.options.ptyd.resize(this.options.session, resize.cols, resize.rows));
    else this.type(this.decoder.write(bytes));
  }

  private type(text: string): void {
    const typed = withoutTerminalReplies(text);
    if (!typed) return;
    this.waiting += typed.length;
    if (this.waiting > TYPED_WAITING) return this.close('too much was typed at once', 1009);
    this.perform(async () => {
      await this.options.ptyd.write(this.options.session, `live/${randomUUID()}`, [{ data: typed }]);
      this.waiting -= typed.length;
      this.typedBytes += Buffer.byteLength(typed);
      this.reporting ??= setTimeout(() => this.report(), REPORT_MS);
    });
  }

  /** One thing after the other, in the order it came. */
  private perform(act: () => Promise<unknown>): void {
    this.typing = this.typing.then(act).then(
      () => undefined,
      (error: unknown) => this.close(faultFrom(error).message),
    );
  }

  /** Tells the thread that somebody typed; how much, never what. */
  private report(): void {
    this.reporting = null;
    const { actor, session, subject, hostId, signal, log } = this.options;
    const bytes = this.typedBytes;
    this.typedBytes = 0;
    if (!actor || bytes === 0) return;
    const input = { sessionId: session, event: { type: 'typed', bytes, subject } };
    const envelope = { requestId: `typed-${randomUUID()}`, by: { subject: hostId, via: 'host' as const }, input };
    signal(actor.address, 'report', envelope).catch((error: unknown) => log('typing could not be reported', { session, reason: faultFrom(error).message }));
  }

  private ping(): void {
    if (!this.alive) return this.options.client.terminate();
    this.alive = false;
    this.options.client.ping();
  }

  private closed(): void {
    clearInterval(this.pings);
    this.stopWaiting();
    this.stopFollowing();
    if (this.reporting) clearTimeout(this.reporting);
    this.report();
  }
}

function resizeOf(text: string): z.output<typeof Resize> | null {
  if (!text.startsWith('{')) return null;
  try {
    return Resize.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
