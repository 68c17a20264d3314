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

/** Writes the row, unless one that knows more is there: so a pending row never covers what a commit wrote. */
export async function writeExecution(
  db: Queryable,
  { tenant, id, address }: ActorRef,
  projection: ExecutionProjection,
  lastSeq: number,
  redact: Redact,
): Promise<void> {
  const { start, ...state } = projection;
  await db.query({
    name: 'execution-upsert',
    text: UPSERT,
    values: [
      ...[tenant, id, address, start.patternName, start.patternVersion, state.status],
      ...[start.batch?.id ?? null, start.batch?.index ?? null, start.parent?.executionId ?? null],
      ...[canonicalJson(redact(start)), canonicalJson(redact(state)), state.confidence, state.durationMs],
      ...[start.createdAt, state.startedAt, state.completedAt, lastSeq],
    ],
  });
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
const json = (value: unknown): string | null => (value === null || value === undefined ? null : canonicalJson(value));

/** What an event says about tasks. The events were redacted before they came here. */
export async function writeTask(db: Queryable, { tenant, id }: ActorRef, { type, data, seq, at }: RecordedEvent): Promise<void> {
  switch (type) {
    case 'agent_started':
      await db.query({
        name: 'execution-task-started',
        text: `insert into execution_agents (tenant, execution_id, task_id, seq, agent_id, agent_name, step, attempt, status, started_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9) on conflict do nothing`,
        values: [tenant, id, data['taskId'], seq, data['agentId'], text(data['agentName']), data['step'], data['attempt'], at],
      });
      return;
    case 'agent_result':
    case 'agent_failed':
      await db.query({
        name: 'execution-task-ended',
        text: `update execution_agents set status = $4, result = $5, confidence = $6, reasoning = $7, error = $8,
                 duration_ms = coalesce($9, extract(epoch from $10::timestamptz - started_at) * 1000), completed_at = $10
               where tenant = $1 and execution_id = $2 and task_id = $3 and status = 'running'`,
        values: [
          ...[tenant, id, data['taskId'], type === 'agent_result' ? 'completed' : 'failed'],
          ...[json(data['result']), data['confidence'] ?? null, text(data['reasoning']), json(data['error']), data['durationMs'] ?? null, at],
        ],
      });
      return;
    case 'completed':
    case 'failed':
    case 'cancelled':
      // What nobody waits for any longer: the losers of a race, the rest of a parallel step that had enough, the agents of a cancelled execution.
      await db.query({
        name: 'execution-tasks-over',
        text: `update execution_agents set status = 'cancelled', completed_at = $3, duration_ms = extract(epoch from $3::timestamptz - started_at) * 1000
               where tenant = $1 and execution_id = $2 and status = 'running'`,
        values: [tenant, id, at],
      });
  }
}
