/**
 * A plain bash: what is sent to it is a command line. Ready at its prompt, working otherwise; its output is what stands between the echoed
 * command and the next prompt. A shell asks nothing, so approval presets do not change it: whoever may send to the thread may run commands.
 */
import type { Adapter, Screen, SessionView } from './adapter';
import { typeMessage } from './typing';

const PROMPT = 'everthread$ ';
const PROMPT_SHOWN = PROMPT.trimEnd();
const CONTINUED = '> ';
const OUTPUT_MAX = 8_000;

/** The cursor stands right behind a prompt with nothing typed. */
const atPrompt = ({ lines, cursor }: Screen): boolean => lines[cursor.y] === PROMPT_SHOWN && cursor.x === PROMPT.length;

const allLines = ({ scrollback, lines }: Screen): string[] => [...scrollback, ...lines];

/** Rows of the echoed command beyond its first: the terminal wraps long ones, and bash shows `> ` for further lines. */
function echoRows(lines: readonly string[], at: number, cols: number): number {
  let rows = 1;
  while (at + rows < lines.length && ((lines[at + rows - 1]?.length ?? 0) >= cols || lines[at + rows]?.startsWith(CONTINUED))) rows++;
  return rows;
}

function outputOf({ screen, before }: SessionView): string {
  const lines = allLines(screen);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  if (lines.at(-1)?.startsWith(PROMPT_SHOWN)) lines.pop();
  const commands = lines.flatMap((line, at) => (line.startsWith(PROMPT) ? [at] : []));
  const known = allLines(before).filter((line) => line.startsWith(PROMPT)).length;
  // The first command since the input; when earlier ones have scrolled away only the last is sure to be new.
  const at = commands[known] ?? commands.at(-1);
  const output = at === undefined ? lines : lines.slice(at + echoRows(lines, at, screen.cols));
  return output.join('\n').trim().slice(-OUTPUT_MAX);
}

const promptRow = (screen: Screen): number => screen.scrollback.length + screen.cursor.y;

export const shellAdapter: Adapter = {
  type: 'shell',
  description: 'A plain bash: every message is a command line.',
  settleMs: { ready: 30, blocked: 30 },
  missing: async () => null,
  launch: async ({ sessionDir }) => ({
    command: 'bash',
    args: ['--noprofile', '--norc', '-i'],
    env: {
      PS1: PROMPT,
      PS2: CONTINUED,
      PROMPT_COMMAND: '',
      HISTFILE: '',
      INPUTRC: '/dev/null',
      BASH_SILENCE_DEPRECATION_WARNING: '1',
      EVERTHREAD_SESSION_DIR: sessionDir,
    },
    resumes: false,
  }),
  read: (view) => {
    if (!atPrompt(view.screen)) return view.purpose === 'start' ? { phase: 'starting' } : { phase: 'working' };
    return { phase: 'ready', ...(view.purpose !== 'start' && promptRow(view.screen) !== promptRow(view.before) && { worked: true }) };
  },
  message: (text) => typeMessage(text, { paste: true, pauseMs: 5 }),
  answer: () => null,
  interrupt: () => [{ data: '\u0003' }],
  leave: () => [{ data: '\u0003', pauseMs: 20 }, { data: 'exit\r' }],
  output: outputOf,
};
