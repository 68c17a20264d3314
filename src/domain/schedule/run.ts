/** Runs of a schedule: their ids and times, and what the schedule's state says in one word. */
import { scheduleAddress, type RetryPolicy, type ScheduledRun, type ScheduleStatus } from '../../contracts/schedule';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The run that a workflow of this id is. Temporal ends the id with the time that was meant; a run by hand was meant for when it began. */
export function runOf({ tenant, scheduleId }: Pick<ScheduledRun, 'tenant' | 'scheduleId'>, workflowId: string, startedAt: string): ScheduledRun {
  const runId = workflowId.slice(scheduleAddress(tenant, scheduleId).length + 1);
  return { tenant, scheduleId, runId, scheduledAt: TIME.test(runId) ? new Date(runId).toISOString() : startedAt };
}

/** Makes the start of a run happen once, whoever tries. */
export const startKey = ({ scheduleId, runId }: Pick<ScheduledRun, 'scheduleId' | 'runId'>): string => `schedule:${scheduleId}:${runId}`;

const DELAY_MAX_MS = 3_600_000;

/** Milliseconds before the try after `retries` retries; null when there is none. */
export function retryDelay(policy: RetryPolicy | null, retries: number): number | null {
  if (!policy || retries >= policy.maxRetries) return null;
  return Math.min(DELAY_MAX_MS, Math.round(policy.retryDelayMs * policy.backoffMultiplier ** retries));
}

/** What can come no more is completed, paused or not. */
export function statusOf(state: { readonly paused: boolean; readonly remaining: number | null; readonly next: string | null }): ScheduleStatus {
  if (state.remaining === 0 || state.next === null) return 'completed';
  return state.paused ? 'paused' : 'active';
}

/** Where intervals are counted from, so that the first run is one interval after the schedule was made, not at a round number of them since 1970. */
export const intervalOffset = (intervalMs: number, anchor: string): number => (Math.floor(Date.parse(anchor) / 1_000) * 1_000) % intervalMs;
