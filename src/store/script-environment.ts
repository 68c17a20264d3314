/** The environment of scripts: variables of a tenant, and what single scripts lay over them. Values are sealed, each bound to its row, so that a copy of the database gives none away. */
import type { Pool } from 'pg';
import { guarded, inTransaction, type Queryable } from './database';
import { open, seal, type SealingKeys } from './sealing';

export interface EnvironmentRow {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
  readonly description: string;
  readonly updatedAt: string;
}

export interface NewVariable {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
  readonly description: string;
}

/** Whose variables: a tenant's own (`script` is empty), or those of one of its scripts. */
export interface EnvironmentOwner {
  readonly tenant: string;
  readonly script: string;
}

interface Stored {
  tenant: string;
  script: string;
  key: string;
  key_id: string;
  sealed: Buffer;
  secret: boolean;
  description: string;
  updated_at: Date;
}

/** Rows that one call of `reseal` works on. */
const RESEAL_MAX = 1_000;

const sealOwner = ({ tenant, script }: EnvironmentOwner, key: string): string => JSON.stringify(['script-environment', tenant, script, key]);

export class ScriptEnvironmentStore {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
  ) {}

  /**
   * All or none. Not `overwrite`: what is there stays. Returns the keys that were written; null when there would be more than `max`.
   */
  write(
    owner: EnvironmentOwner,
    variables: readonly NewVariable[],
    { by, max, overwrite, remove = [] }: { readonly by: string; readonly max: number; readonly overwrite: boolean; readonly remove?: readonly string[] },
  ): Promise<readonly string[] | null> {
    const key = [owner.tenant, owner.script];
    return inTransaction(this.pool, async (db) => {
      // One writer at a time for each owner, so that the bound holds.
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`script-environment/${owner.tenant}/${owner.script}`]);
      const known = await db.query<{ key: string }>('select key from script_environment where tenant = $1 and script = $2', key);
      const there = new Set(known.rows.map((row) => row.key).filter((name) => !remove.includes(name)));
      const written = variables.filter((variable) => overwrite || !there.has(variable.key));
      if (new Set([...there, ...written.map((variable) => variable.key)]).size > max) return null;
      if (remove.length > 0) await db.query('delete from script_environment where tenant = $1 and script = $2 and key = any($3)', [...key, remove]);
      for (const variable of written) await this.upsert(db, owner, variable, by);
      return written.map((variable) => variable.key);
    });
  }

  private async upsert(db: Queryable, owner: EnvironmentOwner, { key, value, secret, description }: NewVariable, by: string): Promise<void> {
    const { keyId, bytes } = seal(this.keys, sealOwner(owner, key), value);
    await db.query(
      `insert into script_environment (tenant, script, key, key_id, sealed, secret, description, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant, script, key) do update set key_id = excluded.key_id, sealed = excluded.sealed, secret = excluded.secret, description = excluded.description,
         updated_by = excluded.updated_by, updated_at = clock_timestamp()`,
      [owner.tenant, owner.script, key, keyId, bytes, secret, description, by],
    );
  }

  async get(owner: EnvironmentOwner, key: string): Promise<EnvironmentRow | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>('select * from script_environment where tenant = $1 and script = $2 and key = $3', [owner.tenant, owner.script, key]),
    );
    return rows[0] ? this.rowOf(rows[0]) : null;
  }

  /** By key, those that begin with the prefix and come after `after`. */
  async list(
    owner: EnvironmentOwner,
    { prefix, after, limit }: { readonly prefix: string; readonly after: string; readonly limit: number },
  ): Promise<{ readonly variables: readonly EnvironmentRow[]; readonly more: boolean }> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>(
        'select * from script_environment where tenant = $1 and script = $2 and starts_with(key, $3) and key > $4 order by key limit $5',
        [...[owner.tenant, owner.script, prefix, after, limit + 1]],
      ),
    );
    return { variables: rows.slice(0, limit).map((row) => this.rowOf(row)), more: rows.length > limit };
  }

  remove(owner: EnvironmentOwner, key: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query('delete from script_environment where tenant = $1 and script = $2 and key = $3', [
        ...[owner.tenant, owner.script, key],
      ]);
      return rowCount === 1;
    });
  }

  /** Seals up to 1,000 values again that an older key sealed; returns how many. Call until it returns 0, then retire the old key. */
  async reseal(): Promise<number> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>('select * from script_environment where key_id <> $1 limit $2', [this.keys.current, RESEAL_MAX]),
    );
    for (const row of rows) {
      const { keyId, bytes } = seal(this.keys, sealOwner(row, row.key), this.rowOf(row).value);
      // Only what is still the value that was opened: a writer of meanwhile has sealed by the current key.
      await guarded(() =>
        this.pool.query('update script_environment set key_id = $4, sealed = $5 where tenant = $1 and script = $2 and key = $3 and sealed = $6', [
          ...[row.tenant, row.script, row.key, keyId, bytes, row.sealed],
        ]),
      );
    }
    return rows.length;
  }

  private rowOf(row: Stored): EnvironmentRow {
    const value = open(this.keys, sealOwner(row, row.key), { keyId: row.key_id, bytes: row.sealed });
    return { key: row.key, value, secret: row.secret, description: row.description, updatedAt: row.updated_at.toISOString() };
  }
}
