/** What every act of a thread has at hand: its state, its journal, and calls to its host that a stop gives up. */
import * as wf from '@temporalio/workflow';
import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import { isTerminal } from '../../src/contracts/managed-thread/status';
import type { HostActivities } from '../../src/contracts/managed-thread/terminal';
import { whenLost } from '../../src/domain/managed-thread/outcomes';
import type { ThreadState } from '../../src/domain/managed-thread/state';
import type { Actor } from '../kernel/actor';
import { callHost, type HostLink } from './host-calls';

export class ThreadCalls implements HostLink {
  private scope: wf.CancellationScope | null = null;

  constructor(readonly actor: Actor<ThreadState>) {}

  get ref() {
    return this.actor.ref;
  }

  /** The state now. Read it again after every await. */
  get state(): ThreadState {
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

  /** Gives up the call that is under way, because the thread is to stop. */
  abandon(): void {
    this.scope?.cancel();
  }

  record(...events: ThreadEvent[]): void {
    if (!isTerminal(this.state.status)) this.actor.record(events);
  }

  /** The session is lost, as an act found out. */
  lost(reason = 'the terminal is gone'): void {
    this.record(...whenLost(this.state, reason));
  }

  async call<N extends keyof HostActivities>(
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
}
