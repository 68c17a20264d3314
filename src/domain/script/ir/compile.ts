/** From a script as it was written to its intermediate representation. What is usual is filled in; comments and headings go. A script that has errors is not compiled. */
import type { IrArguments, IrBlock, IrField, IrStep, IrTool, ScriptIr } from '../../../contracts/script/ir';
import type { ArgumentLine, Field, NamedBlock, Script, Step, Tool } from '../syntax/ast';
import { printType } from '../syntax/print';
import { printExpression } from '../syntax/print-expression';
import { compileStep } from './compile-step';
import { enumsOf } from './enums';

export const compile = (script: Script): ScriptIr => ({
  ir: 1,
  name: script.name,
  ...(script.description === null ? {} : { description: script.description }),
  ...(script.version === null ? {} : { version: script.version }),
  input: script.input.map(fieldOf),
  output: script.output.map(fieldOf),
  ...(script.stream === null ? {} : { stream: script.stream.map(fieldOf) }),
  env: script.env.map(fieldOf),
  tools: script.tools.map(toolOf),
  enums: enumsOf(script.enums),
  constants: script.constants.map(({ name, value }) => ({ name, value: printExpression(value) })),
  steps: stepsOf(script.steps),
  ...(script.onError === null ? {} : { on_error: stepsOf(script.onError) }),
});

export const toolOf = ({ name, source, alias }: Tool): IrTool => ({ name: alias ?? name, tool: name, source });

const fieldOf = ({ name, type, optional, value }: Field): IrField => ({
  name,
  type: printType(type),
  ...(optional ? { optional: true as const } : {}),
  ...(value ? { default: printExpression(value) } : {}),
});

const stepsOf = (steps: readonly Step[]): readonly IrStep[] => steps.flatMap((step) => compileStep(step, { steps: stepsOf, named, args }) ?? []);

const named = ({ name, steps }: NamedBlock): IrBlock => ({ name, steps: stepsOf(steps) });

const args = (lines: readonly Pick<ArgumentLine, 'name' | 'value'>[]): IrArguments =>
  Object.fromEntries(lines.map(({ name, value }) => [name, printExpression(value)]));
