/** Schedules and their runs as clients see them. */
import { z } from 'zod';
import { OVERLAPS, RUN_STATUSES, SCHEDULE_STATUSES } from '../../contracts/schedule';
import { TARGET_KINDS } from '../../contracts/target';
import { shownInput } from '../../domain/schedule/shown-input';
import type { ScheduleRow } from '../../gateway/schedules';
import type { RunRecord } from '../../contracts/schedule';
import { PAGE_FIELDS } from '../http/paging';

const time = z.iso.datetime();

export const Schedule = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    status: z.enum(SCHEDULE_STATUSES).describe('`completed`: nothing is to come, because of endAt, of maxRuns, or because its times are over.'),
    cron: z.string().nullable(),
    intervalMs: z.int().nullable(),
    calendar: z.unknown().describe('As it was sent; null for a schedule by cron or interval.'),
    timezone: z.string(),
    startAt: time.nullable(),
    endAt: time.nullable(),
    jitterMs: z.int(),
    overlap: z.enum(OVERLAPS),
    catchupWindowMs: z.int(),
    pauseOnFailure: z.boolean(),
    maxRuns: z.int().nullable(),
    retryPolicy: z.object({ maxRetries: z.int(), retryDelayMs: z.int(), backoffMultiplier: z.number() }).nullable(),
    target: z
      .object({ kind: z.enum(TARGET_KINDS), input: z.record(z.string(), z.unknown()) })
      .describe('Values of environment variables are never shown: `envNames` has their names.'),
    patternName: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    pauseReason: z.string().nullable(),
    nextRunAt: time.nullable(),
    lastRunAt: time.nullable().describe('When the last run was meant to be.'),
    lastRunStatus: z.enum(RUN_STATUSES).nullable(),
    runCount: z.int(),
    skippedRuns: z.int().describe('Times without a run, because the one before was still starting its target.'),
    missedRuns: z.int().describe('Times without a run, because Temporal was away for longer than the catch-up window.'),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Schedule' });
export const ScheduleList = z.object({ schedules: z.array(Schedule), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'ScheduleList' });

export const ScheduleRun = z
  .object({
    id: z.string().describe('The time that was meant, or `trigger-…` for a run by hand. Unique in its schedule.'),
    scheduleId: z.string(),
    status: z.enum(RUN_STATUSES),
    scheduledAt: time,
    startedAt: time.nullable(),
    completedAt: time.nullable(),
    target: z
      .object({ kind: z.enum(TARGET_KINDS), id: z.string() })
      .nullable()
      .describe('What was started: for a thread, or a message to one, the id of the thread.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'ScheduleRun' });
export const ScheduleRunList = z.object({ runs: z.array(ScheduleRun), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'ScheduleRunList' });

export function scheduleView({ definition, ...row }: ScheduleRow): z.output<typeof Schedule> {
  const { target, calendar, metadata, retryPolicy, ...rest } = definition;
  const patternName = target.kind === 'pattern' && typeof target.input['patternName'] === 'string' ? target.input['patternName'] : null;
  return {
    ...rest,
    ...row,
    ...{ calendar, patternName, metadata: { ...metadata }, retryPolicy: retryPolicy && { ...retryPolicy } },
    target: { kind: target.kind, input: { ...shownInput(target) } },
  };
}

export const runView = (scheduleId: string, run: RunRecord): z.output<typeof ScheduleRun> => ({
  ...{ id: run.id, scheduleId, status: run.status, scheduledAt: run.scheduledAt, startedAt: run.startedAt, completedAt: run.completedAt },
  target: run.target && { ...run.target },
  error: run.error && { ...run.error },
});
