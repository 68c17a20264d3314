/** The one long look at a session. Cancelled, it leaves the session alone; the next watch looks on where this one was. */
import * as wf from '@temporalio/workflow';
import type { WatchOutcome, WatchSessionInput } from '../../src/contracts/managed-thread/terminal';
import { callHost } from './host-calls';
import type { ThreadCalls } from './thread-calls';

/** A turn, or a prompt, may take as long as it takes; Temporal asks for a number. */
const WATCH_MAX_MS = 30 * 86_400_000;

interface Watching {
  readonly scope: wf.CancellationScope;
  readonly done: Promise<void>;
  outcome: WatchOutcome | null;
  thrown: unknown;
}

export class SessionWatch {
  private watching: Watching | null = null;
  private watches = 0;

  constructor(private readonly calls: ThreadCalls) {}

  get isOn(): boolean {
    return this.watching !== null;
  }

  /** It has come to an end; {@link take} says to which. */
  get isOver(): boolean {
    return this.watching !== null && (this.watching.outcome !== null || this.watching.thrown !== null);
  }

  start(): void {
    const { state, ref } = this.calls;
    if (this.watching || !state.session) return;
    const { start, session, turn, askOrdinal, ask, answeredAsk } = state;
    const purpose = turn ? (turn.kind === 'input' ? 'follow' : 'turn') : state.status === 'starting' ? 'start' : 'follow';
    const input: WatchSessionInput = {
      actor: ref,
      specRef: start.specRef,
      agentType: start.agentType,
      preset: start.approvalPreset,
      sessionId: session.sessionId,
      turnId: turn?.turnId ?? `${session.sessionId}/start`,
      purpose,
      askOrdinal,
      currentAsk: ask ?? answeredAsk,
    };
    const scope = new wf.CancellationScope({ cancellable: true });
    const id = `watch-${session.sessionId}-${++this.watches}`;
    const watching: Watching = { scope, outcome: null, thrown: null, done: Promise.resolve() };
    const run = scope.run(() => callHost(this.calls, 'watchSession', input, { id, summary: `watch: ${purpose}`, attemptMs: WATCH_MAX_MS }));
    this.watching = Object.assign(watching, {
      done: run.then(
        (outcome) => void (watching.outcome = outcome),
        (thrown: unknown) => void (watching.thrown = thrown),
      ),
    });
  }

  cancel(): void {
    this.watching?.scope.cancel();
  }

  /** Cancels it and waits for its end. It may have come to one by itself in the same moment: then that counts. */
  async stop(): Promise<WatchOutcome | null> {
    if (!this.watching) return null;
    this.watching.scope.cancel();
    await this.watching.done;
    return this.take().outcome;
  }

  take(): { readonly outcome: WatchOutcome | null; readonly thrown: unknown } {
    const { outcome, thrown } = this.watching as Watching;
    this.watching = null;
    return { outcome, thrown };
  }

  /** There is no session: what is still looking looks at one that is gone, and what it finds says nothing about the next. */
  forget(): void {
    this.cancel();
    this.watching = null;
  }
}
