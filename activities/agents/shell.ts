/**
 * A plain bash: what is sent to it is a command line. Ready at its prompt, working otherwise; its output is what stands between the echoed
 * command and the next prompt. A shell asks nothing, so approval presets do not change it: whoever may send to the thread may run commands.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, Screen, SessionView } from './adapter';
import { longLines } from './long-lines';
import { typeMessage } from './typing';

const PROMPT = 'everthread$ ';
const PROMPT_SHOWN = PROMPT.trimEnd();
const CONTINUED = '> ';
const OUTPUT_MAX = 8_000;

/** The cursor stands right behind a prompt with nothing typed. */
const atPrompt = ({ lines, cursor }: Screen): boolean => lines[cursor.y] === PROMPT_SHOWN && cursor.x === PROMPT.length;

/**
 * Bash's start-up file: before it runs a command it records how many lines the command has. A pasted command of several lines is echoed
 * without a mark before its later lines, so the screen alone cannot tell them from output.
 */
const RC = [
  `PS1='${PROMPT}'; PS2='${CONTINUED}'; PROMPT_COMMAND=; HISTFILE=; shopt -s cmdhist lithist`,
  '__everthread_ran() {',
  "  local command; command=$(HISTTIMEFORMAT= builtin history 1); command=${command//[!$'\\n']/}",
  `  printf '{"source":"shell","at":%s000,"data":{"lines":%s}}\\n' "\${EPOCHSECONDS:-0}" "$((\${#command} + 1))" >> "$EVERTHREAD_RECORDS_FILE"`,
  '}',
  `PS0='$(__everthread_ran 2>/dev/null)'`,
  '',
].join('\n');

/** How many lines from `at` on are the echo of a command of this many lines. Without a count, bash's `> ` marks further lines. */
function echoLines(lines: readonly string[], at: number, count: number | null): number {
  let row = at;
  for (let left = count ?? 1; row < lines.length; row++) {
    const more = count === null ? lines[row + 1]?.startsWith(CONTINUED) === true : --left > 0;
    if (!more) break;
  }
  return row - at + 1;
}

function outputOf({ screen, before, records, recordsBefore }: SessionView): string {
  const lines = longLines(screen);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  if (lines.at(-1)?.startsWith(PROMPT_SHOWN)) lines.pop();
  const commands = lines.flatMap((line, at) => (line.startsWith(PROMPT) ? [at] : []));
  const known = longLines(before).filter((line) => line.startsWith(PROMPT)).length;
  // The first command since the input; when earlier ones have scrolled away only the last is sure to be new.
  const at = commands[known] ?? commands.at(-1);
  const ran = records.slice(recordsBefore).flatMap(({ source, data }) => (source === 'shell' && typeof data.lines === 'number' ? [data.lines] : []));
  // A paste of several commands is echoed whole, then they run one by one; each command with a prompt of its own has its echo there.
  const count = ran.length > 0 ? Math.max(1, ran.reduce((sum, each) => sum + each, 0) - (commands.length - 1 - commands.indexOf(at ?? 0))) : null;
  const output = at === undefined ? lines : lines.slice(at + echoLines(lines, at, count));
  return output.join('\n').trim().slice(-OUTPUT_MAX);
}

const promptRow = (screen: Screen): number => screen.scrollback.length + screen.cursor.y;

export const shellAdapter: Adapter = {
  type: 'shell',
  description: 'A plain bash: every message is a command line.',
  settleMs: { ready: 30, blocked: 30 },
  missing: async () => null,
  launch: async ({ sessionDir, recordsFile }) => {
    const rcFile = join(sessionDir, 'bashrc');
    await writeFile(rcFile, RC, { mode: 0o600 });
    return {
      command: 'bash',
      args: ['--noprofile', '--rcfile', rcFile, '-i'],
      env: { HISTFILE: '', INPUTRC: '/dev/null', BASH_SILENCE_DEPRECATION_WARNING: '1', EVERTHREAD_RECORDS_FILE: recordsFile },
      resumes: false,
    };
  },
  read: (view) => {
    if (!atPrompt(view.screen)) return view.purpose === 'start' ? { phase: 'starting' } : { phase: 'working' };
    return { phase: 'ready', ...(view.purpose !== 'start' && promptRow(view.screen) !== promptRow(view.before) && { worked: true }) };
  },
  message: (text) => typeMessage(text, { paste: true, pauseMs: 5 }),
  answer: () => null,
  interrupt: () => [{ data: '\u0003' }],
  // A shell that takes up the interrupt late, on a busy machine, drops what was typed behind it: then the second one is heard. To a shell that is gone nothing is typed.
  leave: () => [{ data: '\u0003', pauseMs: 20 }, { data: 'exit 0\r', pauseMs: 500 }, { data: 'exit 0\r' }],
  output: outputOf,
};
