/** Names of tools as `tools = [search, "read_file"]` has them: what stands there means tools, not values. */
import { Fault } from '../../errors/fault';
import type { IrExpression } from '../../contracts/script/ir';
import { parseExpression } from './ir/texts';
import { toolNameOf } from './ir/tool-names';

/** Tools of one agent. */
const TOOLS_MAX = 128;

/** Fault `script_tool.arguments` (invalid). */
export function toolNamesIn(text: IrExpression): readonly string[] {
  const list = parseExpression(text);
  if (list.kind !== 'list' || list.items.length > TOOLS_MAX) throw misread(`a list of at most ${TOOLS_MAX} names of tools`);
  const names = list.items.map((item) => {
    const name = toolNameOf(item);
    if (name === null) throw misread('names of tools');
    return name;
  });
  return [...new Set(names)];
}

const misread = (expected: string): Fault => new Fault('invalid', 'script_tool.arguments', `tools: expected ${expected}`, { field: 'tools' });
