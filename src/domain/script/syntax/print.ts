/** The one way to write a script: two spaces for a block, one blank line between parts, comments where they were. What is printed reads as the same script. */
import { printArguments, printExpression, printText } from './print-expression';
import type { Enum, Field, FieldLine, NamedBlock, Remarks, Script, Step, Tool, Type } from './ast';
import { printStep } from './print-step';
import { beginsLine } from './words';

export function printScript(script: Script): string {
  const { comments } = script;
  const parts: string[][] = [
    [...commentLines(comments.head), ...nameLines(script)],
    sectionLines('input', script.input),
    sectionLines('output', script.output),
    ...(script.stream ? [sectionLines('stream', script.stream)] : []),
    sectionLines('env', script.env),
    script.tools.length > 0 ? ['import tools', ...script.tools.flatMap((tool) => indented(remarked(tool, toolLine(tool))))] : [],
    ...script.enums.map(enumLines),
    script.constants.flatMap((constant) => remarked(constant, `const ${constant.name} = ${printExpression(constant.value)}`)),
    ...stepParts(script.steps),
    script.onError ? ['on thread error', ...indented(blockLines(script.onError))] : [],
    commentLines(comments.foot),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const commentLines = (comments: readonly string[]): string[] => comments.map((comment) => (comment === '' ? '--' : `-- ${comment}`));

export const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));

/** The comments of a line, and the line with the one at its end. */
export const remarked = ({ comments, comment }: Remarks, line: string): string[] => [
  ...commentLines(comments),
  comment === null ? line : `${line} --${comment === '' ? '' : ` ${comment}`}`,
];

function nameLines({ name, description, version }: Script): string[] {
  const lines = [`script ${printText(name)}`];
  const said = description === null ? [] : isProse(description) ? description.split('\n') : [printText(description)];
  return [...lines, ...said, ...(version === null ? [] : [`version ${printText(version)}`])];
}

/** Whether a description reads as the same one when it stands there without quotes. */
function isProse(text: string): boolean {
  const lines = text.split('\n');
  const plain = (line: string): boolean =>
    line === line.trim() && !/^(?:"|--)/.test(line) && !beginsLine(/^[A-Za-z_]+/.exec(line)?.[0] ?? '') && !/[\r\t]/.test(line);
  return lines.every(plain) && lines[0] !== '' && lines.at(-1) !== '';
}

const sectionLines = (name: string, fields: readonly FieldLine[]): string[] =>
  fields.length === 0 ? [] : [name, ...fields.flatMap((field) => indented(remarked(field, fieldText(field))))];

const fieldText = ({ name, optional, type, value }: Field): string =>
  `${name}${optional ? '?' : ''}: ${printType(type)}${value ? ` = ${printExpression(value)}` : ''}`;

const toolLine = ({ name, source, alias }: Tool): string => `${name} from ${source}${alias === null ? '' : ` as ${alias}`}`;

const enumLines = ({ name, values, ...remarks }: Enum): string[] => [
  ...remarked(remarks, `enum ${name}`),
  ...values.flatMap((one) => indented(remarked(one, printText(one.value)))),
];

export function printType(type: Type): string {
  const constraints = type.constraints.length === 0 ? '' : `(${printArguments(type.constraints, ' = ')})`;
  switch (type.kind) {
    case 'scalar':
    case 'enum':
      return type.name + constraints;
    case 'list':
      return `list<${printType(type.of)}>${constraints}`;
    case 'object':
      return (type.fields === null ? 'object' : `{${type.fields.map(fieldText).join(', ')}}`) + constraints;
  }
}

/** Steps with a block of their own, and headings, stand apart. */
function stepParts(steps: readonly Step[]): string[][] {
  const parts: string[][] = [];
  let open = false;
  for (const step of steps) {
    const lines = stepLines(step);
    const apart = lines.length > 1 || step.verb === 'section';
    if (open && !apart) parts.at(-1)?.push(...lines);
    else parts.push(lines);
    open = !apart;
  }
  return parts;
}

const stepLines = (step: Step): string[] => printStep(step, { steps: blockLines, named: namedLines, type: printType, remarked, indented });

/** The steps of a block, which stand close together. */
const blockLines = (steps: readonly Step[]): string[] => steps.flatMap(stepLines);

const namedLines = (block: NamedBlock): string[] => [...remarked(block, `${printText(block.name)}:`), ...indented(blockLines(block.steps))];
