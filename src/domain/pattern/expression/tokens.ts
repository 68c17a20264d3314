/** The smallest parts of an expression. */

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  /** `$name`, where the name may have hyphens: a minus sign needs a space before it. */
  | { readonly kind: 'name'; readonly value: string; readonly at: number }
  | { readonly kind: 'word'; readonly value: string; readonly at: number }
  | { readonly kind: 'sign'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** An expression that cannot be read: what is wrong, what would be right, and at which character. */
export class SyntaxProblem {
  constructor(
    readonly message: string,
    readonly expected: string,
    readonly at: number,
  ) {}
}

const SIGNS = ['===', '!==', '||', '&&', '??', '==', '!=', '<=', '>=', '${', '{{', '}}', '.*', '<', '>', '+', '-', '*', '/', '%', '!', '?', ':', '.', ','];
const BRACKETS = ['(', ')', '[', ']', '}'];
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NAME = /\$([A-Za-z_]\w*(?:-\w+)*)/y;
const WORD = /[A-Za-z_]\w*/y;
const HYPHENED = /[A-Za-z_]\w*(?:-\w+)*/y;

function taken(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function quoted(source: string, at: number): { readonly value: string; readonly end: number } | null {
  const quote = source.charAt(at);
  let value = '';
  for (let index = at + 1; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === quote) return { value, end: index + 1 };
    if (character === '\\' && index + 1 < source.length) {
      const next = source.charAt(++index);
      value += next === 'n' ? '\n' : next === 't' ? '\t' : next;
    } else value += character;
  }
  return null;
}

/** All tokens of `source`, the last one being the end; or the first thing that is none. */
export function tokensOf(source: string): readonly Token[] | SyntaxProblem {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length;) {
    const character = source.charAt(at);
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    const token = tokenAt(source, at, tokens.at(-1));
    if (token instanceof SyntaxProblem) return token;
    tokens.push(token.token);
    at = token.end;
  }
  return [...tokens, { kind: 'end', at: source.length }];
}

function tokenAt(source: string, at: number, before: Token | undefined): { readonly token: Token; readonly end: number } | SyntaxProblem {
  const character = source.charAt(at);
  if (character === "'" || character === '"') {
    const text = quoted(source, at);
    return text
      ? { token: { kind: 'string', value: text.value, at }, end: text.end }
      : new SyntaxProblem('This text has no end.', `a closing ${character}`, at);
  }
  const number = taken(NUMBER, source, at);
  if (number) return { token: { kind: 'number', value: Number(number[0]), at }, end: at + number[0].length };
  const name = taken(NAME, source, at);
  if (name) return { token: { kind: 'name', value: name[1] ?? '', at }, end: at + name[0].length };
  const afterDot = before?.kind === 'sign' && before.value === '.';
  const word = taken(afterDot ? HYPHENED : WORD, source, at);
  if (word) return { token: { kind: 'word', value: word[0], at }, end: at + word[0].length };
  const sign = [...SIGNS, ...BRACKETS].find((each) => source.startsWith(each, at));
  if (sign) return { token: { kind: 'sign', value: sign, at }, end: at + sign.length };
  return new SyntaxProblem(`The character ${character} has no meaning here.`, 'a variable ($name), a number, a text in quotes or an operator', at);
}
