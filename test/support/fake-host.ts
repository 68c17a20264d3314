/**
 * A host without terminals, for actor tests: it keeps what was typed, once per effect id as the real one does, and obeys simple messages:
 * `ask` (a permission prompt), `work <ms>`, `exit <code>`, `tool <ms>`; anything else is a short turn. Its watches end when their signal aborts.
 */
import { CancelledFailure, Context } from '@temporalio/activity';
import type { HostActivities, PlacementActivities, WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import { ask } from './thread-journey';

interface FakeSession {
  screen: 'starting' | 'ready' | 'blocked' | 'busy' | 'exited';
  exitCode: number | null;
  worked: boolean;
  output: string;
  changed: Set<() => void>;
}

export class FakeHost {
  readonly sessions = new Map<string, FakeSession>();
  /** In order: what reached a terminal, by effect id. A second typing of one id would show here. */
  readonly typed: { readonly sessionId: string; readonly effectId: string; readonly text: string }[] = [];
  readonly ended: string[] = [];
  readonly released: string[] = [];
  /** The CLI's own conversation is told once it has had a turn. */
  conversationId: string | null = 'conversation-1';
  startScreen: 'ready' | 'blocked' = 'ready';
  delayMs: () => number = () => 2;
  hostId = 'host-a';
  state: 'live' | 'silent' | 'gone' = 'live';
  quietMs = Number.MAX_SAFE_INTEGER;
  private readonly claims = new Set<string>();

  readonly placement: PlacementActivities = {
    chooseHost: () => Promise.resolve(this.state === 'gone' ? null : { hostId: this.hostId }),
    checkHost: ({ hostId }) => Promise.resolve({ state: hostId === this.hostId ? this.state : 'gone' }),
  };

  readonly activities: HostActivities = {
    prepareThread: () => Promise.resolve({ workspace: { path: '/workspace', workspaceId: 'ws_1' }, memoryContext: null, contextFiles: [] }),
    releaseWorkspace: ({ workspace }) => {
      this.released.push(workspace?.path ?? '');
      return Promise.resolve({ removed: true, reason: null, path: workspace?.path ?? null });
    },
    runCheck: () => Promise.resolve({ exitCode: 0, reason: null, output: '' }),
    publishBranch: () => Promise.resolve({ state: 'nothing', reason: 'its branch has no commits' }),
    startSession: ({ sessionId, conversationId }) => {
      const adopted = this.sessions.has(sessionId);
      if (!adopted) this.sessions.set(sessionId, { screen: 'starting', exitCode: null, worked: false, output: '', changed: new Set() });
      this.later(sessionId, (session) => (session.screen = this.startScreen));
      return Promise.resolve({ pid: 1, adopted, resumed: conversationId !== null });
    },
    typeInput: ({ actor, sessionId, effectId, input }) => {
      const session = this.sessions.get(sessionId);
      if (!session || session.screen === 'exited') return Promise.resolve({ outcome: 'lost' });
      if (this.claims.has(`${actor.address} ${effectId}`)) return Promise.resolve({ outcome: 'done' });
      this.claims.add(`${actor.address} ${effectId}`);
      const text =
        input.kind === 'message' ? ('text' in input.message ? input.message.text : input.message.preview) : input.kind === 'raw' ? input.data : input.kind;
      this.typed.push({ sessionId, effectId, text });
      this.react(sessionId, session, input.kind, text);
      return Promise.resolve({ outcome: 'done' });
    },
    watchSession: (input) => this.watch(input.sessionId, `${input.turnId}/ask-${input.askOrdinal}`, input.currentAsk),
    endSession: ({ sessionId }) => {
      const session = this.sessions.get(sessionId);
      this.ended.push(sessionId);
      this.change(sessionId, 'exited');
      this.sessions.delete(sessionId);
      return Promise.resolve({ existed: session !== undefined, exitCode: session ? 0 : null, signal: null });
    },
    checkIdle: ({ sessionId }) => Promise.resolve({ exists: this.sessions.has(sessionId), quietMs: this.quietMs }),
  };

  /** As if these terminals were killed with their ptyd. */
  lose(which: (sessionId: string) => boolean): void {
    for (const id of [...this.sessions.keys()].filter(which)) {
      const session = this.sessions.get(id);
      this.sessions.delete(id);
      session?.changed.forEach((tell) => tell());
    }
  }

  loseAll(): void {
    this.lose(() => true);
  }

  private react(sessionId: string, session: FakeSession, kind: string, text: string): void {
    session.worked = true;
    session.output = `did: ${text}`;
    const [verb, argument] = text.split(' ');
    if (kind === 'interrupt') return this.change(sessionId, 'ready');
    session.screen = 'busy';
    if (verb === 'hang') return;
    if (verb === 'exit') return this.later(sessionId, (it) => Object.assign(it, { screen: 'exited', exitCode: Number(argument ?? 0) }));
    this.later(sessionId, (it) => (it.screen = verb === 'ask' ? 'blocked' : 'ready'), verb === 'work' ? Number(argument) : undefined);
  }

  private later(sessionId: string, change: (session: FakeSession) => unknown, afterMs = this.delayMs()): void {
    setTimeout(() => {
      const session = this.sessions.get(sessionId);
      if (!session) return;
      change(session);
      session.changed.forEach((tell) => tell());
    }, afterMs).unref();
  }

  private change(sessionId: string, screen: FakeSession['screen']): void {
    const session = this.sessions.get(sessionId);
    if (!session) return;
    session.screen = screen;
    session.changed.forEach((tell) => tell());
  }

  private async watch(sessionId: string, askId: string, currentAsk: Ask | null): Promise<WatchOutcome> {
    const { cancellationSignal, heartbeat } = Context.current();
    const beat = setInterval(() => heartbeat(), 100);
    try {
      for (;;) {
        const session = this.sessions.get(sessionId);
        if (!session) return { kind: 'lost', reason: 'the terminal is gone' };
        const outcome = this.outcome(session, askId, currentAsk);
        if (outcome) return outcome;
        if (cancellationSignal.aborted) throw new CancelledFailure('cancelled');
        await new Promise<void>((resolve) => {
          const tell = (): void => {
            session.changed.delete(tell);
            cancellationSignal.removeEventListener('abort', tell);
            resolve();
          };
          session.changed.add(tell);
          cancellationSignal.addEventListener('abort', tell);
        });
      }
    } finally {
      clearInterval(beat);
    }
  }

  private outcome(session: FakeSession, askId: string, currentAsk: Ask | null): WatchOutcome | null {
    switch (session.screen) {
      case 'starting':
      case 'busy':
        return null;
      case 'ready': {
        const { worked, output } = session;
        session.worked = false;
        return { kind: 'ready', worked, output, confidence: null, conversationId: worked ? this.conversationId : null };
      }
      case 'blocked':
        return { kind: 'blocked', ask: currentAsk && !session.worked ? currentAsk : ask(askId), conversationId: null };
      case 'exited':
        return { kind: 'exited', exitCode: session.exitCode, signal: null, output: session.output };
    }
  }
}
