/** What threads of scripts did, step by step; what they yielded, and the artifacts that they left. */
import type { Pool } from 'pg';
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { StoredValue } from '../contracts/execution/value';
import type { ScriptArtifact, ScriptStepRecord } from '../contracts/script/ports';
import { storableText } from '../domain/canonical-json';
import { guarded, type Queryable } from './database';
import { ROW_COLUMNS, ROW_SOURCE, rowOf, type JournalRow, type StoredRow } from './journal-reads';
import { stepChanges, type StepChange } from './script-step-changes';

interface StoredStep {
  path: string;
  name: string;
  primitive: ScriptStepRecord['primitive'];
  tool: string | null;
  status: ScriptStepRecord['status'];
  attempt: number;
  started_at: Date;
  ended_at: Date | null;
  duration_ms: string | null;
  input: StoredValue | null;
  output: StoredValue | null;
  error: ScriptStepRecord['error'];
  execution_id: string | null;
  tokens_in: string;
  tokens_out: string;
  first_seq: string;
  last_seq: string;
}

const stepOf = (row: StoredStep): ScriptStepRecord => ({
  ...{ path: row.path, name: row.name, primitive: row.primitive, tool: row.tool, status: row.status, attempt: row.attempt },
  ...{ startedAt: row.started_at.toISOString(), endedAt: row.ended_at?.toISOString() ?? null },
  durationMs: row.duration_ms === null ? null : Number(row.duration_ms),
  ...{ input: row.input, output: row.output, error: row.error, executionId: row.execution_id },
  ...{ tokensIn: Number(row.tokens_in), tokensOut: Number(row.tokens_out) },
});

interface StoredArtifact {
  artifact_id: string;
  path: string;
  name: string;
  media_type: string;
  bytes: string;
  ref: string;
  created_at: Date;
  seq: string;
}

const artifactOf = (row: StoredArtifact): ScriptArtifact => ({
  ...{ artifactId: row.artifact_id, path: row.path, name: row.name, mediaType: row.media_type, bytes: Number(row.bytes), ref: row.ref },
  createdAt: row.created_at.toISOString(),
});

/** A page of rows that are found by a number; null: it was the last. */
interface NumberedPage<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

export class ScriptStepsStore {
  constructor(private readonly pool: Pool) {}

  /** In the order in which they began; of a step and everything inside it, where a prefix is given. */
  steps(
    tenant: string,
    threadId: string,
    { prefix, after, limit }: { readonly prefix: string; readonly after: number; readonly limit: number },
  ): Promise<NumberedPage<ScriptStepRecord>> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredStep>(
        `select * from script_steps where tenant = $1 and thread_id = $2 and first_seq > $3 and ($4 = '' or path = $4 or (path > $4 || '.' and path < $4 || '/'))
         order by first_seq limit $5`,
        [tenant, threadId, after, prefix, limit + 1],
      );
      const page = rows.slice(0, limit);
      return { items: page.map(stepOf), next: rows.length > limit ? Number(page.at(-1)?.first_seq) : null };
    });
  }

  async step(tenant: string, threadId: string, path: string): Promise<ScriptStepRecord | null> {
    return (await this.placed(tenant, threadId, path)).step?.record ?? null;
  }

  /** A step as it is (null: it has not begun), with the last event that the thread's row knows of and whether that has ended: all of one moment. */
  placed(
    tenant: string,
    threadId: string,
    path: string,
  ): Promise<{
    readonly threadSeq: number;
    readonly threadOver: boolean;
    readonly step: { readonly record: ScriptStepRecord; readonly firstSeq: number; readonly lastSeq: number } | null;
  }> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredStep & { thread_seq: string; thread_over: boolean }>(
        `select s.*, t.last_seq as thread_seq, t.ended_at is not null as thread_over from script_threads t left join script_steps s on s.tenant = t.tenant and s.thread_id = t.id and s.path = $3
         where t.tenant = $1 and t.id = $2`,
        [tenant, threadId, path],
      );
      const row = rows[0];
      const step = row && (row.path as string | null) !== null ? { record: stepOf(row), firstSeq: Number(row.first_seq), lastSeq: Number(row.last_seq) } : null;
      return { threadSeq: Number(row?.thread_seq ?? 0), threadOver: row?.thread_over ?? true, step };
    });
  }

  /** Events of exactly this step between two numbers (both among them), oldest first; at most 200. */
  events(address: string, path: string, [from, to]: readonly [number, number]): Promise<readonly JournalRow[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredRow>(
        `select * from (select ${ROW_COLUMNS} from ${ROW_SOURCE} where j.actor = $1 and j.seq between $2 and $3 and j.data->>'path' = $4 order by j.seq desc limit 200) newest
         order by seq`,
        [address, from, to, path],
      );
      return rows.map(rowOf);
    });
  }

  /** From the yield of this number on. */
  yields(
    tenant: string,
    threadId: string,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<{ readonly values: readonly StoredValue[]; readonly total: number }> {
    return guarded(async () => {
      const key = [tenant, threadId];
      const { rows } = await this.pool.query<{ value: StoredValue }>(
        'select value from script_yields where tenant = $1 and thread_id = $2 and index >= $3 order by index limit $4',
        [...key, from, limit],
      );
      const count = await this.pool.query<{ total: number }>('select count(*)::int as total from script_yields where tenant = $1 and thread_id = $2', key);
      return { values: rows.map(({ value }) => value), total: count.rows[0]?.total ?? 0 };
    });
  }

  /** In the order in which they were kept. */
  artifacts(tenant: string, threadId: string, { after, limit }: { readonly after: number; readonly limit: number }): Promise<NumberedPage<ScriptArtifact>> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredArtifact>(
        'select * from script_artifacts where tenant = $1 and thread_id = $2 and seq > $3 order by seq limit $4',
        [tenant, threadId, after, limit + 1],
      );
      const page = rows.slice(0, limit);
      return { items: page.map(artifactOf), next: rows.length > limit ? Number(page.at(-1)?.seq) : null };
    });
  }

  artifact(tenant: string, threadId: string, artifactId: string): Promise<ScriptArtifact | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredArtifact>('select * from script_artifacts where tenant = $1 and thread_id = $2 and artifact_id = $3', [
        ...[tenant, threadId, artifactId],
      ]);
      return rows[0] ? artifactOf(rows[0]) : null;
    });
  }
}

const CHANGES = `json_to_recordset($3) as e ("path" text, "name" text, "primitive" text, "tool" text, "status" text, "attempt" integer, "startedAt" timestamptz,
  "endedAt" timestamptz, "durationMs" bigint, "input" json, "output" json, "error" json, "executionId" text, "tokensIn" bigint, "tokensOut" bigint, "firstSeq" bigint, "lastSeq" bigint)`;
/** A step that began (again) has nothing of what its attempt before came to but its place, its beginning and what it used. */
const BEGAN = `
  insert into script_steps as s (tenant, thread_id, path, name, primitive, tool, status, attempt, started_at, ended_at, duration_ms, input, output, error, execution_id,
                                 tokens_in, tokens_out, first_seq, last_seq)
  select $1, $2, e."path", e."name", e."primitive", e."tool", e."status", e."attempt", e."startedAt",
    e."endedAt", e."durationMs", e."input", e."output", e."error", e."executionId", e."tokensIn", e."tokensOut", e."firstSeq", e."lastSeq" from ${CHANGES}
  on conflict (tenant, thread_id, path) do update set name = excluded.name, primitive = excluded.primitive, tool = excluded.tool, status = excluded.status,
    attempt = excluded.attempt, ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, input = excluded.input, output = excluded.output, error = excluded.error,
    execution_id = excluded.execution_id, started_at = case when excluded.attempt > 1 then s.started_at else excluded.started_at end,
    tokens_in = s.tokens_in + excluded.tokens_in, tokens_out = s.tokens_out + excluded.tokens_out, last_seq = excluded.last_seq`;
const WENT_ON = `
  update script_steps s set status = coalesce(e."status", s.status), ended_at = coalesce(e."endedAt", s.ended_at), duration_ms = coalesce(e."durationMs", s.duration_ms),
    input = coalesce(e."input", s.input), output = coalesce(e."output", s.output), error = case when e."status" = 'COMPLETED' then e."error" else coalesce(e."error", s.error) end,
    execution_id = coalesce(e."executionId", s.execution_id), tokens_in = s.tokens_in + e."tokensIn", tokens_out = s.tokens_out + e."tokensOut", last_seq = e."lastSeq"
  from ${CHANGES} where s.tenant = $1 and s.thread_id = $2 and s.path = e."path"`;

/** What nobody goes on with: the lanes beside an `emit`, the steps of a thread that failed or was cancelled. */
const OVER = `update script_steps set status = $3, ended_at = $4, duration_ms = extract(epoch from $4::timestamptz - started_at) * 1000
  where tenant = $1 and thread_id = $2 and status in ('RUNNING', 'PAUSED')`;
const ENDS: Readonly<Record<string, ScriptStepRecord['status']>> = { thread_completed: 'COMPLETED', thread_failed: 'CANCELLED', thread_cancelled: 'CANCELLED' };

/** What events say about steps, in the transaction that writes the events. They were redacted before they came here. */
export async function writeSteps(db: Queryable, { tenant, id }: ActorRef, events: readonly RecordedEvent[]): Promise<void> {
  const changes = stepChanges(events);
  const write = (name: string, text: string, those: readonly StepChange[]): Promise<unknown> | null =>
    those.length === 0 ? null : db.query({ name, text, values: [tenant, id, JSON.stringify(those)] });
  await write(
    'script-steps-began',
    BEGAN,
    changes.filter(({ began }) => began),
  );
  await write(
    'script-steps-went-on',
    WENT_ON,
    changes.filter(({ began }) => !began),
  );
  const over = events.find(({ type }) => type in ENDS);
  if (over) await db.query({ name: 'script-steps-over', text: OVER, values: [tenant, id, ENDS[over.type], over.at] });
}

const YIELDED = `
  insert into script_yields (tenant, thread_id, index, path, value, yielded_at)
  select $1, $2, e."index", e."path", e."value", e."at" from json_to_recordset($3) as e ("index" integer, "path" text, "value" json, "at" timestamptz) on conflict do nothing`;
const KEPT = `
  insert into script_artifacts (tenant, thread_id, artifact_id, path, name, media_type, bytes, ref, created_at, seq)
  select $1, $2, e."artifactId", e."path", e."name", e."mediaType", e."bytes", e."ref", e."at", e."seq"
  from json_to_recordset($3) as e ("artifactId" text, "path" text, "name" text, "mediaType" text, "bytes" bigint, "ref" text, "at" timestamptz, "seq" bigint) on conflict do nothing`;

/** What events say was yielded and kept. */
export async function writeOutcomes(db: Queryable, { tenant, id }: ActorRef, events: readonly RecordedEvent[]): Promise<void> {
  const told = (wanted: string): readonly object[] => events.filter(({ type }) => type === wanted).map(({ data, at, seq }) => ({ ...data, at, seq }));
  const [yielded, kept] = [told('value_yielded'), told('artifact_kept')];
  if (yielded.length > 0) await db.query({ name: 'script-yields', text: YIELDED, values: [tenant, id, JSON.stringify(yielded)] });
  const storable = kept.map((artifact) => ({ ...artifact, name: storableText((artifact as { readonly name: string }).name) }));
  if (kept.length > 0) await db.query({ name: 'script-artifacts', text: KEPT, values: [tenant, id, JSON.stringify(storable)] });
}
