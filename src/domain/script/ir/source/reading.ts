/** Reads the texts of a representation, each with its place in what somebody wrote. */
import type { Path, Place } from '../../../yaml/source';
import { readAlone } from '../../syntax/alone';
import type { Argument, ArgumentLine, Expression, Remarks, Type } from '../../syntax/ast';
import { readExpression } from '../../syntax/expressions';
import { readType } from '../../syntax/fields';
import type { Problems } from '../../syntax/problem';

/** Values in values that stand for themselves; deeper ones are refused as deeper expressions are. */
const DEPTH_MAX = 60;

/** A representation has no comments. */
export const NO_REMARKS: Remarks = { comments: [], comment: null };

export class Reading {
  constructor(
    private readonly problems: Problems,
    /** Where a path stands. */
    readonly place: (path: Path) => Place,
  ) {}

  problem(path: Path, message: string, hint: string | null = null): void {
    this.problems.add(this.place(path), message, hint);
  }

  /** A text is an expression; any other value stands for itself. */
  expression(value: unknown, path: Path): Expression {
    const at = this.place(path);
    if (typeof value !== 'string') return this.#literal(value, at, 0);
    const { size } = this.problems;
    const read = readAlone(value, readExpression, this.problems, at);
    if (read) return read;
    if (this.problems.size === size) this.problems.add(at, 'This cannot be read as an expression.');
    return { kind: 'null', at };
  }

  type(text: string, path: Path): Type {
    const at = this.place(path);
    return readAlone(text, (reader) => readType(reader), this.problems, at) ?? { kind: 'scalar', name: 'any', constraints: [], at };
  }

  arguments(values: Readonly<Record<string, unknown>>, path: Path): readonly Argument[] {
    return Object.entries(values).map(([name, value]) => ({ name, value: this.expression(value, [...path, name]), at: this.place([...path, name]) }));
  }

  lines(values: Readonly<Record<string, unknown>>, path: Path): readonly ArgumentLine[] {
    return this.arguments(values, path).map((argument) => ({ ...argument, ...NO_REMARKS }));
  }

  #literal(value: unknown, at: Place, depth: number): Expression {
    if (depth > DEPTH_MAX) this.problems.add(at, `Values are nested more than ${DEPTH_MAX} deep.`);
    if (value === null || depth > DEPTH_MAX) return { kind: 'null', at };
    if (typeof value === 'boolean') return { kind: 'boolean', value, at };
    if (typeof value === 'string') return { kind: 'text', parts: value === '' ? [] : [value], at };
    if (typeof value === 'number') return this.#number(value, at);
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => this.#literal(item, at, depth + 1)), at };
    if (typeof value === 'object') {
      const fields = Object.entries(value).map(([name, field]) => ({ name, value: this.#literal(field, at, depth + 1), at }));
      return { kind: 'object', fields, at };
    }
    this.problems.add(at, 'Expected a value.');
    return { kind: 'null', at };
  }

  #number(value: number, at: Place): Expression {
    if (!Number.isFinite(value)) this.problems.add(at, 'Expected a number that can be written.');
    const size: Expression = { kind: 'number', value: Number.isFinite(value) ? Math.abs(value) : 0, at };
    return value < 0 ? { kind: 'unary', operator: '-', of: size, at } : size;
  }
}
