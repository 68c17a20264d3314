/** One token at a place of a line: words, numbers, signs, and texts in double quotes with `{…}` for what is put in. A text ends in the line in which it begins. */
import type { Place, Problems } from './problem';
import { SIGNS, type TextPart, type Token } from './tokens';

const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Texts in expressions in texts. */
const NESTING_MAX = 8;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', '{': '{', '}': '}' };

/** Reads a text whose first quote is at `at`. One that is not closed ends with its line, and that is told. */
function textToken(text: string, at: number, reading: Reading): { readonly token: Token; readonly end: number } {
  const { place, problems } = reading;
  const parts: TextPart[] = [];
  let said = '';
  const say = (): void => {
    if (said !== '') parts.push(said);
    said = '';
  };
  const done = (end: number): { readonly token: Token; readonly end: number } => {
    say();
    return { token: { kind: 'text', parts, ...place }, end };
  };
  const placeOf = (index: number): Reading['place'] => ({ line: place.line, column: place.column + index - at });
  for (let index = at + 1; index < text.length;) {
    const character = text.charAt(index);
    if (character === '"') return done(index + 1);
    if (character === '\\') {
      const read = escaped(text, index);
      if (read === null)
        problems.add(
          placeOf(index),
          `\`\\${text.charAt(index + 1)}\` is not known in a text.`,
          'Known are \\n \\t \\r \\" \\\\ \\{ \\} and \\u with four digits.',
        );
      said += read?.value ?? text.charAt(index + 1);
      index += read?.length ?? 2;
    } else if (character === '{') {
      say();
      const { tokens, end } = insideBraces(text, index, { ...reading, place: placeOf(index) });
      parts.push(tokens);
      index = end;
    } else {
      said += character;
      index++;
    }
  }
  problems.add(place, 'This text is not closed in its line.', 'Write \\n for a new line in a text.');
  return done(text.length);
}

function escaped(text: string, at: number): { readonly value: string; readonly length: number } | null {
  const unicode = /^\\u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 6))?.[1];
  if (unicode !== undefined) return { value: String.fromCharCode(Number.parseInt(unicode, 16)), length: 6 };
  const value = ESCAPES[text.charAt(at + 1)];
  return value === undefined ? null : { value, length: 2 };
}

/** The tokens between `{` at `at` and its `}`. */
function insideBraces(text: string, at: number, reading: Reading): { readonly tokens: readonly Token[]; readonly end: number } {
  const { place, problems, depth } = reading;
  const tokens: Token[] = [];
  if (depth >= NESTING_MAX) problems.add(place, `Texts are nested more than ${NESTING_MAX} deep.`);
  let open = 1;
  for (let index = at + 1; index < text.length;) {
    if (text.charAt(index) === ' ' || text.charAt(index) === '\t') {
      index++;
      continue;
    }
    const inner = { ...reading, depth: depth + 1, place: { line: place.line, column: place.column + index - at } };
    if (text.charAt(index) === '"' && depth >= NESTING_MAX) return { tokens, end: text.length };
    const { token, end } = tokenAt(text, index, inner);
    if (token?.kind === 'sign' && token.value === '{') open++;
    if (token?.kind === 'sign' && token.value === '}' && --open === 0) return { tokens, end };
    if (token) tokens.push(token);
    index = end;
  }
  problems.add(place, 'The `{` in this text is not closed.', 'Write \\{ for a brace itself.');
  return { tokens, end: text.length };
}

export interface Reading {
  readonly place: Place;
  readonly problems: Problems;
  /** Texts in texts. */
  readonly depth: number;
}

function matched(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** The token at a place that is no blank, and where it ends; null for a character that no token begins with. */
export function tokenAt(text: string, at: number, reading: Reading): { readonly token: Token | null; readonly end: number } {
  const { place, problems } = reading;
  if (text.charAt(at) === '"') return textToken(text, at, reading);
  const digits = matched(NUMBER, text, at);
  if (digits !== null) return { token: numberToken(digits, reading), end: at + digits.length };
  const word = matched(WORD, text, at);
  if (word !== null) return { token: { kind: 'word', value: word, ...place }, end: at + word.length };
  const sign = SIGNS.find((candidate) => text.startsWith(candidate, at));
  if (sign !== undefined) return { token: { kind: 'sign', value: sign, ...place }, end: at + sign.length };
  const character = String.fromCodePoint(text.codePointAt(at) as number);
  problems.add(place, `The character ${JSON.stringify(character)} has no meaning here.`, character === "'" ? 'Texts stand in double quotes.' : null);
  return { token: null, end: at + character.length };
}

function numberToken(digits: string, { place, problems }: Reading): Token {
  const value = Number(digits);
  if (!Number.isFinite(value)) problems.add(place, `The number ${digits.slice(0, 40)} is too large.`);
  return { kind: 'number', value: Number.isFinite(value) ? value : 0, text: digits, ...place };
}
