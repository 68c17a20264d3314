/** Executions as clients see them (seed 001 "Executions"). Absent values are absent. */
import { z } from 'zod';
import { EXECUTION_STATUSES } from '../../contracts/execution/status';
import { StoredValue } from '../../contracts/execution/value';
import { inTurns } from '../../domain/in-turns';
import { PAGE_FIELDS } from '../http/paging';
import { EVENT_PAGE_FIELDS } from '../http/resume';
import type { Counts, EventRow, ExecutionReads, ExecutionRow, TaskRow } from './execution-ports';

const time = z.iso.datetime();
const count = z.int().min(0);
const share = z.number();
const Status = z.enum(EXECUTION_STATUSES);
const ErrorView = z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() });

export const AgentView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['running', 'completed', 'failed', 'cancelled']),
  result: z.unknown().optional(),
  confidence: share.optional(),
  reasoning: z.string().optional(),
  error: ErrorView.optional(),
  duration: count.optional(),
  step: z.string(),
  attempt: z.int().min(1),
});

export const Execution = z
  .object({
    executionId: z.string(),
    pattern: z.object({ name: z.string(), version: z.string() }),
    status: Status,
    input: z.unknown(),
    result: z.unknown().optional(),
    confidence: share.optional(),
    error: ErrorView.optional(),
    warnings: z.array(z.string()).optional(),
    createdAt: time,
    startedAt: time.optional(),
    completedAt: time.optional(),
    duration: count.optional().describe('Milliseconds.'),
    agents: z.array(AgentView).describe('One entry for each task that was given to an agent, in the order in which they were given.'),
    approvals: z
      .array(z.object({ approvalId: z.string(), step: z.string(), to: z.string().nullable(), message: z.string(), deadlineAt: time.nullable() }))
      .optional()
      .describe('What waits for a person: `POST …/approve` answers.'),
    threads: z
      .array(z.object({ threadId: z.string(), role: z.string(), instance: count }))
      .optional()
      .describe('Of an org chart: the managed threads of its roles.'),
    blocked: z
      .array(z.object({ threadId: z.string(), role: z.string(), step: z.string(), ask: z.object({ id: z.string(), kind: z.string(), text: z.string() }) }))
      .optional()
      .describe('Threads that wait for a person: `POST /api/managed-threads/{id}/approvals` answers.'),
    priority: z.string(),
    timeout: z.int().optional(),
    metadata: z.record(z.string(), z.unknown()),
    cancelled: z.object({ by: z.string(), reason: z.string().nullable(), at: time }).optional(),
    retriedFrom: z.string().optional(),
    parent: z.object({ executionId: z.string(), step: z.string() }).optional(),
    batch: z.object({ id: z.string(), index: count }).optional(),
    lastSeq: count.describe('The last event that this answer contains; a stream from here misses nothing.'),
  })
  .meta({ id: 'Execution' });

export const Executed = z
  .object({
    executionId: z.string(),
    status: Status,
    result: z.unknown().optional(),
    confidence: share.optional(),
    error: ErrorView.optional(),
    warnings: z.array(z.string()).optional(),
    duration: count.optional(),
    agents: z.array(AgentView),
  })
  .meta({ id: 'Executed' });

export const Accepted = z.object({ executionId: z.string(), status: Status, statusUrl: z.string() }).meta({ id: 'AcceptedExecution' });
export const Created = z
  .object({
    id: z.string(),
    executionId: z.string(),
    status: z.literal('accepted'),
    message: z.string(),
    statusUrl: z.string(),
    streamUrl: z.string().optional(),
    webhookConfigured: z.boolean(),
  })
  .meta({ id: 'CreatedExecution' });

const ListItem = z.object({
  executionId: z.string(),
  pattern: z.string(),
  version: z.string(),
  status: Status,
  createdAt: time,
  startedAt: time.optional(),
  completedAt: time.optional(),
  duration: count.optional(),
  confidence: share.optional(),
  parent: z.string().optional(),
  batchId: z.string().optional(),
  retriedFrom: z.string().optional(),
});
export const ExecutionList = z.object({ executions: z.array(ListItem), ...PAGE_FIELDS }).meta({ id: 'ExecutionList' });

export const ExecutionEvent = z
  .object({
    id: z.string().describe('`<executionId>/<seq>`'),
    seq: z.int().min(1),
    executionId: z.string(),
    time,
    type: z.string(),
    agentId: z.string().optional(),
    data: z.record(z.string(), z.unknown()).describe('By type: docs/executions.md has the fields.'),
    by: z.object({ subject: z.string(), via: z.string() }),
    requestId: z.string().optional(),
  })
  .meta({ id: 'ExecutionEvent' });
export const ExecutionEventList = z.object({ events: z.array(ExecutionEvent), ...EVENT_PAGE_FIELDS }).meta({ id: 'ExecutionEventList' });

const counts = {
  executions: count,
  successful: count,
  failed: count,
  cancelled: count,
  avg_duration_ms: z.number().nullable(),
  avg_confidence: share.nullable(),
};
const SUMMARY = {
  total_executions: count,
  ...{ successful: count, failed: count, cancelled: count, in_progress: count },
  ...{ avg_duration_ms: z.number().nullable(), avg_confidence: share.nullable() },
};
export const Summary = z.object(SUMMARY).meta({ id: 'ExecutionSummary' });
export const PatternMetrics = z.object({ pattern: z.string(), ...SUMMARY }).meta({ id: 'PatternMetrics' });
export const Hourly = z.object({ stats: z.array(z.object({ hour: time, ...counts })) }).meta({ id: 'ExecutionsByHour' });
export const Daily = z.object({ stats: z.array(z.object({ day: time, ...counts })) }).meta({ id: 'ExecutionsByDay' });

export const summaryView = ({ total, successful, failed, cancelled, inProgress, averageMs, averageConfidence }: Counts & { readonly inProgress: number }) => ({
  ...{ total_executions: total, successful, failed, cancelled, in_progress: inProgress },
  ...{ avg_duration_ms: averageMs, avg_confidence: averageConfidence },
});

export const periodView = ({ total, successful, failed, cancelled, averageMs, averageConfidence }: Counts) => ({
  ...{ executions: total, successful, failed, cancelled, avg_duration_ms: averageMs, avg_confidence: averageConfidence },
});

export const statusUrl = (id: string): string => `/api/executions/${encodeURIComponent(id)}`;

/** `T` without the members that are null. */
const present = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], null> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined)) as { [K in keyof T]?: Exclude<T[K], null> };

type Reader = Pick<ExecutionReads, 'value'>;

async function agentView(reads: Reader, tenant: string, task: TaskRow): Promise<z.output<typeof AgentView>> {
  const { agentId, agentName, status, step, attempt, confidence, reasoning, error, durationMs } = task;
  const result = task.result === null ? {} : { result: await reads.value(tenant, task.result) };
  return { ...{ id: agentId, name: agentName, status, step, attempt }, ...result, ...present({ confidence, reasoning, error, duration: durationMs }) };
}

/** Results that are kept apart are read so many at a time. */
const READ_AT_ONCE = 10;

export const agentViews = (reads: Reader, tenant: string, tasks: readonly TaskRow[]): Promise<z.output<typeof AgentView>[]> =>
  inTurns(tasks, READ_AT_ONCE, (task) => agentView(reads, tenant, task));

async function outcomeView(reads: Reader, tenant: string, { result, confidence, error, warnings, durationMs }: ExecutionRow) {
  return {
    ...(result === null ? {} : { result: await reads.value(tenant, result) }),
    ...present({ confidence, error, duration: durationMs, warnings: warnings.length === 0 ? null : [...warnings] }),
  };
}

export async function executedView(reads: ExecutionReads, tenant: string, row: ExecutionRow): Promise<z.output<typeof Executed>> {
  const agents = await agentViews(reads, tenant, await reads.tasks(tenant, row.id));
  return { executionId: row.id, status: row.status, ...(await outcomeView(reads, tenant, row)), agents };
}

export async function executionView(reads: ExecutionReads, tenant: string, row: ExecutionRow): Promise<z.output<typeof Execution>> {
  const { start } = row;
  return {
    ...(await executedView(reads, tenant, row)),
    pattern: { name: start.patternName, version: start.patternVersion },
    input: await reads.value(tenant, start.input),
    ...{ createdAt: start.createdAt, priority: start.priority, metadata: { ...start.metadata }, lastSeq: row.lastSeq },
    ...present({
      ...{ startedAt: row.startedAt, completedAt: row.completedAt, timeout: start.timeoutMs },
      ...{ cancelled: row.cancel, retriedFrom: start.retriedFrom, parent: start.parent, batch: start.batch },
      approvals: row.approvals.length === 0 ? null : row.approvals.map((approval) => ({ ...approval })),
      threads: row.threads ? row.threads.map((thread) => ({ ...thread })) : null,
      blocked: row.blocked ? row.blocked.map((thread) => ({ ...thread })) : null,
    }),
  };
}

export const listItem = ({ id, status, start, startedAt, completedAt, durationMs, confidence }: ExecutionRow): z.output<typeof ListItem> => ({
  ...{ executionId: id, pattern: start.patternName, version: start.patternVersion, status, createdAt: start.createdAt },
  ...present({ startedAt, completedAt, duration: durationMs, confidence }),
  ...present({ parent: start.parent?.executionId ?? null, batchId: start.batch?.id ?? null, retriedFrom: start.retriedFrom }),
});

/** Members of an event that hold a value that may be kept apart. */
const VALUES = ['result', 'context', 'input'] as const;

/** The event's data with the values themselves in their places. */
export async function eventData(reads: Reader, tenant: string, { data }: Pick<EventRow, 'data'>): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = { ...data };
  for (const name of VALUES) {
    const stored = StoredValue.safeParse(data[name]);
    if (stored.success) shown[name] = await reads.value(tenant, stored.data);
  }
  return shown;
}

export async function eventView(reads: Reader, tenant: string, executionId: string, event: EventRow): Promise<z.output<typeof ExecutionEvent>> {
  const { agentId } = event.data;
  return {
    ...{ id: `${executionId}/${event.seq}`, seq: event.seq, executionId, time: event.at, type: event.type },
    ...(typeof agentId === 'string' && { agentId }),
    data: await eventData(reads, tenant, event),
    by: { subject: event.by.subject, via: event.by.via },
    ...(event.requestId !== null && { requestId: event.requestId }),
  };
}
