/** API keys in Postgres: made, found by their hash, rotated, revoked. Every change is notified, so that processes that remember keys forget them. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { ApiKeyRecord, KeyOwner } from '../contracts/api-key';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';

export const KEYS_CHANNEL = 'everthread_keys';
/** Keys of one tenant that are neither revoked nor expired. */
const LIVE_KEYS_MAX = 1_000;

export interface NewApiKey {
  readonly id?: string;
  readonly tenant: string;
  readonly name: string;
  readonly hash: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: string | null;
}

interface Stored {
  id: string;
  tenant: string;
  name: string;
  hint: string;
  scopes: string[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  rotated_from: string | null;
}

const rowOf = (row: Stored): ApiKeyRecord => ({
  id: row.id,
  tenant: row.tenant,
  name: row.name,
  hint: row.hint,
  scopes: row.scopes,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  rotatedFrom: row.rotated_from,
});

export class ApiKeys {
  constructor(private readonly pool: Pool) {}

  /** Fault `keys.too_many` (exhausted) for a tenant that has 1,000 live keys. */
  create(key: NewApiKey): Promise<ApiKeyRecord> {
    return inTransaction(this.pool, (client) => insert(client, key, null));
  }

  /** Whether a key was ever made here, be it revoked by now. */
  everMade(): Promise<boolean> {
    return guarded(async () => (await this.pool.query('select 1 from api_keys limit 1')).rowCount === 1);
  }

  /** The key of this hash if it may be used now, else why not; null when there is none. */
  findLive(hash: string): Promise<{ readonly key: ApiKeyRecord; readonly state: 'live' | 'revoked' | 'expired' } | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored & { expired: boolean }>({
        name: 'api-key-by-hash',
        text: `select *, coalesce(expires_at <= clock_timestamp(), false) as expired from api_keys where hash = $1`,
        values: [hash],
      });
      const row = rows[0];
      return row ? { key: rowOf(row), state: row.revoked_at ? 'revoked' : row.expired ? 'expired' : 'live' } : null;
    });
  }

  get(owner: KeyOwner, id: string): Promise<ApiKeyRecord | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored>('select * from api_keys where id = $1 and ($2::text is null or tenant = $2)', [id, owner]);
      return rows[0] ? rowOf(rows[0]) : null;
    });
  }

  /** Newest first. */
  list(owner: KeyOwner, { limit, offset }: { readonly limit: number; readonly offset: number }): Promise<{ keys: readonly ApiKeyRecord[]; total: number }> {
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<Stored>('select * from api_keys where $1::text is null or tenant = $1 order by position desc limit $2 offset $3', [
          owner,
          limit,
          offset,
        ]),
        this.pool.query<{ total: number }>('select count(*)::int as total from api_keys where $1::text is null or tenant = $1', [owner]),
      ]);
      return { keys: page.rows.map(rowOf), total: count.rows[0]?.total ?? 0 };
    });
  }

  /** A new key in the place of an old one, which stays valid for `graceSeconds`; twice under one id it is one key. Null when there is none; fault `keys.not_live` (conflict). */
  rotate(owner: KeyOwner, id: string, next: Pick<NewApiKey, 'id' | 'hash' | 'hint' | 'createdBy'>, graceSeconds: number): Promise<ApiKeyRecord | null> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<Stored & { expired: boolean }>(
        `select *, coalesce(expires_at <= clock_timestamp(), false) as expired from api_keys where id = $1 and ($2::text is null or tenant = $2) for update`,
        [id, owner],
      );
      const old = rows[0];
      if (!old) return null;
      const { rows: made } = await client.query<Stored>('select * from api_keys where id = $1 and rotated_from = $2', [next.id ?? '', id]);
      if (made[0]) return rowOf(made[0]);
      if (old.revoked_at || old.expired) throw new Fault('conflict', 'keys.not_live', 'The key is revoked or has expired; make a new one.', { id });
      await client.query(
        `update api_keys set
           revoked_at = case when $2 = 0 then clock_timestamp() end,
           expires_at = case when $2 = 0 then expires_at else least(coalesce(expires_at, 'infinity'), clock_timestamp() + $2 * interval '1 second') end
         where id = $1`,
        [id, graceSeconds],
      );
      const { tenant, name, scopes, expires_at } = old;
      return insert(client, { ...next, tenant, name, scopes, expiresAt: expires_at?.toISOString() ?? null }, id);
    });
  }

  /** Revokes at once; a key that is revoked stays so. False when there is none. */
  revoke(owner: KeyOwner, id: string): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(
        'update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1 and ($2::text is null or tenant = $2)',
        [id, owner],
      );
      await client.query('select pg_notify($1, $2)', [KEYS_CHANNEL, id]);
      return rowCount === 1;
    });
  }

  /** Which of these keys may not be used any more. */
  ended(ids: readonly string[]): Promise<readonly string[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<{ id: string }>(
        'select id from api_keys where id = any($1) and (revoked_at is not null or expires_at <= clock_timestamp())',
        [ids],
      );
      return rows.map(({ id }) => id);
    });
  }

  /** Notes that keys were used just now. */
  touch(ids: readonly string[]): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update api_keys set last_used_at = clock_timestamp() where id = any($1)', [ids]);
    });
  }
}

async function insert(client: Queryable, key: NewApiKey, rotatedFrom: string | null): Promise<ApiKeyRecord> {
  // Makers of keys of one tenant go one by one, or several that count at once would all find room.
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`api_keys/${key.tenant}`]);
  const { rows: counted } = await client.query<{ live: number }>(
    'select count(*)::int as live from api_keys where tenant = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())',
    [key.tenant],
  );
  if ((counted[0]?.live ?? 0) >= LIVE_KEYS_MAX)
    throw new Fault('exhausted', 'keys.too_many', `A tenant may have ${LIVE_KEYS_MAX} keys at a time; revoke some.`, { max: LIVE_KEYS_MAX });
  const { rows } = await client.query<Stored>(
    `insert into api_keys (id, tenant, name, hash, hint, scopes, created_by, expires_at, rotated_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
    [key.id ?? `key_${randomUUID()}`, key.tenant, key.name, key.hash, key.hint, key.scopes, key.createdBy, key.expiresAt, rotatedFrom],
  );
  await client.query('select pg_notify($1, $2)', [KEYS_CHANNEL, (rows[0] as Stored).id]);
  return rowOf(rows[0] as Stored);
}
