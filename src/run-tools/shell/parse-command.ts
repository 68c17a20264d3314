/**
 * The command language of the tool `shell` (digest §5): programs with arguments, joined by pipes. Single and double quotes and the backslash quote, and nothing is ever expanded:
 * what a shell would act on (`&&`, `;`, `$(…)`, `>`, `*`) is refused outside of quotes, with a word about what to do instead. Pure.
 */
import { Fault } from '../../errors/fault';

export const COMMAND_MAX = 2_048;
const STAGES_MAX = 16;

/** Outside of quotes. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^&&|^\|\|/, 'one command is run at a time; make another call for the next'],
  [/^[;&\n\r]/, 'one command is run at a time; make another call for the next'],
  [/^\$|^`/, 'nothing is expanded; put the text in single quotes where it is meant as it stands'],
  [/^[<>]/, 'there is no redirection: both outputs are returned, and fs_patch writes files'],
  [/^[*?[\]{}]/, 'patterns are not expanded; quote them for programs that read patterns themselves, such as find'],
  [/^[()]/, 'there are no groups'],
  [/^#/, 'there are no comments; quote the character'],
  [/^~/, 'there is no home directory to refer to; quote the character'],
];

const refusedFault = (reason: string): Fault => new Fault('invalid', 'tool.refused', `command: ${reason}`, { field: 'command', begun: false });

/** The stages, each an argument array with at least the program. Fault `tool.refused`. */
export function parseCommand(command: string): readonly (readonly string[])[] {
  if (Buffer.byteLength(command) > COMMAND_MAX) throw refusedFault(`expected at most ${COMMAND_MAX} bytes`);
  const stages: string[][] = [[]];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) stages.at(-1)?.push(word);
    word = null;
  };
  for (let at = 0; at < command.length;) {
    const rest = command.slice(at);
    if (/^[ \t]/.test(rest)) {
      endWord();
      at++;
    } else if (rest.startsWith('|') && !rest.startsWith('||')) {
      endWord();
      stages.push([]);
      at++;
    } else {
      const [text, length] = piece(rest, word === null);
      word = `${word ?? ''}${text}`;
      at += length;
    }
  }
  endWord();
  if (stages.some((stage) => stage.length === 0))
    throw refusedFault(stages.length === 1 ? 'expected a program' : 'expected a program on either side of each pipe');
  if (stages.length > STAGES_MAX) throw refusedFault(`expected at most ${STAGES_MAX} programs`);
  return stages;
}

/** The next part of a word, and how many characters of the command it takes. */
function piece(rest: string, first: boolean): readonly [string, number] {
  if (rest.startsWith("'")) {
    const end = rest.indexOf("'", 1);
    if (end < 0) throw refusedFault('a single quote is not closed');
    return [rest.slice(1, end), end + 1];
  }
  if (rest.startsWith('"')) return doubleQuoted(rest);
  if (rest.startsWith('\\')) {
    if (rest.length < 2 || rest[1] === '\n') throw refusedFault('a backslash stands at the end');
    return [rest.charAt(1), 2];
  }
  for (const [pattern, instead] of REFUSED) {
    // Inside of a word these two mean themselves.
    if (!first && /^[#~]/.test(rest)) continue;
    const [found] = pattern.exec(rest) ?? [];
    if (found !== undefined) throw refusedFault(`${JSON.stringify(found)} is not part of the language here: ${instead}`);
  }
  const [plain = ''] = /^[^\s'"\\|&;$`<>*?[\]{}()#~]+|^[#~]/.exec(rest) ?? [];
  if (plain === '') throw refusedFault(`the character ${JSON.stringify(rest.charAt(0))} is not part of the language here`);
  return [plain, plain.length];
}

function doubleQuoted(rest: string): readonly [string, number] {
  let text = '';
  for (let at = 1; at < rest.length; at++) {
    const character = rest.charAt(at);
    if (character === '"') return [text, at + 1];
    if (character === '\\' && /["\\$`]/.test(rest.charAt(at + 1))) {
      text += rest.charAt(++at);
      continue;
    }
    if (character === '`' || (character === '$' && /[\w{(]/.test(rest.charAt(at + 1))))
      throw refusedFault(`${JSON.stringify(character)} in double quotes would be expanded by a shell, and nothing is expanded here; use single quotes`);
    text += character;
  }
  throw refusedFault('a double quote is not closed');
}
