/** Walks over the tokens of a script. A line that cannot be read is told once and skipped with its block, and reading goes on after it. */
import type { Remarks } from './ast';
import type { Place, Problems } from './problem';
import { tokenName, type Token } from './tokens';

/** Thrown after the problem was told; caught where a line begins. */
class Unreadable extends Error {}

type Kind = Token['kind'];
type Of<K extends Kind> = Extract<Token, { readonly kind: K }>;

export class Reader {
  #at = 0;
  /** Comments of lines that keep none themselves; the next line that keeps some gets them. */
  #loose: string[] = [];

  constructor(
    /** The last one is of kind `end`. */
    private readonly tokens: readonly Token[],
    readonly problems: Problems,
  ) {}

  get next(): Token {
    return this.tokens[this.#at] as Token;
  }

  get after(): Token {
    return this.tokens[Math.min(this.#at + 1, this.tokens.length - 1)] as Token;
  }

  get place(): Place {
    return { line: this.next.line, column: this.next.column };
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  is<K extends Kind>(kind: K, value?: string): boolean {
    return this.next.kind === kind && (value === undefined || (this.next as { readonly value?: unknown }).value === value);
  }

  /** Takes the token when it is this one. */
  skip(kind: Kind, value?: string): boolean {
    if (!this.is(kind, value)) return false;
    this.take();
    return true;
  }

  expect<K extends Kind>(kind: K, what: string, hint: string | null = null): Of<K> {
    if (this.next.kind !== kind) this.fail(`Expected ${what}, found ${tokenName(this.next)}.`, hint);
    return this.take() as Of<K>;
  }

  expectSign(sign: string, hint: string | null = null): void {
    if (!this.skip('sign', sign)) this.fail(`Expected \`${sign}\`, found ${tokenName(this.next)}.`, hint);
  }

  expectWord(word: string, hint: string | null = null): void {
    if (!this.skip('word', word)) this.fail(`Expected \`${word}\`, found ${tokenName(this.next)}.`, hint);
  }

  fail(message: string, hint: string | null = null, place: Place = this.place): never {
    this.problems.add(place, message, hint);
    throw new Unreadable();
  }

  /** A text in which nothing is put in. */
  plainText(what: string): string {
    const token = this.expect('text', what);
    if (token.parts.some((part) => typeof part !== 'string'))
      this.fail(`Expected ${what} as it stands, without \`{…}\`.`, 'Write \\{ for a brace itself.', token);
    return token.parts.join('');
  }

  /** Comments before the line that begins here. The one at its end is got by {@link endLine}. */
  commentsBefore(): readonly string[] {
    const comments = [...this.#loose, ...(this.next.comments ?? [])];
    this.#loose = [];
    return comments;
  }

  /** For a line that keeps no comments. */
  loosen(comments: readonly (string | null)[]): void {
    // One by one: a call takes no hundred thousand arguments.
    for (const comment of comments) if (comment !== null) this.#loose.push(comment);
  }

  /** The end of a line, and the comment there. */
  endLine(): string | null {
    if (this.is('end')) return null;
    return this.expect('newline', 'the end of the line').comment;
  }

  /** Reads the lines of an indented block; none when there is no block. */
  block(line: () => void): void {
    if (!this.skip('indent')) return;
    this.lines(line, () => this.is('dedent') || this.is('end'));
    this.skip('dedent');
  }

  /** Reads lines until `over`, each for itself: one that cannot be read is skipped. Ends too when all that can be told was told. */
  lines(line: () => void, over: () => boolean): void {
    while (!over() && !this.problems.isFull) {
      const begun = this.#at;
      try {
        line();
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown;
        this.#skipLine();
      }
      // Whatever happens, there is an end.
      if (this.#at === begun) this.#skipLine();
    }
  }

  /** To the beginning of the next line of this depth. */
  #skipLine(): void {
    let depth = 0;
    while (!this.is('end')) {
      if (this.is('dedent') && depth === 0) return;
      const { kind, comments } = this.take();
      this.loosen(comments ?? []);
      if (kind === 'indent') depth += 1;
      if (kind === 'dedent') depth -= 1;
      if (depth === 0 && (kind === 'newline' || kind === 'dedent') && !this.is('indent')) return;
    }
  }

  /** Reads one line, with the comments that belong to it. `read` returns when it has come to the line's end. */
  remarked<T extends object>(read: () => T): T & Remarks {
    const comments = this.commentsBefore();
    const value = read();
    return { ...value, comments, comment: this.endLine() };
  }
}
