/**
 * Texts of a definition that may hold expressions. In one a `$name` at the beginning makes the whole text an expression, `${…}` puts a value into it, and a text
 * that is nothing but one `${…}` or `{{…}}` keeps the type of its value. `$$` is a dollar sign.
 */
import type { Expression } from '../../../contracts/pattern/expression';
import { parseExpression, type Parsed } from './parse-expression';
import { SyntaxProblem } from './tokens';

/**
 * - `value`: a constant, or an expression when it begins with a variable (also after `!`, `-` or brackets); `${…}` inside.
 * - `template`: `{{…}}` and `${…}` inside; nothing else is an expression.
 * - `condition`: an expression as a whole.
 * - `item`: as `value`, and an expression also when it begins with `item` or `index`.
 */
export type TextKind = 'value' | 'template' | 'condition' | 'item';

const BEGINS = /^[\s!(-]*\$[A-Za-z_]/;
const BEGINS_WITH_ITEM = /^[\s!(-]*(?:item|index|key|value)(?:$|[.[)]|\s*(?:[=!<>+*/%?&|-]|(?:in|contains|matches)\b))/;

export function parseText(text: string, kind: TextKind): Parsed {
  if (kind === 'condition') return parseExpression(text);
  if (kind !== 'template' && BEGINS.test(text)) return withAdvice(parseExpression(text));
  if (kind === 'item' && BEGINS_WITH_ITEM.test(text)) return parseExpression(text);
  return parseParts(text, kind === 'template' ? ['${', '{{'] : ['${']);
}

/** A text that begins with `$name` by accident is told how to be a text. */
const withAdvice = (parsed: Parsed): Parsed =>
  'problem' in parsed
    ? { problem: new SyntaxProblem(parsed.problem.message, `${parsed.problem.expected} (a text that begins with $ is written with $$)`, parsed.problem.at) }
    : parsed;

function parseParts(text: string, openings: readonly string[]): Parsed {
  const parts: Expression[] = [];
  let constant = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('$$', at)) {
      constant += '$';
      at += 2;
      continue;
    }
    const opening = openings.find((each) => text.startsWith(each, at));
    if (opening === undefined) {
      constant += text.charAt(at++);
      continue;
    }
    const closing = opening === '${' ? '}' : '}}';
    const end = closeOf(text, at + 2, closing);
    if (end < 0) return { problem: new SyntaxProblem(`${opening} is not closed.`, closing, at) };
    const parsed = parseExpression(text.slice(at + 2, end));
    if ('problem' in parsed) return { problem: new SyntaxProblem(parsed.problem.message, parsed.problem.expected, at + 2 + parsed.problem.at) };
    if (constant !== '') parts.push({ kind: 'literal', value: constant });
    parts.push(parsed.expression);
    constant = '';
    at = end + closing.length;
  }
  if (parts.length === 0) return { expression: { kind: 'literal', value: constant } };
  if (constant.trim() !== '' || (constant !== '' && parts.length > 1)) parts.push({ kind: 'literal', value: constant });
  const [only] = parts;
  return { expression: parts.length === 1 && only !== undefined ? only : { kind: 'text', parts } };
}

/** Where `closing` stands outside of quotes; -1: nowhere. */
function closeOf(text: string, from: number, closing: string): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (text.startsWith(closing, at)) return at;
  }
  return -1;
}
