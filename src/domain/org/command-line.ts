/** A command of a definition as its words. There is no shell: no variables, no pipes, no globs; quotes and backslashes are those of a POSIX shell. Pure. */
import type { Json } from '../../contracts/pattern/json';
import { Fault } from '../../errors/fault';

const WORDS_MAX = 200;
const LENGTH_MAX = 32 * 1024;

const refused = (command: string, why: string): Fault =>
  new Fault('invalid', 'execution.command', `The command ${JSON.stringify(command.slice(0, 200))} cannot be run: ${why}.`, {
    expected: 'a program and its arguments',
  });

/** A list is taken as it is: each entry is one word. Fault `execution.command` (invalid). */
export function commandWords(command: Json): readonly string[] {
  const words = Array.isArray(command)
    ? (command as readonly Json[]).map((word) => (typeof word === 'string' ? word : JSON.stringify(word)))
    : split(String(command ?? ''));
  const shown = words.join(' ');
  if (words.length === 0 || words[0] === '') throw refused(shown, 'it is empty');
  if (words.length > WORDS_MAX || shown.length > LENGTH_MAX) throw refused(shown, `it has more than ${WORDS_MAX} words or ${LENGTH_MAX} characters`);
  if (shown.includes('\0')) throw refused(shown, 'it holds a null character');
  return words;
}

/** Pieces of a word: in single quotes everything as it stands, in double quotes a backslash before `"`, `\`, `$` and a backquote, outside before anything. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|(\s+)|(['"\\])/g;

function split(command: string): string[] {
  if (command.length > LENGTH_MAX) throw refused(command, `it has more than ${LENGTH_MAX} characters`);
  const words: string[] = [];
  let word: string | null = null;
  for (const [, single, double, escaped, plain, space, open] of command.matchAll(PIECE)) {
    if (open !== undefined) throw refused(command, 'a quote is not closed, or a backslash stands at its end');
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
  }
  return word === null ? words : [...words, word];
}
