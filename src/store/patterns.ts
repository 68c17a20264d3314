/** The pattern catalogue (migration 0008): versions of definitions with their plans. */
import type { Pool } from 'pg';
import { SYSTEM, type Cause } from '../contracts/actor';
import {
  PATTERNS_MAX,
  VERSIONS_MAX,
  type NewPattern,
  type PatternRecord,
  type PatternSummary,
  type PatternVersion,
  type Published,
  type PublishRules,
} from '../contracts/pattern/catalogue';
import { patternRef, type PatternEvent } from '../contracts/row-events';
import { inOrder, newest, pick } from '../domain/version';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { recordRowEvent } from './row-events';

interface StoredVersion {
  name: string;
  version: string;
  kind: PatternRecord['kind'];
  description: string;
  source: string;
  definition: PatternRecord['definition'];
  plan: PatternRecord['plan'];
  digest: string;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

interface StoredPattern {
  name: string;
  newest: string;
  kind: PatternSummary['kind'];
  description: string;
  created_at: Date;
  updated_at: Date;
}

const versionOf = (row: Omit<StoredVersion, 'source' | 'definition' | 'plan'>): PatternVersion => ({
  ...{ version: row.version, description: row.description, digest: row.digest, createdBy: row.created_by },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

const recordOf = (row: StoredVersion): PatternRecord => ({
  ...versionOf(row),
  ...{ name: row.name, kind: row.kind, source: row.source, definition: row.definition, plan: row.plan },
});

const summaryOf = (row: StoredPattern): PatternSummary => ({
  ...{ name: row.name, version: row.newest, kind: row.kind, description: row.description },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

export class PatternsStore {
  constructor(private readonly pool: Pool) {}

  /** Of any number at once that publish one version, one makes it; the others find it. */
  publish(tenant: string, pattern: NewPattern, rules: PublishRules): Promise<Published> {
    return inTransaction(this.pool, async (db) => {
      const missing = await this.lock(db, tenant, pattern, rules);
      if (missing !== null) return missing;
      const key = [tenant, pattern.name];
      const { rows } = await db.query<{ version: string; digest: string }>('select version, digest from pattern_versions where tenant = $1 and name = $2', key);
      const known = rows.find(({ version }) => version === pattern.version);
      if (known?.digest === pattern.digest) return 'same';
      if (known && !rules.overwrite) return 'version_exists';
      if (!known && rows.length >= VERSIONS_MAX) return 'too_many_versions';
      await write(db, tenant, pattern);
      await refresh(db, tenant, pattern.name, [pattern.version, ...rows.map(({ version }) => version)]);
      await record(db, tenant, pattern, { known: known !== undefined, first: rows.length === 0 });
      return known ? 'replaced' : 'created';
    });
  }

  /** The row of the name, made where it may be; whoever holds it changes the pattern. */
  private async lock(db: Queryable, tenant: string, pattern: NewPattern, { existing }: PublishRules): Promise<Published | null> {
    const { name, version, kind, description } = pattern;
    const held = (): Promise<{ rowCount: number | null }> => db.query('select 1 from patterns where tenant = $1 and name = $2 for update', [tenant, name]);
    if ((await held()).rowCount === 1) return null;
    if (existing) return 'unknown_name';
    const { rows } = await db.query<{ total: string }>('select count(*) as total from patterns where tenant = $1', [tenant]);
    if (Number(rows[0]?.total ?? 0) >= PATTERNS_MAX) return 'too_many_patterns';
    const row = [tenant, name, version, kind, description];
    await db.query('insert into patterns (tenant, name, newest, kind, description) values ($1, $2, $3, $4, $5) on conflict do nothing', row);
    if ((await held()).rowCount !== 1) throw new Fault('unavailable', 'store.busy', 'The pattern is being deleted at this moment.');
    return null;
  }

  /** By name, those whose name or description has the text, whatever its case. */
  list(
    tenant: string,
    { search, limit, offset }: { readonly search: string | null; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly patterns: readonly PatternSummary[]; readonly total: number }> {
    const where = `tenant = $1 and ($2::text is null or position(lower($2) in lower(name)) > 0 or position(lower($2) in lower(description)) > 0)`;
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<StoredPattern>(`select * from patterns where ${where} order by name collate "C" limit $3 offset $4`, [tenant, search, limit, offset]),
        this.pool.query<{ total: string }>(`select count(*) as total from patterns where ${where}`, [tenant, search]),
      ]);
      return { patterns: page.rows.map(summaryOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** The version that a text means (../domain/version.ts); null: the newest. Null in return: there is none. */
  async get(tenant: string, name: string, asked: string | null): Promise<PatternRecord | null> {
    const version = asked === null ? null : (pick(await this.numbers(tenant, name), asked) ?? null);
    if (asked !== null && version === null) return null;
    const { rows } = await guarded(() =>
      this.pool.query<StoredVersion>({
        name: 'pattern-get',
        text: `select v.* from pattern_versions v join patterns p using (tenant, name)
               where v.tenant = $1 and v.name = $2 and v.version = coalesce($3, p.newest)`,
        values: [tenant, name, version],
      }),
    );
    return rows[0] ? recordOf(rows[0]) : null;
  }

  private async numbers(tenant: string, name: string): Promise<readonly string[]> {
    const { rows } = await guarded(() =>
      this.pool.query<{ version: string }>('select version from pattern_versions where tenant = $1 and name = $2', [tenant, name]),
    );
    return rows.map(({ version }) => version);
  }

  /** Ascending. Empty: there is no such pattern. */
  async versions(tenant: string, name: string): Promise<readonly PatternVersion[]> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredVersion>(
        'select name, version, kind, description, digest, created_by, created_at, updated_at from pattern_versions where tenant = $1 and name = $2',
        [tenant, name],
      ),
    );
    const order = inOrder(rows.map(({ version }) => version));
    return rows.map(versionOf).sort((a, b) => order.indexOf(a.version) - order.indexOf(b.version));
  }

  /** One version, or with null all. Returns how many there were; with the last of them the pattern is gone. */
  remove(tenant: string, name: string, version: string | null, by: Cause = SYSTEM): Promise<number> {
    return inTransaction(this.pool, async (db) => {
      const key = [tenant, name];
      if ((await db.query('select 1 from patterns where tenant = $1 and name = $2 for update', key)).rowCount === 0) return 0;
      const { rowCount } = await db.query('delete from pattern_versions where tenant = $1 and name = $2 and ($3::text is null or version = $3)', [
        ...key,
        version,
      ]);
      const { rows } = await db.query<{ version: string }>('select version from pattern_versions where tenant = $1 and name = $2', key);
      if (rows.length === 0) await db.query('delete from patterns where tenant = $1 and name = $2', key);
      else if (rowCount !== 0)
        await refresh(
          db,
          tenant,
          name,
          rows.map(({ version }) => version),
        );
      const gone = rowCount ?? 0;
      const event: PatternEvent =
        rows.length === 0
          ? { type: 'deleted', data: { name, versionsRemoved: gone } }
          : { type: 'updated', data: { name, version: version ?? '', change: 'version_deleted' } };
      if (gone > 0) await recordRowEvent(db, patternRef(tenant, name), event, by);
      return gone;
    });
  }
}

async function record(
  db: Queryable,
  tenant: string,
  { name, version, createdBy }: NewPattern,
  was: { readonly known: boolean; readonly first: boolean },
): Promise<void> {
  const event: PatternEvent = was.first
    ? { type: 'created', data: { name, version } }
    : { type: 'updated', data: { name, version, change: was.known ? 'version_replaced' : 'version_added' } };
  await recordRowEvent(db, patternRef(tenant, name), event, { subject: createdBy, via: 'api' });
}

async function write(db: Queryable, tenant: string, pattern: NewPattern): Promise<void> {
  const { name, version, kind, description, source, definition, plan, digest, createdBy } = pattern;
  await db.query(
    `insert into pattern_versions (tenant, name, version, kind, description, source, definition, plan, digest, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant, name, version) do update set kind = excluded.kind, description = excluded.description, source = excluded.source,
       definition = excluded.definition, plan = excluded.plan, digest = excluded.digest, updated_at = clock_timestamp()`,
    [tenant, name, version, kind, description, source, JSON.stringify(definition), JSON.stringify(plan), digest, createdBy],
  );
}

/** The row of the name says again what the newest of these versions says. */
async function refresh(db: Queryable, tenant: string, name: string, versions: readonly string[]): Promise<void> {
  await db.query(
    `update patterns p set newest = v.version, kind = v.kind, description = v.description, updated_at = clock_timestamp()
     from pattern_versions v where p.tenant = $1 and p.name = $2 and v.tenant = p.tenant and v.name = p.name and v.version = $3`,
    [tenant, name, newest(versions)],
  );
}
