/** The intermediate representation as text. */
import { stringify } from 'yaml';
import type { ScriptIr } from '../../../contracts/script/ir';
import { printScript } from '../syntax/print';
import { Problems } from '../syntax/problem';
import { scriptFrom } from './source/read-ir';

/** What is printed reads as the same representation, but for the lines of its steps, which are those of the YAML then. */
export const printIrYaml = (ir: ScriptIr): string => stringify(ir, { lineWidth: 0, aliasDuplicateObjects: false });

/** As a script is written by people; null for what is no representation. What is printed compiles to the same representation, but for the lines of its steps. */
export function printIrText(ir: unknown): string | null {
  const problems = new Problems();
  const script = scriptFrom(ir, problems);
  return script === null || problems.size > 0 ? null : printScript(script);
}
