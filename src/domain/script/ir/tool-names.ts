/** Tools by their names: in lists of tools, and among those that a script imports. */
import type { IrTool, ScriptIr } from '../../../contracts/script/ir';
import { MODEL_TOOLS } from '../check/functions';
import type { Expression } from '../syntax/ast';
import type { Place } from '../syntax/problem';

/** The tool that an item of `tools = […]` names: a name, or a text. */
export function toolNameOf(item: Expression): string | null {
  if (item.kind === 'name') return item.name;
  return item.kind === 'text' && item.parts.length === 1 && typeof item.parts[0] === 'string' ? item.parts[0] : null;
}

export const asText = (text: string, at: Place): Expression => ({ kind: 'text', parts: text === '' ? [] : [text], at });

/** A tool by the name under which steps call it: one that the script imports, or one of the model tools. Null: there is none. */
export function toolNamed(ir: Pick<ScriptIr, 'tools'>, name: string): IrTool | null {
  const imported = ir.tools.find((tool) => tool.name === name);
  if (imported) return imported;
  return (MODEL_TOOLS as readonly string[]).includes(name) ? { name, tool: name, source: 'native' } : null;
}
