/** Webhooks: what somebody wants to be told, with its secrets sealed. Their deliveries are in ./webhook-deliveries.ts. */
import type { Pool } from 'pg';
import { deliveryAddress, type WebhookDefinition, type WebhookRecord, type WebhookSecrets } from '../contracts/webhook';
import { guarded, type Queryable } from './database';
import { hintOf, SealedRows } from './sealed-rows';
import type { SealingKeys } from './sealing';

interface Stored {
  tenant: string;
  id: string;
  definition: Omit<WebhookDefinition, 'enabled'>;
  enabled: boolean;
  key_id: string;
  sealed: Buffer;
  secret_hint: string;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  delivered: string;
  failed: string;
  latency_ms: string;
}

const rowOf = (row: Stored): WebhookRecord => ({
  ...{ id: row.id, definition: { ...row.definition, enabled: row.enabled }, secretHint: row.secret_hint, createdBy: row.created_by },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
  ...{ delivered: Number(row.delivered), failed: Number(row.failed), latencyMs: Number(row.latency_ms) },
});

export interface NewWebhook {
  readonly tenant: string;
  readonly id: string;
  readonly by: string;
  readonly definition: WebhookDefinition;
  readonly secrets: WebhookSecrets;
  /** Of one actor only: not listed, not counted, and forgotten after its end. */
  readonly forActor?: string;
}

/** Those of one actor are kept for so long, so that their deliveries can be read. */
const SPENT_AFTER_DAYS = 7;

export class WebhooksStore {
  private readonly rows: SealedRows<WebhookSecrets>;

  constructor(
    private readonly pool: Pool,
    keys: SealingKeys,
  ) {
    this.rows = new SealedRows(pool, keys, 'webhooks', deliveryAddress);
  }

  /** Does nothing when there are `max` already; then null. */
  async insert({ tenant, id, by, definition, secrets, forActor }: NewWebhook, max: number): Promise<WebhookRecord | null> {
    const { keyId, bytes } = this.rows.seal(tenant, id, secrets);
    const { enabled, ...rest } = definition;
    return this.one(
      `insert into webhooks (tenant, id, definition, enabled, key_id, sealed, secret_hint, created_by, for_actor, created_at, updated_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $10, clock_timestamp(), clock_timestamp()
       where $10::text is not null or (select count(*) from webhooks where tenant = $1 and for_actor is null) < $9 on conflict do nothing returning *`,
      [tenant, id, JSON.stringify(rest), enabled, keyId, bytes, hintOf(secrets), by, max, forActor ?? null],
    );
  }

  get(tenant: string, id: string): Promise<WebhookRecord | null> {
    return this.one('select * from webhooks where tenant = $1 and id = $2', [tenant, id]);
  }

  /** Newest first. */
  async list(
    tenant: string,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly webhooks: readonly WebhookRecord[]; readonly total: number }> {
    return guarded(async () => {
      const page = await this.pool.query<Stored>(
        'select * from webhooks where tenant = $1 and for_actor is null order by created_at desc, id desc limit $2 offset $3',
        [tenant, limit, offset],
      );
      const count = await this.pool.query<{ total: string }>('select count(*) as total from webhooks where tenant = $1 and for_actor is null', [tenant]);
      return { webhooks: page.rows.map(rowOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** The definition as a whole, and the secrets where they change too; with a `hint` only while the secret ends so. Null when there is no such webhook. */
  async replace(
    tenant: string,
    id: string,
    definition: WebhookDefinition,
    secrets: WebhookSecrets | null,
    hint: string | null = null,
  ): Promise<WebhookRecord | null> {
    const { enabled, ...rest } = definition;
    const plain = { definition: JSON.stringify(rest), enabled };
    const row = await this.rows.replace<Stored>(tenant, id, { plain, value: secrets, secrets, hint });
    return row && rowOf(row);
  }

  remove(tenant: string, id: string): Promise<boolean> {
    return guarded(async () => (await this.pool.query('delete from webhooks where tenant = $1 and id = $2', [tenant, id])).rowCount === 1);
  }

  /** Forgets those of single actors whose work is done. */
  forgetSpent(): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `delete from webhooks w where for_actor is not null and created_at < clock_timestamp() - $1 * interval '1 day'
           and not exists (select 1 from webhook_deliveries d where d.tenant = w.tenant and d.webhook_id = w.id and d.status = 'pending')
           and not exists (select 1 from executions e where e.address = w.for_actor and e.status in ('pending', 'running'))
           and not exists (select 1 from script_threads t where t.address = w.for_actor and t.ended_at is null)`,
        [SPENT_AFTER_DAYS],
      );
    });
  }

  async secrets(tenant: string, id: string): Promise<WebhookSecrets | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>('select tenant, id, key_id, sealed from webhooks where tenant = $1 and id = $2', [tenant, id]),
    );
    return rows[0] ? this.rows.open(rows[0]) : null;
  }

  private async one(text: string, values: readonly unknown[]): Promise<WebhookRecord | null> {
    const { rows } = await guarded(() => this.pool.query<Stored>(text, [...values]));
    return rows[0] ? rowOf(rows[0]) : null;
  }
}

export interface Listener {
  readonly tenant: string;
  readonly id: string;
  readonly sinceTx: bigint;
  readonly forActor: string | null;
  readonly createdBy: string;
  readonly definition: Pick<WebhookDefinition, 'events' | 'filters' | 'ordered' | 'format'>;
}

/** Webhooks of these tenants, and of these actors alone, that want to be told now. */
export async function listeningWebhooks(db: Queryable, tenants: readonly string[], actors: readonly string[]): Promise<readonly Listener[]> {
  const { rows } = await db.query<Stored & { since_tx: string; for_actor: string | null }>(
    'select tenant, id, definition, for_actor, created_by, since_tx::text as since_tx from webhooks where enabled and tenant = any($1) and (for_actor is null or for_actor = any($2))',
    [tenants, actors],
  );
  return rows.map(({ tenant, id, definition, for_actor: forActor, created_by: createdBy, since_tx: since }) => ({
    ...{ tenant, id, definition, forActor, createdBy, sinceTx: BigInt(since) },
  }));
}
