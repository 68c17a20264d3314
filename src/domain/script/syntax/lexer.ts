/** From the text of a script to its tokens. Whatever the text holds, there is an end, and every mistake is told with its place. */
import { nearest } from '../../nearest';
import type { Place, Problems } from './problem';
import { tokenAt } from './token-at';
import type { Token } from './tokens';
import { beginsLine, LINE_BEGINNINGS } from './words';

/** UTF-16 units of a script. */
export const SCRIPT_MAX = 1024 * 1024;
/** Blocks in blocks. */
export const DEPTH_MAX = 64;

const OPENING: ReadonlySet<string> = new Set(['(', '[', '{', '?[']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

export class Lexer {
  readonly #tokens: Token[] = [];
  readonly #indents: number[] = [0];
  readonly #lines: readonly string[];
  /** Comments that wait for the line that they stand before. */
  #comments: string[] = [];
  /** Comments of the first token of the line that is being read, where some stand inside of its brackets. */
  #inside: string[] | null = null;
  /** Index of the first token of the line that is being read; brackets make one line of several. */
  #lineStart = 0;
  #brackets = 0;
  /** After the name of the script: free text may come. */
  #proseMayCome = false;
  #line = 0;

  constructor(
    source: string,
    private readonly problems: Problems,
  ) {
    this.#lines = source.split(/\r\n|\n|\r/);
  }

  all(): readonly Token[] {
    for (; this.#line < this.#lines.length; this.#line++) this.#readLine(this.#lines[this.#line] as string);
    const end = { line: this.#lines.length, column: (this.#lines.at(-1) as string).length + 1 };
    if (this.#brackets > 0) {
      this.problems.add(end, 'The script ends inside of brackets.', 'Close every `(`, `[` and `{`.');
      this.#tokens.push({ kind: 'newline', comment: null, ...end });
    }
    for (; this.#indents.length > 1; this.#indents.pop()) this.#tokens.push({ kind: 'dedent', ...end });
    this.#tokens.push({ kind: 'end', ...end, ...this.#waitingComments() });
    return this.#tokens;
  }

  #waitingComments(): { comments?: readonly string[] } {
    if (this.#comments.length === 0) return {};
    const comments = this.#comments;
    this.#comments = [];
    return { comments };
  }

  #readLine(text: string): void {
    const start = text.search(/[^ \t]/);
    if (start < 0) return;
    if (this.#brackets === 0) {
      if (text.startsWith('--', start)) return void this.#comments.push(commentOf(text.slice(start)));
      if (this.#proseMayCome && this.#readProse(text)) return;
      this.#proseMayCome = false;
      this.#indent(text, start);
      this.#lineStart = this.#tokens.length;
      this.#inside = null;
    }
    const comment = this.#readTokens(text, start);
    if (this.#brackets > 0) {
      if (comment !== null) this.#commentInside(comment);
      return;
    }
    if (this.#tokens.length === this.#lineStart) return;
    this.#proseMayCome = this.#isNameOfScript();
    this.#tokens.push({ kind: 'newline', comment, line: this.#line + 1, column: text.length + 1 });
  }

  #isNameOfScript(): boolean {
    const first = this.#tokens[this.#lineStart];
    return first?.kind === 'word' && first.value === 'script';
  }

  /** Lines until one that begins as a declaration or a step does; blank lines between them are part of the text. */
  #readProse(first: string): boolean {
    const begin = this.#line;
    const isProse = (line: string): boolean => {
      const text = line.trim();
      return text !== '' && !text.startsWith('"') && !text.startsWith('--') && !beginsLine(/^[A-Za-z_]+/.exec(text)?.[0] ?? '');
    };
    if (!isProse(first)) return false;
    let last = begin;
    for (let at = begin + 1; at < this.#lines.length; at++) {
      const line = this.#lines[at] as string;
      if (isProse(line)) last = at;
      else if (line.trim() !== '') break;
    }
    const value = this.#lines
      .slice(begin, last + 1)
      .map((line) => line.trim())
      .join('\n');
    for (let at = begin; at <= last; at++) this.#doubtProse(this.#lines[at] as string, at + 1);
    const place = { line: begin + 1, column: first.search(/\S/) + 1 };
    this.#tokens.push({ kind: 'prose', value, ...place, ...this.#waitingComments() });
    this.#line = last;
    this.#tokens.push({ kind: 'newline', comment: null, line: last + 1, column: (this.#lines[last] as string).length + 1 });
    this.#proseMayCome = false;
    return true;
  }

  /** Free text that looks like a step with a slip in its verb. */
  #doubtProse(text: string, line: number): void {
    const word = /^[A-Za-z_]+/.exec(text.trim())?.[0] ?? '';
    if (this.problems.isFull || word.length < 3 || !/["=]|->/.test(text)) return;
    const hint = nearest(word, LINE_BEGINNINGS).trim();
    if (hint) this.problems.add({ line, column: text.search(/\S/) + 1 }, 'This line is read as free text, because no verb begins it.', hint, 'warning');
  }

  #indent(text: string, start: number): void {
    const place = { line: this.#line + 1, column: 1 };
    if (text.slice(0, start).includes('\t'))
      this.problems.add(place, 'A tab indents this line; blocks are indented with spaces.', 'Use two spaces for each level.');
    const width = [...text.slice(0, start)].reduce((sum, character) => sum + (character === '\t' ? 2 : 1), 0);
    const at = { line: this.#line + 1, column: start + 1 };
    if (width > (this.#indents.at(-1) as number)) {
      if (this.#indents.length > DEPTH_MAX) return this.problems.add(at, `Blocks are nested more than ${DEPTH_MAX} deep.`);
      this.#indents.push(width);
      this.#tokens.push({ kind: 'indent', ...at });
      return;
    }
    while (width < (this.#indents.at(-1) as number)) {
      this.#indents.pop();
      this.#tokens.push({ kind: 'dedent', ...at });
    }
    if (width > (this.#indents.at(-1) as number)) {
      this.problems.add(at, 'The indentation of this line fits no block before it.', `Indent it by ${this.#indents.at(-1)} spaces.`);
      this.#indents.push(width);
      this.#tokens.push({ kind: 'indent', ...at });
    }
  }

  /** The tokens of a line from `from` on; its comment, or null. */
  #readTokens(text: string, from: number): string | null {
    for (let at = from; at < text.length;) {
      const character = text.charAt(at);
      if (character === ' ' || character === '\t') at++;
      else if (text.startsWith('--', at)) return commentOf(text.slice(at));
      else at = this.#readToken(text, at);
    }
    return null;
  }

  #readToken(text: string, at: number): number {
    const place: Place = { line: this.#line + 1, column: at + 1 };
    const { token, end } = tokenAt(text, at, { place, problems: this.problems, depth: 0 });
    if (!token) return end;
    if (token.kind === 'sign') this.#brackets = Math.max(0, this.#brackets + (OPENING.has(token.value) ? 1 : CLOSING.has(token.value) ? -1 : 0));
    this.#tokens.push(this.#tokens.length === this.#lineStart ? { ...token, ...this.#waitingComments() } : token);
    return end;
  }

  /** A comment between brackets goes to the beginning of its line, so that none is lost. */
  #commentInside(comment: string): void {
    const first = this.#tokens[this.#lineStart];
    if (!first) return void this.#comments.push(comment);
    if (!this.#inside) this.#tokens[this.#lineStart] = { ...first, comments: (this.#inside = [...(first.comments ?? [])]) };
    this.#inside.push(comment);
  }
}

const commentOf = (text: string): string => text.replace(/^--/, '').trim();
