/**
 * What Gemini CLI's screen shows: its composer, its status line, its prompts. Pure; checked by the golden screens in test/unit/screens/gemini.
 *
 * The window title is the CLI's own word on its state (◇ ready, ✦ working, ✋ wants something), out of the reach of what tools print.
 */
import type { AskAction } from '../../src/contracts/managed-thread/ask';
import type { z } from 'zod';
import type { Screen, SeenAsk } from './adapter';
import { askOf, bottomMenu, optionLike, type Menu } from './menu';

/** Rows that a draft may take. */
const DRAFT_ROWS = 30;
const OUTPUT_MAX = 8_000;

export interface GeminiScreen {
  readonly composer: boolean;
  /** Words stand in the composer that were not sent. */
  readonly draft: boolean;
  readonly working: boolean;
  /** It said that it takes words once it has begun, and nothing was said since: what was typed waits. */
  readonly queued: boolean;
  readonly ask: SeenAsk | null;
}

export function readGeminiScreen(screen: Screen, cwd: string | null): GeminiScreen {
  const menu = bottomMenu(screen, { selected: /^●/, top: /^ ?╭/, hintRows: 5 });
  const ask = menu && geminiAsk(menu, cwd);
  const row = ask ? -1 : composerRow(screen);
  const working = /^✦/.test(screen.title) || (row >= 0 && screen.lines.slice(Math.max(0, row - 8), row).some((line) => /^ \S .*\(esc to cancel, /.test(line)));
  return { ask, queued: waitsForBegin(screen), composer: row >= 0, draft: row >= 0 && (screen.cursor.y !== row || screen.cursor.x > 3), working };
}

/** A slow machine shows this for seconds, beside a composer that looks ready. */
function waitsForBegin({ scrollback, lines }: Screen): boolean {
  const all = [...scrollback, ...lines];
  const notice = all.findLastIndex((line) => /^ ?ℹ .*[Pp]rompts will be queued\.?\s*$/.test(line));
  return notice >= 0 && !all.slice(notice + 1).some((line) => /^(?: > (?! {2}Type your message)\S|✦ )/.test(line));
}

/** The row of the composer's `>` (`*` in yolo mode, `!` for a shell command), or -1. The cursor is in it, or in the rows of its draft. */
function composerRow({ lines, cursor }: Screen): number {
  for (let row = Math.min(cursor.y, lines.length - 1); row >= Math.max(0, cursor.y - DRAFT_ROWS); row--) {
    const line = lines[row] ?? '';
    if (/^ [>*!] /.test(`${line} `)) return row;
    if (row !== cursor.y && !line.startsWith('   ')) return -1;
  }
  return -1;
}

function geminiAsk(menu: Menu, cwd: string | null): SeenAsk | null {
  const heading = menu.heading.join('\n');
  const once = optionLike(menu, /^(?:Allow once|Yes\b)/);
  const no = optionLike(menu, /^No\b/);
  if (/^Do you trust the files in this folder\?/m.test(heading)) {
    return askOf(menu, 'trust', {
      approve: optionLike(menu, /^Trust folder/),
      deny: optionLike(menu, /^Don't trust/),
      action: { category: 'unknown', ...(cwd !== null && { path: cwd }) },
    });
  }
  const tool = /^\? (\S+)(?: +(.*))?$/m.exec(heading);
  if (tool && once !== undefined) return askOf(menu, 'permission', { approve: once, deny: no, action: actionOf(tool[1]!, tool[2] ?? '', menu.heading) });
  if (/\bauthenticate\b/i.test(heading)) return askOf(menu, 'login');
  if (/\b(?:quota|usage limit|Select Model)\b/i.test(heading)) return askOf(menu, 'model_select');
  if (/^(?:Would|Do|Are) you\b.*\?$/m.test(heading) && no !== undefined) return askOf(menu, 'unknown', { deny: no });
  return menu.heading.length > 0 ? askOf(menu, 'unknown') : null;
}

function actionOf(tool: string, about: string, heading: readonly string[]): z.output<typeof AskAction> {
  if (/^Shell$/i.test(tool)) {
    const command = heading
      .slice(
        1,
        heading.findLastIndex((line) => /^Allow execution of/.test(line)),
      )
      .join('\n')
      .trim();
    return { category: 'shell', ...(command && { command: command.slice(0, 4_000) }) };
  }
  if (/^(?:WriteFile|Edit|Replace)$/i.test(tool)) {
    const path = /^(?:Writing to )?([^\s:]+)/.exec(about)?.[1];
    return { category: 'file_write', ...(path && !path.includes('...') && { path }) };
  }
  if (/^(?:WebFetch|GoogleSearch|WebSearch)$/i.test(tool)) return { category: 'web' };
  if (/^(?:ReadFile|ReadManyFiles|ReadFolder|FindFiles|SearchText)$/i.test(tool)) return { category: 'file_read' };
  return { category: /Agent|investigator/i.test(tool) ? 'agent' : 'unknown' };
}

/** What the agent said below the person's last words; all that stands there when it said nothing (refused, interrupted). */
export function geminiOutput(screen: Screen): string {
  const row = composerRow(screen);
  const all = [...screen.scrollback, ...(row < 0 ? screen.lines : screen.lines.slice(0, row))];
  const start = all.findLastIndex((line) => line.startsWith(' > '));
  const end = all.findIndex((line, at) => at > start && /^▀{20}/.test(line));
  const below = all.slice((end < 0 ? start : end) + 1).filter((line) => !CHROME.test(line));
  const said: string[] = [];
  let speaking = false;
  for (const line of below) {
    speaking = line.startsWith('✦ ') || (speaking && (line === '' || line.startsWith('  ')));
    if (speaking) said.push(line.slice(2));
  }
  const text = said.length > 0 ? said : below;
  return text
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(-OUTPUT_MAX);
}

/** Rows between transcript and composer. */
const CHROME = /\? for shortcuts$|^[─▄▀]{20}|^ Shift\+Tab |^ Press Ctrl\+O |\(esc to cancel, |^ {2}YOLO /;
