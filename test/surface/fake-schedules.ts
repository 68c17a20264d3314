/** Schedules in memory, for tests of the surface: nothing runs by itself. */
import type { ScheduleDefinition } from '../../src/contracts/schedule';
import { isServed } from '../../src/contracts/target';
import { Fault } from '../../src/errors/fault';
import type { RunRecord } from '../../src/contracts/schedule';
import type { ScheduleRow } from '../../src/gateway/schedules';
import type { SchedulePorts } from '../../src/surfaces/control-plane/schedules';

interface Kept {
  readonly tenant: string;
  readonly key: string | null;
  readonly runs: RunRecord[];
  row: ScheduleRow;
}

const AT = '2026-03-01T08:00:00.000Z';

export class FakeSchedules implements SchedulePorts {
  readonly kept: Kept[] = [];
  private made = 0;

  add(definition: Partial<ScheduleDefinition> = {}, tenant = 'default', key: string | null = null): ScheduleRow {
    const whole: ScheduleDefinition = {
      ...{ name: 'nightly', description: null, cron: '0 2 * * *', intervalMs: null, calendar: null, timezone: 'UTC', startAt: null, endAt: null },
      ...{ jitterMs: 0, overlap: 'skip', catchupWindowMs: 3_600_000, pauseOnFailure: false, maxRuns: null, retryPolicy: null, metadata: {} },
      target: { kind: 'thread-message', input: { threadId: 'thr_1', message: 'hello' } },
      ...definition,
    };
    const row: ScheduleRow = {
      ...{ id: `sch_${++this.made}`, definition: whole, status: 'active', pauseReason: null, nextRunAt: '2026-03-02T02:00:00.000Z' },
      ...{ lastRunAt: null, lastRunStatus: null, runCount: 0, skippedRuns: 0, missedRuns: 0, createdBy: 'local', createdAt: AT, updatedAt: AT },
    };
    this.kept.unshift({ tenant, key, runs: [], row });
    return row;
  }

  private find(tenant: string, id: string): Kept {
    const found = this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id);
    if (!found) throw new Fault('not_found', 'schedule.not_found', 'There is no such schedule.', { id });
    return found;
  }

  private served({ target }: ScheduleDefinition): void {
    if (!isServed(target.kind))
      throw new Fault('unsupported', 'target.unsupported', `A target of the kind ${target.kind} is not served yet.`, { kind: target.kind });
  }

  create: SchedulePorts['create'] = async ({ tenant }, definition, { idempotencyKey }) => {
    this.served(definition);
    const first = this.kept.find((kept) => kept.tenant === tenant && kept.key !== null && kept.key === idempotencyKey);
    if (first) return Promise.resolve({ schedule: first.row, replayed: true });
    return Promise.resolve({ schedule: this.add(definition, tenant, idempotencyKey), replayed: false });
  };

  get: SchedulePorts['get'] = async (tenant, id) => Promise.resolve(this.find(tenant, id).row);

  list: SchedulePorts['list'] = async (tenant, { status, patternName, limit, offset }) => {
    const mine = this.kept.filter((kept) => kept.tenant === tenant && (status === null || kept.row.status === status) && patternName === null);
    return Promise.resolve({ schedules: mine.slice(offset, offset + limit).map(({ row }) => row), total: mine.length });
  };

  replace: SchedulePorts['replace'] = async ({ tenant }, id, definition) => {
    const kept = this.find(tenant, id);
    this.served(definition);
    kept.row = { ...kept.row, definition };
    return Promise.resolve(kept.row);
  };

  remove: SchedulePorts['remove'] = async ({ tenant }, id) => {
    this.kept.splice(this.kept.indexOf(this.find(tenant, id)), 1);
    return Promise.resolve();
  };

  pause: SchedulePorts['pause'] = async ({ tenant }, id, reason) => {
    const kept = this.find(tenant, id);
    kept.row = { ...kept.row, status: 'paused', pauseReason: reason, nextRunAt: null };
    return Promise.resolve(kept.row);
  };

  resume: SchedulePorts['resume'] = async ({ tenant }, id) => {
    const kept = this.find(tenant, id);
    kept.row = { ...kept.row, status: 'active', pauseReason: null };
    return Promise.resolve(kept.row);
  };

  trigger: SchedulePorts['trigger'] = async ({ tenant }, id) => {
    const kept = this.find(tenant, id);
    const run: RunRecord = {
      ...{ id: `trigger-${kept.runs.length + 1}`, status: 'pending', scheduledAt: AT, startedAt: null, completedAt: null, target: null, error: null },
    };
    kept.runs.unshift(run);
    return Promise.resolve(run);
  };

  runs: SchedulePorts['runs'] = async (tenant, id, { limit, offset }) => {
    const { runs } = this.find(tenant, id);
    return Promise.resolve({ runs: runs.slice(offset, offset + limit), total: runs.length });
  };
}
