/** Content-addressed values in Postgres; the port `Blobs`. */
import type { Pool } from 'pg';
import type { Blobs, ByteBlobs } from '../../activities/ports';
import { Fault } from '../errors/fault';
import { guarded, type Queryable } from './database';
import { sha256 } from './journal-entry';

/** Bytes of one value. */
export const BLOB_MAX = 1024 * 1024;

/** Writes one value within whatever transaction `db` is in; returns its name. Fault `blob.too_large` (invalid) over 1 MiB. */
export const putBlob = (db: Queryable, tenant: string, value: string): Promise<string> => putBytes(db, tenant, Buffer.from(value, 'utf8'));

async function putBytes(db: Queryable, tenant: string, bytes: Buffer): Promise<string> {
  if (bytes.length > BLOB_MAX)
    throw new Fault('invalid', 'blob.too_large', `The value has ${bytes.length} bytes; at most ${BLOB_MAX} are kept.`, { bytes: bytes.length, max: BLOB_MAX });
  const ref = sha256(bytes);
  await db.query({ name: 'blob-put', text: 'insert into blobs (tenant, ref, value) values ($1, $2, $3) on conflict do nothing', values: [tenant, ref, bytes] });
  return ref;
}

/** The value, or null when this tenant has none of that name. */
export const getBlob = async (db: Queryable, tenant: string, ref: string): Promise<string | null> =>
  (await getBytes(db, tenant, ref))?.toString('utf8') ?? null;

async function getBytes(db: Queryable, tenant: string, ref: string): Promise<Buffer | null> {
  const { rows } = await db.query<{ value: Buffer }>({
    name: 'blob-get',
    text: 'select value from blobs where tenant = $1 and ref = $2',
    values: [tenant, ref],
  });
  return rows[0]?.value ?? null;
}

/** Names that one process remembers to have written: the plan of a pattern is the same for each of its executions. */
const REMEMBERED = 1_000;

/** Nothing ever removes a blob, so what was written once (and committed: never within somebody's transaction) need not be written again. */
export function blobs(pool: Pool): Blobs & ByteBlobs {
  const written = new Set<string>();
  return {
    async put(tenant, value) {
      const key = `${tenant} ${sha256(value)}`;
      if (written.has(key)) return key.slice(tenant.length + 1);
      const ref = await guarded(() => putBlob(pool, tenant, value));
      if (written.size >= REMEMBERED) written.delete(written.values().next().value as string);
      written.add(key);
      return ref;
    },
    get: (tenant, ref) => guarded(() => getBlob(pool, tenant, ref)),
    putBytes: (tenant, bytes) => guarded(() => putBytes(pool, tenant, Buffer.from(bytes))),
    getBytes: (tenant, ref) => guarded(() => getBytes(pool, tenant, ref)),
  };
}
