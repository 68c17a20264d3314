/** Skills of runs, as a caller may use them: kept by the store, bound when a run is created. A skill is a table and no actor: nothing about it lives. */
import { createHash } from 'node:crypto';
import type { Principal } from '../contracts/principal';
import { SKILL_NAME, SKILL_VERSIONS_MAX, SKILLS_BOUND_MAX, SKILLS_MAX, type SkillBinding, type SkillDef, type SkillRecord } from '../contracts/run/skill';
import { canonicalJson } from '../domain/canonical-json';
import { bareId, skillId } from '../domain/run/ledger/ids';
import { bind, nextVersion, type Bound } from '../domain/run/skills';
import { Fault } from '../errors/fault';

export interface SkillStore {
  list(tenant: string): Promise<readonly SkillRecord[]>;
  find(tenant: string, by: { readonly name: string } | { readonly id: string }): Promise<SkillRecord | null>;
  put(
    tenant: string,
    createdBy: string,
    name: string,
    make: (newest: SkillDef | null) => { readonly id: string; readonly skill: SkillDef },
  ): Promise<{ readonly record: SkillRecord; readonly outcome: 'created' | 'same' } | 'too_many_skills' | 'too_many_versions'>;
  claimKey(request: { readonly tenant: string; readonly route: string; readonly key: string; readonly bodyHash: string; readonly resultId: string }): Promise<{
    readonly first: boolean;
    readonly resultId: string;
  }>;
}

/** A skill with the version, bound to a run. `skillId`: bare hex. */
export interface BoundSkill extends Bound {
  readonly skillId: string;
}

const ROUTE = 'POST /skills';

export class Skills {
  constructor(private readonly store: SkillStore) {}

  /** The newest version of each name, by name. At most SKILLS_MAX. */
  list(tenant: string): Promise<readonly SkillRecord[]> {
    return this.store.list(tenant);
  }

  /** By name (the newest version), or by id with or without its prefix (that version). Fault `skill.not_found`. */
  async get(tenant: string, nameOrId: string): Promise<SkillRecord> {
    const found = await this.find(tenant, nameOrId);
    if (found) return found;
    throw new Fault('not_found', 'skill.not_found', `unknown skill '${nameOrId}'`, { skill: nameOrId });
  }

  /**
   * Keeps a skill. What says something else than the newest version of its name becomes a version above that; what says the same changes nothing. A repeated key answers with the
   * version that it made. Faults: `skill.name` (invalid), `skill.too_many`, `skill.too_many_versions` (conflict), `idempotency.key_reused`.
   */
  async put({ tenant, subject }: Pick<Principal, 'tenant' | 'subject'>, skill: SkillDef, idempotencyKey: string | null = null): Promise<SkillRecord> {
    const { name } = skill;
    if (name === '') throw named('skill name is required');
    if (!SKILL_NAME.test(name)) throw named('expected 1 to 64 letters, digits, dots, dashes and underscores');
    const known = idempotencyKey === null ? null : await this.madeBy(tenant, idempotencyKey, skill);
    if (known) return known;
    const put = await this.store.put(tenant, subject, name, (newest) => {
      const next = nextVersion(skill, newest);
      return { id: skillId(next), skill: next };
    });
    if (put === 'too_many_skills') throw new Fault('conflict', 'skill.too_many', `A tenant has at most ${SKILLS_MAX} skills.`, { max: SKILLS_MAX });
    if (put === 'too_many_versions') {
      throw new Fault('conflict', 'skill.too_many_versions', `A skill has at most ${SKILL_VERSIONS_MAX} versions.`, { name, max: SKILL_VERSIONS_MAX });
    }
    return put.record;
  }

  /** The version that an earlier request with this key meant: said as it was sent, or above what there was. */
  private async madeBy(tenant: string, key: string, skill: SkillDef): Promise<SkillRecord | null> {
    const newest = (await this.store.find(tenant, { name: skill.name }))?.skill ?? null;
    const bodyHash = createHash('sha256').update(canonicalJson(skill)).digest('hex');
    const { first, resultId } = await this.store.claimKey({ tenant, route: ROUTE, key, bodyHash, resultId: skillId(nextVersion(skill, newest)) });
    return first ? null : this.store.find(tenant, { id: resultId });
  }

  /** Skills for a run, each once, with the values of their parameters. Faults (invalid): `skill.unknown`, `skill.too_many_bound`, those of ../domain/run/skills.ts. */
  async bind(tenant: string, { names, params }: SkillBinding): Promise<readonly BoundSkill[]> {
    const asked = [...new Set(names)];
    if (asked.length > SKILLS_BOUND_MAX) {
      throw new Fault('invalid', 'skill.too_many_bound', `skills: expected at most ${SKILLS_BOUND_MAX}`, {
        field: 'skills',
        reason: `expected at most ${SKILLS_BOUND_MAX}`,
      });
    }
    const records: SkillRecord[] = [];
    for (const name of asked) {
      const record = await this.find(tenant, name);
      if (!record) throw new Fault('invalid', 'skill.unknown', `unknown skill '${name}'`, { field: 'skills', reason: `unknown skill '${name}'` });
      if (!records.some(({ id }) => id === record.id)) records.push(record);
    }
    const bound = bind(
      records.map(({ skill }) => skill),
      params,
    );
    return bound.map((one, at) => ({ ...one, skillId: (records[at] as SkillRecord).id }));
  }

  private async find(tenant: string, nameOrId: string): Promise<SkillRecord | null> {
    const id = bareId('skill', nameOrId);
    const byId = id === null ? null : await this.store.find(tenant, { id });
    return byId ?? (SKILL_NAME.test(nameOrId) ? await this.store.find(tenant, { name: nameOrId }) : null);
  }
}

const named = (reason: string): Fault => new Fault('invalid', 'skill.name', reason, { field: 'name', reason });
