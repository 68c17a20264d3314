/** Reads types, fields, and the blocks that declare them. */
import type { Field, FieldLine, ScalarType, Type } from './ast';
import { readExpression } from './expressions';
import type { Reader } from './reader';
import { tokenName } from './tokens';

const NAMES: Readonly<Record<string, ScalarType>> = {
  text: 'text',
  string: 'text',
  number: 'number',
  float: 'number',
  double: 'number',
  integer: 'integer',
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  long: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  datetime: 'timestamp',
  any: 'any',
  value: 'any',
};

/** Types in types. */
const DEPTH_MAX = 32;

export function readType(reader: Reader, depth = 0): Type {
  if (depth > DEPTH_MAX) reader.fail(`Types are nested more than ${DEPTH_MAX} deep.`);
  const at = reader.place;
  const shape = readShape(reader, depth);
  return { ...shape, constraints: reader.is('sign', '(') ? readConstraints(reader) : [], at } as Type;
}

type Shape = Type extends infer T ? (T extends Type ? Omit<T, 'at' | 'constraints'> : never) : never;

function readShape(reader: Reader, depth: number): Shape {
  if (reader.is('sign', '{')) return { kind: 'object', fields: readFields(reader, depth + 1) };
  const token = reader.expect('word', 'a type', 'Types are text, number, integer, boolean, date, timestamp, binary, any, object, list<…>, {…}, and enums.');
  const scalar = NAMES[token.value];
  if (scalar) return { kind: 'scalar', name: scalar };
  if (token.value === 'object') return { kind: 'object', fields: null };
  if (token.value !== 'list') return { kind: 'enum', name: token.value };
  if (!reader.skip('sign', '<')) return { kind: 'list', of: { kind: 'scalar', name: 'any', constraints: [], at: { line: token.line, column: token.column } } };
  const of = readType(reader, depth + 1);
  reader.expectSign('>');
  return { kind: 'list', of };
}

/** `{a: text, b?: number}` */
function readFields(reader: Reader, depth: number): readonly Field[] {
  reader.expectSign('{');
  const fields: Field[] = [];
  while (!reader.skip('sign', '}')) {
    fields.push(readField(reader, depth));
    if (reader.skip('sign', ',')) continue;
    reader.expectSign('}', 'Fields are separated by commas.');
    break;
  }
  return fields;
}

/** `(min = 1, max = 10)` */
function readConstraints(reader: Reader): Type['constraints'] {
  reader.expectSign('(');
  const constraints: Type['constraints'][number][] = [];
  while (!reader.skip('sign', ')')) {
    const at = reader.place;
    const name = reader.expect('word', 'a constraint').value;
    reader.expectSign('=');
    constraints.push({ name, value: readExpression(reader), at });
    if (reader.skip('sign', ',')) continue;
    reader.expectSign(')', 'Constraints are separated by commas.');
    break;
  }
  return constraints;
}

function readField(reader: Reader, depth = 0): Field {
  const at = reader.place;
  const name = reader.expect('word', 'the name of a field').value;
  const optional = reader.skip('sign', '?');
  reader.expectSign(':', 'Fields are declared as `name: type`.');
  const type = readType(reader, depth);
  const value = reader.skip('sign', '=') ? readExpression(reader) : null;
  return { name, optional, type, value, at };
}

/** The lines of a block `input`, `output`, `stream` or `env`. Comments before its heading go to its first line. */
export function readFieldLines(reader: Reader): readonly FieldLine[] {
  const fields: FieldLine[] = [];
  reader.loosen([...reader.commentsBefore()]);
  const heading = reader.take();
  reader.loosen([reader.endLine()]);
  if (!reader.is('indent'))
    reader.fail(`Expected the fields of \`${'value' in heading ? heading.value : ''}\` in indented lines, found ${tokenName(reader.next)}.`);
  reader.block(() => void fields.push(reader.remarked(() => readField(reader))));
  return fields;
}
