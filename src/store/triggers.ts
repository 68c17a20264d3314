/** Triggers, with the input of their target and their secret sealed. Their firings are in ./trigger-firings.ts. */
import type { Pool } from 'pg';
import type { TriggerDefinition, TriggerRecord, TriggerType } from '../contracts/trigger';
import type { RotatingSecret } from '../contracts/webhook';
import type { Target } from '../contracts/target';
import { guarded, type Queryable } from './database';
import { hintOf, SealedRows } from './sealed-rows';
import type { SealingKeys } from './sealing';

interface Stored {
  tenant: string;
  id: string;
  type: TriggerType;
  definition: Omit<TriggerDefinition, 'target'> & { readonly kind: Target['kind'] };
  active: boolean;
  path: string | null;
  key_id: string;
  sealed: Buffer;
  secret_hint: string | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  fired: string;
  last_fired_at: Date | null;
}

interface Sealed {
  readonly input: Target['input'];
  readonly secrets: RotatingSecret | null;
}

export interface NewTrigger {
  readonly tenant: string;
  readonly id: string;
  readonly type: TriggerType;
  readonly by: string;
  readonly path: string | null;
  readonly definition: TriggerDefinition;
  readonly secrets: RotatingSecret | null;
}

export class TriggersStore {
  private readonly rows: SealedRows<Sealed>;

  constructor(
    private readonly pool: Pool,
    keys: SealingKeys,
  ) {
    this.rows = new SealedRows(pool, keys, 'triggers', (tenant, id) => `trigger/${tenant}/${id}`);
  }

  /** Does nothing when there are `max` already; then null. */
  insert({ tenant, id, type, by, path, definition, secrets }: NewTrigger, max: number): Promise<TriggerRecord | null> {
    const { plain, value } = split(definition, secrets);
    const { keyId, bytes } = this.rows.seal(tenant, id, value);
    return this.one(
      `insert into triggers (tenant, id, type, definition, path, key_id, sealed, secret_hint, created_by, created_at, updated_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), clock_timestamp() where (select count(*) from triggers where tenant = $1) < $10 returning *`,
      [tenant, id, type, plain, path, keyId, bytes, hintOf(secrets), by, max],
    );
  }

  get(tenant: string, id: string): Promise<TriggerRecord | null> {
    return this.one('select * from triggers where tenant = $1 and id = $2', [tenant, id]);
  }

  byPath(path: string): Promise<TriggerRecord | null> {
    return this.one('select * from triggers where path = $1', [path]);
  }

  /** Newest first. */
  list(
    tenant: string,
    { type, active, limit, offset }: { readonly type: TriggerType | null; readonly active: boolean | null; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly triggers: readonly TriggerRecord[]; readonly total: number }> {
    const where = 'tenant = $1 and ($2::text is null or type = $2) and ($3::boolean is null or active = $3)';
    return guarded(async () => {
      const page = await this.pool.query<Stored>(`select * from triggers where ${where} order by created_at desc, id desc limit $4 offset $5`, [
        ...[tenant, type, active, limit, offset],
      ]);
      const count = await this.pool.query<{ total: string }>(`select count(*) as total from triggers where ${where}`, [tenant, type, active]);
      return { triggers: page.rows.map((row) => this.rowOf(row)), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** With a `hint` only while the secret ends so. Null when there is no such trigger. */
  async replace(
    tenant: string,
    id: string,
    definition: TriggerDefinition,
    secrets: RotatingSecret | null,
    hint: string | null = null,
  ): Promise<TriggerRecord | null> {
    const { plain, value } = split(definition, secrets);
    const row = await this.rows.replace<Stored>(tenant, id, { plain: { definition: plain }, value, secrets, hint });
    return row && this.rowOf(row);
  }

  /** Of what happens while it is paused nothing is made up for. */
  setActive(tenant: string, id: string, active: boolean): Promise<TriggerRecord | null> {
    return this.one(
      `update triggers set active = $3, updated_at = case when active = $3 then updated_at else clock_timestamp() end,
         since_tx = case when $3 and not active then pg_current_xact_id() else since_tx end where tenant = $1 and id = $2 returning *`,
      [tenant, id, active],
    );
  }

  remove(tenant: string, id: string): Promise<boolean> {
    return guarded(async () => (await this.pool.query('delete from triggers where tenant = $1 and id = $2', [tenant, id])).rowCount === 1);
  }

  /** Active event triggers of these tenants, each with the transaction since which it counts. */
  async listening(db: Queryable, tenants: readonly string[]): Promise<readonly { readonly trigger: TriggerRecord; readonly sinceTx: bigint }[]> {
    const { rows } = await db.query<Stored & { since_tx: string }>(
      `select *, since_tx::text as since_tx from triggers where active and type = 'event' and tenant = any($1)`,
      [tenants],
    );
    return rows.map((row) => ({ trigger: this.rowOf(row), sinceTx: BigInt(row.since_tx) }));
  }

  private rowOf(row: Stored): TriggerRecord {
    const { kind, ...definition } = row.definition;
    const { input, secrets } = this.rows.open(row);
    return {
      ...{
        tenant: row.tenant,
        id: row.id,
        type: row.type,
        definition: { ...definition, target: { kind, input } },
        active: row.active,
        path: row.path,
        secrets,
      },
      ...{ secretHint: row.secret_hint, createdBy: row.created_by, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
      ...{ fired: Number(row.fired), lastFiredAt: row.last_fired_at?.toISOString() ?? null },
    };
  }

  private async one(text: string, values: readonly unknown[]): Promise<TriggerRecord | null> {
    const { rows } = await guarded(() => this.pool.query<Stored>(text, [...values]));
    return rows[0] ? this.rowOf(rows[0]) : null;
  }
}

/** What stands in the row as it is, and what is sealed. */
const split = ({ target, ...rest }: TriggerDefinition, secrets: RotatingSecret | null): { readonly plain: string; readonly value: Sealed } => ({
  plain: JSON.stringify({ ...rest, kind: target.kind }),
  value: { input: target.input, secrets },
});
