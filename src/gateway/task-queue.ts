/** What Temporal knows of a task queue: who polls it, and what waits in it. */
import type { Client } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { temporalUnavailable } from './doors';

export interface QueueState {
  /** Worker processes that polled it within {@link POLLED_WITHIN_MS}. */
  readonly pollers: number;
  /** Tasks that wait, as far as the server knows; those in the short queues of single workers are not among them. */
  readonly backlog: number;
  /** Age of the oldest of them. */
  readonly backlogAgeMs: number;
}

/** The numbers of the wire's TaskQueueType. */
const TYPES = { workflow: 1, activity: 2 } as const;
export type QueueType = keyof typeof TYPES;

/**
 * A worker without work asks anew when a poll of a minute has run out, and only then is it seen again. One that was killed counts for so long: Temporal does not
 * tell it from one that waits.
 */
export const POLLED_WITHIN_MS = 75_000;

/** Fault `temporal.unavailable` (unavailable) when the cluster does not answer within `deadlineMs`. */
export async function queueState(client: Client, name: string, type: QueueType, deadlineMs: number): Promise<QueueState> {
  const asked = { namespace: client.options.namespace, taskQueue: { name }, taskQueueType: TYPES[type], reportStats: true };
  try {
    const { pollers, stats } = await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.describeTaskQueue(asked));
    const since = Date.now() - POLLED_WITHIN_MS;
    return {
      pollers: (pollers ?? []).filter(({ lastAccessTime }) => (optionalTsToMs(lastAccessTime) ?? 0) >= since).length,
      backlog: Number(stats?.approximateBacklogCount ?? 0),
      backlogAgeMs: optionalTsToMs(stats?.approximateBacklogAge) ?? 0,
    };
  } catch (thrown) {
    throw temporalUnavailable(thrown);
  }
}
