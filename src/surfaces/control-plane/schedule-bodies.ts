/** What clients send about schedules, and what it means. */
import { z } from 'zod';
import { OVERLAPS, SCHEDULE_STATUSES, type ScheduleDefinition } from '../../contracts/schedule';
import { isProblem, readCalendar } from '../../domain/schedule/calendar';
import { readCron } from '../../domain/schedule/cron';
import { zoneProblem } from '../../domain/schedule/zone';
import { pageShape } from '../http/paging';
import { metadata, text } from './fields';
import { TargetBody, targetOf } from './targets';

const YEAR_MS = 366 * 86_400_000;
const time = z.iso.datetime({ offset: true, error: 'expected a time such as 2026-03-01T09:00:00Z' });

const Field = z.union([z.int().min(0).max(9_999), z.string().min(1).max(200)]).optional();
const CalendarBody = z
  .strictObject({ second: Field, minute: Field, hour: Field, dayOfMonth: Field, month: Field, dayOfWeek: Field, year: Field })
  .superRefine((calendar, context) => {
    const read = readCalendar(calendar);
    if (isProblem(read)) context.addIssue({ code: 'custom', path: read.field === null ? [] : [read.field], message: read.problem });
  })
  .meta({
    id: 'Calendar',
    description:
      'Times that fit every field. A field is a number, or parts as in a cron expression (`MON-FRI`, `0,30`, `*`). Left away: 0 for second, minute and hour, anything for the rest.',
  });

const cron = text(200)
  .min(1)
  .superRefine((expression, context) => {
    const read = readCron(expression);
    if (isProblem(read)) context.addIssue({ code: 'custom', path: [], message: read.field === null ? read.problem : `${read.field}: ${read.problem}` });
  })
  .describe('Five fields, six with the second in front, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.');

const RetryBody = z
  .strictObject({
    maxRetries: z.int().min(0).max(100),
    retryDelayMs: z.int().min(0).max(3_600_000),
    backoffMultiplier: z.number().min(1).max(10).default(1),
  })
  .describe('More tries when the target cannot be started now but may be later, as with a full queue.');

const Fields = {
  name: text(200).min(1),
  description: text(2_000).optional(),
  cron: cron.optional(),
  intervalMs: z.int().min(1_000).max(YEAR_MS).multipleOf(1_000, 'expected whole seconds').optional(),
  calendar: z.union([CalendarBody, z.array(CalendarBody).min(1).max(20)]).optional(),
  timezone: z
    .string()
    .superRefine((zone, context) => {
      const problem = zoneProblem(zone);
      if (problem !== null) context.addIssue({ code: 'custom', path: [], message: problem });
    })
    .default('UTC')
    .describe('In which cron and calendar are meant: a name of the IANA database.'),
  startAt: time.optional(),
  endAt: time.optional(),
  jitterMs: z.int().min(0).max(86_400_000).default(0).describe('Each run comes up to so much later.'),
  overlap: z.enum(OVERLAPS).default('skip').describe('When the run before is still starting its target.'),
  catchupWindowMs: z
    .int()
    .min(10_000)
    .max(30 * 86_400_000)
    .default(3_600_000)
    .describe('Times that passed while Temporal was away are made up for when they are not older.'),
  pauseOnFailure: z.boolean().default(false),
  maxRuns: z.int().min(1).max(1_000_000).optional().describe('Runs at their times; those by hand do not count.'),
  retryPolicy: RetryBody.optional(),
  target: TargetBody.optional(),
  patternName: text(200).min(1).optional().describe('With `input`, another way to write a target of the kind `pattern`.'),
  input: z.record(z.string(), z.unknown()).optional(),
  metadata: metadata.default({}),
};

const TIMES = ['cron', 'intervalMs', 'calendar'] as const;

type Body = z.output<z.ZodObject<typeof Fields>>;

function checkWhole(body: Body, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
  const given = TIMES.filter((name) => body[name] !== undefined);
  if (given.length === 0) refuse('cron', `expected one of ${TIMES.join(', ')}`);
  if (given.length > 1) refuse(given[1] ?? 'cron', `expected exactly one of ${TIMES.join(', ')}, found ${given.join(' and ')}`);
  if (body.target === undefined && body.patternName === undefined) refuse('target', 'expected a target, or a patternName');
  if (body.target !== undefined && body.patternName !== undefined) refuse('patternName', 'expected a target or a patternName, not both');
  if (body.target !== undefined && body.input !== undefined) refuse('input', 'belongs into target.input');
  if (body.startAt !== undefined && body.endAt !== undefined && Date.parse(body.endAt) <= Date.parse(body.startAt))
    refuse('endAt', 'expected a time after startAt');
}

export const ScheduleBody = z.strictObject(Fields).superRefine(checkWhole).meta({ id: 'ScheduleInput' });

const utc = (given: string | undefined): string | null => (given === undefined ? null : new Date(given).toISOString());

export const definitionOf = (body: Body): ScheduleDefinition => ({
  ...{ name: body.name, description: body.description ?? null, timezone: body.timezone, metadata: body.metadata, target: targetOf(body) },
  ...{ cron: body.cron ?? null, intervalMs: body.intervalMs ?? null, calendar: body.calendar ?? null },
  ...{ startAt: utc(body.startAt), endAt: utc(body.endAt), jitterMs: body.jitterMs, overlap: body.overlap, catchupWindowMs: body.catchupWindowMs },
  ...{ pauseOnFailure: body.pauseOnFailure, maxRuns: body.maxRuns ?? null, retryPolicy: body.retryPolicy ?? null },
});

export const PauseBody = z.strictObject({ reason: text(500).min(1).optional() });
export const ScheduleParams = z.object({ id: z.string().min(1).max(128) });
export const ScheduleQuery = z.object({
  status: z.enum(SCHEDULE_STATUSES).optional(),
  patternName: z.string().min(1).max(200).optional(),
  ...pageShape(),
});
