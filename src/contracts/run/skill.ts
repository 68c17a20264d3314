/** Skills: instructions with the tools, effects and budget that they leave a run which is bound to them (digest §2.23). The wire's own names, because ids are hashes over these fields. */
import { z } from 'zod';
import { SCOPE_EXPECTED, SCOPE_FORM, SCOPES_MAX } from './grant';
import { Budget, EffectCeiling } from './protocol';

export const SKILL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Skills of a tenant, versions of a skill, skills of a run. */
export const SKILLS_MAX = 1_000;
export const SKILL_VERSIONS_MAX = 1_000;
export const SKILLS_BOUND_MAX = 16;
/** Characters of a value of a parameter. */
export const PARAM_VALUE_MAX = 4_096;

const Value = z.string().max(PARAM_VALUE_MAX);
const Key = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'expected 1 to 64 letters, digits, dashes and underscores, a letter first');

export const SkillParam = z.object({
  key: Key,
  description: z.string().max(1_000).default(''),
  default: Value.default(''),
  /** The values that it may have; none: any. */
  values: z.array(Value).max(100).default([]),
});

/** The order of the fields is that of answers. */
export const SkillDef = z.object({
  name: z.string().max(64),
  version: z.int().min(0).max(4_294_967_295),
  title: z.string().max(200).default(''),
  /** `{key}` stands for the value of a parameter. */
  instructions: z.string().max(100_000),
  /** Names of tools and prefixes with `*`; none: the skill leaves all tools of the run. */
  tools: z
    .array(z.object({ tool: z.string().regex(SCOPE_FORM, SCOPE_EXPECTED) }))
    .max(SCOPES_MAX)
    .default([]),
  ceiling: EffectCeiling,
  budget_cap: Budget.nullable()
    .transform((cap) => cap ?? undefined)
    .optional(),
  params: z
    .array(SkillParam)
    .max(50)
    .refine((params) => new Set(params.map(({ key }) => key)).size === params.length, 'expected parameters of different keys')
    .default([]),
  model_hint: z
    .object({ provider: z.string().max(100).nullable().default(null), model: z.string().max(200).nullable().default(null) })
    .default({ provider: null, model: null }),
});
export type SkillDef = z.output<typeof SkillDef>;

/** A version of a skill as it is kept. `id`: bare hex. */
export interface SkillRecord {
  readonly id: string;
  readonly skill: SkillDef;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** What is asked for when a run is bound to skills: names or ids, and the values of parameters. */
export interface SkillBinding {
  readonly names: readonly string[];
  readonly params: readonly (readonly [key: string, value: string])[];
}
