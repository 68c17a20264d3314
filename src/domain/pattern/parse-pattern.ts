/**
 * A definition as YAML (or JSON, which is YAML) → its plan, or everything that is wrong with it. Seed 001, Patterns; the whole language is in docs/patterns.md.
 *
 * At most DEFINITION_MAX characters. Pure and without a clock, but not for workflows: they get the plan.
 */
import type { Json } from '../../contracts/pattern/json';
import { Plan } from '../../contracts/pattern/plan';
import { readOrgChart } from './definition/org-chart';
import { readPattern } from './definition/pattern';
import { isFields, Reading } from './definition/reading';
import { readDefinition, type DefinitionError } from './definition/source';

/** The fields as the author wrote them, checked. */
export type Definition = { readonly name: string; readonly version: string; readonly description?: string } & { readonly [field: string]: Json };

export type ParsedPattern =
  | { readonly ok: true; readonly kind: Plan['kind']; readonly definition: Definition; readonly plan: Plan }
  | { readonly ok: false; readonly errors: readonly DefinitionError[] };

export function parsePattern(text: string): ParsedPattern {
  const source = readDefinition(text);
  if (!('value' in source)) return { ok: false, errors: source };
  const reading = new Reading(source);
  const isOrgChart = isFields(source.value) && (source.value['structure'] !== undefined || source.value['workflow'] !== undefined);
  const plan = isOrgChart ? readOrgChart(reading, source.value) : readPattern(reading, source.value);
  if (reading.errors.length > 0) return { ok: false, errors: inOrder(reading.errors) };
  const checked = Plan.safeParse(plan);
  if (checked.success) return { ok: true, kind: plan.kind, definition: source.value as Definition, plan };
  const [issue] = checked.error.issues;
  const message = `The plan would not fit: ${issue?.message ?? 'it is too large'} (${issue?.path.join('.') ?? ''}).`;
  return { ok: false, errors: [{ line: 1, column: 1, path: '', message, expected: 'a smaller definition' }] };
}

const inOrder = (errors: readonly DefinitionError[]): readonly DefinitionError[] => [...errors].sort((a, b) => a.line - b.line || a.column - b.column);
