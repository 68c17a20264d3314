/** Packages of the marketplace and what tenants have installed of them (migration 0015). */
import type { Pool } from 'pg';
import {
  INSTALLS_MAX,
  PACKAGES_MAX,
  PACKAGE_VERSIONS_MAX,
  type InstalledPackage,
  type InstalledPackages,
  type NewInstall,
  type NewPackage,
  type PackageFilter,
  type PackageInstalled,
  type PackagePublished,
  type PackageRecord,
} from '../contracts/run/package';
import { collide } from '../domain/run/package';
import { inOrder, newest, pick } from '../domain/version';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';

interface StoredVersion extends Omit<PackageRecord, 'published_at'> {
  readonly published_at: Date;
}
interface StoredInstall extends Omit<InstalledPackage, 'installed_at'> {
  readonly installed_at: Date;
}

const COLUMNS = [
  'name',
  'version',
  'description',
  'author',
  'tags',
  'kind',
  'content_hash',
  'signature',
  'publisher_pubkey',
  'signed',
  'published_by',
] as const;
const VERSION = [...COLUMNS, 'published_at'].map((column) => `v.${column}`).join(', ');
const INSTALL = 'name, version, kind, content_hash, signed, provides, installed_by, installed_at';

const REVISION = `md5(coalesce(string_agg(name || ' ' || content_hash || ' ' || installed_at, ',' order by name collate "C"), ''))`;
const SERVING_MAX = 1_000;

const recordOf = ({ published_at, ...row }: StoredVersion): PackageRecord => ({ ...row, published_at: published_at.toISOString() });
const installOf = ({ installed_at, ...row }: StoredInstall): InstalledPackage => ({ ...row, installed_at: installed_at.toISOString() });

export class PackagesStore implements InstalledPackages {
  constructor(private readonly pool: Pool) {}

  /** Of any number at once that publish one version, one makes it. */
  publish(tenant: string, made: NewPackage): Promise<PackagePublished> {
    return inTransaction(this.pool, async (db) => {
      if (!(await this.hold(db, tenant, made))) return 'too_many_packages';
      const versions = await precedences(db, tenant, made.name);
      if (versions.includes(made.precedence)) return 'version_exists';
      if (versions.length >= PACKAGE_VERSIONS_MAX) return 'too_many_versions';
      const values = COLUMNS.map((column) => (column === 'kind' ? JSON.stringify(made.kind) : made[column]));
      const places = values.map((_, at) => `$${at + 4}`).join(', ');
      await db.query(`insert into package_versions (tenant, precedence, kind_type, ${COLUMNS.join(', ')}) values ($1, $2, $3, ${places})`, [
        ...[tenant, made.precedence, made.kind.type],
        ...values,
      ]);
      await refresh(db, tenant, made.name, [...versions, made.precedence]);
      return 'published';
    });
  }

  /** The row of the name, made where there is room; whoever holds it changes the package. */
  private async hold(db: Queryable, tenant: string, { name, precedence }: NewPackage): Promise<boolean> {
    const held = async (): Promise<boolean> =>
      (await db.query('select 1 from packages where tenant = $1 and name = $2 for update', [tenant, name])).rowCount === 1;
    if (await held()) return true;
    const { rows } = await db.query<{ total: string }>('select count(*) as total from packages where tenant = $1', [tenant]);
    if (Number(rows[0]?.total ?? 0) >= PACKAGES_MAX) return false;
    await db.query('insert into packages (tenant, name, newest) values ($1, $2, $3) on conflict do nothing', [tenant, name, precedence]);
    if (!(await held())) throw new Fault('unavailable', 'store.busy', 'The package is being deleted at this moment.');
    return true;
  }

  /** The newest version of each, by name. */
  async find(
    tenant: string,
    { q, tag, kind, author, limit, offset }: PackageFilter,
  ): Promise<{ readonly packages: readonly PackageRecord[]; readonly total: number }> {
    const from = `from packages p join package_versions v on v.tenant = p.tenant and v.name = p.name and v.precedence = p.newest
      where p.tenant = $1
        and ($2::text is null or position(lower($2) in lower(v.name)) > 0 or position(lower($2) in lower(v.description)) > 0
          or exists (select 1 from unnest(v.tags) tag where position(lower($2) in lower(tag)) > 0))
        and ($3::text is null or $3 = any(v.tags)) and ($4::text is null or v.kind_type = $4) and ($5::text is null or v.author = $5)`;
    const values = [tenant, q ?? null, tag ?? null, kind ?? null, author ?? null];
    return guarded(async () => {
      const [page, count] = await Promise.all([
        this.pool.query<StoredVersion>(`select ${VERSION} ${from} order by p.name collate "C" limit $6 offset $7`, [...values, limit, offset]),
        this.pool.query<{ total: string }>(`select count(*) as total ${from}`, values),
      ]);
      return { packages: page.rows.map(recordOf), total: Number(count.rows[0]?.total ?? 0) };
    });
  }

  /** The version that `asked` means: as it was written, or one or a range as ../domain/version.ts has them; null: the newest. Null in return: there is none. */
  async get(tenant: string, name: string, asked: string | null): Promise<PackageRecord | null> {
    return guarded(async () => {
      const known = await versionsOf(this.pool, tenant, name);
      const written = known.find(({ version }) => version === asked)?.precedence;
      const meant =
        written ??
        pick(
          known.map(({ precedence }) => precedence),
          asked ?? 'latest',
        );
      if (meant === undefined) return null;
      const { rows } = await this.pool.query<StoredVersion>(
        `select ${VERSION} from package_versions v where v.tenant = $1 and v.name = $2 and v.precedence = $3`,
        [tenant, name, meant],
      );
      return rows[0] ? recordOf(rows[0]) : null;
    });
  }

  /** Ascending. Empty: there is no such package. */
  async versions(tenant: string, name: string): Promise<readonly PackageRecord[]> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredVersion & { readonly precedence: string }>(
        `select ${VERSION}, v.precedence from package_versions v where v.tenant = $1 and v.name = $2`,
        [tenant, name],
      ),
    );
    const order = inOrder(rows.map(({ precedence }) => precedence));
    return [...rows].sort((a, b) => order.indexOf(a.precedence) - order.indexOf(b.precedence)).map(({ precedence: _, ...row }) => recordOf(row));
  }

  /** False: there was none. With the last version the package is gone; what is installed of it stays. */
  unpublish(tenant: string, name: string, precedence: string): Promise<boolean> {
    return inTransaction(this.pool, async (db) => {
      const key = [tenant, name];
      if ((await db.query('select 1 from packages where tenant = $1 and name = $2 for update', key)).rowCount === 0) return false;
      const { rowCount } = await db.query('delete from package_versions where tenant = $1 and name = $2 and precedence = $3', [...key, precedence]);
      if (rowCount === 0) return false;
      const left = await precedences(db, tenant, name);
      if (left.length === 0) await db.query('delete from packages where tenant = $1 and name = $2', key);
      else await refresh(db, tenant, name, left);
      return true;
    });
  }

  /** The installs of a tenant are changed one after another. */
  install(tenant: string, made: NewInstall): Promise<PackageInstalled> {
    return inTransaction(this.pool, async (db) => {
      await db.query(`select pg_advisory_xact_lock(hashtextextended('package_installs ' || $1, 0))`, [tenant]);
      const { rows } = await db.query<StoredInstall>(`select ${INSTALL} from package_installs where tenant = $1`, [tenant]);
      const known = rows.find(({ name }) => name === made.name);
      if (known?.version === made.version && known.content_hash === made.content_hash) return 'same';
      if (rows.some((other) => other.name !== made.name && collide(other, made))) return 'name_taken';
      if (!known && rows.length >= INSTALLS_MAX) return 'too_many_installs';
      await db.query(
        `insert into package_installs (tenant, name, version, kind, content_hash, signed, provides, installed_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant, name) do update set version = excluded.version, kind = excluded.kind, content_hash = excluded.content_hash, signed = excluded.signed,
           provides = excluded.provides, installed_by = excluded.installed_by, installed_at = clock_timestamp()`,
        [tenant, made.name, made.version, JSON.stringify(made.kind), made.content_hash, made.signed, made.provides, made.installed_by],
      );
      return known ? 'replaced' : 'installed';
    });
  }

  /** What was installed; null: nothing by that name. */
  async uninstall(tenant: string, name: string): Promise<InstalledPackage | null> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredInstall>(`delete from package_installs where tenant = $1 and name = $2 returning ${INSTALL}`, [tenant, name]),
    );
    return rows[0] ? installOf(rows[0]) : null;
  }

  async installed(tenant: string): Promise<readonly InstalledPackage[]> {
    const { rows } = await guarded(() =>
      this.pool.query<StoredInstall>(`select ${INSTALL} from package_installs where tenant = $1 order by name collate "C"`, [tenant]),
    );
    return rows.map(installOf);
  }

  async revision(tenant: string): Promise<string> {
    const { rows } = await guarded(() =>
      this.pool.query<{ revision: string }>(`select ${REVISION} as revision from package_installs where tenant = $1`, [tenant]),
    );
    return rows[0]?.revision ?? '';
  }

  async serving(): Promise<readonly { readonly tenant: string; readonly revision: string }[]> {
    const { rows } = await guarded(() =>
      this.pool.query<{ tenant: string; revision: string }>(
        `select tenant, ${REVISION} as revision from package_installs group by tenant having bool_or(kind->>'type' = 'mcp_server') order by tenant limit $1`,
        [SERVING_MAX],
      ),
    );
    return rows;
  }
}

async function versionsOf(db: Queryable | Pool, tenant: string, name: string): Promise<readonly { readonly version: string; readonly precedence: string }[]> {
  const { rows } = await db.query<{ version: string; precedence: string }>('select version, precedence from package_versions where tenant = $1 and name = $2', [
    ...[tenant, name],
  ]);
  return rows;
}

const precedences = async (db: Queryable, tenant: string, name: string): Promise<readonly string[]> =>
  (await versionsOf(db, tenant, name)).map(({ precedence }) => precedence);

async function refresh(db: Queryable, tenant: string, name: string, versions: readonly string[]): Promise<void> {
  await db.query('update packages set newest = $3 where tenant = $1 and name = $2', [tenant, name, newest(versions)]);
}
