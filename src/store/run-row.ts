/** The row of a run. */
import type { ActorRef } from '../contracts/actor';
import type { RunSpec, RunStart } from '../contracts/run/start';
import { canonicalJson, storableText } from '../domain/canonical-json';
import type { RunState } from '../domain/run/state';
import { Fault } from '../errors/fault';
import { getBlob } from './blobs';
import type { Queryable } from './database';
import type { Redact } from './secrets';

/** What reads return. */
export interface RunRow {
  readonly id: string;
  readonly tenant: string;
  readonly address: string;
  readonly task: string;
  readonly answer: string | null;
  readonly state: RunState;
  /** The last event that the row knows of; 0 before the first commit. */
  readonly lastSeq: number;
  /** ISO 8601; of the run, whatever attempt it is at. */
  readonly createdAt: string;
  /** As `state.status`, but for an attempt that is admitted and has told nothing yet: it is running. */
  readonly status: RunState['status'];
  /** To whom alone it is shown: the owner of its thread. Null: whoever reads the runs of the tenant. */
  readonly owner: string | null;
}

export interface StoredRun {
  tenant: string;
  id: string;
  address: string;
  status: RunState['status'];
  task: string;
  answer: string | null;
  start: RunStart;
  state: Omit<RunState, 'start'>;
  last_seq: string;
  created_at: Date;
  owner: string | null;
}

export const runOf = (row: StoredRun): RunRow => ({
  ...{ id: row.id, tenant: row.tenant, address: row.address, task: row.task, answer: row.answer, status: row.status, lastSeq: Number(row.last_seq) },
  ...{ createdAt: row.created_at.toISOString(), owner: row.owner },
  state: { ...row.state, start: row.start },
});

const INSERT = `
  insert into runs (tenant, id, address, trajectory_id, parent_id, branched_from, task, key_id, created_by, created_at,
                    status, start, state, answer, tokens_in, tokens_out, tool_calls, usd_millicents, cost_known, ended_at, updated_at, last_seq, owner)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    coalesce((select owner from conversations where tenant = $1 and id = $23), (select owner from runs where tenant = $1 and id = $5)))
  on conflict (tenant, id) do nothing`;

const UPDATE = `
  update runs set status = $3, start = $4, state = $5, answer = $6, tokens_in = $7, tokens_out = $8, tool_calls = $9, usd_millicents = $10, cost_known = $11,
    ended_at = $12, updated_at = $13, last_seq = $14, admitted = null, admitted_at = null
  where tenant = $1 and id = $2 and last_seq < $14`;

/** Of the run itself: what its delegated runs used stands in their rows. */
function changing(state: RunState, answer: string | null, lastSeq: number, redact: Redact): readonly unknown[] {
  const { start, ...rest } = state;
  const own = (field: 'tool_calls' | 'usd_millicents'): number => state.used[field] - state.usedByChildren[field];
  return [
    ...[state.status, canonicalJson(redact(start)), canonicalJson(redact(rest)), answer === null ? null : storableText(redact(answer))],
    ...[state.tokensIn, state.tokensOut, own('tool_calls'), own('usd_millicents'), state.costKnown !== false, state.endedAt, state.updatedAt, lastSeq],
  ];
}

/** A row that is not there yet; false when there is one. */
export async function insertRun(
  db: Queryable,
  { tenant, id, address }: ActorRef,
  state: RunState,
  { task, redact }: { task: string; redact: Redact },
): Promise<boolean> {
  const { start } = state;
  const branchedFrom = start.branchOf === null ? null : canonicalJson(start.branchOf);
  const { rowCount } = await db.query({
    name: 'run-insert',
    text: INSERT,
    values: [
      ...[tenant, id, address, start.trajectoryId, start.parent?.runId ?? null, branchedFrom, storableText(redact(task))],
      ...[start.keyId, start.by.subject, start.createdAt, ...changing(state, null, 0, redact), start.conversation?.threadId ?? null],
    ],
  });
  return rowCount === 1;
}

/** Writes what a commit says, unless one that knows more is there. A run that another one delegated to has no row before its first commit. */
export async function writeRun(db: Queryable, actor: ActorRef, state: RunState, lastSeq: number, redact: Redact): Promise<void> {
  const { tenant, id } = actor;
  const update = { name: 'run-update', text: UPDATE, values: [tenant, id, ...changing(state, await answerOf(db, tenant, state), lastSeq, redact)] };
  if ((await db.query(update)).rowCount === 1) return;
  const text = await getBlob(db, tenant, state.start.specRef);
  if (text === null) throw new Fault('internal', 'run.gone', 'What the run is about is not stored any more.', {});
  if (await insertRun(db, actor, state, { task: (JSON.parse(text) as RunSpec).task, redact })) await db.query(update);
}

async function answerOf(db: Queryable, tenant: string, { finalAnswer }: RunState): Promise<string | null> {
  if (finalAnswer === null) return null;
  if ('value' in finalAnswer) return typeof finalAnswer.value === 'string' ? finalAnswer.value : JSON.stringify(finalAnswer.value);
  const text = await getBlob(db, tenant, finalAnswer.ref);
  return text === null ? null : (JSON.parse(text) as string);
}
