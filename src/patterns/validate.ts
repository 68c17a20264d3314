/** Whether a definition compiles. */
import type { DefinitionError } from '../domain/pattern/definition/source';
import { parsePattern } from '../domain/pattern/parse-pattern';
import { compileToYaml, type AnyDefinition } from './print';

/** Lines and columns are those of the definition as {@link compileToYaml} prints it. */
export function validatePattern(definition: AnyDefinition): { readonly valid: boolean; readonly errors: readonly DefinitionError[] } {
  const parsed = parsePattern(compileToYaml(definition));
  return parsed.ok ? { valid: true, errors: [] } : { valid: false, errors: parsed.errors };
}
