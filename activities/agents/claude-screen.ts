/**
 * What Claude Code's screen shows: its composer, its status line, its prompts. Pure; checked by the golden screens in test/unit/screens/claude.
 *
 * Some of its menus are numbered, some are not; either way the selected row begins with `❯`, and below stands what Escape does.
 */
import type { Screen, SeenAsk } from './adapter';
import { askOf, bottomMenu, optionLike, type Menu } from './menu';

const OUTPUT_MAX = 8_000;
const DRAFT_ROWS = 30;
const RULE = /^─{20}/;

export interface ClaudeScreen {
  readonly composer: boolean;
  readonly working: boolean;
  readonly ask: SeenAsk | null;
}

export function readClaudeScreen(screen: Screen): ClaudeScreen {
  const menu = bottomMenu(screen, { selected: /^❯/, top: RULE }) ?? plainMenu(screen);
  const ask = menu && claudeAsk(menu);
  const row = ask ? -1 : composerRow(screen);
  const footer = row < 0 ? [] : screen.lines.slice(row + 1);
  return {
    ask,
    composer: row >= 0,
    working: row >= 0 && (/^[◐◑◒◓\u2800-\u28ff]/.test(screen.title) || footer.some((line) => /\besc to interrupt\b/.test(line))),
  };
}

/** The row of the composer's `❯`, below a rule; or -1. The cursor is in it, or in the rows of its draft. */
function composerRow({ lines, cursor }: Screen): number {
  for (let row = Math.min(cursor.y, lines.length - 1); row > Math.max(0, cursor.y - DRAFT_ROWS); row--) {
    if (RULE.test(lines[row] ?? '')) return -1;
    if (/^[❯!>]/.test(lines[row] ?? '') && RULE.test(lines[row - 1] ?? '')) return row;
  }
  return -1;
}

/** A menu without numbers: rows of one indentation, one of them marked, above a row that says what Enter and Escape do. */
function plainMenu({ lines }: Screen): Menu | null {
  const end = lines.findLastIndex((line) => line !== '');
  if (!/Enter to confirm/.test(lines[end] ?? '')) return null;
  const marked = lines.findLastIndex((line, at) => at < end && /^ *❯ \S/.test(line));
  if (marked < 0) return null;
  const indent = (lines[marked] ?? '').indexOf('❯');
  const isOption = (line: string | undefined): boolean => line !== undefined && line.slice(0, indent).trim() === '' && /^[❯ ] \S/.test(line.slice(indent));
  let [first, last] = [marked, marked];
  while (isOption(lines[first - 1])) first--;
  while (last + 1 < end && isOption(lines[last + 1])) last++;
  const top = lines.findLastIndex((line, at) => at < first && RULE.test(line));
  return {
    heading: lines.slice(top + 1, first).map((line) => line.trim()),
    options: lines.slice(first, last + 1).map((line, index) => ({ option: index + 1, label: line.slice(indent + 2).trim() })),
    row: first,
    hint: lines[end]!.trim(),
  };
}

function claudeAsk(whole: Menu): SeenAsk | null {
  const menu = { ...whole, heading: whole.heading.filter((line) => !/^╌{20}/.test(line) && !line.startsWith('Tip: ')) };
  const heading = menu.heading.join('\n');
  const [yes, no] = [optionLike(menu, /^Yes\b/, /always|don't ask|switch to|for this session|auto-approve/i), optionLike(menu, /^No\b/)];
  if (/^Accessing workspace:/m.test(heading)) {
    const path = /^Accessing workspace:\n+(\/.*)$/m.exec(heading)?.[1];
    return askOf(menu, 'trust', { approve: yes, deny: no, action: { category: 'unknown', ...(path && { path }) } });
  }
  if (/API key/.test(heading)) return askOf(menu, 'config', { approve: yes, deny: no });
  if (/\b(?:login method|log in|sign in)\b/i.test(heading)) return askOf(menu, 'login');
  if (/\btext style\b|\btheme\b/i.test(heading)) return askOf(menu, 'config');
  if (/^Do you want to .*\?$/m.test(heading) && yes !== undefined)
    return askOf(menu, 'permission', { approve: yes, deny: no, action: { category: categoryOf(menu.heading[0] ?? '') } });
  return /\b(?:Esc|Enter)\b/.test(menu.hint) ? askOf(menu, 'unknown') : null;
}

/** By the prompt's title; the hook, where it came through, says it exactly. */
function categoryOf(title: string): 'shell' | 'file_write' | 'web' | 'file_read' | 'unknown' {
  if (/^(?:Bash|PowerShell) command/.test(title)) return 'shell';
  if (/^(?:Create|Edit|Overwrite|Update) (?:file|notebook)/.test(title)) return 'file_write';
  if (/^(?:Fetch|Web)/.test(title)) return 'web';
  return /^Read file/.test(title) ? 'file_read' : 'unknown';
}

/** What stands in the transcript below the person's last words; for turns of which no hook tells the end (refused, interrupted). */
export function claudeOutput(screen: Screen): string {
  const row = composerRow(screen);
  const all = [...screen.scrollback, ...(row < 0 ? screen.lines : screen.lines.slice(0, row - 1))];
  const start = all.findLastIndex((line) => line.startsWith('❯ '));
  const said = all
    .slice(start + 1)
    .filter((line) => !/^[✻✢✽✶·*] \S+ (?:for .* )?· done /.test(line) && !/^\s+[◐◑◒◓○●] \w+ · \/effort$/.test(line))
    .map((line) => line.replace(/^● /, ''));
  return said
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(-OUTPUT_MAX);
}
