/** Reading events: by actor in order of seq, in pages found by key, so that a page costs the same in a journal of ten or a million events. */
import type { Pool } from 'pg';
import type { Cause, RecordedEvent } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { guarded, type Queryable } from './database';
import { entryHash, entryOf, genesisHash, sha256 } from './journal-entry';

/** An event together with whose it is. */
export interface JournalRow extends RecordedEvent {
  readonly address: string;
  readonly kind: string;
  readonly tenant: string;
  /** The actor's id as clients know it. */
  readonly id: string;
  readonly executionId: string | null;
}

/** Events that one read returns at most. */
export const PAGE_MAX = 1_000;

export interface EventPage {
  /** Return events after this seq; 0 from the beginning. */
  readonly after?: number;
  /** Leave out the first so many of those. */
  readonly offset?: number;
  /** 1 to 1,000; 200 unless told. */
  readonly limit?: number;
  /** Only events of these types. */
  readonly types?: readonly string[];
}

/** A row as the database has it, large data joined in. */
export interface StoredRow {
  actor: string;
  kind: string;
  tenant: string;
  entity_id: string;
  execution_id: string | null;
  seq: string;
  type: string;
  data: Record<string, unknown> | null;
  data_ref: string | null;
  blob: Buffer | null;
  at: Date;
  by_subject: string;
  by_via: Cause['via'];
  request_id: string | null;
}

export const ROW_COLUMNS = `j.actor, j.kind, j.tenant, j.entity_id, j.execution_id, j.seq, j.type, j.data, j.data_ref, b.value as blob, j.at, j.by_subject, j.by_via, j.request_id`;
export const ROW_SOURCE = `journal j left join blobs b on b.tenant = j.tenant and b.ref = j.data_ref`;

export function rowOf(row: StoredRow): JournalRow {
  return {
    address: row.actor,
    kind: row.kind,
    tenant: row.tenant,
    id: row.entity_id,
    executionId: row.execution_id,
    seq: Number(row.seq),
    type: row.type,
    data: dataOf(row),
    at: row.at.toISOString(),
    by: { subject: row.by_subject, via: row.by_via },
    requestId: row.request_id,
  };
}

function dataOf(row: StoredRow): Record<string, unknown> {
  if (row.data) return row.data;
  if (!row.blob)
    throw new Fault('internal', 'journal.data_missing', `The data of event ${row.seq} of ${row.actor} is not stored.`, {
      address: row.actor,
      seq: Number(row.seq),
    });
  return JSON.parse(row.blob.toString('utf8')) as Record<string, unknown>;
}

/** Events of one actor after a seq, oldest first. The caller has checked the tenant: an address belongs to one. */
export function readEvents(db: Queryable, address: string, page: EventPage = {}): Promise<readonly JournalRow[]> {
  const limit = Math.max(1, Math.min(page.limit ?? 200, PAGE_MAX));
  const types = page.types && page.types.length > 0 ? [...new Set(page.types)].slice(0, 100) : null;
  const values: unknown[] = [address, page.after ?? 0, limit, Math.max(0, page.offset ?? 0)];
  return guarded(async () => {
    const { rows } = await db.query<StoredRow>(
      types
        ? {
            name: 'events-by-type',
            text: `select ${ROW_COLUMNS} from ${ROW_SOURCE} where j.actor = $1 and j.seq > $2 and j.type = any($5) order by j.seq limit $3 offset $4`,
            values: [...values, types],
          }
        : { name: 'events', text: `select ${ROW_COLUMNS} from ${ROW_SOURCE} where j.actor = $1 and j.seq > $2 order by j.seq limit $3 offset $4`, values },
    );
    return rows.map(rowOf);
  });
}

/** The newest events of these types, oldest first. */
export function newestEvents(
  db: Queryable,
  address: string,
  { types, limit }: { readonly types: readonly string[]; readonly limit: number },
): Promise<readonly JournalRow[]> {
  return guarded(async () => {
    const { rows } = await db.query<StoredRow>({
      name: 'events-newest',
      text: `select ${ROW_COLUMNS} from ${ROW_SOURCE} where j.actor = $1 and j.type = any($2) order by j.seq desc limit $3`,
      values: [address, types, Math.max(1, Math.min(limit, PAGE_MAX))],
    });
    return rows.map(rowOf).reverse();
  });
}

/** How many events an actor has after a seq, of these types; none named: of all. */
export function countEvents(db: Queryable, address: string, { after = 0, types = [] }: Pick<EventPage, 'after' | 'types'>): Promise<number> {
  return guarded(async () => {
    const { rows } = await db.query<{ total: number }>({
      name: 'events-count',
      text: 'select count(*)::int as total from journal where actor = $1 and seq > $2 and ($3::text[] is null or type = any($3))',
      values: [address, after, types.length > 0 ? [...types] : null],
    });
    return rows[0]?.total ?? 0;
  });
}

/** Seq of the last event of an actor; 0 when it has none. */
export function lastSeq(db: Queryable, address: string): Promise<number> {
  return guarded(async () => {
    const { rows } = await db.query<{ last_seq: string }>({ name: 'last-seq', text: 'select last_seq from actors where address = $1', values: [address] });
    return Number(rows[0]?.last_seq ?? 0);
  });
}

export type ChainReport = { readonly intact: true; readonly events: number } | { readonly intact: false; readonly brokenAt: number; readonly reason: string };

/** Checks every hash of an actor's journal by the recipe in journal-entry.ts, page by page, and names the first seq that does not hold. */
export async function verifyChain(pool: Pool, address: string): Promise<ChainReport> {
  const erased = await erasedAt(pool, address);
  if (erased) return { intact: false, brokenAt: 1, reason: `it was erased at ${erased.toISOString()}, with the thread that it belonged to` };
  let hash = genesisHash(address);
  for (let seq = 0; ;) {
    const { rows } = await guarded(() =>
      pool.query<StoredRow & { prev_hash: string; hash: string }>(
        `select ${ROW_COLUMNS}, j.prev_hash, j.hash from ${ROW_SOURCE} where j.actor = $1 and j.seq > $2 order by j.seq limit $3`,
        [address, seq, PAGE_MAX],
      ),
    );
    for (const row of rows) {
      seq += 1;
      const broken = Number(row.seq) !== seq ? 'an event is missing' : faultOf(row, hash);
      if (broken) return { intact: false, brokenAt: seq, reason: broken };
      hash = row.hash;
    }
    if (rows.length < PAGE_MAX) {
      const { rows: actors } = await guarded(() =>
        pool.query<{ last_seq: string; last_hash: string }>('select last_seq, last_hash from actors where address = $1', [address]),
      );
      const head = actors[0];
      // An actor that went on meanwhile has a later head; only an earlier or equal one must agree.
      if (head && Number(head.last_seq) === seq && head.last_hash !== hash)
        return { intact: false, brokenAt: seq, reason: 'the actor remembers another last hash' };
      if (head && Number(head.last_seq) > seq && !(await lives(pool, address, seq)))
        return { intact: false, brokenAt: seq + 1, reason: 'the last events are missing' };
      return { intact: true, events: seq };
    }
  }
}

async function erasedAt(pool: Pool, address: string): Promise<Date | null> {
  const { rows } = await guarded(() => pool.query<{ erased_at: Date | null }>('select erased_at from actors where address = $1', [address]));
  return rows[0]?.erased_at ?? null;
}

const lives = async (pool: Pool, address: string, seq: number): Promise<boolean> => (await readEvents(pool, address, { after: seq, limit: 1 })).length > 0;

function faultOf(row: StoredRow & { prev_hash: string; hash: string }, previous: string): string | null {
  if (row.prev_hash !== previous) return 'it does not follow on the event before';
  if (row.data_ref && (!row.blob || sha256(row.blob) !== row.data_ref)) return 'its data is missing or was changed';
  const { text } = entryOf(rowOf(row));
  return entryHash(previous, text) === row.hash ? null : 'its content does not match its hash';
}
