/**
 * What Codex's screen shows: its composer, its status line, its prompts. Pure; checked by the golden screens in test/unit/screens/codex.
 *
 * The window title is Codex's own word on its state (a spinner while it works), and unlike the transcript no tool's output can write to it.
 */
import type { Screen, SeenAsk } from './adapter';
import { askOf, bottomMenu, optionLike, type Menu } from './menu';

/** Rows at the bottom among which the composer's first row stands, however long its draft is. */
const COMPOSER_ROWS = 16;
const OUTPUT_MAX = 8_000;

export interface CodexScreen {
  readonly composer: boolean;
  readonly working: boolean;
  /** The composer may be drawn before Codex is ready to be typed to; then it has no title yet. */
  readonly titled: boolean;
  readonly ask: SeenAsk | null;
}

export function readCodexScreen(screen: Screen): CodexScreen {
  const menu = bottomMenu(screen, { selected: /^[›>]/ });
  const ask = menu ? codexAsk(menu) : commandCenter(screen);
  const row = ask ? -1 : composerRow(screen);
  return { ask, composer: row >= 0, titled: screen.title !== '', working: row >= 0 && (/^[\u2800-\u28ff]/.test(screen.title) || statusAbove(screen, row)) };
}

/** The row of the composer's `›`, or -1. The cursor is in it, or in the rows of its draft. */
function composerRow({ lines, cursor }: Screen): number {
  for (let row = Math.min(cursor.y, lines.length - 1); row >= Math.max(0, lines.length - COMPOSER_ROWS); row--) {
    const line = lines[row] ?? '';
    if (line.startsWith('› ') || line === '›') return /Shutting down\.\.\./.test(line) ? -1 : row;
    if (row !== cursor.y && /^\S/.test(line)) return -1;
  }
  return -1;
}

/** The status line stands between the transcript and the composer, with at most a list of waiting messages between. */
const statusAbove = ({ lines }: Screen, row: number): boolean =>
  lines.slice(Math.max(0, row - 8), row).some((line) => /^[•◦] \S.*\((?:\d+[hms] ?)+ • esc to interrupt\)$/.test(line));

/** Where Codex goes when a folder is not trusted, or by a person's key: a list of conversations, in none of which it is. */
const commandCenter = ({ lines }: Screen): SeenAsk | null =>
  lines.some((line) => /^\s*Agent command center\b/.test(line)) && /enter open/.test(lines.findLast((line) => line !== '') ?? '')
    ? { kind: 'unknown', text: 'Codex shows its agent command center, not a conversation.', options: [] }
    : null;

function codexAsk(menu: Menu): SeenAsk | null {
  const heading = menu.heading.join('\n');
  const yes = optionLike(menu, /^Yes\b/i, /don't ask|always|for this session/i);
  const no = optionLike(menu, /^No\b/i);
  if (/^Would you like to run the following command\?/m.test(heading)) {
    return askOf(menu, 'permission', {
      approve: yes,
      deny: no,
      action: { category: 'shell', ...named('command', /^\$ ([\s\S]+)$/m, heading), ...reason(heading) },
    });
  }
  if (/^Would you like to (?:make|apply) the following (?:edits|changes)/m.test(heading)) {
    return askOf(menu, 'permission', { approve: yes, deny: no, action: { category: 'file_write', ...reason(heading) } });
  }
  if (/^Do you want to (?:approve|allow) (?:network )?access to/m.test(heading)) {
    return askOf(menu, 'permission', { approve: yes, deny: no, action: { category: 'web', ...reason(heading) } });
  }
  if (/^(?:Would you like to|Do you want to|Allow )/m.test(heading)) {
    return askOf(menu, 'permission', { approve: yes, deny: no, action: { category: 'unknown', ...reason(heading) } });
  }
  if (/^Folder access$/m.test(heading)) {
    const approve = optionLike(menu, /^(?:Trust|Open restricted)/);
    return askOf(menu, 'trust', { approve, action: { category: 'unknown', ...named('path', /^Folder access\n(\/.*)$/m, heading) } });
  }
  if (/^Hooks need review$/m.test(heading))
    return askOf(menu, 'config', { approve: optionLike(menu, /^Trust all/), deny: optionLike(menu, /^Continue without/) });
  if (/Update available/.test(heading)) return askOf(menu, 'update', { approve: optionLike(menu, /^Update now/), deny: optionLike(menu, /^Skip/) });
  if (menu.options.some(({ label }) => /^Sign in with/.test(label))) return askOf(menu, 'login');
  if (/\bmodel\b/i.test(menu.heading[0] ?? '') && /enter/i.test(menu.hint)) return askOf(menu, 'model_select');
  return /\b(?:enter|esc)\b/i.test(menu.hint) ? askOf(menu, 'unknown') : null;
}

const named = (key: 'command' | 'path', pattern: RegExp, text: string): { command?: string; path?: string } => {
  const found = pattern.exec(text)?.[1]?.trim();
  return found ? { [key]: found } : {};
};

const reason = (heading: string): { reason?: string } => {
  const found = /^Reason: ([\s\S]+?)(?:\n\n|\n\$|$(?![\s\S]))/m.exec(heading)?.[1]?.trim();
  return found ? { reason: found.replace(/\s+/g, ' ') } : {};
};

/** What stands in the transcript below the person's last words; for turns that Codex's hooks say nothing about (refused, interrupted). */
export function codexOutput(screen: Screen): string {
  const row = composerRow(screen);
  const all = [...screen.scrollback, ...(row < 0 ? screen.lines : screen.lines.slice(0, row))];
  const start = all.findLastIndex((line) => line.startsWith('› '));
  const said = all
    .slice(start + 1)
    .filter((line) => !/^ {2}Worked for \S+ • \d\d:\d\d$/.test(line) && !/^ {2}└ Tip: /.test(line) && !/ • esc to interrupt\)$/.test(line))
    .map((line) => line.replace(/^• /, ''));
  return said
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(-OUTPUT_MAX);
}
