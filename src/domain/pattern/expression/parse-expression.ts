/** From the text of an expression to what a plan holds. Precedence from loose to tight: `? :`, `|| ??`, `&&`, `== !=`, `< <= > >= in contains matches`, `+ -`, `* / %`, `! -`. */
import { EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX } from '../../../contracts/pattern/bounds';
import { FUNCTIONS, type BinaryOperator, type Expression, type FunctionName } from '../../../contracts/pattern/expression';
import { nearest } from '../../nearest';
import { regexpProblem } from '../../regexp';
import { SyntaxProblem, tokensOf, type Token } from './tokens';

export type Parsed = { readonly expression: Expression } | { readonly problem: SyntaxProblem };

const SPELLINGS: Readonly<Record<string, BinaryOperator>> = { '===': '==', '!==': '!=', or: '||', and: '&&' };
const LEVELS: readonly (readonly string[])[] = [
  ['||', '??', 'or'],
  ['&&', 'and'],
  ['==', '!=', '===', '!=='],
  ['<', '<=', '>', '>=', 'in', 'contains', 'matches'],
  ['+', '-'],
  ['*', '/', '%'],
];
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '${': '}', '{{': '}}' };

/** `source` as an expression, or the first thing that is wrong with it. */
export function parseExpression(source: string): Parsed {
  const tokens = tokensOf(source);
  if (tokens instanceof SyntaxProblem) return { problem: tokens };
  try {
    const reader = new Reader(tokens);
    const expression = reader.choice(0);
    reader.end();
    return { expression };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { problem };
    throw problem;
  }
}

/** One pass over the tokens, one method for each level of precedence. Throws the first SyntaxProblem. */
class Reader {
  private position = 0;
  private nodes = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  private get token(): Token {
    return this.tokens[this.position] as Token;
  }

  private fail(message: string, expected: string): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- not an error of ours: what is wrong with the text, caught in parseExpression
    throw new SyntaxProblem(message, expected, this.token.at);
  }

  private is(...values: readonly string[]): boolean {
    return (this.token.kind === 'sign' || this.token.kind === 'word') && values.includes(this.token.value);
  }

  private take(value: string): boolean {
    if (!this.is(value)) return false;
    this.position++;
    return true;
  }

  private need(value: string): void {
    if (!this.take(value)) this.fail(`${shown(this.token)} stands where ${value} is needed.`, value);
  }

  private made<E extends Expression>(expression: E): E {
    if (++this.nodes > EXPRESSION_NODES_MAX) this.fail('The expression is too long.', `at most ${EXPRESSION_NODES_MAX} parts`);
    return expression;
  }

  end(): void {
    if (this.token.kind !== 'end') this.fail(`${shown(this.token)} does not fit here.`, 'an operator or the end of the expression');
  }

  choice(depth: number): Expression {
    if (depth > EXPRESSION_DEPTH_MAX / 2) this.fail('The expression is nested too deep.', `at most ${EXPRESSION_DEPTH_MAX / 2} levels`);
    const when = this.binary(0, depth);
    if (!this.take('?')) return when;
    const then = this.choice(depth + 1);
    this.need(':');
    return this.made({ kind: 'choice', when, then, otherwise: this.choice(depth + 1) });
  }

  private binary(level: number, depth: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.unary(depth);
    let left = this.binary(level + 1, depth);
    for (let count = 0; this.is(...operators); count++) {
      if (count > EXPRESSION_DEPTH_MAX / 2) this.fail('The expression is too long.', `at most ${EXPRESSION_DEPTH_MAX / 2} operators of one kind in a row`);
      const operator = (this.token as { readonly value: string }).value;
      this.position++;
      left = operator === 'matches' ? this.matching(left) : this.joined(operator, left, this.binary(level + 1, depth));
    }
    return left;
  }

  private joined(operator: string, left: Expression, right: Expression): Expression {
    return this.made({ kind: 'binary', operator: SPELLINGS[operator] ?? (operator as BinaryOperator), left, right });
  }

  private matching(of: Expression): Expression {
    const { token } = this;
    if (token.kind !== 'string') this.fail('`matches` needs a regular expression.', "a text in quotes, such as '^[A-Z]'");
    const problem = regexpProblem(token.value);
    if (problem !== null) this.fail(`The regular expression cannot be used: ${problem}.`, 'a regular expression in the syntax of RE2');
    this.position++;
    return this.made({ kind: 'matches', of, pattern: token.value });
  }

  private unary(depth: number): Expression {
    if (depth > EXPRESSION_DEPTH_MAX / 2) this.fail('The expression is nested too deep.', `at most ${EXPRESSION_DEPTH_MAX / 2} levels`);
    if (this.take('!') || this.take('not')) return this.made({ kind: 'not', of: this.unary(depth + 1) });
    if (this.take('-')) {
      const of = this.unary(depth + 1);
      return of.kind === 'literal' && typeof of.value === 'number' ? { kind: 'literal', value: -of.value } : this.made({ kind: 'negative', of });
    }
    return this.path(this.primary(depth), depth);
  }

  private path(start: Expression, depth: number): Expression {
    let of = start;
    for (let count = 0; ; count++) {
      if (count > EXPRESSION_DEPTH_MAX / 2) this.fail('The path is too long.', `at most ${EXPRESSION_DEPTH_MAX / 2} parts`);
      if (this.take('.*')) {
        const rest = this.path(this.made({ kind: 'entry' }), depth + 1);
        return this.made({ kind: 'each', of, take: rest.kind === 'entry' ? null : rest });
      }
      if (this.take('.')) of = this.made({ kind: 'member', of, key: this.key() });
      else if (this.take('[')) {
        const at = this.choice(depth + 1);
        this.need(']');
        of = this.made({ kind: 'index', of, at });
      } else return of;
    }
  }

  private key(): string {
    const { token } = this;
    if (token.kind !== 'word') this.fail(`${shown(token)} stands where the name of a field is needed.`, 'a name after the dot, or [0] and ["a b"] for others');
    this.position++;
    return token.value;
  }

  private primary(depth: number): Expression {
    const { token } = this;
    this.position++;
    if (token.kind === 'number' || token.kind === 'string') return this.made({ kind: 'literal', value: token.value });
    if (token.kind === 'name') return this.made({ kind: 'name', name: token.value });
    if (token.kind === 'word') return this.word(token.value, depth);
    if (token.kind === 'sign' && token.value in CLOSING) {
      const inner = this.choice(depth + 1);
      this.need(CLOSING[token.value] as string);
      return inner;
    }
    if (token.kind === 'sign' && token.value === '[') return this.made({ kind: 'list', items: this.listUntil(']', depth) });
    this.position--;
    return this.fail(`${shown(token)} stands where a value is needed.`, 'a variable ($name), a number or a text in quotes');
  }

  private listUntil(closing: string, depth: number): Expression[] {
    const items: Expression[] = [];
    while (!this.take(closing)) {
      if (items.length > 0) this.need(',');
      items.push(this.choice(depth + 1));
    }
    return items;
  }

  private word(value: string, depth: number): Expression {
    if (value in CONSTANTS) return this.made({ kind: 'literal', value: CONSTANTS[value] as boolean | null });
    if (!this.take('(')) return this.made({ kind: 'word', name: value });
    if (!Object.hasOwn(FUNCTIONS, value)) {
      this.position -= 2;
      this.fail(`There is no function ${value}.${nearest(value, Object.keys(FUNCTIONS))}`, `one of ${Object.keys(FUNCTIONS).join(', ')}`);
    }
    const args = this.listUntil(')', depth);
    const [fewest, most] = FUNCTIONS[value as FunctionName];
    const count = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
    if (args.length < fewest || args.length > most) this.fail(`${value} was given ${args.length} arguments.`, `${count} arguments`);
    return this.made({ kind: 'call', function: value as FunctionName, arguments: args });
  }
}

const shown = (token: Token): string => (token.kind === 'end' ? 'The end' : token.kind === 'name' ? `$${token.value}` : `${token.value}`);
