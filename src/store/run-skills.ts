/** Skills of runs (migration 0016): all versions of each name. */
import type { Pool } from 'pg';
import { SKILL_VERSIONS_MAX, SKILLS_MAX, type SkillDef, type SkillRecord } from '../contracts/run/skill';
import { guarded, inTransaction, type Queryable } from './database';

interface Stored {
  id: string;
  skill: SkillDef;
  created_by: string;
  created_at: Date;
}

const COLUMNS = 'id, skill, created_by, created_at';
const recordOf = ({ id, skill, created_by: createdBy, created_at }: Stored): SkillRecord => ({ id, skill, createdBy, createdAt: created_at.toISOString() });

export type SkillPut = { readonly record: SkillRecord; readonly outcome: 'created' | 'same' } | 'too_many_skills' | 'too_many_versions';

export class RunSkillsStore {
  constructor(private readonly pool: Pool) {}

  /** By name: the newest version of each. */
  list(tenant: string): Promise<readonly SkillRecord[]> {
    return guarded(async () => {
      const { rows } = await this.pool.query<Stored>(
        `select ${COLUMNS} from (
           select distinct on (name) name, ${COLUMNS} from run_skills where tenant = $1 order by name, version desc
         ) newest order by name collate "C" limit $2`,
        [tenant, SKILLS_MAX],
      );
      return rows.map(recordOf);
    });
  }

  /** The newest version of a name, or the version with this id. */
  find(tenant: string, by: { readonly name: string } | { readonly id: string }): Promise<SkillRecord | null> {
    return guarded(async () => {
      const rows =
        'id' in by
          ? await this.pool.query<Stored>(`select ${COLUMNS} from run_skills where tenant = $1 and id = $2`, [tenant, by.id])
          : await newest(this.pool, tenant, by.name);
      return rows.rows[0] ? recordOf(rows.rows[0]) : null;
    });
  }

  /** Keeps what `make` makes of the newest version of the name, unless that is the same or there already. Of any number at once each sees what the one before it kept. */
  put(
    tenant: string,
    createdBy: string,
    name: string,
    make: (newest: SkillDef | null) => { readonly id: string; readonly skill: SkillDef },
  ): Promise<SkillPut> {
    return inTransaction(this.pool, async (db): Promise<SkillPut> => {
      await db.query(`select pg_advisory_xact_lock(hashtextextended('run_skills/' || $1, 0))`, [tenant]);
      const known = (await newest(db, tenant, name)).rows[0];
      const { id, skill } = make(known?.skill ?? null);
      const same = await db.query<Stored>(`select ${COLUMNS} from run_skills where tenant = $1 and id = $2`, [tenant, id]);
      if (same.rows[0]) return { record: recordOf(same.rows[0]), outcome: 'same' };
      const refusal = await this.full(db, tenant, name, known === undefined);
      if (refusal !== null) return refusal;
      const { rows } = await db.query<Stored>(
        `insert into run_skills (tenant, name, version, id, skill, created_by) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
        [tenant, name, skill.version, id, JSON.stringify(skill), createdBy],
      );
      return { record: recordOf(rows[0] as Stored), outcome: 'created' };
    });
  }

  private async full(db: Queryable, tenant: string, name: string, isNew: boolean): Promise<'too_many_skills' | 'too_many_versions' | null> {
    const { rows } = await db.query<{ total: string }>(
      isNew
        ? 'select count(distinct name) as total from run_skills where tenant = $1'
        : 'select count(*) as total from run_skills where tenant = $1 and name = $2',
      isNew ? [tenant] : [tenant, name],
    );
    if (Number(rows[0]?.total ?? 0) < (isNew ? SKILLS_MAX : SKILL_VERSIONS_MAX)) return null;
    return isNew ? 'too_many_skills' : 'too_many_versions';
  }
}

const newest = (db: Queryable, tenant: string, name: string): Promise<{ readonly rows: readonly Stored[] }> =>
  db.query<Stored>(`select ${COLUMNS} from run_skills where tenant = $1 and name = $2 order by version desc limit 1`, [tenant, name]);
