/** The acts of a thread: each one awaits a host activity and records what came of it. State is read anew after every await. */
import * as wf from '@temporalio/workflow';
import { sessionIdOf } from '../../src/contracts/managed-thread/commands';
import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import type { HostActivities, ReleasedWorkspace, SessionReport, TerminalInput, TypedInput, WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { failure, outcomeEvents, whenExited, whenLost } from '../../src/domain/managed-thread/outcomes';
import { nextStep, type Step } from '../../src/domain/managed-thread/next-step';
import { isTerminal } from '../../src/contracts/managed-thread/status';
import { previewOf } from '../../src/domain/managed-thread/preview';
import type { GivenAnswer, QueuedInput, ThreadState } from '../../src/domain/managed-thread/state';
import { faultFrom } from '../../src/errors/fault';
import type { Actor } from '../kernel/actor';
import { callHost, chooseHost, type HostLink } from './host-calls';

/** A turn, or a prompt, may take as long as it takes; Temporal asks for a number. */
const WATCH_MAX_MS = 30 * 86_400_000;
const PREPARE_MAX_MS = 30 * 60_000;
/** Pause between looks for a host when none is alive. */
const NO_HOST_PAUSE_MS = 2_000;

interface Watching {
  readonly scope: wf.CancellationScope;
  readonly done: Promise<void>;
  outcome: WatchOutcome | null;
  thrown: unknown;
}

export class ThreadShell implements HostLink {
  /** What hosts reported outside a watch, oldest first; handled before anything else, so it never grows beyond a few. */
  readonly reports: SessionReport[] = [];
  private watching: Watching | null = null;
  /** Somebody typed into a prompt outside a watch: look at the screen again. */
  private lookAgain = false;
  /** Somebody asked for the session while it was being released. */
  wakeAgain = false;
  private watches = 0;
  private quietChecks = 0;
  private scope: wf.CancellationScope | null = null;

  constructor(private readonly actor: Actor<ThreadState>) {}

  get ref() {
    return this.actor.ref;
  }

  private get state(): ThreadState {
    return this.actor.state;
  }

  hostId(): string | null {
    return this.state.hostId;
  }

  onSilence(hostId: string): void {
    if (this.state.status !== 'waiting' && !isTerminal(this.state.status))
      this.record({ type: 'thread_status', data: { status: 'waiting', reason: `host ${hostId} does not answer` } });
  }

  onAnswer(): void {
    const before = this.state.statusBeforeWaiting;
    if (this.state.status === 'waiting' && before) this.record({ type: 'thread_status', data: { status: before } });
  }

  impatient(): boolean {
    return this.state.stop?.force === true;
  }

  /** Interrupts what may be interrupted, because the thread is to stop. */
  abandon(): void {
    this.scope?.cancel();
    this.watching?.scope.cancel();
  }

  /** Comes to a quiet point for continue-as-new; false when something came up meanwhile. */
  async settle(): Promise<boolean> {
    // A watch only looks: cancelled, it leaves the session alone, and the next run looks again.
    await this.unwatch();
    await this.actor.holdCommits();
    if (this.reports.length === 0 && !this.lookAgain && !isTerminal(this.state.status)) return true;
    this.actor.resumeCommits();
    return false;
  }

  /** Before the workflow ends. */
  async leave(): Promise<void> {
    await this.unwatch();
  }

  async act(step: Step): Promise<void> {
    if (this.reports.length > 0) return this.heed(this.reports.shift() as SessionReport);
    if (this.watching && (this.watching.outcome || this.watching.thrown) && step.do !== 'end') return this.conclude();
    try {
      await this.perform(step);
    } catch (thrown) {
      if (wf.isCancellation(thrown) && this.state.stop) return;
      const fault = faultFrom(thrown);
      if (fault.code === 'host.gone' || fault.code === 'host.unreachable') return this.moveAway(fault.message);
      this.record(...failure(fault.code, fault.kind === 'internal' ? causeOf(thrown) : fault.message));
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'finish':
        return;
      case 'end':
        return this.end();
      case 'prepare':
        return this.prepare();
      case 'open':
        return this.open();
      case 'interrupt':
        return this.interrupt();
      case 'answer':
        return this.answer(step.given);
      case 'type':
        return this.typeAtOnce(step.item);
      case 'turn':
        return this.beginTurn(step.item);
      case 'retype':
        return this.typeTurn();
      case 'watch':
        this.watch();
        return this.pause();
      case 'rest':
        if (this.lookAgain) {
          this.lookAgain = false;
          this.watch();
        }
        return this.pause();
    }
  }

  /** Waits until there is something to do: an outcome, a report, a step other than looking on, or time for an idle check. */
  private async pause(): Promise<void> {
    const busy = (): boolean => {
      const next = nextStep(this.state).do;
      return (
        this.reports.length > 0 ||
        (this.watching !== null && (this.watching.outcome !== null || this.watching.thrown !== null)) ||
        (next === 'watch' && this.watching === null) ||
        (next !== 'watch' && next !== 'rest') ||
        this.actor.shouldContinueAsNew
      );
    };
    const resting = this.state.status === 'ready' && this.state.session !== null && !this.watching;
    if (!resting) {
      await this.actor.until(busy);
      return;
    }
    if (await this.actor.until(busy, this.state.start.policy.idleTimeoutMs, 'idle check')) this.quietChecks = 0;
    else await this.checkIdle();
  }

  private record(...events: ThreadEvent[]): void {
    if (!isTerminal(this.state.status)) this.actor.record(events);
  }

  private async call<N extends keyof HostActivities>(
    name: N,
    input: Parameters<HostActivities[N]>[0],
    id: string,
    summary: string,
    attemptMs: number,
  ): Promise<Awaited<ReturnType<HostActivities[N]>>> {
    const scope = new wf.CancellationScope({ cancellable: true });
    // What is under way when a stop comes is given up; what the stop itself does is not.
    if (this.state.stop === null) this.scope = scope;
    try {
      return await scope.run(() => callHost(this, name, input, { id, summary, attemptMs }));
    } finally {
      this.scope = null;
    }
  }

  private async prepare(): Promise<void> {
    const chosen = await chooseHost(this.ref, this.state.start.agentType, this.state.hostId);
    if (this.state.stop) return;
    if (!chosen) {
      if (this.state.status !== 'waiting') this.record({ type: 'thread_status', data: { status: 'waiting', reason: 'no host is alive' } });
      await this.actor.until(() => this.state.stop !== null, NO_HOST_PAUSE_MS, 'look for a host');
      return;
    }
    if (this.state.status !== 'preparing' || this.state.hostId !== chosen.hostId) {
      this.record({ type: 'thread_status', data: { status: 'preparing', hostId: chosen.hostId } });
    }
    const input = { actor: this.ref, specRef: this.state.start.specRef };
    const prepared = await this.call('prepareThread', input, `prepare-${this.state.generation + 1}`, 'prepare workspace and memory', PREPARE_MAX_MS);
    this.record({
      type: 'thread_prepared',
      data: { workspace: prepared.workspace, memoryContext: prepared.memoryContext, contextFiles: [...prepared.contextFiles] },
    });
  }

  private async open(): Promise<void> {
    this.forgetWatch();
    if (this.state.status !== 'starting') this.record({ type: 'thread_status', data: { status: 'starting' } });
    const generation = this.state.generation + 1;
    const sessionId = sessionIdOf(this.ref.tenant, this.ref.id, generation);
    const { workspace, contextFiles, conversationId, start } = this.state;
    const started = await this.call(
      'startSession',
      { actor: this.ref, specRef: start.specRef, sessionId, workspacePath: workspace?.path ?? null, contextFiles, conversationId },
      `start-${sessionId}`,
      `start ${start.agentType}`,
      60_000,
    );
    const hostId = this.state.hostId as string;
    const session = { sessionId, hostId, generation, pid: started.pid, resumed: started.resumed, conversationId };
    this.record(
      generation === 1 ? { type: 'thread_started', data: { ...session, agentType: start.agentType } } : { type: 'thread_session_resumed', data: session },
    );
  }

  private async type(effectId: string, input: TerminalInput, summary: string): Promise<TypedInput> {
    const { start, session } = this.state;
    if (!session) return { outcome: 'lost' };
    return this.call(
      'typeInput',
      { actor: this.ref, agentType: start.agentType, sessionId: session.sessionId, effectId, input },
      `type-${effectId}`,
      summary,
      120_000,
    );
  }

  private beginTurn(item: QueuedInput | 'objective'): void {
    const turnId = `${this.state.start.id}/turn-${this.actor.lastSeq + 1}`;
    if (item === 'objective') this.record({ type: 'thread_turn_started', data: { turnId, requestId: null, kind: 'objective' } });
    else this.record({ type: 'thread_turn_started', data: { turnId, requestId: item.requestId, kind: 'message' } });
  }

  private async typeTurn(): Promise<void> {
    const turn = this.state.turn;
    if (!turn) return;
    const objective = turn.kind === 'objective';
    const queued = turn.queued?.input;
    const input: TerminalInput =
      queued && 'message' in queued ? { kind: 'message', message: queued.message } : { kind: 'objective', specRef: this.state.start.specRef };
    const effectId = objective ? 'objective' : `message-${turn.requestId}`;
    const { outcome } = await this.type(effectId, input, objective ? 'type the objective' : 'type a message');
    const preview = queued ? previewOf(queued) : this.state.start.objectivePreview;
    this.record({ type: 'thread_input', data: { kind: objective ? 'objective' : 'message', requestId: turn.requestId, effectId, outcome, preview } });
    if (outcome === 'lost') this.record(...whenLost(this.state, 'the terminal is gone'));
  }

  private async typeAtOnce(item: QueuedInput): Promise<void> {
    if (this.state.status === 'ready')
      this.record({
        type: 'thread_turn_started',
        data: { turnId: `${this.state.start.id}/turn-${this.actor.lastSeq + 1}`, requestId: item.requestId, kind: 'input' },
      });
    const raw = 'raw' in item.input;
    const input: TerminalInput =
      'raw' in item.input ? { kind: 'raw', data: item.input.raw } : { kind: 'keys', keys: 'keys' in item.input ? item.input.keys : [] };
    const effectId = `${raw ? 'raw' : 'keys'}-${item.requestId}`;
    const { outcome } = await this.type(effectId, input, raw ? 'type raw input' : 'press keys');
    this.record({ type: 'thread_input', data: { kind: raw ? 'raw' : 'keys', requestId: item.requestId, effectId, outcome, preview: previewOf(item.input) } });
    if (outcome === 'lost') this.record(...whenLost(this.state, 'the terminal is gone'));
    else if (this.state.status === 'blocked') this.lookAgain = true;
  }

  private async answer(given: GivenAnswer): Promise<void> {
    // A watch that still sees the prompt would take it for one that the answer did not change.
    await this.unwatch();
    if (this.state.pendingAnswer?.askId !== given.askId) return;
    const ask = this.state.answeredAsk;
    if (!ask || ask.id !== given.askId) {
      this.record({ type: 'thread_input', data: { kind: 'answer', requestId: null, effectId: null, outcome: 'lost', preview: '', ...given } });
      return;
    }
    // The same ask may be answered again when the first answer changed nothing: a new effect.
    const effectId = `answer-${given.askId}@${given.answeredAt}`;
    try {
      const { outcome } = await this.type(effectId, { kind: 'answer', ask, answer: given.answer }, `answer ${ask.kind}`);
      this.record({ type: 'thread_input', data: { kind: 'answer', requestId: null, effectId, outcome, preview: previewOf(given.answer), ...given } });
      if (outcome === 'lost') this.record(...whenLost(this.state, 'the terminal is gone'));
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.kind !== 'invalid') throw thrown;
      this.record({ type: 'thread_blocked', data: { promptInfo: ask, autoResponded: false, reason: fault.message } });
    }
  }

  private async interrupt(): Promise<void> {
    const pending = this.state.interrupt;
    if (!pending) return;
    const effectId = `interrupt-${pending.ordinal}`;
    const { outcome } = await this.type(effectId, { kind: 'interrupt' }, `interrupt: ${pending.reason}`);
    this.record({
      type: 'thread_input',
      data: { kind: 'interrupt', requestId: null, effectId, outcome, preview: pending.reason, automatic: pending.reason.startsWith('policy.') },
    });
    if (outcome === 'lost') this.record(...whenLost(this.state, 'the terminal is gone'));
    else if (!this.state.turn) this.lookAgain = true;
  }

  private watch(): void {
    if (this.watching || !this.state.session) return;
    const { start, session, turn, askOrdinal, ask, answeredAsk } = this.state;
    const turnId = turn?.turnId ?? `${session.sessionId}/start`;
    const purpose = turn ? (turn.kind === 'input' ? 'follow' : 'turn') : this.state.status === 'starting' ? 'start' : 'follow';
    const input = {
      actor: this.ref,
      specRef: start.specRef,
      agentType: start.agentType,
      preset: start.approvalPreset,
      sessionId: session.sessionId,
      turnId,
      purpose,
      askOrdinal,
      currentAsk: ask ?? answeredAsk,
    } as const;
    const scope = new wf.CancellationScope({ cancellable: true });
    const id = `watch-${session.sessionId}-${++this.watches}`;
    const watching: Watching = { scope, outcome: null, thrown: null, done: Promise.resolve() };
    const run = scope.run(() => callHost(this, 'watchSession', input, { id, summary: `watch: ${purpose}`, attemptMs: WATCH_MAX_MS }));
    this.watching = Object.assign(watching, {
      done: run.then(
        (outcome) => void (watching.outcome = outcome),
        (thrown: unknown) => void (watching.thrown = thrown),
      ),
    });
  }

  private async unwatch(): Promise<void> {
    if (!this.watching) return;
    this.watching.scope.cancel();
    await this.watching.done;
    const finished = this.watching;
    this.watching = null;
    // It may have come to an end by itself in the same moment: then its outcome counts.
    if (finished.outcome && !this.state.stop) this.settleOutcome(finished.outcome);
  }

  /** There is no session: what is still looking looks at one that is gone, and what it finds says nothing about the next. */
  private forgetWatch(): void {
    this.watching?.scope.cancel();
    this.watching = null;
  }

  private conclude(): void {
    const { outcome, thrown } = this.watching as Watching;
    this.watching = null;
    if (outcome) return this.settleOutcome(outcome);
    if (wf.isCancellation(thrown)) return;
    const fault = faultFrom(thrown);
    if (fault.code === 'host.gone' || fault.code === 'host.unreachable') return this.moveAway(fault.message);
    this.record(...failure(fault.code, fault.kind === 'internal' ? causeOf(thrown) : fault.message));
  }

  private settleOutcome(outcome: WatchOutcome): void {
    // An exit that was overtaken by a stop or a loss is old news.
    if (!this.state.session || isTerminal(this.state.status)) return;
    this.record(...outcomeEvents(this.state, outcome, new Date(Date.now()).toISOString()));
  }

  private heed({ sessionId, event }: SessionReport): void {
    if (this.state.session?.sessionId !== sessionId || this.state.stop) return;
    switch (event.type) {
      case 'exited':
        // A watch in progress sees the exit itself, with the turn's output.
        if (!this.watching) this.record(...whenExited(this.state, event));
        return;
      case 'lost':
        if (!this.watching) this.record(...whenLost(this.state, event.reason));
        return;
      case 'typed':
        this.record({
          type: 'thread_input',
          data: { kind: 'terminal', requestId: null, effectId: null, outcome: 'done', preview: `${event.bytes} bytes`, answeredBy: event.subject },
        });
        if (this.watching) return;
        if (this.state.status === 'ready') {
          const turnId = `${this.state.start.id}/turn-${this.actor.lastSeq + 1}`;
          this.record(
            { type: 'thread_turn_started', data: { turnId, requestId: null, kind: 'input' } },
            { type: 'thread_input', data: { kind: 'raw', requestId: null, effectId: null, outcome: 'done', preview: `${event.bytes} bytes` } },
          );
        } else this.lookAgain = true;
    }
  }

  private async checkIdle(): Promise<void> {
    const session = this.state.session;
    if (!session) return;
    const { start } = this.state;
    const check = await this.call(
      'checkIdle',
      { actor: this.ref, sessionId: session.sessionId },
      `idle-${this.actor.lastSeq}-${this.quietChecks}`,
      'idle check',
      10_000,
    );
    if (this.state.status !== 'ready' || nextStep(this.state).do !== 'rest') return;
    if (!check.exists) return this.record(...whenLost(this.state, 'the terminal is gone'));
    // Quiet for at least most of the time since the last check: people may have typed in an attached terminal.
    this.quietChecks = check.quietMs >= start.policy.idleTimeoutMs * 0.9 ? this.quietChecks + 1 : 0;
    if (this.quietChecks < start.policy.maxIdleChecks) return;
    const checks = this.quietChecks;
    this.quietChecks = 0;
    this.wakeAgain = false;
    await this.call(
      'endSession',
      { actor: this.ref, agentType: start.agentType, sessionId: session.sessionId, graceMs: 5_000 },
      `release-${session.sessionId}`,
      'release the idle session',
      30_000,
    );
    this.record({ type: 'thread_idle', data: { reason: 'idle_timeout', checks } });
    if (this.wakeAgain) this.record({ type: 'thread_resume_requested', data: {} });
  }

  /** The host is gone: what ran there is lost; the thread is prepared anew where there is a host. */
  private moveAway(reason: string): void {
    if (this.state.stop) return;
    this.record(...whenLost(this.state, reason));
    // A thread that only rested stays idle; it moves when it is woken.
    if (!isTerminal(this.state.status) && this.state.status !== 'idle')
      this.record({ type: 'thread_status', data: { status: 'preparing', reason: 'moves to another host' } });
  }

  private async end(): Promise<void> {
    await this.unwatch();
    const { session, stop, start } = this.state;
    let exit: { exitCode: number | null; signal: string | null } = { exitCode: null, signal: null };
    // A start that was under way may have opened the next session already; ending what is not there is a no-op.
    const sessionId = session?.sessionId ?? (this.state.status === 'starting' ? sessionIdOf(start.tenant, start.id, this.state.generation + 1) : null);
    if (sessionId && this.state.hostId) {
      try {
        exit = await this.call(
          'endSession',
          { actor: this.ref, agentType: start.agentType, sessionId, graceMs: stop?.timeoutMs ?? 0 },
          `end-${sessionId}-${stop?.force ? 'force' : 'grace'}`,
          'end the session',
          (stop?.timeoutMs ?? 0) + 30_000,
        );
      } catch (thrown) {
        // A host that is gone has no sessions; one that comes back ends those of stopped threads itself.
        if (!['host.gone', 'host.unreachable'].includes(faultFrom(thrown).code)) throw thrown;
      }
    }
    const workspace = await this.release();
    this.record({
      type: 'thread_stopped',
      data: {
        reason: stop?.reason ?? 'stop_requested',
        force: stop?.force ?? false,
        exitCode: exit.exitCode,
        signal: exit.signal,
        ...(workspace && { workspace }),
      },
    });
  }

  /** Gives back the workspace that was made for the thread. What cannot be given back is kept, and said so. */
  private async release(): Promise<ReleasedWorkspace | null> {
    const { workspace, hostId, start } = this.state;
    if (!workspace?.workspaceId || !hostId) return null;
    try {
      return await this.call(
        'releaseWorkspace',
        { actor: this.ref, specRef: start.specRef, workspace },
        'release-workspace',
        'give the workspace back',
        120_000,
      );
    } catch (thrown) {
      return { removed: false, reason: faultFrom(thrown).message, path: workspace.path };
    }
  }
}

const causeOf = (thrown: unknown): string => {
  let at: unknown = thrown;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message.slice(0, 1_000) : 'unknown';
};
