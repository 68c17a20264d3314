/** Binding skills to a run: their parameters, their instructions before the task, the model that they hint at (digest §2.4, §2.23). Pure. */
import { PARAM_VALUE_MAX, type SkillBinding, type SkillDef } from '../../contracts/run/skill';
import { Fault } from '../../errors/fault';
import { canonicalJson } from '../canonical-json';
import { nearest } from '../nearest';

export interface Bound {
  readonly skill: SkillDef;
  /** The value of each parameter, in the order of the definition. */
  readonly params: readonly (readonly [key: string, value: string])[];
}

/** Faults `skill.param_unknown` and `skill.param_invalid` (invalid) with `field`, `reason`. */
export function bind(skills: readonly SkillDef[], given: SkillBinding['params']): readonly Bound[] {
  const keys = [...new Set(skills.flatMap(({ params }) => params.map(({ key }) => key)))];
  for (const [at, [key, value]] of given.entries()) {
    const field = `skill_params.${at}`;
    if (!keys.includes(key)) throw refused('skill.param_unknown', field, `unknown skill param '${key}'.${nearest(key, keys)}`);
    if (value.length > PARAM_VALUE_MAX) throw refused('skill.param_invalid', field, `expected at most ${PARAM_VALUE_MAX} characters`);
  }
  const values = new Map(given);
  return skills.map((skill) => ({ skill, params: skill.params.map((param) => [param.key, valueOf(param, values.get(param.key))] as const) }));
}

function valueOf({ key, default: fallback, values }: SkillDef['params'][number], given: string | undefined): string {
  const value = given ?? fallback;
  if (values.length === 0 || values.includes(value)) return value;
  throw refused('skill.param_invalid', 'skill_params', `invalid value '${value}' for skill param '${key}'`, { expected: values });
}

/** The peer's words are the whole message, so that its clients see what they know. */
const refused = (code: 'skill.param_unknown' | 'skill.param_invalid', field: string, reason: string, facts: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid', code, reason, { field, reason, ...facts });

/** Each placeholder once: a value that looks like one stays as it is, and so does what names no parameter. */
export function rendered({ skill, params }: Bound): string {
  const values = new Map(params);
  return skill.instructions.replace(/\{([A-Za-z_][A-Za-z0-9_-]*)\}/g, (whole, key: string) => values.get(key) ?? whole);
}

/** The task as the run records it and the model is told it; without skills, as it came. */
export const taskWith = (bound: readonly Bound[], task: string): string =>
  bound.length === 0 ? task : `${bound.map(rendered).join('\n\n')}\n\n---\nTask: ${task}`;

/** The first hint of each kind. */
export const modelHint = (bound: readonly Bound[]): SkillDef['model_hint'] => ({
  provider: bound.find(({ skill }) => skill.model_hint.provider !== null)?.skill.model_hint.provider ?? null,
  model: bound.find(({ skill }) => skill.model_hint.model !== null)?.skill.model_hint.model ?? null,
});

/** What is kept of a skill that is sent: the newest version where it says the same, else a version above it. */
export function nextVersion(given: SkillDef, newest: SkillDef | null): SkillDef {
  if (newest === null) return given;
  if (canonicalJson({ ...given, version: newest.version }) === canonicalJson(newest)) return newest;
  return { ...given, version: Math.max(given.version, newest.version + 1) };
}
