/** From what somebody wrote, as text, YAML or JSON, to everything that is known of it: what is wrong, what it takes and gives, which tools it needs, and what a thread carries out. */
import { jsonBytes } from '../../contracts/execution/value';
import { IR_BYTES_MAX, type ScriptIr } from '../../contracts/script/ir';
import type { Compiled, ScriptContract, ScriptDraft } from '../../contracts/script/ports';
import { checkRead } from './check/check-script';
import { compile } from './ir/compile';
import { printIrYaml } from './ir/print-ir';
import { readIr } from './ir/source/read-ir';
import { toolNamed } from './ir/tool-names';
import type { Script } from './syntax/ast';
import { parseScript } from './syntax/parse';
import { Problems } from './syntax/problem';

export type ScriptFormat = ScriptDraft['format'];

const FILES: Readonly<Record<ScriptFormat, string>> = { scriptum: 'script.scriptum', yaml: 'script.yaml', json: 'script.json' };

/** JSON begins with a brace, YAML with a key; everything else is a text, and is told so where it is wrong. */
export function formatOf(content: string): ScriptFormat {
  if (/^\s*\{/.test(content)) return 'json';
  const first = /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*([^\n]*)/.exec(content.slice(0, 64 * 1024))?.[1] ?? '';
  return /^(?:---\s*$|%YAML|"?[A-Za-z_]+"?\s*:(?:\s|$))/.test(first) ? 'yaml' : 'scriptum';
}

export interface Written {
  readonly format: ScriptFormat;
  /** Null where it could not be read at all. */
  readonly script: Script | null;
  readonly problems: Problems;
  /** By the names under which steps call them. */
  readonly tools: readonly { readonly name: string }[];
}

/** Reads and checks. What cannot be read is told first; the rest is checked when everything can be read. */
export function readWritten(content: string, format: ScriptFormat = formatOf(content)): Written {
  if (format === 'scriptum') {
    const { script, diagnostics } = parseScript(content);
    return checked(script, new Problems(diagnostics), format);
  }
  const problems = new Problems();
  return checked(readIr(content, problems), problems, format);
}

function checked(script: Script | null, problems: Problems, format: ScriptFormat): Written {
  const tools = script === null || problems.hasErrors ? [] : checkRead(script, problems);
  return { format, script, problems, tools };
}

/** `file`: what the content is called in diagnostics. */
export function compileScript(content: string, format: ScriptFormat = formatOf(content), file: string = FILES[format]): Compiled {
  const { script, problems, tools } = readWritten(content, format);
  const ir = script === null || problems.hasErrors ? null : compile(script);
  const tooLarge = ir !== null && jsonBytes(ir) > IR_BYTES_MAX;
  if (tooLarge)
    problems.add({ line: 1, column: 1 }, `The script has more than ${IR_BYTES_MAX} bytes when it is compiled.`, 'Divide it into scripts that run one another.');
  const diagnostics = problems.all.map(({ severity, line, column, message, hint }) => ({ file, line, column, severity, message, hint }));
  if (ir === null || tooLarge) return { ok: false, ast: null, ir: null, irYaml: null, contract: null, toolsRequired: [], diagnostics };
  return {
    ok: true,
    ast: script as unknown as Compiled['ast'],
    ir,
    // Made when it is asked for: to print it takes longer than all the rest.
    get irYaml() {
      return printIrYaml(ir);
    },
    contract: contractOf(ir),
    toolsRequired: tools.map(({ name }) => toolNamed(ir, name)).filter((tool) => tool !== null),
    diagnostics,
  };
}

export const contractOf = ({ input, output, stream, env, enums }: ScriptIr): ScriptContract => ({ input, output, stream: stream ?? null, env, enums });
