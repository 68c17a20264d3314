/** The audit log in Postgres. */
import type { Pool } from 'pg';
import type { AuditAttempt, AuditFilter, AuditRecord, AuditSettlement } from '../contracts/audit';
import { forgetLinks } from './audit-chain';
import { guarded, inTransaction } from './database';

interface Stored {
  id: string;
  at: Date;
  tenant: string;
  subject: string;
  key_id: string | null;
  action: string;
  resource_type: string;
  resource_id: string | null;
  outcome: AuditRecord['outcome'];
  status: number | null;
  code: string | null;
  request_id: string;
  address: string | null;
  settled_at: Date | null;
  count: number;
}

const rowOf = (row: Stored): AuditRecord => ({
  id: row.id,
  at: row.at.toISOString(),
  tenant: row.tenant,
  subject: row.subject,
  keyId: row.key_id,
  action: row.action,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  outcome: row.outcome,
  status: row.status,
  code: row.code,
  requestId: row.request_id,
  address: row.address,
  settledAt: row.settled_at?.toISOString() ?? null,
  count: row.count,
});

/** Each filter is left out when it is null. */
const MATCHING = `tenant = $1 and ($2::text is null or subject = $2) and ($3::text is null or action = $3) and ($4::text is null or resource_type = $4)
  and ($5::text is null or resource_id = $5) and ($6::text is null or outcome = $6) and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)`;

/**
 * Seen by everybody at once, and on the disk a moment later: whoever is answered need not wait for the disk. A database that dies in that moment leaves `unknown`, as a process does
 * that dies before it has settled.
 */
const SETTLE = `
  update audit set outcome = $2, status = $3, code = $4, resource_id = coalesce(resource_id, $5), settled_at = clock_timestamp()
  where id = $1 and outcome = 'unknown' and set_config('synchronous_commit', 'off', true) = 'off'`;

export class AuditStore {
  constructor(private readonly pool: Pool) {}

  begin(row: AuditAttempt): Promise<void> {
    return guarded(async () => {
      await this.pool.query({
        name: 'audit-begin',
        text: `insert into audit (id, tenant, at, subject, key_id, action, resource_type, resource_id, request_id, address)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        values: [row.id, row.tenant, row.at, row.subject, row.keyId, row.action, row.resourceType, row.resourceId, row.requestId, row.address],
      });
    });
  }

  settle(id: string, { outcome, status, code, resourceId }: AuditSettlement): Promise<void> {
    return guarded(async () => {
      await this.pool.query({
        name: 'audit-settle',
        text: SETTLE,
        values: [id, outcome, status, code, resourceId],
      });
    });
  }

  /** An entry whose outcome is known when it is written. It stands for `count` requests. */
  record(row: AuditAttempt, { outcome, status, code, resourceId }: AuditSettlement, count: number): Promise<void> {
    return guarded(async () => {
      await this.pool.query({
        name: 'audit-record',
        text: `insert into audit (id, tenant, at, subject, key_id, action, resource_type, resource_id, request_id, address, outcome, status, code, settled_at, count)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, clock_timestamp(), $14)`,
        values: [
          ...[row.id, row.tenant, row.at, row.subject, row.keyId, row.action, row.resourceType, row.resourceId ?? resourceId, row.requestId, row.address],
          ...[outcome, status, code, count],
        ],
      });
    });
  }

  /** Newest first. */
  list(tenant: string, filter: AuditFilter): Promise<{ readonly rows: readonly AuditRecord[]; readonly total: number }> {
    const { subject, action, resourceType, resourceId, outcome, since, until } = filter;
    const values = [tenant, ...[subject, action, resourceType, resourceId, outcome, since, until].map((value) => value ?? null)];
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<Stored>(`select * from audit where ${MATCHING} order by at desc, position desc limit $9 offset $10`, [
          ...values,
          filter.limit,
          filter.offset,
        ]),
        this.pool.query<{ total: number }>(`select count(*)::int as total from audit where ${MATCHING}`, values),
      ]);
      return { rows: page.rows.map(rowOf), total: count.rows[0]?.total ?? 0 };
    });
  }

  /**
   * Removes what is older; returns how many. At most 10,000 at a time. The chain remembers until when entries were forgotten, and forgets the links before the first entry
   * that is still there.
   */
  forget(olderThanMs: number): Promise<number> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ tenant: string }>(
        `with old as (select id from audit where at < clock_timestamp() - $1 * interval '1 millisecond' order by at limit 10000),
              gone as (delete from audit where id in (select id from old) returning tenant)
         select tenant from gone`,
        [olderThanMs],
      );
      // In one order, so that two that forget at once do not wait for each other in a ring.
      for (const tenant of [...new Set(rows.map((row) => row.tenant))].sort()) await forgetLinks(client, tenant, olderThanMs);
      return rows.length;
    });
  }
}
