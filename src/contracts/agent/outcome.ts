/** How a task ended, as its row keeps it: one of three, and only the first one counts. */
import type { Facts, Kind } from '../../errors/fault';
import type { AgentTask, AgentTaskResult } from './task';

export type TaskOutcome =
  | { readonly state: 'completed'; readonly result: AgentTaskResult }
  | { readonly state: 'failed'; readonly fault: { readonly kind: Kind; readonly code: string; readonly message: string; readonly facts: Facts } }
  | { readonly state: 'cancelled'; readonly reason: string };

/** The activity that waits for a task: whoever learns the outcome completes it by these three. */
export interface WaitingActivity {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** Whose agent: its own tenant, or {@link SHARED} for one that the configuration gives to all. */
export interface AgentRef {
  readonly tenant: string;
  readonly id: string;
}

/** The tenant of agents that are described in the configuration: no tenant can be called so. */
export const SHARED = '*';

/** A task that has been claimed, as a process has it in hand. */
export interface HeldTask {
  readonly task: AgentTask;
  readonly agent: AgentRef;
  readonly waiting: WaitingActivity;
  /** The agent was sent the task, or may have been. */
  readonly asked: boolean;
  /** Milliseconds since 1970, by the database's clock. */
  readonly claimedAt: number;
  readonly askedAt: number | null;
}
