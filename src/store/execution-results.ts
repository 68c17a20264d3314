/** Results of executions that were good enough, kept for those that fall back on an earlier one (`validation.fallback` previous and cached). */
import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../contracts/actor';
import type { StoredValue } from '../contracts/execution/value';
import { canonicalJson } from '../domain/canonical-json';
import type { Queryable } from './database';

/** Of one step of one pattern: results of so many different inputs; the oldest go first. */
const KEPT_MAX = 1_000;

export interface KeptResult {
  readonly result: StoredValue;
  readonly confidence: number | null;
}

export const inputDigest = (input: StoredValue): string => createHash('sha256').update(canonicalJson(input)).digest('hex');

export async function keepResult(db: Queryable, tenant: string, patternName: string, { data, at }: RecordedEvent): Promise<void> {
  const { step, input, result, confidence } = data as unknown as { step: string; input: StoredValue } & KeptResult;
  await db.query(
    `insert into execution_results (tenant, pattern_name, step, input_digest, result, confidence, at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant, pattern_name, step, input_digest) do update set result = excluded.result, confidence = excluded.confidence, at = excluded.at
     where execution_results.at <= excluded.at`,
    [tenant, patternName, step, inputDigest(input), canonicalJson(result), confidence, at],
  );
  await db.query(
    `delete from execution_results where (tenant, pattern_name, step, input_digest) in (
       select tenant, pattern_name, step, input_digest from execution_results where tenant = $1 and pattern_name = $2 and step = $3 order by at desc offset $4 limit 100)`,
    [tenant, patternName, step, KEPT_MAX],
  );
}

/** The newest one; of this input where one is given, and not older than `maxAgeMs`. */
export async function findResult(
  db: Queryable,
  {
    tenant,
    patternName,
    step,
    input,
    maxAgeMs,
  }: { readonly tenant: string; readonly patternName: string; readonly step: string; readonly input: StoredValue | null; readonly maxAgeMs: number | null },
): Promise<KeptResult | null> {
  const { rows } = await db.query<KeptResult>(
    `select result, confidence from execution_results
     where tenant = $1 and pattern_name = $2 and step = $3 and ($4::text is null or input_digest = $4)
       and ($5::bigint is null or at > clock_timestamp() - $5::bigint * interval '1 millisecond')
     order by at desc limit 1`,
    [tenant, patternName, step, input === null ? null : inputDigest(input), maxAgeMs],
  );
  return rows[0] ?? null;
}
