/** Firings of triggers: one row for each source, which is why a source fires once. */
import type { Pool } from 'pg';
import { FIRINGS_KEPT, type Firing, type FiringEnd, type FiringRecord, type FiringStatus } from '../contracts/trigger';
import type { StartedTarget, Target } from '../contracts/target';
import { guarded, inTransaction, type Queryable } from './database';
import { open, seal, type SealingKeys } from './sealing';

interface Stored {
  tenant: string;
  id: string;
  trigger_id: string;
  source: string;
  status: FiringStatus;
  kind: Target['kind'];
  key_id: string | null;
  input: Buffer | null;
  target_kind: StartedTarget['kind'] | null;
  target_id: string | null;
  error_code: string | null;
  error: string | null;
  created_at: Date;
  completed_at: Date | null;
}

const rowOf = (row: Stored): FiringRecord => ({
  ...{ id: row.id, status: row.status, source: row.source, createdAt: row.created_at.toISOString(), completedAt: row.completed_at?.toISOString() ?? null },
  target: row.target_kind !== null && row.target_id !== null ? { kind: row.target_kind, id: row.target_id } : null,
  error: row.error_code === null ? null : { code: row.error_code, message: row.error ?? '' },
});

export interface NewFiring extends Firing {
  readonly source: string;
  readonly target: Target;
  /** A firing that is over before it began: why. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** A firing of which nothing was heard for so long has lost its workflow, and gets another one. */
const SILENT_MS = 2 * 3_600_000;

const ownerOf = ({ tenant, triggerId, firingId }: Firing): string => `trigger/${tenant}/${triggerId}/${firingId}`;
const keyOf = ({ tenant, triggerId, firingId }: Firing): string[] => [tenant, triggerId, firingId];

export class FiringsStore {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
  ) {}

  /** Returns the firing that stands for this source, and whether this call made it. */
  add(given: NewFiring): Promise<{ readonly firing: FiringRecord; readonly first: boolean }> {
    return inTransaction(this.pool, (db) => this.addIn(db, given));
  }

  async addIn(db: Queryable, given: NewFiring): Promise<{ readonly firing: FiringRecord; readonly first: boolean }> {
    const { refused } = given;
    const sealed = refused ? null : seal(this.keys, ownerOf(given), JSON.stringify(given.target.input));
    const { rows } = await db.query<Stored>(
      `insert into trigger_firings (tenant, trigger_id, id, source, kind, key_id, input, status, error_code, error, completed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $8 = 'failed' then clock_timestamp() end)
       on conflict (tenant, trigger_id, source) do nothing returning *`,
      [
        ...[...keyOf(given), given.source, given.target.kind, sealed?.keyId ?? null, sealed?.bytes ?? null],
        ...[refused ? 'failed' : 'pending', refused?.code ?? null, refused?.message.slice(0, 2_000) ?? null],
      ],
    );
    if (rows[0]) {
      await db.query('update triggers set fired = fired + 1, last_fired_at = clock_timestamp() where tenant = $1 and id = $2', [given.tenant, given.triggerId]);
      await forgetOld(db, given.tenant, given.triggerId);
      return { firing: rowOf(rows[0]), first: true };
    }
    const known = await db.query<Stored>('select * from trigger_firings where tenant = $1 and trigger_id = $2 and source = $3', [
      ...[given.tenant, given.triggerId, given.source],
    ]);
    return { firing: rowOf(known.rows[0] as Stored), first: false };
  }

  /** Firings of the last minute. */
  async lastMinute(db: Queryable, tenant: string, triggerId: string): Promise<number> {
    const { rows } = await db.query<{ total: string }>(
      `select count(*) as total from trigger_firings where tenant = $1 and trigger_id = $2 and created_at > clock_timestamp() - interval '1 minute'`,
      [tenant, triggerId],
    );
    return Number(rows[0]?.total ?? 0);
  }

  async get(firing: Firing): Promise<FiringRecord | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>('select * from trigger_firings where tenant = $1 and trigger_id = $2 and id = $3', keyOf(firing)),
    );
    return rows[0] ? rowOf(rows[0]) : null;
  }

  /** What it starts; null when it is over, or gone with its trigger. */
  async target(firing: Firing): Promise<Target | null> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>(`select * from trigger_firings where tenant = $1 and trigger_id = $2 and id = $3 and status = 'pending'`, keyOf(firing)),
    );
    const row = rows[0];
    if (!row?.input || row.key_id === null) return null;
    return { kind: row.kind, input: JSON.parse(open(this.keys, ownerOf(firing), { keyId: row.key_id, bytes: row.input })) as Target['input'] };
  }

  /** Newest first. */
  list(
    tenant: string,
    triggerId: string,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly firings: readonly FiringRecord[]; readonly total: number }> {
    return guarded(async () => {
      const page = await this.pool.query<Stored>(
        'select * from trigger_firings where tenant = $1 and trigger_id = $2 order by ordinal desc limit $3 offset $4',
        [...[tenant, triggerId, limit, offset]],
      );
      const count = await this.pool.query<{ total: string }>('select count(*) as total from trigger_firings where tenant = $1 and trigger_id = $2', [
        tenant,
        triggerId,
      ]);
      return { firings: page.rows.map(rowOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** Those whose workflow is to be started, oldest first. */
  toStart(limit: number): Promise<readonly (Firing & { readonly name: string })[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored & { name: string }>(
        `select f.tenant, f.trigger_id, f.id, t.definition ->> 'name' as name from trigger_firings f join triggers t on t.tenant = f.tenant and t.id = f.trigger_id
         where not f.started and f.status = 'pending' order by f.ordinal limit $1`,
        [limit],
      );
      return rows.map((row) => ({ tenant: row.tenant, triggerId: row.trigger_id, firingId: row.id, name: row.name }));
    });
  }

  markStarted(firing: Firing): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update trigger_firings set started = true where tenant = $1 and trigger_id = $2 and id = $3', keyOf(firing));
    });
  }

  /** How it ended. The first end stands. */
  end(firing: Firing, { target, error }: FiringEnd): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update trigger_firings set status = $4, target_kind = $5, target_id = $6, error_code = $7, error = $8, completed_at = clock_timestamp(), input = null, key_id = null
         where tenant = $1 and trigger_id = $2 and id = $3 and status = 'pending'`,
        [
          ...keyOf(firing),
          target ? 'started' : 'failed',
          target?.kind ?? null,
          target?.id ?? null,
          error?.code ?? null,
          error?.message.slice(0, 2_000) ?? null,
        ],
      );
    });
  }

  /** Firings whose workflow was ended from outside get another one. */
  recover(): Promise<void> {
    return guarded(async () => {
      await this.pool.query(
        `update trigger_firings set started = false where started and status = 'pending' and created_at < clock_timestamp() - $1 * interval '1 millisecond'`,
        [SILENT_MS],
      );
    });
  }
}

async function forgetOld(db: Queryable, tenant: string, triggerId: string): Promise<void> {
  await db.query(
    `delete from trigger_firings where tenant = $1 and trigger_id = $2 and status <> 'pending' and ordinal <= (
       select ordinal from trigger_firings where tenant = $1 and trigger_id = $2 order by ordinal desc offset $3 limit 1)`,
    [tenant, triggerId, FIRINGS_KEPT],
  );
}
