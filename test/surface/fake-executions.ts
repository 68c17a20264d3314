/** Executions and batches in memory, for tests of the surface: a test says what happens to them. */
import { itemExecutionId, type BatchItem } from '../../src/contracts/execution/batch';
import { endsExecution } from '../../src/contracts/execution/events';
import type { InputSource } from '../../src/contracts/execution/start';
import { hasEnded } from '../../src/contracts/execution/status';
import { openBatch } from '../../src/domain/batch/batch';
import { Fault } from '../../src/errors/fault';
import { pendingExecution } from '../../src/gateway/execution-start';
import type { BatchPorts, BatchRow } from '../../src/surfaces/control-plane/batches';
import type { EventRow, ExecutionPorts, ExecutionRow, TaskRow } from '../../src/surfaces/control-plane/execution-ports';

const AT = '2026-03-01T08:00:00.000Z';
const by = { subject: 'local', via: 'api' as const };

/** A journal of one actor, and who follows it. */
class FakeJournal {
  readonly events: EventRow[] = [];
  private wake: () => void = () => undefined;

  record(type: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.events.push({ seq: this.events.length + 1, type, data, at: AT, by, requestId: null });
    this.wake();
  }

  page({ after, limit, types }: { readonly after: number; readonly limit: number; readonly types: readonly string[] }): readonly EventRow[] {
    return this.events.filter(({ seq, type }) => seq > after && (types.length === 0 || types.includes(type))).slice(0, limit);
  }

  async *follow(after: number, signal: AbortSignal): AsyncIterable<EventRow> {
    for (let at = after; !signal.aborted;) {
      const next = this.events[at];
      if (next) {
        at += 1;
        yield next;
      } else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
    }
  }
}

interface Kept {
  row: ExecutionRow;
  readonly tenant: string;
  readonly key: string | null;
  readonly tasks: TaskRow[];
  readonly journal: FakeJournal;
}

export class FakeExecutions implements ExecutionPorts {
  readonly kept: Kept[] = [];
  readonly asked: Parameters<ExecutionPorts['gateway']['start']>[1][] = [];
  /** Called with each execution that is started. */
  onStart: (kept: Kept) => void = () => undefined;
  /** Whether a tenant has a pattern of this name; unless a test says otherwise everybody has every one. */
  knows: (tenant: string, pattern: string) => boolean = () => true;
  syncWaitMs = 200;
  private made = 0;

  add(more: Partial<ExecutionRow> = {}, { tenant = 'default', key = null }: { readonly tenant?: string; readonly key?: string | null } = {}): Kept {
    const id = `exec_${++this.made}`;
    const pending = pendingExecution({
      ...{ id, tenant, patternName: 'content-classifier', patternVersion: '1.0.0', plan: { value: null }, planRef: 'a'.repeat(64) },
      ...{ input: { value: { content: 'x' } }, timeoutMs: null, priority: 'normal', metadata: {}, retriedFrom: null, parent: null, batch: null, depth: 0, by },
      createdAt: AT,
    });
    const kept: Kept = { row: { ...pending, id, lastSeq: 0, ...more }, tenant, key, tasks: [], journal: new FakeJournal() };
    this.kept.unshift(kept);
    return kept;
  }

  /** Ends one as its workflow would. */
  end(kept: Kept, more: Partial<ExecutionRow>): void {
    kept.row = { ...kept.row, startedAt: AT, completedAt: AT, durationMs: 2_340, ...more, lastSeq: kept.journal.events.length + 1 };
    kept.journal.record(kept.row.status, { status: kept.row.status, result: kept.row.result });
  }

  private find(tenant: string, id: string): Kept {
    const found = this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id);
    if (!found) throw new Fault('not_found', 'execution.not_found', 'There is no execution of this id.', { executionId: id });
    return found;
  }

  private begin(tenant: string, key: string | null, more: Partial<ExecutionRow> = {}) {
    const first = this.kept.find((kept) => kept.tenant === tenant && kept.key !== null && kept.key === key);
    if (first) return { execution: first.row, replayed: true };
    const kept = this.add(more, { tenant, key });
    kept.journal.record('started', { executionId: kept.row.id, status: 'running' });
    this.onStart(kept);
    return { execution: kept.row, replayed: false };
  }

  readonly gateway: ExecutionPorts['gateway'] = {
    start: async ({ tenant }, request, { idempotencyKey }) => {
      this.asked.push(request);
      if (!this.knows(tenant, request.pattern)) throw new Fault('not_found', 'pattern.not_found', 'There is no such pattern.', { name: request.pattern });
      return Promise.resolve(this.begin(tenant, idempotencyKey));
    },
    retry: async ({ tenant }, id, { idempotencyKey }) => {
      const { row } = this.find(tenant, id);
      if (!hasEnded(row.status)) throw new Fault('conflict', 'execution.running', 'It has not ended.', { status: row.status });
      return Promise.resolve(this.begin(tenant, idempotencyKey, { start: { ...row.start, retriedFrom: id } }));
    },
    cancel: async ({ tenant, subject }, id, { reason }) => {
      const kept = this.find(tenant, id);
      if (hasEnded(kept.row.status) && !kept.row.cancel) throw new Fault('conflict', 'execution.ended', 'It has ended.', { status: kept.row.status });
      const repeated = kept.row.cancel !== null;
      const cancel = kept.row.cancel ?? { by: subject, reason: reason ?? null, at: AT };
      if (!repeated) this.end(kept, { status: 'cancelled', cancel });
      return Promise.resolve({ status: 'done' as const, reply: { seq: 1, cancelledAt: cancel.at, reason: cancel.reason, repeated } });
    },
    approve: async ({ tenant, subject }, id, { approve }) => {
      const { row } = this.find(tenant, id);
      const [open] = row.approvals;
      if (!open) throw new Fault('conflict', 'execution.nothing_to_approve', 'Nothing waits for an approval in this execution.', { status: row.status });
      const reply = { seq: 2, approvalId: open.approvalId, approve, answeredBy: subject, answeredAt: AT, repeated: false };
      return Promise.resolve({ status: 'done' as const, reply });
    },
  };

  readonly reads: ExecutionPorts['reads'] = {
    get: (tenant, id) => Promise.resolve(this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id)?.row ?? null),
    tasks: (tenant, id) => Promise.resolve(this.find(tenant, id).tasks),
    list: (tenant, { pattern, status, limit, offset }) => {
      const mine = this.kept.filter(
        (kept) =>
          kept.tenant === tenant && (pattern === undefined || kept.row.start.patternName === pattern) && (status === undefined || kept.row.status === status),
      );
      return Promise.resolve({ executions: mine.slice(offset, offset + limit).map(({ row }) => row), total: mine.length });
    },
    summary: (_tenant, pattern) =>
      Promise.resolve({
        total: pattern === undefined ? 4 : 1,
        successful: 2,
        failed: 1,
        cancelled: 0,
        inProgress: 1,
        averageMs: 12.5,
        averageConfidence: null,
      }),
    periods: (_tenant, _unit, count) =>
      Promise.resolve(
        Array.from({ length: count }, () => ({ from: AT, ...{ total: 0, successful: 0, failed: 0, cancelled: 0 }, averageMs: null, averageConfidence: null })),
      ),
    value: (_tenant: string, stored: InputSource) => Promise.resolve('value' in stored ? stored.value : 'kept apart'),
    events: (tenant, id, page) => Promise.resolve(this.find(tenant, id).journal.page(page)),
    follow: (tenant, id, after, signal) => this.find(tenant, id).journal.follow(after, signal),
    ending: (tenant, id) => {
      const over = new AbortController();
      return Promise.resolve({ heard: endIn(this.find(tenant, id).journal, over.signal), stop: () => over.abort() });
    },
  };
}

async function endIn(journal: FakeJournal, signal: AbortSignal): Promise<void> {
  for await (const { type } of journal.follow(journal.events.length, signal)) if (endsExecution(type)) return;
}

interface KeptBatch {
  row: BatchRow;
  readonly tenant: string;
  readonly journal: FakeJournal;
}

export class FakeBatches implements BatchPorts {
  readonly kept: KeptBatch[] = [];
  readonly asked: Parameters<BatchPorts['start']>[1][] = [];

  private find(tenant: string, id: string): KeptBatch {
    const found = this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id);
    if (!found) throw new Fault('not_found', 'batch.not_found', 'There is no batch of this id.', { batchId: id });
    return found;
  }

  record(kept: KeptBatch, type: string, data: Readonly<Record<string, unknown>> = {}): void {
    kept.journal.record(type, data);
    kept.row = { ...kept.row, lastSeq: kept.journal.events.length };
  }

  start: BatchPorts['start'] = async ({ tenant }, request) => {
    this.asked.push(request);
    const id = `batch_${this.kept.length + 1}`;
    const start = {
      ...{ id, tenant, patternName: request.pattern, patternVersion: '1.0.0', planRef: 'a'.repeat(64), total: request.inputs.length },
      ...{ concurrency: request.concurrency, stopOnError: request.stopOnError, timeoutMs: null, priority: request.priority, metadata: {}, by, createdAt: AT },
    };
    const kept: KeptBatch = { row: { ...openBatch(start), id, lastSeq: 1 }, tenant, journal: new FakeJournal() };
    kept.journal.record('started', { batchId: id });
    this.kept.push(kept);
    return Promise.resolve({ batch: kept.row, replayed: false });
  };
  cancel: BatchPorts['cancel'] = async ({ tenant, subject }, id, { reason }) => {
    const kept = this.find(tenant, id);
    kept.row = { ...kept.row, status: 'cancelled', completedAt: AT, cancel: { by: subject, reason: reason ?? null, at: AT } };
    this.record(kept, 'cancelled', { status: 'cancelled' });
    return Promise.resolve({ status: 'done' as const, reply: { seq: 2, cancelledAt: AT, reason: reason ?? null, repeated: false } });
  };
  get: BatchPorts['get'] = (tenant, id) => Promise.resolve(this.kept.find((kept) => kept.tenant === tenant && kept.row.id === id)?.row ?? null);
  items: BatchPorts['items'] = (_tenant, { id, start }, { limit, offset }) =>
    Promise.resolve(
      Array.from({ length: Math.max(0, Math.min(limit, start.total - offset)) }, (_, at): BatchItem => ({
        ...{ index: offset + at, executionId: itemExecutionId(id, offset + at), status: 'completed', result: { value: { at: offset + at } } },
        ...{ confidence: 0.5, error: null, durationMs: 3 },
      })),
    );
  value: BatchPorts['value'] = (_tenant, stored) => Promise.resolve('value' in stored ? stored.value : 'kept apart');
  events: BatchPorts['events'] = (tenant, id, page) => Promise.resolve(this.find(tenant, id).journal.page(page));
  follow: BatchPorts['follow'] = (tenant, id, after, signal) => this.find(tenant, id).journal.follow(after, signal);
}
