/** Skills in memory; test/conformance/run-skills.test.ts holds it to what the real store does. */
import { SKILL_VERSIONS_MAX, SKILLS_MAX, type SkillDef, type SkillRecord } from '../../src/contracts/run/skill';
import type { SkillStore } from '../../src/gateway/skills';

export class FakeSkillStore implements Omit<SkillStore, 'claimKey'> {
  private readonly kept: (SkillRecord & { readonly tenant: string })[] = [];

  private of(tenant: string, name?: string): SkillRecord[] {
    return this.kept
      .filter((one) => one.tenant === tenant && (name === undefined || one.skill.name === name))
      .map(({ tenant: _tenant, ...record }) => record)
      .sort((a, b) => (a.skill.name < b.skill.name ? -1 : a.skill.name > b.skill.name ? 1 : b.skill.version - a.skill.version));
  }

  list(tenant: string): Promise<readonly SkillRecord[]> {
    const all = this.of(tenant);
    return Promise.resolve(all.filter(({ skill }, at) => all[at - 1]?.skill.name !== skill.name));
  }

  find(tenant: string, by: { readonly name: string } | { readonly id: string }): Promise<SkillRecord | null> {
    return Promise.resolve(('id' in by ? this.of(tenant).find(({ id }) => id === by.id) : this.of(tenant, by.name)[0]) ?? null);
  }

  put(
    tenant: string,
    createdBy: string,
    name: string,
    make: (newest: SkillDef | null) => { readonly id: string; readonly skill: SkillDef },
  ): ReturnType<SkillStore['put']> {
    const versions = this.of(tenant, name);
    const { id, skill } = make(versions[0]?.skill ?? null);
    const same = this.of(tenant).find((one) => one.id === id);
    if (same) return Promise.resolve({ record: same, outcome: 'same' });
    const names = new Set(this.of(tenant).map((one) => one.skill.name));
    if (versions.length === 0 && names.size >= SKILLS_MAX) return Promise.resolve('too_many_skills');
    if (versions.length >= SKILL_VERSIONS_MAX) return Promise.resolve('too_many_versions');
    const record = { id, skill, createdBy, createdAt: new Date().toISOString() };
    this.kept.push({ ...record, tenant });
    return Promise.resolve({ record, outcome: 'created' });
  }
}
