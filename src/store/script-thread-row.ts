/** The row of a script's thread. */
import type { ActorRef } from '../contracts/actor';
import type { ScriptThread } from '../contracts/script/ports';
import type { ScriptThreadProjection } from '../contracts/script/start';
import { canonicalJson } from '../domain/canonical-json';
import type { Queryable } from './database';
import type { Redact } from './secrets';

/** What reads return. */
export interface ScriptThreadRow extends ScriptThread {
  readonly tenant: string;
  readonly address: string;
}

export interface StoredScriptThread {
  tenant: string;
  id: string;
  address: string;
  start: ScriptThreadProjection['start'];
  state: Omit<ScriptThreadProjection, 'start'>;
  created_at: Date;
  last_seq: string;
}

export const threadRowOf = (row: StoredScriptThread): ScriptThreadRow => ({
  ...{ id: row.id, tenant: row.tenant, address: row.address, lastSeq: Number(row.last_seq) },
  ...row.state,
  start: row.start,
});

/** Everything but what stands in `admitted`: that is read by nobody but whoever starts an overdue thread, and may have a megabyte. */
export const THREAD_COLUMNS = 't.tenant, t.id, t.address, t.start, t.state, t.created_at, t.last_seq';

const INSERT = `
  insert into script_threads (tenant, id, address, script_name, version, parent_id, metadata, created_at, status, start, state, tokens_in, tokens_out, ended_at, updated_at, last_seq)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict (tenant, id) do nothing`;

const UPDATE = `
  update script_threads set status = $3, start = $4, state = $5, tokens_in = $6, tokens_out = $7, ended_at = $8, updated_at = $9, last_seq = $10,
    admitted = null, admitted_at = null
  where tenant = $1 and id = $2 and last_seq < $10`;

function changing({ start, ...state }: ScriptThreadProjection, lastSeq: number, redact: Redact): readonly unknown[] {
  return [
    ...[state.status, JSON.stringify(redact(start)), JSON.stringify(redact(state))],
    ...[state.tokensIn, state.tokensOut, state.endedAt, state.updatedAt, lastSeq],
  ];
}

/** A row that is not there yet; false when there is one. */
export async function insertScriptThread(
  db: Queryable,
  { tenant, id, address }: ActorRef,
  projection: ScriptThreadProjection,
  redact: Redact,
): Promise<boolean> {
  const { scriptName, version, parent, metadata, createdAt } = projection.start;
  const { rowCount } = await db.query({
    name: 'script-thread-insert',
    text: INSERT,
    values: [
      ...[tenant, id, address, scriptName, version, parent?.threadId ?? null, canonicalJson(redact(metadata)), createdAt],
      ...changing(projection, 0, redact),
    ],
  });
  return rowCount === 1;
}

/** Writes what a commit says, unless a row that knows more is there. */
export async function writeScriptThread(db: Queryable, actor: ActorRef, projection: ScriptThreadProjection, lastSeq: number, redact: Redact): Promise<void> {
  const update = { name: 'script-thread-update', text: UPDATE, values: [actor.tenant, actor.id, ...changing(projection, lastSeq, redact)] };
  if ((await db.query(update)).rowCount === 1) return;
  // A thread whose row was never made (its workflow was started by hand) gets it with its first commit.
  if (await insertScriptThread(db, actor, projection, redact)) await db.query(update);
}
