/** Schedules as Temporal keeps them: a definition goes in, and what is true of it now comes out. Everything has a deadline. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type CalendarSpec,
  type Client,
  type DayOfWeek,
  type Month,
  type ScheduleDescription,
  type ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { setTimeout as wait } from 'node:timers/promises';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import {
  SCHEDULE_KIND,
  SCHEDULED_START_WORKFLOW,
  scheduleAddress,
  type Calendar,
  type Overlap,
  type ScheduledStart,
  type ScheduleDefinition,
} from '../contracts/schedule';
import { DAY_NAMES, isProblem, MONTH_NAMES, readCalendar, type CalendarTimes, type Problem, type Range } from '../domain/schedule/calendar';
import { readCron } from '../domain/schedule/cron';
import { intervalOffset } from '../domain/schedule/run';
import { Fault } from '../errors/fault';
import { temporalUnavailable } from './doors';
import { kindAttributes } from './kind-attributes';
import { SharedQuestions } from './shared-questions';

/** What Temporal says of a schedule. */
export interface LiveSchedule {
  readonly revision: number;
  readonly paused: boolean;
  /** Why it is paused, as whoever paused it said. */
  readonly note: string | null;
  /** Runs that are left; null: no limit. */
  readonly remaining: number | null;
  /** When it runs next, ISO 8601, jitter included. */
  readonly next: string | null;
  readonly taken: number;
  readonly skipped: number;
  readonly missed: number;
  /** Workflow ids of runs that Temporal began lately or that still run, with the time that was meant where it says so. */
  readonly recent: readonly { readonly workflowId: string; readonly scheduledAt: string | null }[];
}

/** A schedule that is to be made or changed. `anchor`: from when intervals are counted; `remaining`: runs that are left. */
export interface Wanted {
  readonly tenant: string;
  readonly id: string;
  readonly revision: number;
  readonly definition: ScheduleDefinition;
  readonly anchor: string;
  readonly remaining: number | null;
  /** The name without secrets: people read it in Temporal. */
  readonly shownName: string;
}

/** How long Temporal may take to answer about a schedule or a run of one; while it is busy it turns questions away, which are asked again. */
export const ANSWER_MS = 15_000;

/** How long it may take until what Temporal took shows; beyond that the next look will tell. */
const SHOWN_MS = 5_000;

const POLICIES: Readonly<Record<Overlap, NonNullable<ScheduleOverlapPolicy>>> = {
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
  terminateOther: 'TERMINATE_OTHER',
  allowAll: 'ALLOW_ALL',
};

const ranges = (given: readonly Range[]): Range[] => given.map((range) => ({ ...range }));
const named = <N extends string>(given: readonly Range[], nameOf: (value: number) => N) =>
  given.map(({ start, end, step }) => ({ start: nameOf(start), end: nameOf(end), step }));

function calendarSpec(times: CalendarTimes, comment: string): CalendarSpec {
  return {
    ...{ second: ranges(times.second), minute: ranges(times.minute), hour: ranges(times.hour), dayOfMonth: ranges(times.dayOfMonth) },
    month: named(times.month, (value) => MONTH_NAMES[value - 1] as Month),
    dayOfWeek: named(times.dayOfWeek, (value) => DAY_NAMES[value] as DayOfWeek),
    year: times.year ? ranges(times.year) : '*',
    comment,
  };
}

function sound<T extends object>(read: T | Problem, field: string): T {
  if (!isProblem(read)) return read;
  throw new Fault('invalid', 'schedule.refused', `${field}: ${read.problem}`, { field, reason: read.problem });
}

/** The times of a definition in Temporal's words. */
export function specOf(definition: ScheduleDefinition, anchor: string): ScheduleSpec {
  const { cron, intervalMs, calendar, startAt, endAt, jitterMs, timezone } = definition;
  const calendars: readonly Calendar[] = calendar === null ? [] : Array.isArray(calendar) ? (calendar as readonly Calendar[]) : [calendar as Calendar];
  return {
    ...(cron === null ? {} : { calendars: sound(readCron(cron), 'cron').map((times) => calendarSpec(times, cron.slice(0, 200))) }),
    ...(calendars.length === 0 ? {} : { calendars: calendars.map((each) => calendarSpec(sound(readCalendar(each), 'calendar'), '')) }),
    ...(intervalMs === null ? {} : { intervals: [{ every: intervalMs, offset: intervalOffset(intervalMs, anchor) }] }),
    ...(startAt === null ? {} : { startAt: new Date(startAt) }),
    ...(endAt === null ? {} : { endAt: new Date(endAt) }),
    ...(jitterMs === 0 ? {} : { jitter: jitterMs }),
    timezone,
  };
}

export const startOf = ({ tenant, id, revision, definition }: Pick<Wanted, 'tenant' | 'id' | 'revision' | 'definition'>): ScheduledStart => ({
  tenant,
  scheduleId: id,
  revision,
  retryPolicy: definition.retryPolicy,
});

const attributes = (tenant: string): TypedSearchAttributes => kindAttributes(SCHEDULE_KIND, tenant);

/** How the workflow of a run looks like, whoever starts it. */
export const runOptions = (wanted: Pick<Wanted, 'tenant' | 'id' | 'revision' | 'definition' | 'shownName'>) => ({
  taskQueue: ORCHESTRATION_QUEUE,
  args: [startOf(wanted)],
  typedSearchAttributes: attributes(wanted.tenant),
  staticSummary: wanted.shownName,
});

const optionsOf = (wanted: Wanted) => ({
  spec: specOf(wanted.definition, wanted.anchor),
  action: {
    type: 'startWorkflow' as const,
    workflowType: SCHEDULED_START_WORKFLOW,
    workflowId: scheduleAddress(wanted.tenant, wanted.id),
    ...runOptions(wanted),
  },
  policies: {
    overlap: POLICIES[wanted.definition.overlap],
    catchupWindow: wanted.definition.catchupWindowMs,
    pauseOnFailure: wanted.definition.pauseOnFailure,
  },
  typedSearchAttributes: attributes(wanted.tenant),
});

const left = (remaining: number | null) => (remaining === null ? {} : { remainingActions: remaining });

export class TemporalSchedules {
  private readonly questions = new SharedQuestions<ScheduleDescription | null>();

  constructor(private readonly client: Client) {}

  /** Does nothing when it is there. */
  async create(wanted: Wanted): Promise<void> {
    const options = { ...optionsOf(wanted), scheduleId: scheduleAddress(wanted.tenant, wanted.id), state: left(wanted.remaining) };
    await this.ask(async () => {
      await this.client.schedule.create(options).catch((thrown: unknown) => {
        if (!(thrown instanceof ScheduleAlreadyRunning)) throw thrown;
      });
      return true;
    });
  }

  /** Everything at once: times, policies and the revision that counts. Paused stays paused. False when Temporal has no such schedule. */
  async update(wanted: Wanted): Promise<boolean> {
    const changed = await this.ask(async () => {
      await this.handle(wanted.tenant, wanted.id).update(({ state }) => ({
        ...optionsOf(wanted),
        state: { paused: state.paused, ...(state.note === undefined ? {} : { note: state.note }), ...left(wanted.remaining) },
      }));
      return true;
    });
    return changed === true && this.seen(wanted.tenant, wanted.id, ({ revision }) => revision >= wanted.revision);
  }

  /** Null when Temporal has no such schedule. */
  async describe(tenant: string, id: string): Promise<LiveSchedule | null> {
    const found = await this.questions.ask(scheduleAddress(tenant, id), () => this.ask(() => this.handle(tenant, id).describe()));
    return found && liveOf(found);
  }

  async pause(tenant: string, id: string, note: string): Promise<boolean> {
    const asked = await this.ask(() => this.handle(tenant, id).pause(note).then(done));
    return asked === true && this.seen(tenant, id, ({ paused }) => paused);
  }

  async resume(tenant: string, id: string): Promise<boolean> {
    // Without a note the SDK would write one of its own.
    const asked = await this.ask(() => this.handle(tenant, id).unpause(' ').then(done));
    return asked === true && this.seen(tenant, id, ({ paused }) => !paused);
  }

  async remove(tenant: string, id: string): Promise<void> {
    await this.ask(() => this.handle(tenant, id).delete());
  }

  /** Waits until Temporal, which takes changes by signal, shows this one: then the next change is made from it. True while there is such a schedule. */
  private async seen(tenant: string, id: string, is: (live: LiveSchedule) => boolean): Promise<boolean> {
    for (const until = performance.now() + SHOWN_MS; ;) {
      const live = await this.describe(tenant, id);
      if (live === null) return false;
      if (is(live) || performance.now() > until) return true;
      await wait(50);
    }
  }

  private handle(tenant: string, id: string) {
    return this.client.schedule.getHandle(scheduleAddress(tenant, id));
  }

  /** Null for what Temporal does not have. Faults: `schedule.refused` (invalid), `temporal.unavailable`. */
  private async ask<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await this.client.withDeadline(Date.now() + ANSWER_MS, call);
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown;
      if (thrown instanceof ScheduleNotFoundError) return null;
      if (thrown instanceof TypeError || thrown instanceof RangeError)
        throw new Fault('invalid', 'schedule.refused', `Temporal refuses these times: ${thrown.message}`, { reason: thrown.message }, thrown);
      throw temporalUnavailable(thrown);
    }
  }
}

const done = (): true => true;

function liveOf({ action, state, info }: ScheduleDescription): LiveSchedule {
  const [start] = (action.args ?? []) as readonly (ScheduledStart | undefined)[];
  const recent = [
    ...info.recentActions.map(({ scheduledAt, action: { workflow } }) => ({ workflowId: workflow.workflowId, scheduledAt: scheduledAt.toISOString() })),
    ...info.runningActions.map(({ workflow }) => ({ workflowId: workflow.workflowId, scheduledAt: null })),
  ];
  return {
    revision: start?.revision ?? 0,
    paused: state.paused,
    note: state.note?.trim() ? state.note : null,
    remaining: state.remainingActions ?? null,
    next: info.nextActionTimes[0]?.toISOString() ?? null,
    ...{ taken: info.numActionsTaken, skipped: info.numActionsSkippedOverlap, missed: info.numActionsMissedCatchupWindow },
    recent,
  };
}
