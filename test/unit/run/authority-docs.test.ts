import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '../../../src/config/config';
import { GRANT_FIELDS } from '../../../src/contracts/run/grant';
import type { Intent, Resource } from '../../../src/contracts/run/protocol';
import { SkillDef } from '../../../src/contracts/run/skill';
import { compile } from '../../../src/domain/run/authority/compile';
import { runGrantOf, type GrantLimits } from '../../../src/domain/run/authority/grant';
import type { PolicySet } from '../../../src/domain/run/authority/policies';
import { readBundle } from '../../../src/domain/run/authority/policy-bundle';
import { policyTrust } from '../../../src/main/run-policies';
import { intent, request, tool, world } from '../../support/run-authority';

/** docs/run-authority.md promises that what it shows is so. */
const page = readFileSync(join(__dirname, '../../../docs/run-authority.md'), 'utf8');
const examples = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => ({
  text: text as string,
  value: JSON.parse(text as string) as Record<string, unknown>,
}));
const having = (member: string): typeof examples => examples.filter(({ value }) => member in value);
const LIMITS: GrantLimits = readConfig({}).runAuthority.grants;
const TOOLS = ['fs_read', 'fs_patch', 'grep', 'shell', 'kv_get', 'kv_set', 'transfer'];

describe('the page about the authority of runs', () => {
  it('has an example of everything', () => {
    expect(['task', 'rules', 'intent', 'instructions'].map((member) => having(member).length)).toEqual([1, 1, 4, 1]);
    expect(examples).toHaveLength(7);
  });

  it('shows a request that is granted as it says', () => {
    const [{ value } = { value: {} }] = having('task');
    const asked = z.strictObject({ task: z.string(), ...GRANT_FIELDS }).parse(value);

    expect(runGrantOf(asked, { limits: LIMITS, tools: TOOLS, skills: [], now: 1_800_000_000 })).toEqual({
      tool_scopes: [{ tool: 'fs_*' }, { tool: 'grep' }, { tool: 'shell' }],
      effect_ceiling: { read: true, write: true, external: true, irreversible: false },
      budget: { tokens: 200_000, tool_calls: 20, wall_clock_ms: 300_000, usd_millicents: 0 },
      time_window: { not_before: 0, expires_at: 4_102_444_800 },
      delegation: { max_depth: 1, may_subdivide: true },
    });
  });

  it.each(having('intent').map(({ value }) => [JSON.stringify(value['intent']), value] as const))('shows what its policy says of %s', (_intent, value) => {
    const policies: PolicySet = having('rules').map(({ text }) => readBundle(text, policyTrust([])));
    const { intent: asked, world: resources, ...expected } = value as { intent: Partial<Intent['body']>; world?: Partial<Resource>[] };

    const compiled = compile(request({ intent: intent(asked), tool: tool({ name: asked.target as string }), policies, world: world(resources) }));

    expect(compiled).toMatchObject(expected);
  });

  it('shows a skill', () => {
    const [{ value } = { value: {} }] = having('instructions');
    expect(SkillDef.parse(value)).toMatchObject(value);
  });

  it('is granted by default what the peer grants', () => {
    expect(runGrantOf({}, { limits: LIMITS, tools: TOOLS, skills: [], now: 0 })).toMatchObject({
      ...{ budget: { tokens: 100_000, tool_calls: 64, wall_clock_ms: 300_000, usd_millicents: 0 }, delegation: { max_depth: 3, may_subdivide: true } },
      ...{ effect_ceiling: { read: true, write: true, external: false, irreversible: false }, tool_scopes: [{ tool: '*' }] },
    });
  });
});
