/** Batches: their rows, their inputs, and what became of each input (the rows of its executions). Always within one tenant. */
import type { Pool } from 'pg';
import type { ActorRef } from '../contracts/actor';
import { itemExecutionId, type BatchItem, type BatchProjection } from '../contracts/execution/batch';
import { hasEnded } from '../contracts/execution/status';
import { canonicalJson } from '../domain/canonical-json';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { executionOf, type StoredExecution } from './execution-row';
import type { Projector } from './projector';
import type { Redact, Secrets } from './secrets';

export interface BatchRow extends BatchProjection {
  readonly id: string;
  readonly lastSeq: number;
}

interface StoredBatch {
  id: string;
  start: BatchProjection['start'];
  state: Omit<BatchProjection, 'start'>;
  last_seq: string;
}

const batchOf = (row: StoredBatch): BatchRow => ({ id: row.id, lastSeq: Number(row.last_seq), ...row.state, start: row.start });

/** Inputs that one statement inserts. */
const CHUNK = 1_000;

async function writeBatch(
  db: Queryable,
  { tenant, id, address }: ActorRef,
  { start, ...state }: BatchProjection,
  lastSeq: number,
  redact: Redact,
): Promise<void> {
  await db.query(
    `insert into batches (tenant, id, address, pattern_name, pattern_version, status, start, state, created_at, completed_at, last_seq)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (tenant, id) do update set status = excluded.status, state = excluded.state, completed_at = excluded.completed_at, last_seq = excluded.last_seq
     where batches.last_seq < excluded.last_seq`,
    [
      ...[tenant, id, address, start.patternName, start.patternVersion, state.status, canonicalJson(redact(start)), canonicalJson(redact(state))],
      ...[start.createdAt, state.completedAt, lastSeq],
    ],
  );
}

export const batchProjector: Projector = {
  executionOf: () => Promise.resolve(null),
  apply: (db, { actor, projection, redact, lastSeq }) => writeBatch(db, actor, projection as unknown as BatchProjection, lastSeq, redact),
};

export class BatchesStore {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  get(tenant: string, id: string): Promise<BatchRow | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredBatch>('select id, start, state, last_seq from batches where tenant = $1 and id = $2', [tenant, id]);
      return rows[0] ? batchOf(rows[0]) : null;
    });
  }

  /** The inputs, before anything is started that reads them. Does nothing for those that are there. */
  insertInputs(tenant: string, id: string, inputs: readonly unknown[]): Promise<void> {
    return inTransaction(this.pool, async (db) => {
      for (let at = 0; at < inputs.length; at += CHUNK) {
        const texts = inputs.slice(at, at + CHUNK).map((input) => JSON.stringify(input));
        await db.query(
          `insert into batch_inputs (tenant, batch_id, index, input)
           select $1, $2, $3 + ordinality - 1, input from unnest($4::text[]) with ordinality as given (input, ordinality) on conflict do nothing`,
          [tenant, id, at, texts],
        );
      }
    });
  }

  insertPending(actor: ActorRef, projection: BatchProjection): Promise<void> {
    return guarded(async () => writeBatch(this.pool, actor, projection, 0, await this.secrets.redactionFor(actor)));
  }

  /** Fault `execution.value_missing` (not_found). */
  input(tenant: string, id: string, index: number): Promise<unknown> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ input: string }>('select input from batch_inputs where tenant = $1 and batch_id = $2 and index = $3', [
        tenant,
        id,
        index,
      ]);
      if (!rows[0]) throw new Fault('not_found', 'execution.value_missing', 'This input of the batch is not stored any more.', { batchId: id, index });
      return JSON.parse(rows[0].input) as unknown;
    });
  }

  /** The inputs from `offset` on, in order, each with what became of it. */
  items(tenant: string, batch: BatchRow, { limit, offset }: { readonly limit: number; readonly offset: number }): Promise<readonly BatchItem[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredExecution & { batch_index: number }>(
        'select * from executions where tenant = $1 and batch_id = $2 and batch_index >= $3 and batch_index < $4',
        [tenant, batch.id, offset, offset + limit],
      );
      const known = new Map(rows.map((row) => [row.batch_index, executionOf(row)]));
      const length = Math.max(0, Math.min(limit, batch.start.total - offset));
      return Array.from({ length }, (_, at): BatchItem => {
        const row = known.get(offset + at);
        const untold = hasEnded(batch.status) ? 'cancelled' : 'pending';
        return {
          ...{ index: offset + at, executionId: row?.id ?? itemExecutionId(batch.id, offset + at), status: row?.status ?? untold, result: row?.result ?? null },
          ...{ confidence: row?.confidence ?? null, error: row?.error ?? null, durationMs: row?.durationMs ?? null },
        };
      });
    });
  }
}
