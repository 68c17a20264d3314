/** Expressions and types that are a text of their own: in the intermediate representation there are no lines around them. */
import type { Place } from './problem';
import { Problems } from './problem';
import { Reader } from './reader';
import { tokenAt } from './token-at';
import { tokenName, type Token } from './tokens';

/**
 * What `read` makes of the whole text; null where it cannot be read, which is told in `problems`. Lines have no meaning, and there are no comments. `start`: where the text begins in
 * what people see.
 */
export function readAlone<T>(text: string, read: (reader: Reader) => T, problems: Problems, start: Place = { line: 1, column: 1 }): T | null {
  const own = new Problems();
  const reader = new Reader(tokensOf(text, own, start), own);
  let value: T | null = null;
  reader.lines(
    () => {
      value = read(reader);
      if (!reader.is('end')) reader.fail(`Expected the end of the text, found ${tokenName(reader.next)}.`);
    },
    () => value !== null || reader.is('end'),
  );
  if (value === null && own.all.length === 0) own.add(start, 'Expected a value, found nothing.');
  for (const { message, hint, severity, ...place } of own.all) problems.add(place, message, hint, severity);
  return own.all.length === 0 ? value : null;
}

function tokensOf(text: string, problems: Problems, start: Place): readonly Token[] {
  const tokens: Token[] = [];
  let place = start;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const placeOf = (at: number): Place => ({ line: start.line + index, column: (index === 0 ? start.column : 1) + at });
    for (let at = 0; at < line.length;) {
      if (line.charAt(at) === ' ' || line.charAt(at) === '\t') {
        at++;
        continue;
      }
      const { token, end } = line.startsWith('--', at) ? comment(line, placeOf(at), problems) : tokenAt(line, at, { place: placeOf(at), problems, depth: 0 });
      if (token) tokens.push(token);
      at = end;
    }
    place = placeOf(line.length);
  }
  tokens.push({ kind: 'end', ...place });
  return tokens;
}

function comment(line: string, place: Place, problems: Problems): { readonly token: null; readonly end: number } {
  problems.add(place, 'A comment cannot stand here.', 'Two minus signs begin one; write -(-a) for a number of which the sign is changed twice.');
  return { token: null, end: line.length };
}
