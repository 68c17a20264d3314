/** Reads expressions. From the loosest to the tightest: `or`, `and`, `not`, comparisons, `??`, `+ -`, `* / %`, a minus sign, and what is appended (`.field`, `[index]`). */
import type { Argument, BinaryOperator, Expression } from './ast';
import type { Place } from './problem';
import { Reader } from './reader';
import { tokenName, type Token } from './tokens';
import { EXPRESSION_WORDS } from './words';

/** Parentheses, lists and the like in one another. */
const DEPTH_MAX = 60;
/** Operators, fields and indices of one expression: each makes the tree deeper, and whoever walks over it walks by recursion. */
const OPERATORS_MAX = 500;

const LEVELS: readonly (readonly BinaryOperator[])[] = [['or'], ['and'], ['==', '!=', '<', '>', '<=', '>='], ['??'], ['+', '-'], ['*', '/', '%']];
/** The level at which `not` stands: it takes a whole comparison. */
const NOT_BEFORE = 2;

export function readExpression(reader: Reader): Expression {
  return new ExpressionReader(reader, { depth: 0, operators: 0 }).lambdaOr(false);
}

class ExpressionReader {
  constructor(
    private readonly reader: Reader,
    /** Of the whole expression, what stands in its texts included. */
    private readonly taken: { depth: number; operators: number },
  ) {}

  #deeper<T>(read: () => T): T {
    if (++this.taken.depth > DEPTH_MAX) this.reader.fail(`Expressions are nested more than ${DEPTH_MAX} deep.`, 'Give parts of it names with `let`.');
    const value = read();
    this.taken.depth -= 1;
    return value;
  }

  #longer(): void {
    if (++this.taken.operators > OPERATORS_MAX) this.reader.fail(`An expression has at most ${OPERATORS_MAX} operators.`, 'Give parts of it names with `let`.');
  }

  /** A lambda stands only where `allowed`: as an argument of a function. */
  lambdaOr(allowed: boolean): Expression {
    const at = this.reader.place;
    const parameters = this.#lambdaParameters();
    if (!parameters) return this.#deeper(() => this.#level(0));
    if (!allowed) this.reader.fail('A lambda can only be an argument of a function.', 'For example: map(items, item => item.name).', at);
    return { kind: 'lambda', parameters, body: this.#deeper(() => this.#level(0)), at };
  }

  #lambdaParameters(): readonly string[] | null {
    const { reader } = this;
    if (reader.is('word') && reader.after.kind === 'sign' && reader.after.value === '=>') {
      const name = this.#name('a parameter');
      reader.take();
      return [name];
    }
    return null;
  }

  #name(what: string): string {
    const token = this.reader.expect('word', what);
    if (EXPRESSION_WORDS.has(token.value)) this.reader.fail(`\`${token.value}\` is a word of the language; it cannot be a name.`, null, token);
    return token.value;
  }

  #level(level: number): Expression {
    if (level === NOT_BEFORE && this.reader.is('word', 'not')) {
      const at = this.reader.place;
      this.reader.take();
      return { kind: 'unary', operator: 'not', of: this.#deeper(() => this.#level(NOT_BEFORE)), at };
    }
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#level(level + 1);
    for (let taken = 0; ; taken++) {
      const operator = this.#operator(operators);
      if (!operator) return left;
      const at = this.reader.place;
      if (level === NOT_BEFORE && taken > 0) this.reader.fail('Comparisons cannot be chained.', 'Join two of them with `and`.');
      this.#longer();
      this.reader.take();
      left = { kind: 'binary', operator, left, right: this.#level(level + 1), at };
    }
  }

  #operator(operators: readonly BinaryOperator[]): BinaryOperator | null {
    const { next } = this.reader;
    if (next.kind !== 'sign' && next.kind !== 'word') return null;
    return operators.find((operator) => operator === next.value) ?? null;
  }

  #unary(): Expression {
    const at = this.reader.place;
    if (this.reader.skip('sign', '-')) return { kind: 'unary', operator: '-', of: this.#deeper(() => this.#unary()), at };
    return this.#postfix();
  }

  #postfix(): Expression {
    const { reader } = this;
    let of = this.#primary();
    for (;;) {
      const at = reader.place;
      if (reader.is('sign', '.') || reader.is('sign', '?.') || reader.is('sign', '[') || reader.is('sign', '?[')) this.#longer();
      if (reader.skip('sign', '.')) of = { kind: 'field', of, name: this.#field(), safe: false, at };
      else if (reader.skip('sign', '?.')) of = { kind: 'field', of, name: this.#field(), safe: true, at };
      else if (reader.is('sign', '[') || reader.is('sign', '?[')) {
        const safe = reader.is('sign', '?[');
        reader.take();
        const index = this.#deeper(() => this.#level(0));
        reader.expectSign(']');
        of = { kind: 'index', of, index, safe, at };
      } else return of;
    }
  }

  /** Any word may be a field. */
  #field(): string {
    return this.reader.expect('word', 'the name of a field').value;
  }

  #primary(): Expression {
    const reader: Reader = this.reader;
    const at = reader.place;
    const token = reader.next;
    if (token.kind === 'number') {
      reader.take();
      return { kind: 'number', value: token.value, at };
    }
    if (token.kind === 'text') {
      reader.take();
      return { kind: 'text', parts: token.parts.map((part) => (typeof part === 'string' ? part : this.#inside(part, at))), at };
    }
    if (token.kind === 'word') return this.#word(token.value, at);
    if (reader.skip('sign', '(')) {
      const inner = this.#deeper(() => this.#level(0));
      reader.expectSign(')');
      return inner;
    }
    if (reader.skip('sign', '[')) return { kind: 'list', items: this.#separated(']', () => this.#deeper(() => this.#level(0))), at };
    if (reader.skip('sign', '{')) return { kind: 'object', fields: this.#objectFields(), at };
    reader.fail(`Expected a value, found ${tokenName(token)}.`);
  }

  #word(word: string, at: Place): Expression {
    const { reader } = this;
    if (word === 'true' || word === 'false') {
      reader.take();
      return { kind: 'boolean', value: word === 'true', at };
    }
    if (word === 'null') {
      reader.take();
      return { kind: 'null', at };
    }
    const name = this.#name('a name');
    if (!reader.skip('sign', '(')) return { kind: 'name', name, at };
    return { kind: 'call', name, args: this.#separated(')', () => this.lambdaOr(true)), at };
  }

  /** Items with commas between them; one at the end is allowed. */
  #separated<T>(closing: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.reader.skip('sign', closing)) {
      items.push(item());
      if (this.reader.skip('sign', ',')) continue;
      this.reader.expectSign(closing, 'Values are separated by commas.');
      break;
    }
    return items;
  }

  #objectFields(): readonly Argument[] {
    const fields = this.#separated('}', () => {
      const at = this.reader.place;
      const name = this.reader.is('text') ? this.reader.plainText('the name of a field') : this.#field();
      this.reader.expectSign(':', 'Fields of an object are written `name: value`.');
      return { name, value: this.#deeper(() => this.#level(0)), at };
    });
    const known = new Set<string>();
    const twice = fields.find(({ name }) => known.has(name) || !known.add(name));
    if (twice) this.reader.fail(`The field \`${twice.name}\` is given twice.`, null, twice.at);
    return fields;
  }

  /** The expression in the braces of a text. */
  #inside(tokens: readonly Token[], text: Place): Expression {
    const end = tokens.at(-1) ?? text;
    const inner = new Reader([...tokens, { kind: 'end', line: end.line, column: end.column }], this.reader.problems);
    if (tokens.length === 0) inner.fail('Nothing stands in the braces of this text.', 'Write \\{ for a brace itself.', text);
    const value = this.#deeper(() => new ExpressionReader(inner, this.taken).#level(0));
    if (!inner.is('end')) inner.fail(`Expected \`}\`, found ${tokenName(inner.next)}.`);
    return value;
  }
}

/** The fields of an object whose `{` was just taken. */
export function readObject(reader: Reader): readonly Argument[] {
  const at = reader.place;
  const value = readExpression(reader);
  if (value.kind !== 'object') reader.fail('Expected `{ name: value, … }`.', null, at);
  return value.fields;
}
