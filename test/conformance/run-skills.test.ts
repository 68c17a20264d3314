import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SKILL_VERSIONS_MAX, SKILLS_MAX, type SkillDef } from '../../src/contracts/run/skill';
import { DEFAULT_TENANT } from '../../src/contracts/tenant';
import { skillId } from '../../src/domain/run/ledger/ids';
import { nextVersion } from '../../src/domain/run/skills';
import type { Skills, SkillStore } from '../../src/gateway/skills';
import { skillsOver } from '../../src/main/run-skills';
import { loadSkills } from '../../src/main/skills-folder';
import { createLog } from '../../src/surfaces/http/log';
import { FakeSkillStore } from '../surface/fake-skills';
import { testStore, type TestStore } from '../support/database';

const skill = (name: string, more: Partial<SkillDef> = {}): SkillDef => ({
  ...{ name, version: 1, title: name, instructions: 'Be careful.', tools: [{ tool: 'kv_*' }], params: [], model_hint: { provider: null, model: null } },
  ceiling: { read: true, write: false, external: false, irreversible: false },
  ...more,
});
type Store = Omit<SkillStore, 'claimKey'>;
const put = (store: Store, tenant: string, of: SkillDef): ReturnType<Store['put']> =>
  store.put(tenant, 'ada', of.name, (newest) => {
    const next = nextVersion(of, newest);
    return { id: skillId(next), skill: next };
  });

let world: TestStore;
beforeAll(async () => void (world = await testStore()));
afterAll(() => world.close());

/** The store that the surface is tested with must do what the real one does. */
describe.each<[string, () => Store]>([
  ['in Postgres', () => world.store.runSkills],
  ['in memory', () => new FakeSkillStore()],
])('skills %s', (_where, made) => {
  const fresh = (): { readonly store: Store; readonly tenant: string } => ({ store: made(), tenant: `t-${randomUUID()}` });

  it('are kept as they were sent, members in their order', async () => {
    const { store, tenant } = fresh();

    const kept = await put(store, tenant, skill('triage'));

    const record = { id: skillId(skill('triage')), skill: skill('triage'), createdBy: 'ada', createdAt: expect.stringMatching(/Z$/) };
    expect(kept).toEqual({ outcome: 'created', record });
    const found = await store.find(tenant, { name: 'triage' });
    expect(found).toEqual(record);
    expect(JSON.stringify(found?.skill)).toBe(JSON.stringify(skill('triage')));
  });

  it('get a version above the newest when they say something else, and none when they say the same', async () => {
    const { store, tenant } = fresh();
    await put(store, tenant, skill('triage'));

    expect(await put(store, tenant, skill('triage'))).toMatchObject({ outcome: 'same', record: { skill: { version: 1 } } });
    expect(await put(store, tenant, skill('triage', { title: 'Other' }))).toMatchObject({ outcome: 'created', record: { skill: { version: 2 } } });
    expect(await put(store, tenant, skill('triage'))).toMatchObject({ outcome: 'created', record: { skill: { version: 3, title: 'triage' } } });
  });

  it('are found by name as the newest and by id as that version', async () => {
    const { store, tenant } = fresh();
    await put(store, tenant, skill('triage'));
    await put(store, tenant, skill('triage', { title: 'Other' }));

    expect((await store.find(tenant, { name: 'triage' }))?.skill).toMatchObject({ title: 'Other', version: 2 });
    expect((await store.find(tenant, { id: skillId(skill('triage')) }))?.skill).toMatchObject({ title: 'triage', version: 1 });
    expect(await store.find(tenant, { name: 'other' })).toBeNull();
    expect(await store.find(tenant, { id: '00'.repeat(32) })).toBeNull();
  });

  it('are listed by name, the newest version of each', async () => {
    const { store, tenant } = fresh();
    for (const name of ['b', 'a', 'B', 'a-1']) await put(store, tenant, skill(name));
    await put(store, tenant, skill('a', { title: 'Other' }));

    expect((await store.list(tenant)).map((one) => [one.skill.name, one.skill.version])).toEqual([
      ['B', 1],
      ['a', 2],
      ['a-1', 1],
      ['b', 1],
    ]);
  });

  it('of another tenant are not there', async () => {
    const { store, tenant } = fresh();
    await put(store, tenant, skill('triage'));
    const other = `t-${randomUUID()}`;

    expect([await store.list(other), await store.find(other, { name: 'triage' }), await store.find(other, { id: skillId(skill('triage')) })]).toEqual([
      [],
      null,
      null,
    ]);
    expect(await put(store, other, skill('triage'))).toMatchObject({ outcome: 'created' });
  });

  it('that ten send at once get ten versions', async () => {
    const { store, tenant } = fresh();

    const all = await Promise.all(Array.from({ length: 10 }, (_, at) => put(store, tenant, skill('triage', { title: `title ${at}` }))));

    const versions = all.map((one) => (typeof one === 'string' ? 0 : one.record.skill.version));
    expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('the bounds of skills', () => {
  it('refuse one more name than a tenant may have, and one more version', async () => {
    const tenant = `t-${randomUUID()}`;
    const { pool } = world;
    const fill = `insert into run_skills (tenant, name, version, id, skill, created_by)
      select $1, case when $2 then 'full' else 'n' || n end, n, lpad(to_hex(n), 64, '0'), $3::json, 'ada' from generate_series(1, $4::int) n`;
    await pool.query(fill, [tenant, false, JSON.stringify(skill('n')), SKILLS_MAX]);
    expect(await put(world.store.runSkills, tenant, skill('more'))).toBe('too_many_skills');
    expect(await put(world.store.runSkills, tenant, skill('n1', { title: 'another' }))).toMatchObject({ outcome: 'created' });

    const other = `t-${randomUUID()}`;
    await pool.query(fill, [other, true, JSON.stringify(skill('full', { version: SKILL_VERSIONS_MAX })), SKILL_VERSIONS_MAX]);
    expect(await put(world.store.runSkills, other, skill('full', { title: 'another' }))).toBe('too_many_versions');
  });
});

describe('skills as a caller uses them', () => {
  const setup = (): { readonly skills: Skills; readonly ada: { readonly tenant: string; readonly subject: string } } => ({
    skills: skillsOver(world.store),
    ada: { tenant: `t-${randomUUID()}`, subject: 'ada' },
  });

  it('are read by name and by id with and without its prefix', async () => {
    const { skills, ada } = setup();
    const { id } = await skills.put(ada, skill('triage'));

    for (const asked of ['triage', id, `skill:${id}`]) expect((await skills.get(ada.tenant, asked)).id).toBe(id);
    await expect(skills.get(ada.tenant, 'nope')).rejects.toMatchObject({ code: 'skill.not_found', message: "unknown skill 'nope'" });
    expect((await skills.list(ada.tenant)).map((one) => one.id)).toEqual([id]);
  });

  it.each([
    ['', 'skill name is required'],
    ['a/b', 'expected 1 to 64 letters'],
    ['skill:x', 'expected 1 to 64 letters'],
  ])('may not be called %j', async (name, message) => {
    const { skills, ada } = setup();

    await expect(skills.put(ada, skill(name))).rejects.toMatchObject({ code: 'skill.name', kind: 'invalid', message: expect.stringContaining(message) });
  });

  it('answer a repeated key with the version that it made, whatever came after', async () => {
    const { skills, ada } = setup();
    const first = await skills.put(ada, skill('triage'), 'key-1');
    await skills.put(ada, skill('triage', { title: 'Other' }), 'key-2');

    expect(await skills.put(ada, skill('triage'), 'key-1')).toEqual(first);
    await expect(skills.put(ada, skill('triage', { title: 'Third' }), 'key-1')).rejects.toMatchObject({ code: 'idempotency.key_reused' });
  });

  it('are bound each once, with their parameters', async () => {
    const { skills, ada } = setup();
    const params = [{ key: 'tone', description: '', default: 'calm', values: ['calm', 'brisk'] }];
    const { id } = await skills.put(ada, skill('triage', { params }));

    const bound = await skills.bind(ada.tenant, { names: ['triage', `skill:${id}`, 'triage'], params: [['tone', 'brisk']] });

    expect(bound).toEqual([{ skillId: id, skill: skill('triage', { params }), params: [['tone', 'brisk']] }]);
    expect(await skills.bind(ada.tenant, { names: [], params: [] })).toEqual([]);
    await expect(skills.bind(ada.tenant, { names: ['x'], params: [] })).rejects.toMatchObject({
      code: 'skill.unknown',
      kind: 'invalid',
      message: "unknown skill 'x'",
    });
    const many = Array.from({ length: 17 }, (_, at) => `s${at}`);
    await expect(skills.bind(ada.tenant, { names: many, params: [] })).rejects.toMatchObject({ code: 'skill.too_many_bound' });
  });

  it('come from a folder, one bad file or not, and are there once however often that is read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skills-'));
    const name = `from-folder-${randomUUID()}`;
    const { ceiling } = skill(name);
    await writeFile(join(folder, 'a.json'), '{');
    await writeFile(join(folder, 'b.json'), JSON.stringify({ name, version: 1, instructions: 'x' }));
    await writeFile(join(folder, 'c.json'), JSON.stringify({ name, version: 1, instructions: 'x', ceiling }));
    await writeFile(join(folder, 'notes.txt'), 'not a skill');
    const { skills } = setup();
    const log = createLog({ level: 'silent' });

    expect(await loadSkills(folder, skills, log)).toEqual({ kept: 1, refused: 2 });
    expect(await loadSkills(folder, skills, log)).toEqual({ kept: 1, refused: 2 });

    expect(await skills.get(DEFAULT_TENANT, name)).toMatchObject({ skill: { version: 1 }, createdBy: 'folder:c.json' });
    await rm(folder, { recursive: true });
    await expect(loadSkills(folder, skills, log)).rejects.toMatchObject({ code: 'skill.folder', kind: 'invalid' });
  });
});
