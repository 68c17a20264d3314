/**
 * Calls from a thread to its host. The three ways such a call can end badly are told apart here: it never started (the host does not poll: wait,
 * it is safe to ask again), the host is gone for good (fault `host.gone`), or the activity itself failed (passed on).
 */
import * as wf from '@temporalio/workflow';
import { hostQueue, type ActorRef } from '../../src/contracts/actor';
import type { HostActivities, PlacementActivities } from '../../src/contracts/managed-thread/terminal';
import { Fault } from '../../src/errors/fault';

/** How long a host may leave an activity lying before the thread counts it as not there. */
const PICKUP_MS = 10_000;

interface CallOptions {
  readonly id: string;
  readonly summary: string;
  /** How long one attempt may take. */
  readonly attemptMs: number;
}

const placement = wf.proxyActivities<PlacementActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: 200, maximumInterval: 5_000 },
});

export interface HostLink {
  readonly ref: ActorRef;
  hostId(): string | null;
  /** A host was asked for `ms` without picking the call up. */
  onSilence(hostId: string): void;
  /** A call was picked up again. */
  onAnswer(): void;
  /** True when the caller gives up rather than waits on. */
  impatient(): boolean;
}

/** A call that the host never began: only then is asking again, or elsewhere, safe without further thought. */
const neverStarted = (thrown: unknown): boolean =>
  thrown instanceof wf.ActivityFailure && thrown.cause instanceof wf.TimeoutFailure && thrown.cause.timeoutType === 'SCHEDULE_TO_START';

export async function callHost<N extends keyof HostActivities>(
  link: HostLink,
  name: N,
  input: Parameters<HostActivities[N]>[0],
  options: CallOptions,
): Promise<Awaited<ReturnType<HostActivities[N]>>> {
  for (;;) {
    const hostId = link.hostId();
    if (hostId === null) throw new Fault('internal', 'thread.no_host', 'A thread without a host called one.');
    const activities = wf.proxyActivities<HostActivities>({
      taskQueue: hostQueue(hostId),
      activityId: options.id,
      summary: options.summary,
      scheduleToStartTimeout: PICKUP_MS,
      startToCloseTimeout: options.attemptMs,
      heartbeatTimeout: 5_000,
      cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: 200, maximumInterval: 5_000, backoffCoefficient: 2 },
    });
    const activity = activities[name] as (value: typeof input) => Promise<Awaited<ReturnType<HostActivities[N]>>>;
    try {
      const result = await activity(input);
      link.onAnswer();
      return result;
    } catch (thrown) {
      if (!neverStarted(thrown)) throw thrown;
    }
    if (link.impatient()) throw new Fault('unavailable', 'host.unreachable', 'The host does not answer.', { hostId });
    link.onSilence(hostId);
    const { state } = await placement.checkHost({ hostId });
    if (state === 'gone') throw new Fault('unavailable', 'host.gone', 'The host is gone.', { hostId });
  }
}

/** The host to use: the one named while it lives, else the one with most room. Null when none is alive. */
export const chooseHost = (ref: ActorRef, agentType: string, keep: string | null) => placement.chooseHost({ actor: ref, agentType, keep });
