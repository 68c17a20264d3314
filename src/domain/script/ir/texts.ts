/** The texts of the intermediate representation, read: expressions and types. */
import { Fault } from '../../../errors/fault';
import type { IrExpression, IrType } from '../../../contracts/script/ir';
import { readAlone } from '../syntax/alone';
import type { Expression, Type } from '../syntax/ast';
import { readExpression } from '../syntax/expressions';
import { readType } from '../syntax/fields';
import { Problems } from '../syntax/problem';
import type { Reader } from '../syntax/reader';

/** Texts that one reader remembers, and their characters together: those of the scripts that are usual, so that a loop reads each once. */
const KEPT_MAX = 2_000;
const KEPT_CHARACTERS_MAX = 1024 * 1024;

/** Fault `expression.unreadable`. A text of a script that was compiled can always be read. */
export const parseExpression = (text: IrExpression): Expression => parse(text, readExpression);

/** Fault `expression.unreadable`. */
export const parseType = (text: IrType): Type => parse(text, (reader) => readType(reader));

function parse<T>(text: string, read: (reader: Reader) => T): T {
  const problems = new Problems();
  const value = readAlone(text, read, problems);
  if (value !== null) return value;
  const [first] = problems.all;
  const { line, column } = first ?? { line: 1, column: 1 };
  throw new Fault('invalid', 'expression.unreadable', `\`${text.slice(0, 200)}\` cannot be read: ${first?.message ?? 'it says nothing.'}`, { line, column });
}

/** Reads each text once. One for each workflow or activity: no module keeps anything, because workflows share modules. */
export class ScriptTexts {
  readonly #expressions = new Kept(parseExpression);
  readonly #types = new Kept(parseType);

  expression(text: IrExpression): Expression {
    return this.#expressions.get(text);
  }

  type(text: IrType): Type {
    return this.#types.get(text);
  }
}

/** What was read first is forgotten first. */
class Kept<T> {
  readonly #read = new Map<string, T>();
  #characters = 0;

  constructor(private readonly parse: (text: string) => T) {}

  get(text: string): T {
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const value = this.parse(text);
    this.#read.set(text, value);
    this.#characters += text.length;
    for (const oldest of this.#read.keys()) {
      if (this.#read.size <= KEPT_MAX && this.#characters <= KEPT_CHARACTERS_MAX) break;
      this.#read.delete(oldest);
      this.#characters -= oldest.length;
    }
    return value;
  }
}
