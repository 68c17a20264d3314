/** The acts of a thread, put together: what its next step asks for is done here, and what comes of it is recorded. */
import * as wf from '@temporalio/workflow';
import { isTerminal } from '../../src/contracts/managed-thread/status';
import type { SessionReport, WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { nextStep, type Step } from '../../src/domain/managed-thread/next-step';
import { failure, outcomeEvents, whenExited } from '../../src/domain/managed-thread/outcomes';
import type { ThreadState } from '../../src/domain/managed-thread/state';
import { faultFrom } from '../../src/errors/fault';
import type { Actor } from '../kernel/actor';
import { Lifecycle } from './lifecycle';
import { SessionWatch } from './session-watch';
import { ThreadCalls } from './thread-calls';
import { Typing } from './typing';

export class ThreadShell {
  /** What hosts reported outside a watch, oldest first; handled before anything else, so it never grows beyond a few. */
  readonly reports: SessionReport[] = [];
  private readonly calls: ThreadCalls;
  private readonly watch: SessionWatch;
  private readonly typing: Typing;
  private readonly life: Lifecycle;

  constructor(private readonly actor: Actor<ThreadState>) {
    this.calls = new ThreadCalls(actor);
    this.watch = new SessionWatch(this.calls);
    this.typing = new Typing(this.calls);
    this.life = new Lifecycle(this.calls);
  }

  private get state(): ThreadState {
    return this.actor.state;
  }

  /** Interrupts what may be interrupted, because the thread is to stop. */
  abandon(): void {
    this.calls.abandon();
    this.watch.cancel();
  }

  /** The session is wanted, also when it is just being released. */
  wake(): void {
    this.life.wakeAgain = true;
  }

  /** Comes to a quiet point for continue-as-new; false when something came up meanwhile. */
  async settle(): Promise<boolean> {
    // A watch only looks: cancelled, it leaves the session alone, and the next run looks again.
    await this.unwatch();
    await this.actor.holdCommits();
    if (this.reports.length === 0 && !this.typing.lookAgain && !isTerminal(this.state.status)) return true;
    this.actor.resumeCommits();
    return false;
  }

  /** Before the workflow ends. */
  async leave(): Promise<void> {
    await this.unwatch();
  }

  async act(step: Step): Promise<void> {
    if (this.reports.length > 0) return this.heed(this.reports.shift() as SessionReport);
    if (this.watch.isOver && step.do !== 'end') return this.conclude();
    try {
      await this.perform(step);
    } catch (thrown) {
      if (wf.isCancellation(thrown) && this.state.stop) return;
      this.failed(thrown);
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'finish':
        return;
      case 'end':
        await this.unwatch();
        return this.life.end();
      case 'prepare':
        return this.life.prepare();
      case 'open':
        this.watch.forget();
        return this.life.open();
      case 'interrupt':
        return this.typing.interrupt();
      case 'answer':
        // A watch that still sees the prompt would take it for one that the answer did not change.
        await this.unwatch();
        if (this.state.pendingAnswer?.askId === step.given.askId) await this.typing.answer(step.given);
        return;
      case 'type':
        return this.typing.typeAtOnce(step.item);
      case 'turn':
        return this.typing.beginTurn(step.item);
      case 'retype':
        return this.typing.typeTurn();
      case 'watch':
        this.watch.start();
        return this.pause();
      case 'rest':
        if (this.typing.lookAgain) {
          this.typing.lookAgain = false;
          this.watch.start();
        }
        return this.pause();
    }
  }

  /** Waits until there is something to do: an outcome, a report, a step other than looking on, or time for an idle check. */
  private async pause(): Promise<void> {
    const busy = (): boolean => {
      const next = nextStep(this.state).do;
      const looksOn = next === 'rest' || (next === 'watch' && this.watch.isOn);
      return this.reports.length > 0 || this.watch.isOver || !looksOn || this.actor.shouldContinueAsNew;
    };
    const resting = this.state.status === 'ready' && this.state.session !== null && !this.watch.isOn;
    if (!resting) {
      await this.actor.until(busy);
      return;
    }
    if (await this.actor.until(busy, this.state.start.policy.idleTimeoutMs, 'idle check')) this.life.quietChecks = 0;
    else await this.life.checkIdle();
  }

  private async unwatch(): Promise<void> {
    const outcome = await this.watch.stop();
    if (outcome && !this.state.stop) this.settleOutcome(outcome);
  }

  private conclude(): void {
    const { outcome, thrown } = this.watch.take();
    if (outcome) this.settleOutcome(outcome);
    else if (!wf.isCancellation(thrown)) this.failed(thrown);
  }

  private settleOutcome(outcome: WatchOutcome): void {
    // An exit that was overtaken by a stop or a loss is old news.
    if (!this.state.session || isTerminal(this.state.status)) return;
    this.calls.record(...outcomeEvents(this.state, outcome, new Date(Date.now()).toISOString()));
  }

  private heed({ sessionId, event }: SessionReport): void {
    if (this.state.session?.sessionId !== sessionId || this.state.stop) return;
    switch (event.type) {
      case 'exited':
        // A watch in progress sees the exit itself, with the turn's output.
        if (!this.watch.isOn) this.calls.record(...whenExited(this.state, event));
        return;
      case 'lost':
        if (!this.watch.isOn) this.calls.lost(event.reason);
        return;
      case 'typed':
        this.typing.typedByHand(event.bytes, event.subject, this.watch.isOn);
    }
  }

  private failed(thrown: unknown): void {
    const { code, kind, message } = faultFrom(thrown);
    if (code === 'host.gone' || code === 'host.unreachable') return this.moveAway(message);
    this.calls.record(...failure(code, kind === 'internal' ? causeOf(thrown) : message));
  }

  /** The host is gone: what ran there is lost; the thread is prepared anew where there is a host. */
  private moveAway(reason: string): void {
    if (this.state.stop) return;
    this.calls.lost(reason);
    // A thread that only rested stays idle; it moves when it is woken.
    if (!isTerminal(this.state.status) && this.state.status !== 'idle')
      this.calls.record({ type: 'thread_status', data: { status: 'preparing', reason: 'moves to another host' } });
  }
}

const causeOf = (thrown: unknown): string => {
  let at: unknown = thrown;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message.slice(0, 1_000) : 'unknown';
};
