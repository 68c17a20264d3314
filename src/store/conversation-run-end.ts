/** The end of a thread's run, as the thread tells it: what it answered, then that it has ended. */
import type { ActorRef } from '../contracts/actor';
import type { Usage } from '../contracts/conversation/events';
import type { ThreadRun } from '../contracts/conversation/ports';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { RunState } from '../domain/run/state';
import type { NewThreadEvent } from './conversation-events';
import type { Queryable } from './database';

export interface RunEnd {
  readonly runId: string;
  readonly rolloutId: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly error: ThreadRun['error'];
  /** Its publisher has told of it. */
  readonly published: boolean;
  readonly at: string;
}

interface Known {
  readonly answer: string | null;
  readonly error: ThreadRun['error'];
  readonly usage: Usage | null;
  readonly iterations: number;
  readonly terminatedBy: string | null;
}

const NOTHING: Known = { answer: null, error: null, usage: null, iterations: 0, terminatedBy: null };

/** Of the run that did the work; its last commit was before this one. A local run, and one that never began, has none. */
async function workOf(db: Queryable, tenant: string, runId: string): Promise<Known> {
  const { rows } = await db.query<{
    answer: string | null;
    state: RunState;
    tokens_in: string;
    tokens_out: string;
    tool_calls: string;
    usd_millicents: string;
  }>('select answer, state, tokens_in, tokens_out, tool_calls, usd_millicents from runs where tenant = $1 and id = $2', [tenant, runId]);
  const run = rows[0];
  if (!run) return NOTHING;
  const [inputTokens, outputTokens] = [Number(run.tokens_in), Number(run.tokens_out)];
  return {
    ...{ answer: run.answer, error: run.state.error, iterations: run.state.counters.steps_started, terminatedBy: run.state.terminatedBy },
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, toolCalls: Number(run.tool_calls), usdMillicents: Number(run.usd_millicents) },
  };
}

/** Notes the end, and returns what the thread tells of it; nothing when it was told before. */
export async function endOfRun(db: Queryable, { tenant, id }: ActorRef, end: RunEnd): Promise<readonly NewThreadEvent[]> {
  const { runId, rolloutId, status, published, at } = end;
  const { answer, error, usage, iterations, terminatedBy } = await workOf(db, tenant, runId);
  const refusal = end.error ?? error;
  const result = status === 'completed' ? answer : null;
  const { rowCount } = await db.query(
    `update conversation_runs set status = $4, result = coalesce(result, $5), error = $6, usage = coalesce(usage, $7), iterations = greatest(iterations, $8), pending = null, ended_at = $9
     where tenant = $1 and run_id = $2 and thread_id = $3 and ended_at is null`,
    [
      ...[tenant, runId, id, status, result === null ? null : storableText(result), refusal && canonicalJson(refusal)],
      ...[usage && canonicalJson(usage), iterations, at],
    ],
  );
  if (rowCount !== 1 || published) return [];
  const place = { rolloutId, runId, createdAt: at };
  return [
    ...(result !== null && result !== '' ? [{ ...place, type: 'assistant_message' as const, payload: { text: result } }] : []),
    { ...place, type: 'run_completed', payload: { status, terminatedBy, error: refusal, usage, iterations } },
  ];
}
