/** A schedule and its runs, as they are said between processes. Temporal decides when a run begins; a run is one workflow, which starts the target once. */
import type { StartedTarget, Target } from './target';

export const SCHEDULE_KIND = 'schedule';
export const SCHEDULED_START_WORKFLOW = 'scheduledStart';

/** Id of the schedule in Temporal, and the beginning of its runs' workflow ids: Temporal adds a dash and the time, a run by hand a dash and a word. */
export const scheduleAddress = (tenant: string, id: string): string => `${SCHEDULE_KIND}/${tenant}/${id}`;
export const runAddress = (tenant: string, id: string, runId: string): string => `${scheduleAddress(tenant, id)}-${runId}`;

/** Schedules that one tenant may have. */
export const SCHEDULES_MAX = 500;
/** Runs of one schedule that are kept; older ones are forgotten. */
export const RUNS_KEPT = 1_000;

export const OVERLAPS = ['skip', 'bufferOne', 'bufferAll', 'cancelOther', 'terminateOther', 'allowAll'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export const SCHEDULE_STATUSES = ['active', 'paused', 'completed'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** pending: Temporal has begun it, no worker has taken it up. skipped: it was cancelled before it started anything. */
export const RUN_STATUSES = ['pending', 'running', 'success', 'failure', 'skipped'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Tries after the first, when the target could not be started but may be later (a full queue). Delays grow by the multiplier, to an hour at most. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly backoffMultiplier: number;
}

/**
 * Times that fit all of the fields. A field is a number, or parts as in a cron expression: `MON-FRI`, `0,30`, `*`. One that is not given: 0 for second, minute and hour,
 * anything for the rest.
 */
export type Calendar = {
  readonly [F in 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek' | 'year']?: number | string | undefined;
};

/** When: exactly one of the three is there. */
export interface Times {
  readonly cron: string | null;
  readonly intervalMs: number | null;
  readonly calendar: Calendar | readonly Calendar[] | null;
}

/** What somebody wants done, and when. Times are ISO 8601. */
export interface ScheduleDefinition extends Times {
  readonly name: string;
  readonly description: string | null;
  readonly timezone: string;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly jitterMs: number;
  readonly overlap: Overlap;
  readonly catchupWindowMs: number;
  readonly pauseOnFailure: boolean;
  readonly maxRuns: number | null;
  readonly retryPolicy: RetryPolicy | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly target: Target;
}

/** Argument of the workflow of a run: which revision of the definition to start. The definition itself is in the store, sealed where it must be. */
export interface ScheduledStart {
  readonly tenant: string;
  readonly scheduleId: string;
  readonly revision: number;
  readonly retryPolicy: RetryPolicy | null;
}

/** One run. `runId` is unique in its schedule: the time (`2026-03-01T09:00:00Z`), or `trigger-…` for one by hand. */
export interface ScheduledRun {
  readonly tenant: string;
  readonly scheduleId: string;
  readonly runId: string;
  readonly scheduledAt: string;
}

export interface RunError {
  readonly code: string;
  readonly message: string;
}

/** A run as it is known afterwards. Times are ISO 8601. */
export interface RunRecord {
  readonly id: string;
  readonly status: RunStatus;
  readonly scheduledAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly target: StartedTarget | null;
  readonly error: RunError | null;
}

/** What is kept of a schedule besides its definition. */
export interface ScheduleHead {
  readonly id: string;
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly made: boolean;
  readonly runCount: number;
  readonly lastRun: RunRecord | null;
}

export type StartOutcome =
  { readonly state: 'started'; readonly target: StartedTarget } | { readonly state: 'refused'; readonly error: RunError; readonly mayRetry: boolean };

export type RunEnd =
  | { readonly status: 'success'; readonly target: StartedTarget; readonly error: null }
  | { readonly status: 'failure' | 'skipped'; readonly target: null; readonly error: RunError };

/** The activities of a run, on the worker's task queue. */
export interface ScheduleActivities {
  /** Starts the target, once for each run however often this is tried. */
  startScheduledTarget(run: ScheduledRun & { readonly revision: number }): Promise<StartOutcome>;
  recordScheduledRun(run: ScheduledRun & { readonly end: RunEnd }): Promise<void>;
}
