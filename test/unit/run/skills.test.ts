import { SkillDef } from '../../../src/contracts/run/skill';
import { skillId } from '../../../src/domain/run/ledger/ids';
import { bind, modelHint, nextVersion, rendered, taskWith } from '../../../src/domain/run/skills';

/** As digest T 12 has it, with its id there. */
const TRIAGE = {
  ...{ name: 'triage', version: 1, title: 'Triage', instructions: 'Be careful and {strictness}.', tools: [{ tool: 'kv_*' }] },
  ceiling: { read: true, write: false, external: false, irreversible: false },
  budget_cap: { tokens: 1000, tool_calls: 1, wall_clock_ms: 1000, usd_millicents: 0 },
  params: [{ key: 'strictness', default: 'thorough', values: ['thorough', 'fast'] }],
};
const triage = SkillDef.parse(TRIAGE);
const skill = (more: Partial<SkillDef>): SkillDef => ({ ...triage, params: [], ...more });

describe('a skill', () => {
  it('has the id that the peer gives it, with the fields that were not sent', () => {
    expect(skillId(triage)).toBe('b5fb24285a1702ffb95d68f022549c2636a8497ab2ffc14c42bdff892e4d1b6c');
    expect(JSON.stringify(triage)).toBe(
      '{"name":"triage","version":1,"title":"Triage","instructions":"Be careful and {strictness}.","tools":[{"tool":"kv_*"}],' +
        '"ceiling":{"read":true,"write":false,"external":false,"irreversible":false},"budget_cap":{"tokens":1000,"tool_calls":1,"wall_clock_ms":1000,"usd_millicents":0},' +
        '"params":[{"key":"strictness","description":"","default":"thorough","values":["thorough","fast"]}],"model_hint":{"provider":null,"model":null}}',
    );
  });

  it('may leave out what it does not narrow', () => {
    const { ceiling } = triage;
    expect(SkillDef.parse({ name: 'least', version: 0, instructions: 'x', ceiling, budget_cap: null })).toEqual({
      ...{ name: 'least', version: 0, title: '', instructions: 'x', tools: [], ceiling, params: [], model_hint: { provider: null, model: null } },
    });
  });

  it.each<[string, object, string]>([
    ['a tool scope of no form', { tools: [{ tool: 'kv *' }] }, 'tools.0.tool'],
    ['two parameters of one key', { params: [{ key: 'a' }, { key: 'a' }] }, 'params'],
    ['a key that no placeholder has', { params: [{ key: 'a b' }] }, 'params.0.key'],
    ['no ceiling', { ceiling: undefined }, 'ceiling'],
    ['a version below nothing', { version: -1 }, 'version'],
  ])('is refused with %s', (_what, more, path) => {
    const { error } = SkillDef.safeParse({ ...TRIAGE, ...more });

    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('gets a version above the newest when it says something else', () => {
    expect(nextVersion(triage, null)).toBe(triage);
    expect(nextVersion({ ...triage, version: 9 }, triage)).toBe(triage);
    expect(nextVersion({ ...triage, title: 'Other' }, triage)).toMatchObject({ title: 'Other', version: 2 });
    expect(nextVersion({ ...triage, title: 'Other', version: 7 }, triage)).toMatchObject({ version: 7 });
  });
});

describe('skills that a run is bound to', () => {
  it('put their instructions before the task, parameters filled in', () => {
    const bound = bind([triage], [['strictness', 'fast']]);

    expect(bound[0]?.params).toEqual([['strictness', 'fast']]);
    expect(taskWith(bound, 'skilled')).toBe('Be careful and fast.\n\n---\nTask: skilled');
    expect(taskWith(bind([triage, skill({ name: 'b', instructions: 'Be kind.' })], []), 't')).toBe('Be careful and thorough.\n\nBe kind.\n\n---\nTask: t');
    expect(taskWith([], 'as it came')).toBe('as it came');
  });

  it('fill in each placeholder once, and leave what names no parameter', () => {
    const [bound] = bind(
      [skill({ instructions: '{a}{b}{a} {c} {}', params: ['a', 'b'].map((key) => ({ key, description: '', default: '', values: [] })) })],
      [['a', '{b}']],
    );

    expect(rendered(bound as NonNullable<typeof bound>)).toBe('{b}{b} {c} {}');
  });

  it.each<[string, readonly (readonly [string, string])[], string, string]>([
    ['a value that is none of them', [['strictness', 'nope']], 'skill.param_invalid', "invalid value 'nope' for skill param 'strictness'"],
    ['a parameter that no skill has', [['strictnes', 'fast']], 'skill.param_unknown', "unknown skill param 'strictnes'. Did you mean strictness?"],
    ['a value that is too long', [['strictness', 'x'.repeat(5_000)]], 'skill.param_invalid', 'expected at most 4096 characters'],
  ])('are refused with %s', (_what, params, code, message) => {
    expect(() => bind([triage], params)).toThrow(expect.objectContaining({ code, kind: 'invalid', message }));
  });

  it('are refused when a default is none of the values either', () => {
    expect(() => bind([skill({ params: [{ key: 'p', description: '', default: '', values: ['a'] }] })], [])).toThrow("invalid value '' for skill param 'p'");
  });

  it('hint at the first model that one of them names', () => {
    const hints = [
      { provider: null, model: null },
      { provider: 'openai', model: null },
      { provider: 'anthropic', model: 'claude' },
    ];

    expect(
      modelHint(
        bind(
          hints.map((model_hint, at) => skill({ name: `s${at}`, model_hint })),
          [],
        ),
      ),
    ).toEqual({ provider: 'openai', model: 'claude' });
  });
});
