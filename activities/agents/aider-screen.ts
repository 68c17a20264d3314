/** What Aider's screen shows: its prompt and its yes-or-no questions. Pure; checked by the golden screens in test/unit/screens/aider. */
import type { AskAction } from '../../src/contracts/managed-thread/ask';
import type { z } from 'zod';
import type { Screen, SeenAsk } from './adapter';

const OUTPUT_MAX = 8_000;
const DRAFT_ROWS = 30;
const RULE = /^─{20}/;
/** `diff> `, `ask> `, `architect> `, `diff multi> ` or `> `: the prompt names how it answers. */
const PROMPT = /^(?:[a-z][\w-]*(?: multi)?)?> ?/;
/** `Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: `. */
const QUESTION = /^(.*\?) (\(Y\)es\/\(N\)o(?:\/\([A-Z]\)[^/[\]]+)*) \[(?:Yes|No)\]:$/;

export interface AiderScreen {
  readonly composer: boolean;
  /** Words stand at the prompt that were not sent. */
  readonly draft: boolean;
  readonly ask: SeenAsk | null;
}

export function readAiderScreen(screen: Screen): AiderScreen {
  const ask = questionAt(screen);
  const row = ask ? -1 : promptRow(screen);
  const line = screen.lines[row] ?? '';
  return { ask, composer: row >= 0, draft: row >= 0 && (screen.cursor.y !== row || PROMPT.exec(line)?.[0].trimEnd() !== line) };
}

/**
 * The prompt's row: the cursor is in it, or in the rows into which a long draft was wrapped (each further line of a draft has a prompt of its own). A
 * rule stands above, or the names of the files in the chat between. While Aider works the cursor is elsewhere.
 */
function promptRow({ lines, cursor, cols }: Screen): number {
  for (let row = cursor.y; row >= Math.max(0, cursor.y - DRAFT_ROWS); row--) {
    const line = lines[row] ?? '';
    if (PROMPT.test(line)) return ruleAbove(lines, row) ? row : -1;
    if ((lines[row - 1]?.length ?? 0) < cols) return -1;
  }
  return -1;
}

function ruleAbove(lines: readonly string[], row: number): boolean {
  for (let at = row - 1; at >= 0 && lines[at] !== ''; at--) if (RULE.test(lines[at] ?? '')) return true;
  return false;
}

/** A question is one only while the cursor waits behind it. */
function questionAt({ lines, cursor }: Screen): SeenAsk | null {
  const line = lines[cursor.y] ?? '';
  const found = QUESTION.exec(line);
  if (!found || cursor.x < line.length) return null;
  const [, question = '', choices = ''] = found;
  const options = choices.split('/').map((label, index) => ({ option: index + 1, label }));
  const about = subjectAbove(lines, cursor.y);
  const action = actionOf(question, about);
  return {
    kind: action ? 'permission' : kindOf(question),
    text: [...about, question].join('\n'),
    options,
    approveOption: 1,
    denyOption: 2,
    ...(action && { action }),
  };
}

/** What the question is about: the rows right above it. */
function subjectAbove(lines: readonly string[], row: number): string[] {
  let at = row - 1;
  while (at >= 0 && lines[at] !== '' && !RULE.test(lines[at] ?? '')) at--;
  return lines.slice(at + 1, row).map((line) => line.trim());
}

function actionOf(question: string, about: readonly string[]): z.output<typeof AskAction> | null {
  const subject = about.join('\n');
  if (/^Run (?:the )?shell commands?\?/.test(question)) return { category: 'shell', ...(subject && { command: subject.slice(0, 4_000) }) };
  if (/^(?:Create new file|Allow edits to file|Allow creation of new file|Edit the files|Attempt to fix)/.test(question)) {
    return { category: 'file_write', ...(about.length === 1 && /^\S+$/.test(subject) && { path: subject }) };
  }
  if (/^Add URL to the chat/.test(question)) return { category: 'web' };
  if (/^Add (?:these files|file|.*output) /.test(question))
    return { category: 'file_read', ...(about.length === 1 && /^\S+$/.test(subject) && { path: subject }) };
  return null;
}

function kindOf(question: string): SeenAsk['kind'] {
  if (/\b(?:login|sign in|OpenRouter|API key)\b/i.test(question)) return 'login';
  if (/\b(?:version|upgrade|update)\b/i.test(question)) return 'update';
  return /\b(?:install|git repo|\.gitignore|documentation|model warnings)\b/i.test(question) ? 'config' : 'question';
}

/** What stands below the person's last words. */
export function aiderOutput(screen: Screen): string {
  const row = promptRow(screen);
  const all = [...screen.scrollback, ...screen.lines];
  const end = row < 0 ? all.length : all.findLastIndex((line, at) => at < screen.scrollback.length + row && RULE.test(line));
  const start = all.findLastIndex((line, at) => at < end && PROMPT.test(line) && /> \S/.test(line));
  const said = all.slice(start + 1, Math.max(start + 1, end)).filter((line) => !/^Tokens: .* sent, .* received\./.test(line));
  return said
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(-OUTPUT_MAX);
}
