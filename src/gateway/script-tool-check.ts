/** Whether the tools that a script imports are there: a compiler knows only their names. */
import type { Compiled, ScriptDiagnostic, ScriptToolEntry } from '../contracts/script/ports';
import type { IrTool } from '../contracts/script/ir';
import { nearest } from '../domain/nearest';

/** Native tools come with the server, so one that is not there is a mistake; others may come later (a pattern that is uploaded, a server of tools that is away), so they are only warned of. */
export function withToolsChecked(compiled: Compiled, content: string, known: readonly ScriptToolEntry[]): Compiled {
  const missing = compiled.toolsRequired.filter((tool) => !known.some(({ name, source }) => name === tool.tool && source === tool.source));
  if (missing.length === 0) return compiled;
  const diagnostics = [...compiled.diagnostics, ...missing.map((tool) => diagnosticOf(tool, content, known))].slice(0, 100);
  const ok = compiled.ok && !diagnostics.some(({ severity }) => severity === 'error');
  return { ...compiled, ok, diagnostics };
}

function diagnosticOf({ tool, source, name }: IrTool, content: string, known: readonly ScriptToolEntry[]): ScriptDiagnostic {
  const { line, column } = placeOf(content, tool, name);
  const names = known.flatMap((entry) => (entry.source === source ? [entry.name] : []));
  return {
    ...{ file: '', line, column, severity: source === 'native' ? 'error' : 'warning' },
    message: `There is no tool \`${tool}\` from ${source} now.`,
    hint: nearest(tool, names).trim() || null,
  };
}

/** Where the tool is first spoken of as a word; the beginning where it is not found. */
function placeOf(content: string, ...names: readonly string[]): { readonly line: number; readonly column: number } {
  const lines = content.split('\n');
  for (const name of names) {
    for (const [at, text] of lines.entries()) {
      const column = text.indexOf(name);
      if (column >= 0 && !/[\w.]/.test(text[column - 1] ?? ' ') && !/[\w.]/.test(text[column + name.length] ?? ' '))
        return { line: at + 1, column: column + 1 };
    }
  }
  return { line: 1, column: 1 };
}
