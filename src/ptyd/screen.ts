/** From a terminal's state to what a person would see. */
import type { IBuffer, Terminal } from '@xterm/headless';
import type { Screen } from '../../activities/agents/adapter';

/** Lines above the screen that a {@link Screen} shows. */
export const SCREEN_SCROLLBACK = 200;

const lineAt = (buffer: IBuffer, y: number): string => buffer.getLine(y)?.translateToString(true).trimEnd() ?? '';

const lines = (buffer: IBuffer, from: number, to: number): string[] => {
  const result: string[] = [];
  for (let y = from; y < to; y++) result.push(lineAt(buffer, y));
  return result;
};

/** Which of the lines `from` to `to` go on with the one before, counted from `from`. */
const wrapped = (buffer: IBuffer, from: number, to: number): number[] => {
  const result: number[] = [];
  for (let y = from + 1; y < to; y++) if (buffer.getLine(y)?.isWrapped) result.push(y - from);
  return result;
};

/** The rendered screen of a terminal whose pending output has been parsed. */
export function renderScreen(terminal: Terminal, title: string, cursorVisible: boolean): Screen {
  const buffer = terminal.buffer.active;
  const top = buffer.baseY;
  const from = Math.max(0, top - SCREEN_SCROLLBACK);
  return {
    lines: lines(buffer, top, top + terminal.rows),
    cursor: { x: buffer.cursorX, y: buffer.cursorY, visible: cursorVisible },
    cols: terminal.cols,
    rows: terminal.rows,
    title,
    alternate: buffer.type === 'alternate',
    scrollback: lines(buffer, from, top),
    wrapped: wrapped(buffer, from, top + terminal.rows),
  };
}

/** Bytes that make an empty terminal of the same size show the text of a screen; for sessions whose terminal is gone. */
export const screenText = (screen: Screen): string => [...screen.scrollback, ...screen.lines].join('\r\n').trimEnd();

/** Tells when the program hides or shows the cursor, which the terminal does not say of itself. */
export function onCursorVisibility(terminal: Terminal, changed: (visible: boolean) => void): void {
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params.includes(25)) changed(final === 'h');
      return false;
    });
  }
}
