/** Scripts in Postgres: by name within a tenant, each with a draft and the versions that were published of it. */
import type { Pool } from 'pg';
import type { Compiled, ScriptDraft, ScriptRecord, ScriptVersion } from '../contracts/script/ports';
import { guarded, inTransaction, type Queryable } from './database';
import { draftOf, recordOf, SCRIPT_COLUMNS, VERSIONS, versionOf, type StoredDraft, type StoredScript, type StoredVersion } from './script-rows';

export interface NewScript {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly by: string;
  readonly draft: NewDraft | null;
}

export interface NewDraft {
  readonly content: string;
  readonly format: ScriptDraft['format'];
  readonly diagnostics: ScriptDraft['diagnostics'];
  readonly hash: string;
}

export interface ScriptFilter {
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly limit: number;
  /** Those whose names come after this one; empty: from the first. */
  readonly after: string;
}

/** What is published: a draft, and what it was compiled to. */
export interface Publication {
  /** Of the request; the same one again publishes nothing more. */
  readonly id: string;
  readonly draft: ScriptDraft;
  readonly compiled: Pick<Compiled, 'toolsRequired'> & { readonly ir: ScriptVersion['ir']; readonly contract: ScriptVersion['contract'] };
  readonly notes: string;
  readonly by: string;
}

export interface StoreBounds {
  readonly scripts: number;
  readonly versions: number;
}

export class ScriptsStore {
  constructor(private readonly pool: Pool) {}

  create(tenant: string, script: NewScript, { scripts: max }: StoreBounds): Promise<'created' | 'exists' | 'too_many'> {
    const { name, description, tags, labels, by, draft } = script;
    return inTransaction(this.pool, async (db) => {
      const { rows } = await db.query<{ total: number }>('select count(*)::int as total from scripts where tenant = $1', [tenant]);
      if ((rows[0]?.total ?? 0) >= max) return 'too_many';
      const { rowCount } = await db.query(
        'insert into scripts (tenant, name, description, tags, labels, created_by) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
        [tenant, name, description, tags, JSON.stringify(labels), by],
      );
      if (rowCount !== 1) return 'exists';
      if (draft) await writeDraft(db, tenant, name, draft, by);
      return 'created';
    });
  }

  find(tenant: string, name: string): Promise<ScriptRecord | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredScript>(`select ${SCRIPT_COLUMNS} from scripts s where s.tenant = $1 and s.name = $2`, [tenant, name]);
      return rows[0] ? recordOf(rows[0]) : null;
    });
  }

  /** By name, with the number of all that match. `more`: there are further ones. */
  list(
    tenant: string,
    { tags, labels, limit, after }: ScriptFilter,
  ): Promise<{ readonly scripts: readonly ScriptRecord[]; readonly more: boolean; readonly total: number }> {
    const values: unknown[] = [tenant, tags];
    const conditions = ['s.tenant = $1', 's.tags @> $2::text[]'];
    for (const [key, wanted] of Object.entries(labels)) conditions.push(`s.labels -> $${values.push(key)} ?| $${values.push(wanted)}::text[]`);
    const matching = `from scripts s where ${conditions.join(' and ')}`;
    return guarded(async () => {
      const count = await this.pool.query<{ total: number }>(`select count(*)::int as total ${matching}`, values);
      const { rows } = await this.pool.query<StoredScript>(
        `select ${SCRIPT_COLUMNS} ${matching} and s.name > $${values.push(after)} order by s.name limit $${values.push(limit + 1)}`,
        values,
      );
      return { scripts: rows.slice(0, limit).map(recordOf), more: rows.length > limit, total: count.rows[0]?.total ?? 0 };
    });
  }

  /** With its draft, its versions and its environment; its threads stay. Not while one of them has not ended. */
  remove(tenant: string, name: string): Promise<'removed' | 'in_use' | 'unknown'> {
    return inTransaction(this.pool, async (db) => {
      if (!(await lock(db, tenant, name))) return 'unknown';
      const open = await db.query(
        "select 1 from script_threads where tenant = $1 and script_name = $2 and status in ('PENDING', 'RUNNING', 'PAUSED') limit 1",
        [tenant, name],
      );
      if (open.rowCount !== 0) return 'in_use';
      await db.query('delete from scripts where tenant = $1 and name = $2', [tenant, name]);
      await db.query('delete from script_environment where tenant = $1 and script = $2', [tenant, name]);
      return 'removed';
    });
  }

  /** Null: there is no such script. */
  saveDraft(tenant: string, name: string, draft: NewDraft, by: string): Promise<ScriptDraft | null> {
    return inTransaction(this.pool, async (db) => ((await lock(db, tenant, name)) ? writeDraft(db, tenant, name, draft, by) : null));
  }

  draft(tenant: string, name: string): Promise<ScriptDraft | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredDraft>('select * from script_drafts where tenant = $1 and name = $2', [tenant, name]);
      return rows[0] ? draftOf(rows[0]) : null;
    });
  }

  /** Notes what compiling this content came to; a draft that was saved meanwhile is another one. */
  noteCompiled(tenant: string, name: string, { hash, status, diagnostics }: Pick<ScriptDraft, 'hash' | 'status' | 'diagnostics'>): Promise<void> {
    return guarded(async () => {
      await this.pool.query('update script_drafts set status = $4, diagnostics = $5 where tenant = $1 and name = $2 and hash = $3', [
        ...[tenant, name, hash, status, JSON.stringify(diagnostics)],
      ]);
    });
  }

  /**
   * The draft as a version of its own, which is the active one then. Who publishes what is active already gets that. `draft_changed`: another draft was saved since it was read.
   */
  publish(
    tenant: string,
    name: string,
    publication: Publication,
    { versions: max }: StoreBounds,
  ): Promise<ScriptVersion | 'unknown' | 'draft_changed' | 'too_many'> {
    return inTransaction(this.pool, async (db) => {
      const script = await lock(db, tenant, name);
      if (!script) return 'unknown';
      const draft = await db.query<{ hash: string }>('select hash from script_drafts where tenant = $1 and name = $2', [tenant, name]);
      if (draft.rows[0]?.hash !== publication.draft.hash) return 'draft_changed';
      const active = await oneVersion(db, tenant, name, script.active_version);
      if (active?.hash !== publication.draft.hash && script.latest_version >= max) return 'too_many';
      const version = active?.hash === publication.draft.hash ? active.version : await writeVersion(db, tenant, script, publication);
      await db.query('insert into script_publications (tenant, publication_id, name, version) values ($1, $2, $3, $4) on conflict do nothing', [
        ...[tenant, publication.id, name, version],
      ]);
      return (await oneVersion(db, tenant, name, version)) as ScriptVersion;
    });
  }

  /** What a request of before published. */
  published(tenant: string, publicationId: string): Promise<ScriptVersion | null> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredVersion>(
        `${VERSIONS} join script_publications p on p.tenant = v.tenant and p.name = v.name and p.version = v.version where p.tenant = $1 and p.publication_id = $2`,
        [tenant, publicationId],
      );
      return rows[0] ? versionOf(rows[0]) : null;
    });
  }

  /** Makes a version the active one; 0: the one that was active before. */
  rollback(tenant: string, name: string, toVersion: number): Promise<ScriptVersion | 'unknown' | 'no_version'> {
    return inTransaction(this.pool, async (db) => {
      const script = await lock(db, tenant, name);
      if (!script) return 'unknown';
      const wanted = toVersion === 0 ? script.previous_version : toVersion;
      if (wanted === 0 || !(await oneVersion(db, tenant, name, wanted))) return 'no_version';
      if (wanted !== script.active_version) await activate(db, tenant, script, wanted);
      return (await oneVersion(db, tenant, name, wanted)) as ScriptVersion;
    });
  }

  /** Newest first; those below `before`, where it is not 0. */
  versions(
    tenant: string,
    name: string,
    { limit, before }: { readonly limit: number; readonly before: number },
  ): Promise<{ readonly versions: readonly ScriptVersion[]; readonly more: boolean }> {
    return guarded(async () => {
      const { rows } = await this.pool.query<StoredVersion>(
        `${VERSIONS} where v.tenant = $1 and v.name = $2 and ($3 = 0 or v.version < $3) order by v.version desc limit $4`,
        [tenant, name, before, limit + 1],
      );
      return { versions: rows.slice(0, limit).map(versionOf), more: rows.length > limit };
    });
  }

  /** 0: the active one. */
  version(tenant: string, name: string, version: number): Promise<ScriptVersion | null> {
    return guarded(() => oneVersion(this.pool, tenant, name, version));
  }
}

async function lock(db: Queryable, tenant: string, name: string): Promise<StoredScript | null> {
  const { rows } = await db.query<StoredScript>('select * from scripts where tenant = $1 and name = $2 for update', [tenant, name]);
  return rows[0] ?? null;
}

async function oneVersion(db: Queryable, tenant: string, name: string, version: number): Promise<ScriptVersion | null> {
  const { rows } = await db.query<StoredVersion>({
    name: 'script-version',
    text: `${VERSIONS} where v.tenant = $1 and v.name = $2 and v.version = case when $3 = 0 then s.active_version else $3 end`,
    values: [tenant, name, version],
  });
  return rows[0] ? versionOf(rows[0]) : null;
}

async function writeDraft(db: Queryable, tenant: string, name: string, { content, format, diagnostics, hash }: NewDraft, by: string): Promise<ScriptDraft> {
  const { rows } = await db.query<StoredDraft>(
    `insert into script_drafts (tenant, name, content, format, status, diagnostics, hash, saved_by) values ($1, $2, $3, $4, 'DRAFT', $5, $6, $7)
     on conflict (tenant, name) do update set content = excluded.content, format = excluded.format, status = excluded.status, diagnostics = excluded.diagnostics,
       hash = excluded.hash, saved_by = excluded.saved_by, saved_at = clock_timestamp() returning *`,
    [tenant, name, content, format, JSON.stringify(diagnostics), hash, by],
  );
  await db.query('update scripts set updated_at = clock_timestamp() where tenant = $1 and name = $2', [tenant, name]);
  return draftOf(rows[0] as StoredDraft);
}

async function writeVersion(db: Queryable, tenant: string, script: StoredScript, { draft, compiled, notes, by }: Publication): Promise<number> {
  const version = script.latest_version + 1;
  await db.query(
    `insert into script_versions (tenant, name, version, content, format, ir, contract, tools, hash, notes, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[tenant, script.name, version, draft.content, draft.format, JSON.stringify(compiled.ir), JSON.stringify(compiled.contract)],
      ...[JSON.stringify(compiled.toolsRequired), draft.hash, notes, by],
    ],
  );
  await activate(db, tenant, script, version);
  return version;
}

async function activate(db: Queryable, tenant: string, { name, active_version: before }: StoredScript, version: number): Promise<void> {
  await db.query(
    `update scripts set active_version = $3, previous_version = $4, latest_version = greatest(latest_version, $3), updated_at = clock_timestamp()
     where tenant = $1 and name = $2`,
    [tenant, name, version, before],
  );
}
