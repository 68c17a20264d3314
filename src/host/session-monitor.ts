/**
 * Tells threads what became of their sessions when nobody watches them: ended by themselves, or lost with the terminal daemon.
 *
 * It looks at the daemon's list now and then, which costs the same however much the sessions print. Every report has a request id made from the
 * session alone, so one told twice is dropped by its thread. A thread that watches its session learns all of this by itself and ignores reports.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { longLines } from '../../activities/agents/long-lines';
import type { ActorRef, Envelope } from '../contracts/actor';
import type { SessionReport } from '../contracts/managed-thread/terminal';
import { faultFrom } from '../errors/fault';
import type { Ptyd, SessionInfo } from '../ptyd/protocol';

export interface MonitorDependencies {
  readonly hostId: string;
  readonly ptyd: Ptyd & { hello(): Promise<{ pid: number }> };
  readonly sessionsDir: string;
  /** The thread of a session, from its labels; null for a session that no host started. */
  actorOf(labels: SessionInfo['labels']): ActorRef | null;
  /** The store's view: threads that are not at their end and have a session at this host. */
  sessionsAtThisHost(): Promise<readonly { readonly address: string; readonly sessionId: string }[]>;
  /** Whether this thread has come to its end for good; sessions of such threads are ended. */
  isOver(address: string): Promise<boolean>;
  signal(address: string, command: 'report', envelope: Envelope): Promise<void>;
  redactionFor(actor: ActorRef): Promise<(text: string) => string>;
  log(message: string, facts?: object): void;
  readonly everyMs?: number;
  /** An ended session that its thread did not end is forgotten after this. Default 10 minutes. */
  readonly forgetAfterMs?: number;
  /** How often sessions are checked against their threads' ends. Default 1 minute. */
  readonly orphansEveryMs?: number;
}

const OUTPUT_MAX = 8_000;

export class SessionMonitor {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private daemon: number | null = null;
  private known = new Map<string, string>();
  private readonly ended = new Map<string, { readonly seenAt: number; told: boolean }>();
  private lost = new Map<string, string>();
  private orphansAt = 0;
  private live = 0;

  constructor(private readonly deps: MonitorDependencies) {}

  /** Sessions that lived at the last look. */
  get liveSessions(): number {
    return this.live;
  }

  /** The first look is done when this resolves. */
  async start(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), this.deps.everyMs ?? 1_000);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.looking;
  }

  /** One look. What fails is tried again at the next one. */
  look(): Promise<void> {
    this.looking ??= this.lookNow()
      .catch((error: unknown) => this.deps.log('sessions could not be looked at', { reason: faultFrom(error).message }))
      .finally(() => (this.looking = null));
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    const { ptyd } = this.deps;
    const { pid } = await ptyd.hello();
    // The store is asked before the daemon: a session that starts in between is in the later list.
    const expected = pid === this.daemon ? [] : await this.deps.sessionsAtThisHost();
    const sessions = await ptyd.list();
    const present = new Map(sessions.map((info) => [info.session, info]));
    if (pid !== this.daemon) {
      for (const [session, address] of [...this.known, ...expected.map(({ sessionId, address }) => [sessionId, address] as const)])
        if (!present.has(session)) this.lost.set(session, address);
      this.daemon = pid;
    }
    this.known = new Map(sessions.flatMap(({ session, exit, labels }) => (exit || !labels.actor ? [] : [[session, labels.actor] as const])));
    this.live = sessions.filter(({ exit }) => !exit).length;
    for (const session of this.ended.keys()) if (!present.has(session)) this.ended.delete(session);
    for (const info of sessions) if (info.exit) await this.afterExit(info);
    for (const [session, address] of this.lost) await this.tellLost(session, address);
    await this.endOrphans(sessions);
  }

  private async afterExit(info: SessionInfo): Promise<void> {
    const actor = this.deps.actorOf(info.labels);
    if (!actor || !info.exit) return;
    const state = this.ended.get(info.session) ?? { seenAt: Date.now(), told: false };
    this.ended.set(info.session, state);
    // One that was ended on request has been answered to whoever asked.
    if (!state.told && !info.exit.asked) await this.tellExited(info, info.exit, actor);
    state.told = true;
    if (Date.now() - state.seenAt > (this.deps.forgetAfterMs ?? 600_000)) {
      rmSync(join(this.deps.sessionsDir, info.session), { recursive: true, force: true });
      await this.deps.ptyd.forget(info.session);
    }
  }

  private async tellExited({ session }: SessionInfo, { exitCode, signal }: NonNullable<SessionInfo['exit']>, actor: ActorRef): Promise<void> {
    const { screen } = await this.deps.ptyd.screen(session);
    const redact = await this.deps.redactionFor(actor);
    const text = longLines(screen).join('\n').trimEnd();
    await this.report(actor.address, `${session}/exited`, {
      sessionId: session,
      event: { type: 'exited', exitCode, signal, output: redact(text).slice(-OUTPUT_MAX) },
    });
  }

  private async tellLost(session: string, address: string): Promise<void> {
    const reason = 'The terminal daemon has no such session: it was killed, or the host was restarted.';
    await this.report(address, `${session}/lost`, { sessionId: session, event: { type: 'lost', reason } });
    this.lost.delete(session);
  }

  private async report(address: string, requestId: string, input: SessionReport): Promise<void> {
    try {
      await this.deps.signal(address, 'report', { requestId, by: { subject: this.deps.hostId, via: 'host' }, input });
    } catch (error) {
      // A thread that is over needs no report.
      if (faultFrom(error).kind !== 'not_found') throw error;
    }
  }

  /** A thread may have been stopped while its host was out of reach: nobody else ends what runs for it here. */
  private async endOrphans(sessions: readonly SessionInfo[]): Promise<void> {
    if (Date.now() - this.orphansAt < (this.deps.orphansEveryMs ?? 60_000)) return;
    this.orphansAt = Date.now();
    for (const { session, exit, labels } of sessions) {
      if (exit || !labels.actor || !(await this.deps.isOver(labels.actor))) continue;
      this.deps.log('a session of a thread that is over is ended', { session });
      await this.deps.ptyd.end(session, 2_000);
      rmSync(join(this.deps.sessionsDir, session), { recursive: true, force: true });
      await this.deps.ptyd.forget(session);
    }
  }
}
