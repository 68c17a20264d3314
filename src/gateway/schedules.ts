/**
 * Schedules, as a caller may use them. When something runs, whether it is paused and whether it is over is asked of Temporal each time; the store has what people wrote and
 * what became of each run. docs/decisions/0013-ask-temporal-about-schedules.md says why.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { createHash, randomUUID } from 'node:crypto';
import {
  runAddress,
  SCHEDULED_START_WORKFLOW,
  SCHEDULES_MAX,
  type RunRecord,
  type RunStatus,
  type ScheduleDefinition,
  type ScheduledRun,
  type ScheduleHead,
  type ScheduleStatus,
} from '../contracts/schedule';
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import type { Target } from '../contracts/target';
import { inTurns } from '../domain/in-turns';
import { redactor } from '../domain/redaction';
import { runOf, statusOf } from '../domain/schedule/run';
import { Fault } from '../errors/fault';
import { temporalUnavailable } from './doors';
import { RunTruth, type RunStore } from './schedule-runs';
import { inTurn, type TurnStore } from './schedule-turns';
import { ANSWER_MS, runOptions, TemporalSchedules, type LiveSchedule, type Wanted } from './temporal-schedules';

export interface ScheduleStore extends RunStore, TurnStore {
  insert(head: { readonly tenant: string; readonly id: string; readonly by: string; readonly at: string }, definition: ScheduleDefinition): Promise<void>;
  addRevision(tenant: string, id: string, definition: ScheduleDefinition): Promise<number | null>;
  settle(tenant: string, id: string, revision: number, definition: ScheduleDefinition): Promise<void>;
  count(tenant: string): Promise<number>;
  get(tenant: string, id: string): Promise<ScheduleHead | null>;
  list(tenant: string, filter: { readonly patternName: string | null; readonly max: number }): Promise<readonly ScheduleHead[]>;
  definitions(tenant: string, wanted: readonly { readonly id: string; readonly revision: number }[]): Promise<ReadonlyMap<string, ScheduleDefinition>>;
  remove(tenant: string, id: string): Promise<boolean>;
  readonly once: MakeOnce;
}

/** A schedule as it is now. Times are ISO 8601. */
export interface ScheduleRow {
  readonly id: string;
  readonly definition: ScheduleDefinition;
  readonly status: ScheduleStatus;
  readonly pauseReason: string | null;
  readonly nextRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly lastRunStatus: RunStatus | null;
  readonly runCount: number;
  /** Times that passed without a run: one was still under way, or Temporal was away for longer than the catch-up window. */
  readonly skippedRuns: number;
  readonly missedRuns: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ScheduleFilter {
  readonly status: ScheduleStatus | null;
  readonly patternName: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** Questions that one list asks of Temporal at a time. */
const AT_ONCE = 16;

export class Schedules {
  private readonly temporal: TemporalSchedules;
  private readonly truth: RunTruth;

  constructor(
    private readonly client: Client,
    private readonly store: ScheduleStore,
    private readonly check: (tenant: string, target: Target) => Promise<void>,
  ) {
    this.temporal = new TemporalSchedules(client);
    this.truth = new RunTruth(client, store);
  }

  /** With a key that was used before, the schedule that it made. */
  async create(
    { tenant, subject }: Principal,
    definition: ScheduleDefinition,
    { idempotencyKey }: { readonly idempotencyKey: string | null },
  ): Promise<{ readonly schedule: ScheduleRow; readonly replayed: boolean }> {
    await this.check(tenant, definition.target);
    const id = `sch_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const request = { tenant, route: 'POST /api/schedules', key: idempotencyKey, body: definition };
    const { row: schedule, replayed } = await this.store.once(request, id, {
      find: async (made) => (await this.find(tenant, made))?.row ?? null,
      make: (made) => this.make(tenant, made, subject, definition),
    });
    return { schedule, replayed };
  }

  private async make(tenant: string, id: string, subject: string, definition: ScheduleDefinition): Promise<ScheduleRow> {
    if (definition.endAt !== null && Date.parse(definition.endAt) <= Date.now())
      throw new Fault('invalid', 'schedule.refused', 'endAt: expected a time to come', { field: 'endAt', reason: 'expected a time to come' });
    if ((await this.store.count(tenant)) >= SCHEDULES_MAX)
      throw new Fault('conflict', 'schedule.too_many', `There are ${SCHEDULES_MAX} schedules already; delete one first.`, { max: SCHEDULES_MAX });
    const at = new Date().toISOString();
    await this.store.insert({ tenant, id, by: subject, at }, definition);
    try {
      await this.temporal.create(this.wanted(tenant, id, 1, definition, { anchor: definition.startAt ?? at, remaining: definition.maxRuns }));
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.kind === 'invalid') await this.store.remove(tenant, id);
      throw thrown;
    }
    await this.store.settle(tenant, id, 1, definition);
    return (await this.known(tenant, id)).row;
  }

  async get(tenant: string, id: string): Promise<ScheduleRow> {
    return (await this.known(tenant, id)).row;
  }

  /** Newest first. A status is asked of Temporal, so a filter by it asks about every schedule of the tenant, and none about a page only. */
  async list(
    tenant: string,
    { status, patternName, limit, offset }: ScheduleFilter,
  ): Promise<{ readonly schedules: readonly ScheduleRow[]; readonly total: number }> {
    const heads = await this.store.list(tenant, { patternName, max: SCHEDULES_MAX });
    if (status === null) {
      const schedules = await this.rows(tenant, heads.slice(offset, offset + limit));
      return { schedules, total: heads.length };
    }
    const all = (await this.rows(tenant, heads)).filter((row) => row.status === status);
    return { schedules: all.slice(offset, offset + limit), total: all.length };
  }

  /** The new definition counts from one moment on, as a whole. Runs that are counted by `maxRuns` are those since the schedule was made. */
  async replace({ tenant }: Principal, id: string, definition: ScheduleDefinition): Promise<ScheduleRow> {
    await this.known(tenant, id);
    await this.check(tenant, definition.target);
    return this.changed(tenant, id, (found) => this.replaced(found, tenant, id, definition));
  }

  private async replaced({ head, live }: Found, tenant: string, id: string, definition: ScheduleDefinition): Promise<void> {
    const revision = await this.store.addRevision(tenant, id, definition);
    if (revision === null) throw notFound(id);
    const taken = live?.taken ?? head.runCount;
    const remaining = definition.maxRuns === null ? null : Math.max(0, definition.maxRuns - taken);
    const wanted = this.wanted(tenant, id, revision, definition, { anchor: definition.startAt ?? head.createdAt, remaining });
    // Temporal forgets a schedule a week after its last run: then it is made anew.
    if (!(await this.temporal.update(wanted))) await this.temporal.create(wanted);
    await this.store.settle(tenant, id, revision, definition);
  }

  async remove({ tenant }: Principal, id: string): Promise<void> {
    const removed = await inTurn(this.store, tenant, id, async () => {
      await this.temporal.remove(tenant, id);
      await this.store.remove(tenant, id);
      return true;
    });
    if (!removed) throw notFound(id);
  }

  async pause({ tenant, subject }: Principal, id: string, reason: string | null): Promise<ScheduleRow> {
    return this.changed(tenant, id, async ({ row }) => {
      if (row.status === 'paused') return;
      if (row.status === 'completed' || !(await this.temporal.pause(tenant, id, reason ?? `paused by ${subject}`))) throw completed(id);
    });
  }

  async resume({ tenant }: Principal, id: string): Promise<ScheduleRow> {
    return this.changed(tenant, id, async ({ row }) => {
      if (row.status === 'active') return;
      if (row.status === 'completed' || !(await this.temporal.resume(tenant, id))) throw completed(id);
    });
  }

  /** Runs now, beside what Temporal does at its times: it counts for no limit and waits for nobody. The same key is the same run. */
  async trigger({ tenant }: Principal, id: string, { idempotencyKey }: { readonly idempotencyKey: string | null }): Promise<RunRecord> {
    const { revision, row } = await this.known(tenant, id);
    const word = idempotencyKey === null ? randomUUID().replaceAll('-', '') : createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
    const run: ScheduledRun = { tenant, scheduleId: id, runId: `trigger-${word}`, scheduledAt: new Date().toISOString() };
    const wanted = { tenant, id, revision, definition: row.definition, shownName: shownName(row.definition) };
    try {
      await this.client.withDeadline(Date.now() + ANSWER_MS, () =>
        this.client.workflow.start(SCHEDULED_START_WORKFLOW, {
          ...runOptions(wanted),
          workflowId: runAddress(tenant, id, run.runId),
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        }),
      );
    } catch (thrown) {
      if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw temporalUnavailable(thrown);
    }
    return this.truth.noted(run);
  }

  /** Newest first; also runs that Temporal began and no worker has taken up yet. */
  async runs(
    tenant: string,
    id: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly runs: readonly RunRecord[]; readonly total: number }> {
    const { live } = await this.known(tenant, id);
    for (const { workflowId, scheduledAt } of live?.recent ?? []) {
      const run = runOf({ tenant, scheduleId: id }, workflowId, scheduledAt ?? new Date().toISOString());
      await this.store.pending(run);
    }
    const { runs, total } = await this.store.runs(tenant, id, page);
    return { runs: await inTurns(runs, AT_ONCE, (run) => this.truth.of(tenant, id, run)), total };
  }

  /** One change at a time, from what is true at its beginning to what is true at its end. */
  private async changed(tenant: string, id: string, change: (found: Found) => Promise<void>): Promise<ScheduleRow> {
    const row = await inTurn(this.store, tenant, id, async () => {
      await change(await this.known(tenant, id));
      return this.get(tenant, id);
    });
    if (row === null) throw notFound(id);
    return row;
  }

  private wanted(tenant: string, id: string, revision: number, definition: ScheduleDefinition, rest: Pick<Wanted, 'anchor' | 'remaining'>): Wanted {
    return { tenant, id, revision, definition, shownName: shownName(definition), ...rest };
  }

  private async known(tenant: string, id: string): Promise<Found> {
    const found = await this.find(tenant, id);
    if (!found) throw notFound(id);
    return found;
  }

  private async find(tenant: string, id: string): Promise<Found | null> {
    const head = await this.store.get(tenant, id);
    return head && (await this.found(tenant, [head]))[0]!;
  }

  private async rows(tenant: string, heads: readonly ScheduleHead[]): Promise<readonly ScheduleRow[]> {
    return (await this.found(tenant, heads)).flatMap((found) => (found ? [found.row] : []));
  }

  /** Null for a row that Temporal has never had: the rest of a request that was cut off. */
  private async found(tenant: string, heads: readonly ScheduleHead[]): Promise<readonly (Found | null)[]> {
    const lives = await inTurns(heads, AT_ONCE, ({ id }) => this.temporal.describe(tenant, id));
    const revisions = heads.map((head, at) => ({ id: head.id, revision: lives[at]?.revision || head.revision }));
    const definitions = await this.store.definitions(tenant, revisions);
    return inTurns(heads, AT_ONCE, async (head, at) => {
      const live = lives[at] ?? null;
      const revision = revisions[at]?.revision ?? head.revision;
      const definition = definitions.get(`${head.id}/${revision}`);
      if (!definition || (!live && !head.made)) return null;
      if (live && !head.made) await this.store.settle(tenant, head.id, revision, definition);
      const lastRun = head.lastRun && (await this.truth.of(tenant, head.id, head.lastRun));
      return { head, live, revision, row: rowOf(head, definition, live, newest(tenant, head, lastRun, live)) };
    });
  }
}

interface Found {
  readonly head: ScheduleHead;
  readonly live: LiveSchedule | null;
  readonly revision: number;
  readonly row: ScheduleRow;
}

type LastRun = Pick<RunRecord, 'scheduledAt' | 'status'> | null;

/** The last run that is recorded, unless Temporal has begun a later one that nobody has taken up yet. */
function newest(tenant: string, { id }: ScheduleHead, recorded: LastRun, live: LiveSchedule | null): LastRun {
  const begun = (live?.recent ?? []).flatMap(({ workflowId, scheduledAt }) =>
    scheduledAt ? [runOf({ tenant, scheduleId: id }, workflowId, scheduledAt).scheduledAt] : [],
  );
  const latest = begun.sort().at(-1);
  return latest !== undefined && latest > (recorded?.scheduledAt ?? '') ? { scheduledAt: latest, status: 'pending' } : recorded;
}

function rowOf(head: ScheduleHead, definition: ScheduleDefinition, live: LiveSchedule | null, last: LastRun): ScheduleRow {
  const status = live ? statusOf(live) : 'completed';
  return {
    ...{ id: head.id, definition, status, createdBy: head.createdBy, createdAt: head.createdAt, updatedAt: head.updatedAt },
    pauseReason: status === 'paused' ? (live?.note ?? null) : null,
    nextRunAt: status === 'active' ? (live?.next ?? null) : null,
    lastRunAt: last?.scheduledAt ?? null,
    lastRunStatus: last?.status ?? null,
    runCount: Math.max(head.runCount, live?.taken ?? 0),
    skippedRuns: live?.skipped ?? 0,
    missedRuns: live?.missed ?? 0,
  };
}

const shownName = ({ name }: ScheduleDefinition): string => redactor([])(name);
const notFound = (id: string): Fault => new Fault('not_found', 'schedule.not_found', 'There is no such schedule.', { id });
const completed = (id: string): Fault => new Fault('conflict', 'schedule.completed', 'The schedule is completed: nothing of it is to come.', { id });
