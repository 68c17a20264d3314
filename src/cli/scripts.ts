/** `everthread script …`: scripts from a shell. `fmt`, `check` and `compile` need no server; ./script-service.ts has the rest. */
import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import type { Compiled, ScriptDiagnostic } from '../contracts/script/ports';
import { servedCommands } from './script-service';
import { readText } from './text-file';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** `defaultUrl`: where the API of this machine would be. */
export function scriptCommand(defaultUrl: string): Command {
  const script = new Command('script').description('work with scripts').addCommand(checkCommand()).addCommand(fmtCommand()).addCommand(compileCommand());
  return servedCommands(script.option('--url <url>', 'address of the API', defaultUrl));
}

type Told = Omit<ScriptDiagnostic, 'file'>;

/** `invoice.scriptum:4:3: error: … Did you mean x?`, as editors understand it. */
const lineOf = (file: string, { line, column, severity, message, hint }: Told): string =>
  `${file}:${line}:${column}: ${severity}: ${message}${hint === null ? '' : ` ${hint}`}`;

const isError = ({ severity }: Told): boolean => severity === 'error';

const checkCommand = (): Command =>
  new Command('check')
    .description('say what is wrong with scripts, texts as well as YAML and JSON; exits with 1 when one has an error')
    .argument('<file...>', 'files; - is the standard input')
    .action(async (files: string[]) => {
      const { compileScript } = await import('../domain/script/compile-script.js');
      for (const file of files) {
        const { ir, diagnostics, toolsRequired: tools } = compileScript(readText(file));
        for (const diagnostic of diagnostics) print(lineOf(file, diagnostic));
        if (ir === null) process.exitCode = 1;
        else print(`${file}: ${ir.name} can be read${tools.length === 0 ? '' : `; it uses ${tools.map(({ name }) => name).join(', ')}`}`);
      }
    });

const fmtCommand = (): Command =>
  new Command('fmt')
    .description('write scripts the one way in which they are written; a script that cannot be read is left alone')
    .argument('<file...>', 'files, which are changed where they are; - is the standard input, printed to the standard output')
    .option('--check', 'change nothing; exit with 1 when a file is written in another way')
    .action(async (files: string[], { check }: { check?: boolean }) => {
      const { parseScript } = await import('../domain/script/syntax/parse.js');
      const { printScript } = await import('../domain/script/syntax/print.js');
      for (const file of files) {
        const text = readText(file);
        const { script, diagnostics } = parseScript(text);
        const errors = diagnostics.filter(isError);
        const printed = errors.length > 0 ? text : printScript(script);
        for (const error of errors) print(lineOf(file, error));
        if (check && errors.length === 0 && printed !== text) print(`${file} is written in another way`);
        if (errors.length > 0 || (check && printed !== text)) process.exitCode = 1;
        else if (file === '-' && !check) process.stdout.write(printed);
        else if (!check && printed !== text) writeFileSync(file, printed);
      }
    });

interface CompileOptions {
  readonly ast?: boolean;
  readonly ir?: boolean;
  readonly json?: boolean;
}

const compileCommand = (): Command =>
  new Command('compile')
    .description('compile a script, a text as well as YAML or JSON; exits with 1 when it has an error, and says on the standard error what is wrong')
    .argument('<file>', 'a file; - is the standard input')
    .option('--ir', 'print its intermediate representation as YAML (without any option)')
    .option('--ast', 'print what was read, as JSON')
    .option('--json', 'print everything as JSON: representation, contract, tools that it needs, diagnostics')
    .action(async (file: string, options: CompileOptions) => {
      const { compileScript } = await import('../domain/script/compile-script.js');
      const compiled = compileScript(readText(file), undefined, file);
      for (const diagnostic of compiled.diagnostics) process.stderr.write(`${lineOf(file, diagnostic)}\n`);
      if (!compiled.ok) process.exitCode = 1;
      if (compiled.ok || options.json) process.stdout.write(printed(compiled, options));
    });

/** What is asked for, one behind the other. */
function printed({ ast, ir, irYaml, ...known }: Compiled, { ast: wantsAst, ir: wantsIr, json }: CompileOptions): string {
  const parts: string[] = [];
  if (json) parts.push(`${JSON.stringify({ ...known, ir, ...(wantsAst ? { ast } : {}) }, null, 2)}\n`);
  else if (wantsAst) parts.push(`${JSON.stringify(ast, null, 2)}\n`);
  if (wantsIr || (!json && !wantsAst)) parts.push(irYaml ?? '');
  return parts.join('');
}
