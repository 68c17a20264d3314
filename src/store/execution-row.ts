/** The rows of an execution: the one that sums it up, and one for each task that was given to an agent. */
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { ExecutionError } from '../contracts/execution/events';
import type { ExecutionProjection } from '../contracts/execution/start';
import type { StoredValue } from '../contracts/execution/value';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { Queryable } from './database';
import type { Redact } from './secrets';

/** What reads return. */
export interface ExecutionRow extends ExecutionProjection {
  readonly id: string;
  readonly tenant: string;
  readonly address: string;
  /** The last event that the row knows of; 0 before the first commit. */
  readonly lastSeq: number;
}

export interface StoredExecution {
  tenant: string;
  id: string;
  address: string;
  start: ExecutionProjection['start'];
  state: Omit<ExecutionProjection, 'start'>;
  last_seq: string;
}

export const executionOf = (row: StoredExecution): ExecutionRow => ({
  ...{ id: row.id, tenant: row.tenant, address: row.address, lastSeq: Number(row.last_seq) },
  ...row.state,
  start: row.start,
});

const UPSERT = `
  insert into executions (tenant, id, address, pattern_name, pattern_version, status, batch_id, batch_index, parent_id, start, state, confidence, duration_ms,
                          created_at, started_at, completed_at, last_seq)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
  on conflict (tenant, id) do update set status = excluded.status, state = excluded.state, confidence = excluded.confidence, duration_ms = excluded.duration_ms,
    started_at = excluded.started_at, completed_at = excluded.completed_at, last_seq = excluded.last_seq
  where executions.last_seq < excluded.last_seq`;

function valuesOf({ tenant, id, address }: ActorRef, { start, ...state }: ExecutionProjection, lastSeq: number, redact: Redact): readonly unknown[] {
  return [
    ...[tenant, id, address, start.patternName, start.patternVersion, state.status],
    ...[start.batch?.id ?? null, start.batch?.index ?? null, start.parent?.executionId ?? null],
    ...[canonicalJson(redact(start)), canonicalJson(redact(state)), state.confidence, state.durationMs],
    ...[start.createdAt, state.startedAt, state.completedAt, lastSeq],
  ];
}

/** Writes the row, unless one that knows more is there. */
export async function writeExecution(db: Queryable, actor: ActorRef, projection: ExecutionProjection, lastSeq: number, redact: Redact): Promise<void> {
  await db.query({ name: 'execution-upsert', text: UPSERT, values: [...valuesOf(actor, projection, lastSeq, redact)] });
}

/** The row of what has no event yet; null where one is there already: a pending row never covers what a commit wrote. */
export async function writePending(db: Queryable, actor: ActorRef, projection: ExecutionProjection, redact: Redact): Promise<ExecutionRow | null> {
  const { rows } = await db.query<StoredExecution>({
    name: 'execution-pending',
    text: `${UPSERT} returning tenant, id, address, start, state, last_seq`,
    values: [...valuesOf(actor, projection, 0, redact)],
  });
  return rows[0] ? executionOf(rows[0]) : null;
}

/** One task of one agent. Times are ISO 8601. */
export interface AgentTaskRow {
  readonly taskId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly step: string;
  readonly attempt: number;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly reasoning: string | null;
  readonly error: ExecutionError | null;
  readonly durationMs: number | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
}

export interface StoredTask {
  task_id: string;
  agent_id: string;
  agent_name: string;
  step: string;
  attempt: number;
  status: AgentTaskRow['status'];
  result: StoredValue | null;
  confidence: number | null;
  reasoning: string | null;
  error: ExecutionError | null;
  duration_ms: string | null;
  started_at: Date;
  completed_at: Date | null;
}

export const taskOf = (row: StoredTask): AgentTaskRow => ({
  ...{ taskId: row.task_id, agentId: row.agent_id, agentName: row.agent_name, step: row.step, attempt: row.attempt, status: row.status },
  ...{ result: row.result, confidence: row.confidence, reasoning: row.reasoning, error: row.error },
  durationMs: row.duration_ms === null ? null : Number(row.duration_ms),
  ...{ startedAt: row.started_at.toISOString(), completedAt: row.completed_at?.toISOString() ?? null },
});

const text = (value: unknown): string | null => (typeof value === 'string' ? storableText(value) : null);

/** A task that ends in the same commit comes with its end. */
const STARTED = `
  insert into execution_agents (tenant, execution_id, task_id, seq, agent_id, agent_name, step, attempt, started_at,
    status, result, confidence, reasoning, error, duration_ms, completed_at)
  select $1, $2, e.task_id, e.seq, e.agent_id, e.agent_name, e.step, e.attempt, e.started_at,
    coalesce(e.status, 'running'), e.result, e.confidence, e.reasoning, e.error, coalesce(e.duration_ms, extract(epoch from e.at - e.started_at) * 1000), e.at
  from jsonb_to_recordset($3) as e (task_id text, seq bigint, agent_id text, agent_name text, step text, attempt integer, started_at timestamptz,
    status text, result jsonb, confidence float8, reasoning text, error jsonb, duration_ms float8, at timestamptz)
  on conflict do nothing`;
const ENDED = `
  update execution_agents a set status = e.status, result = e.result, confidence = e.confidence, reasoning = e.reasoning, error = e.error,
    duration_ms = coalesce(e.duration_ms, extract(epoch from e.at - a.started_at) * 1000), completed_at = e.at
  from jsonb_to_recordset($3) as e (task_id text, status text, result jsonb, confidence float8, reasoning text, error jsonb, duration_ms float8, at timestamptz)
  where a.tenant = $1 and a.execution_id = $2 and a.task_id = e.task_id and a.status = 'running'`;
/** What nobody waits for any longer: the losers of a race, the rest of a parallel step that had enough, the agents of a cancelled execution. */
const OVER = `
  update execution_agents set status = 'cancelled', completed_at = $3, duration_ms = extract(epoch from $3::timestamptz - started_at) * 1000
  where tenant = $1 and execution_id = $2 and status = 'running'`;

const startedTask = ({ data, seq, at }: RecordedEvent): object => ({
  ...{ task_id: data['taskId'], seq, agent_id: data['agentId'], agent_name: text(data['agentName']) },
  ...{ step: data['step'], attempt: data['attempt'], started_at: at },
});

const endedTask = ({ type, data, at }: RecordedEvent): object => ({
  ...{
    task_id: data['taskId'],
    status: type === 'agent_result' ? 'completed' : 'failed',
    result: data['result'] ?? null,
    confidence: data['confidence'] ?? null,
  },
  ...{ reasoning: text(data['reasoning']), error: data['error'] ?? null, duration_ms: data['durationMs'] ?? null, at },
});

const maybe = <T, U>(value: T | undefined, made: (value: T) => U): U | undefined => (value === undefined ? undefined : made(value));

/**
 * What events say about tasks, all of one kind in one statement: a task starts before it ends, and ends before its execution does. The events were redacted before they came
 * here.
 */
export async function writeTasks(db: Queryable, { tenant, id }: ActorRef, events: readonly RecordedEvent[]): Promise<void> {
  const of = (...types: readonly string[]): readonly RecordedEvent[] => events.filter(({ type }) => types.includes(type));
  const [started, ended, over] = [of('agent_started'), of('agent_result', 'agent_failed'), of('completed', 'failed', 'cancelled').at(0)];
  const write = (name: string, statement: string, value: string): Promise<unknown> => db.query({ name, text: statement, values: [tenant, id, value] });
  const ends = new Map(ended.map((event) => [event.data['taskId'], event]));
  const began = new Set(started.map(({ data }) => data['taskId']));
  const whole = started.map((event) => ({ ...startedTask(event), ...maybe(ends.get(event.data['taskId']), endedTask) }));
  const later = ended.filter(({ data }) => !began.has(data['taskId']));
  if (whole.length > 0) await write('execution-tasks-started', STARTED, canonicalJson(whole));
  if (later.length > 0) await write('execution-tasks-ended', ENDED, canonicalJson(later.map(endedTask)));
  const allEnded = events[0]?.seq === 1 && started.every(({ data }) => ends.has(data['taskId']));
  if (over && !allEnded) await write('execution-tasks-over', OVER, over.at);
}
