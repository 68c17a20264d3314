/**
 * Messages are words. Every one of these CLIs takes a line that begins with `!` for a command of the person at the keyboard and runs it without
 * asking, whatever was configured; but a thread's messages come from other agents and programs too. With a space before it, and pasted rather than typed,
 * such a line is a message like any other. (Who wants the command runs it with raw input.)
 */
import type { Keystroke } from './adapter';
import { typeMessage } from './typing';

const COMMAND = /^\s*!/;

/** Keystrokes for a message. `commands`: what else the CLI would run. */
export const typeWords = (text: string, pauseMs: number, commands: RegExp = COMMAND): Keystroke[] =>
  COMMAND.test(text) || commands.test(text) ? typeMessage(` ${text}`, { paste: true, pasteFrom: 0, pauseMs }) : typeMessage(text, { paste: true, pauseMs });
