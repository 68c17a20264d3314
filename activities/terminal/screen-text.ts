/** Small questions about rendered screens. */
import type { Screen, SeenAsk } from '../agents/adapter';

export const OUTPUT_MAX = 8_000;

export const blankScreen = (cols = 120, rows = 40): Screen => ({
  lines: Array.from({ length: rows }, () => ''),
  cursor: { x: 0, y: 0, visible: true },
  cols,
  rows,
  title: '',
  alternate: false,
  scrollback: [],
});

/** Whether a person would see a difference. */
export const screensDiffer = (one: Screen, other: Screen): boolean =>
  one.cursor.x !== other.cursor.x ||
  one.cursor.y !== other.cursor.y ||
  one.scrollback.length !== other.scrollback.length ||
  one.lines.join('\n') !== other.lines.join('\n') ||
  one.scrollback.at(-1) !== other.scrollback.at(-1);

/** The same screen without secrets, also where one goes on in the next row. The rows stay as many. */
export function redactedScreen(screen: Screen, redact: (text: string) => string): Screen {
  const rows = [...screen.scrollback, ...screen.lines];
  const goesOn = new Set(screen.wrapped);
  for (let at = 0; at < rows.length;) {
    let end = at + 1;
    while (end < rows.length && goesOn.has(end)) end++;
    const text = rows
      .slice(at, end)
      .map((row, index, all) => (index < all.length - 1 ? row.padEnd(screen.cols) : row))
      .join('');
    const shown = redact(text);
    if (shown !== text)
      rows.splice(at, end - at, ...Array.from({ length: end - at }, (_, index) => shown.slice(index * screen.cols, (index + 1) * screen.cols)));
    at = end;
  }
  const above = screen.scrollback.length;
  return { ...screen, title: redact(screen.title), scrollback: rows.slice(0, above), lines: rows.slice(above) };
}

/** The end of a text that is longer than `max`: what was said last matters most. */
export const lastOf = (text: string, max = OUTPUT_MAX): string => (text.length > max ? text.slice(-max) : text);

/** An ask within the bounds of the contract, with secrets taken out of everything that is shown. */
export function boundedAsk(ask: SeenAsk, redact: (text: string) => string): SeenAsk {
  const { action, url, code } = ask;
  const cut = (text: string, max: number): string => redact(text).slice(0, max);
  return {
    kind: ask.kind,
    text: cut(ask.text, 8_000),
    options: ask.options.slice(0, 50).map(({ option, label }) => ({ option, label: cut(label, 500) })),
    ...(ask.approveOption !== undefined && { approveOption: ask.approveOption }),
    ...(ask.denyOption !== undefined && { denyOption: ask.denyOption }),
    ...(action && {
      action: {
        category: action.category,
        ...(action.command !== undefined && { command: cut(action.command, 4_000) }),
        ...(action.path !== undefined && { path: cut(action.path, 4_096) }),
        ...(action.reason !== undefined && { reason: cut(action.reason, 2_000) }),
      },
    }),
    ...(url !== undefined && { url: cut(url, 2_048) }),
    ...(code !== undefined && { code: code.slice(0, 64) }),
  };
}
