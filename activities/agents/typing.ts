/** Text to keystrokes, as terminal programs like to be typed to. Shared by the adapters. */
import type { Keystroke } from './adapter';

export interface MessageTyping {
  /** The program understands bracketed paste: a text of several lines arrives as one. */
  readonly paste: boolean;
  /** Texts longer than this many characters are pasted even when they are one line. */
  readonly pasteFrom?: number;
  /** What sends the message. Default Enter. */
  readonly enter?: string;
  /** Pause between the text and Enter, in ms: programs take an Enter that comes with a paste for a part of it. */
  readonly pauseMs: number;
  /** What a line break becomes when the text cannot be pasted. Default one space. */
  readonly lineBreak?: string;
}

const PASTE_FROM = 200;
/** Everything below U+0020 but tab and line feed, DEL, and the C1 range. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A text without control characters, with line feeds as its only line ends. A message is words: an escape sequence in it could end the paste
 * and press keys (answering a prompt, for one).
 */
export const plainText = (text: string): string => text.replace(/\r\n?/g, '\n').replace(CONTROLS, '');

/** Keystrokes that enter a message and send it. */
export function typeMessage(text: string, { paste, pasteFrom = PASTE_FROM, enter = '\r', pauseMs, lineBreak = ' ' }: MessageTyping): Keystroke[] {
  const plain = plainText(text).trimEnd();
  const whole = /[\n\t]/.test(plain) || plain.length > pasteFrom;
  const data = paste && whole ? `\u001b[200~${plain}\u001b[201~` : plain.replaceAll('\n', lineBreak).replaceAll('\t', ' ');
  return [{ data, pauseMs }, { data: enter }];
}

/** Single keys with a pause after each: menus drop or merge keys that come too fast. */
export const pressKeys = (keys: readonly string[], pauseMs = 50): Keystroke[] => keys.map((data) => ({ data, pauseMs }));
