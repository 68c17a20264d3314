/** The smallest parts of a script. Lines and their indentation are parts too: they are what blocks are made of. */
import type { Place } from './problem';

export type TextPart = string | readonly Token[];

export type Token = Place & {
  /** Comments in the lines before the one that this token begins, and inside of it where it is a line in brackets. */
  readonly comments?: readonly string[];
} & (
    | { readonly kind: 'word'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number; readonly text: string }
    /** Parts in turn: what is said as it stands, and the tokens of `{…}`. */
    | { readonly kind: 'text'; readonly parts: readonly TextPart[] }
    | { readonly kind: 'sign'; readonly value: string }
    /** Lines of free text after the name of the script. */
    | { readonly kind: 'prose'; readonly value: string }
    /** The end of a line, with the comment that stands there. */
    | { readonly kind: 'newline'; readonly comment: string | null }
    | { readonly kind: 'indent' }
    | { readonly kind: 'dedent' }
    | { readonly kind: 'end' }
  );

export const SIGNS = [
  '->>',
  '->',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '??',
  '?.',
  '?[',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  ':',
  ',',
  '.',
  '?',
  '|',
];

/** How a token is called in a message. */
export function tokenName(token: Token): string {
  switch (token.kind) {
    case 'word':
    case 'sign':
      return `\`${token.value}\``;
    case 'number':
      return `the number ${token.text}`;
    case 'text':
      return 'a text';
    case 'prose':
      return 'free text';
    case 'newline':
      return 'the end of the line';
    case 'indent':
      return 'an indented line';
    case 'dedent':
      return 'the end of the block';
    case 'end':
      return 'the end of the script';
  }
}
