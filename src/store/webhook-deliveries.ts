/** Deliveries of webhooks: one row for each event and webhook, with what its tries came to. */
import type { Pool } from 'pg';
import { DELIVERIES_KEPT, TRIES_KEPT, type DeliveryRecord, type DeliveryStatus, type DeliveryTry } from '../contracts/webhook';
import { guarded, inTransaction, type Queryable } from './database';

export interface NewDelivery {
  readonly tenant: string;
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly actor: string | null;
  readonly executionId: string | null;
  readonly body: string;
  readonly ordered: boolean;
}

interface Stored {
  tenant: string;
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: string;
  execution_id: string | null;
  body: string;
  status: DeliveryStatus;
  tries: readonly DeliveryTry[];
  tried: number;
  created_at: Date;
  next_at: Date | null;
  completed_at: Date | null;
}

const rowOf = (row: Stored): DeliveryRecord => ({
  ...{ id: row.id, webhookId: row.webhook_id, eventId: row.event_id, eventType: row.event_type, executionId: row.execution_id },
  ...{ status: row.status, tries: row.tries, tried: row.tried, body: row.body, createdAt: row.created_at.toISOString() },
  ...{ nextAt: row.next_at?.toISOString() ?? null, completedAt: row.completed_at?.toISOString() ?? null },
});

/** The same event for the same webhook again is a no-op. */
export async function addDelivery(db: Queryable, given: NewDelivery): Promise<void> {
  await db.query(
    `insert into webhook_deliveries (tenant, id, webhook_id, event_id, event_type, actor, execution_id, body, ordered)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, webhook_id, event_id) do nothing`,
    [given.tenant, given.id, given.webhookId, given.eventId, given.eventType, given.actor, given.executionId, given.body, given.ordered],
  );
}

/** A delivery whose workflow is to be started. */
interface DueDelivery {
  readonly tenant: string;
  readonly id: string;
  readonly webhookId: string;
  readonly eventType: string;
  /** Tries after the first, as its webhook has them. */
  readonly retries: number;
}

/** How a try changes a delivery. */
export interface TryRecord {
  readonly made: DeliveryTry;
  readonly delivered: boolean;
  /** Milliseconds to the next one; null: this was the last. */
  readonly nextInMs: number | null;
}

/** A delivery of which nothing was heard for so long has lost its workflow, and gets another one. */
const SILENT_MS = 15 * 60_000;

export class DeliveriesStore {
  constructor(private readonly pool: Pool) {}

  add(given: NewDelivery): Promise<void> {
    return guarded(() => addDelivery(this.pool, given));
  }

  async get(tenant: string, webhookId: string | null, id: string): Promise<DeliveryRecord | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>('select * from webhook_deliveries where tenant = $1 and id = $2 and ($3::text is null or webhook_id = $3)', [
        tenant,
        id,
        webhookId,
      ]),
    );
    return rows[0] ? rowOf(rows[0]) : null;
  }

  /** Newest first. */
  list(
    tenant: string,
    webhookId: string,
    { status, limit, offset }: { readonly status: DeliveryStatus | null; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly deliveries: readonly DeliveryRecord[]; readonly total: number }> {
    const where = 'tenant = $1 and webhook_id = $2 and ($3::text is null or status = $3)';
    return guarded(async () => {
      const page = await this.pool.query<Stored>(`select * from webhook_deliveries where ${where} order by ordinal desc limit $4 offset $5`, [
        ...[tenant, webhookId, status, limit, offset],
      ]);
      const count = await this.pool.query<{ total: string }>(`select count(*) as total from webhook_deliveries where ${where}`, [tenant, webhookId, status]);
      return { deliveries: page.rows.map(rowOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** Those whose workflow is to be started, oldest first. Of an actor's events for an ordered webhook the next one waits for the end of the one before. */
  toStart(limit: number): Promise<readonly DueDelivery[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored & { retries: number }>(
        `select d.tenant, d.id, d.webhook_id, d.event_type, (w.definition ->> 'retries')::integer as retries
         from webhook_deliveries d join webhooks w on w.tenant = d.tenant and w.id = d.webhook_id where not d.started and d.status = 'pending' and not (d.ordered and exists (
           select 1 from webhook_deliveries e where e.tenant = d.tenant and e.webhook_id = d.webhook_id and e.actor = d.actor and e.status = 'pending' and e.ordinal < d.ordinal))
         order by d.ordinal limit $1`,
        [limit],
      );
      return rows.map((row) => ({ tenant: row.tenant, id: row.id, webhookId: row.webhook_id, eventType: row.event_type, retries: row.retries }));
    });
  }

  markStarted(tenant: string, id: string): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update webhook_deliveries set started = true where tenant = $1 and id = $2', [tenant, id]);
    });
  }

  /** Notes a try, and the end if it was one; the end counts once. */
  record(tenant: string, id: string, { made, delivered, nextInMs }: TryRecord): Promise<void> {
    const status: DeliveryStatus = delivered ? 'delivered' : nextInMs === null ? 'failed' : 'pending';
    return inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<Stored>('select * from webhook_deliveries where tenant = $1 and id = $2 for update', [tenant, id]);
      const known = rows[0];
      if (!known) return;
      const tries = [...known.tries, made].slice(-TRIES_KEPT);
      await db.query(
        `update webhook_deliveries set tries = $3, tried = tried + 1, status = $4,
           next_at = case when $4 = 'pending' then clock_timestamp() + $5 * interval '1 millisecond' end,
           completed_at = case when $4 <> 'pending' then clock_timestamp() end where tenant = $1 and id = $2`,
        [tenant, id, JSON.stringify(tries), status, nextInMs ?? 0],
      );
      await db.query(`update webhooks set delivered = delivered + $3, failed = failed + $4, latency_ms = latency_ms + $5 where tenant = $1 and id = $2`, [
        tenant,
        known.webhook_id,
        status === 'delivered' ? 1 : 0,
        status === 'failed' ? 1 : 0,
        status === 'delivered' ? made.durationMs : 0,
      ]);
      if (status !== 'pending') await forgetOld(db, tenant, known.webhook_id);
    });
  }

  /** Nobody wants it any more. */
  cancel(tenant: string, id: string): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update webhook_deliveries set status = 'cancelled', next_at = null, completed_at = clock_timestamp() where tenant = $1 and id = $2 and status = 'pending'`,
        [tenant, id],
      );
    });
  }

  /** To be tried from the beginning, whatever came of it before; false when it is gone. */
  again(tenant: string, id: string): Promise<boolean> {
    return guarded(async () => {
      const { rowCount } = await this.pool.query(
        `update webhook_deliveries set status = 'pending', started = true, next_at = clock_timestamp(), completed_at = null where tenant = $1 and id = $2`,
        [tenant, id],
      );
      return rowCount === 1;
    });
  }

  /** Deliveries whose workflow was ended from outside get another one. */
  recover(): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update webhook_deliveries set started = false
         where started and status = 'pending' and coalesce(next_at, created_at) < clock_timestamp() - $1 * interval '1 millisecond'`,
        [SILENT_MS],
      );
    });
  }
}

async function forgetOld(db: Queryable, tenant: string, webhookId: string): Promise<void> {
  await db.query(
    `delete from webhook_deliveries where tenant = $1 and webhook_id = $2 and status <> 'pending' and ordinal <= (
       select ordinal from webhook_deliveries where tenant = $1 and webhook_id = $2 order by ordinal desc offset $3 limit 1)`,
    [tenant, webhookId, DELIVERIES_KEPT],
  );
}
