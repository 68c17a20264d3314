/** What a model is told that writes a script: the language in short, what there is to call, and what was wrong with what it wrote before. */
import type { ScriptDiagnostic } from '../../contracts/script/ports';
import type { ScriptToolDefinition } from '../../contracts/script/tools';

/** As docs/scriptum.md has it, in short. A test compiles the example. */
export const PLAN_EXAMPLE = `script "example"

output
  report: text

import tools
  http from native

do "Fetch" with http -> page
  url = "https://example.com/prices"
  on error: retry 2

each price in page.json.prices -> lines
  let line = "{price.name}: {price.value}"

decide "Is there anything?" with rules
  when count(lines) > 0 -> "some"
  otherwise -> "none"
  "some":
    do "Sum up" with llm -> summary
      prompt = "Sum up in one sentence: {join(lines, ", ")}"
    emit
      report = summary.text
  "none":
    emit
      report = "There is nothing."`;

const LANGUAGE = `You write a script in a small language. Lines; blocks are indented by two blanks; comments begin with "--". A step stands on a line of its own, with its arguments as "name = value" in lines below it.
- script "name" comes first; then the declarations that are needed: "input", "output" (fields "name: type"; types are text, number, integer, boolean, list<type>, object, any), "import tools" (lines "tool from source").
- do "Label" with tool -> name: calls a tool; what it gives is known below as name. The tools llm (prompt -> .text) and infer (prompt, fields = { name: "text" } -> an object) need no import.
- let name = value
- each item in list -> results, with steps below; decide "Question?" with rules, "when condition -> \\"branch\\"", "otherwise -> \\"branch\\"" and the branches; together with lanes ("lane": steps).
- check condition, with "on fail: fail \\"message\\"" below.
- emit ends the script with its result: fields as lines "name = value" below it.
Values: "text with {value}", numbers, true, false, null, [a, b], { name: value }, a.b, a[0], a?.b, a ?? b, == != < > and or not + - * /, and functions: count, contains, join(list, text), split(text, text), map(list, item => value), filter(list, item => condition), first, last, lower, upper, trim, to_json, from_json, to_number, sum.
A name is bound once and never changed.`;

export interface PlanWords {
  readonly tools: readonly (Pick<ScriptToolDefinition, 'name' | 'source' | 'description' | 'inputSchema'> & { readonly as: string })[];
  readonly maxSteps: number;
}

const DESCRIPTION_MAX = 500;
const SCHEMA_MAX = 2_000;

export function planSystem({ tools, maxSteps }: PlanWords): string {
  const offered = tools.map(
    ({ name, source, as, description, inputSchema }) =>
      `- ${name} from ${source}${as === name ? '' : ` as ${as}`}: ${description.slice(0, DESCRIPTION_MAX)} Arguments: ${JSON.stringify(inputSchema).slice(0, SCHEMA_MAX)}`,
  );
  return [
    LANGUAGE,
    `For example:\n${PLAN_EXAMPLE}`,
    offered.length > 0 ? `Tools that may be imported, exactly so, and no others:\n${offered.join('\n')}` : 'There are no tools to import.',
    `At most ${maxSteps} steps, those inside of others counted. Answer with the script alone.`,
  ].join('\n\n');
}

/** Mistakes that are told at once. */
const TOLD_MAX = 20;

export function planMistakes(diagnostics: readonly ScriptDiagnostic[], others: readonly string[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const lines = [
    ...errors.map(({ line, column, message, hint }) => `- line ${line}, column ${column}: ${message}${hint === null ? '' : ` ${hint}`}`),
    ...others.map((other) => `- ${other}`),
  ];
  return `The script has mistakes:\n${lines.slice(0, TOLD_MAX).join('\n')}\nWrite all of it again, without them. Answer with the script alone.`;
}

/** The script in an answer: whole, or in a block of code. */
export function scriptIn(text: string): string {
  const block = /```[a-z]*[ \t]*\n([\s\S]*?)\n[ \t]*```/.exec(text.slice(0, 1024 * 1024))?.[1];
  const source = block ?? text;
  const at = source.search(/^[ \t]*script[ \t]+"/m);
  return `${(at > 0 ? source.slice(at) : source).trim()}\n`;
}
