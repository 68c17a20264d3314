/** From the intermediate representation back to a script: what is checked by the rules of a text, and what is printed as one. */
import type { Field, Remarks, Script, Step, Tool } from '../../syntax/ast';
import type { Path } from '../../../yaml/source';
import { NO_REMARKS, type Reading } from './reading';
import type { FieldSource, IrSource } from './shape';
import { stepsOf } from './steps';

/** What cannot be read is told in the problems of `reading`. */
export function scriptOf(ir: IrSource, reading: Reading): Script {
  const fields = (name: 'input' | 'output' | 'stream' | 'env'): readonly (Field & Remarks)[] =>
    (ir[name] ?? []).map((field, at) => ({ ...fieldOf(field, reading, [name, at]), ...NO_REMARKS }));
  return {
    name: ir.name,
    description: ir.description ?? null,
    version: ir.version ?? null,
    input: fields('input'),
    output: fields('output'),
    stream: ir.stream === undefined ? null : fields('stream'),
    env: fields('env'),
    tools: ir.tools.map((tool, at) => toolOf(tool, reading, ['tools', at])),
    enums: Object.entries(ir.enums).map(([name, values]) => ({
      name,
      values: values.map((value, at) => ({ value, at: reading.place(['enums', name, at]), ...NO_REMARKS })),
      at: reading.place(['enums', name]),
      ...NO_REMARKS,
    })),
    constants: ir.constants.map(({ name, value }, at) => ({
      name,
      value: reading.expression(value, ['constants', at, 'value']),
      at: reading.place(['constants', at]),
      ...NO_REMARKS,
    })),
    steps: steps(ir.steps, reading, ['steps']),
    onError: ir.on_error === undefined ? null : steps(ir.on_error, reading, ['on_error']),
    comments: { head: [], foot: [] },
  };
}

const steps = (sources: IrSource['steps'], reading: Reading, path: Path): readonly Step[] => stepsOf(sources, reading, path);

const fieldOf = ({ name, type, optional, default: otherwise }: FieldSource, reading: Reading, path: Path): Field => ({
  name,
  optional: optional === true,
  type: reading.type(type, [...path, 'type']),
  value: otherwise === undefined ? null : reading.expression(otherwise, [...path, 'default']),
  at: reading.place(path),
});

function toolOf({ name, tool, source }: IrSource['tools'][number], reading: Reading, path: Path): Tool {
  const alias = tool === undefined || tool === name ? null : name;
  if (alias?.includes('.')) reading.problem([...path, 'name'], 'A tool that gets another name gets one without dots.');
  return { name: tool ?? name, source, alias, at: reading.place(path), ...NO_REMARKS };
}
