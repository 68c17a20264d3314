/**
 * Claude Code (`claude`, npm `@anthropic-ai/claude-code`), checked with 2.1.330. Its hooks tell when a turn begins and ends, what was said, which tool
 * runs and what a permission prompt is about; the screen shows the prompts' options and what comes before the first message (trust, sign-in, keys). The
 * conversation's id is given to it (`--session-id`, `--resume`).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Keystroke, Launch, LaunchContext, Reading, SessionView } from './adapter';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import { claudeOutput, readClaudeScreen } from './claude-screen';
import { claudePermissions, claudeSettings } from './claude-settings';
import { conversationOf } from './launch-record';
import { stillTaking } from './message-taking';
import { missingProgram } from './program';
import { blockedOn, readTurnHooks, toldBy } from './turn-hooks';
import { typeWords } from './spoken-words';
import { pressKeys } from './typing';

const ENTER = '\r';
const ESCAPE = '\u001b';
const UP = '\u001b[A';
const DOWN = '\u001b[B';
const CONTROL_C = '\u0003';
const CONTROL_U = '\u0015';
const MESSAGE_PAUSE_MS = 300;

async function launch(context: LaunchContext): Promise<Launch> {
  const settings = join(context.sessionDir, 'settings.json');
  writeFileSync(settings, JSON.stringify(claudeSettings(context), null, 2), { mode: 0o600 });
  const resumes = context.conversationId !== null;
  const conversation = conversationOf(context);
  return {
    command: 'claude',
    args: [
      ...(resumes ? ['--resume', conversation] : ['--session-id', conversation]),
      '--settings',
      settings,
      '--permission-mode',
      claudePermissions(context).defaultMode,
    ],
    env: { DISABLE_AUTOUPDATER: '1' },
    resumes,
  };
}

function read(view: SessionView): Reading {
  const shown = readClaudeScreen(view.screen);
  const hooks = readTurnHooks(view);
  const { worked, ended, tool } = hooks;
  const known = toldBy(hooks, shown.working);
  if (shown.ask) return { ...known, ...blockedOn(shown.ask, hooks) };
  if (!shown.composer) return { ...known, phase: worked ? 'working' : 'starting' };
  if (shown.working) return { ...known, phase: 'working', ...(tool && { tool }) };
  if (!worked && stillTaking(view)) return { ...known, phase: 'starting' };
  return { ...known, phase: 'ready', ...(ended && message !== undefined && { certain: true }) };
}

/** A prompt that has just appeared does not hear keys at once. */
const UNHEARD: Keystroke = { data: '', pauseMs: 700 };

/** Menus without numbers, by kind: which option is selected when they appear. */
const SELECTED_FIRST: ReadonlySet<Ask['kind']> = new Set(['trust']);

function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) {
    // The refusal, then the words as a message.
    return ask.kind === 'permission' ? [UNHEARD, { data: ESCAPE, pauseMs: 1_000 }, ...message(given.text)] : null;
  }
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  if (option === undefined || !ask.options.some((known) => known.option === option)) return null;
  const selected = SELECTED_FIRST.has(ask.kind) ? 1 : ask.options.find(({ label }) => label.endsWith('(recommended)'))?.option;
  const keys =
    selected === undefined ? [String(option)] : [...Array.from({ length: Math.abs(option - selected) }, () => (option > selected ? DOWN : UP)), ENTER];
  return [UNHEARD, ...pressKeys(keys, 150)];
}

const message = (text: string): Keystroke[] => typeWords(text, MESSAGE_PAUSE_MS);

export const claudeAdapter: Adapter = {
  type: 'claude',
  description: 'Claude Code, of npm package @anthropic-ai/claude-code.',
  settleMs: { ready: 1_000, blocked: 500 },
  missing: (env) => missingProgram('claude', env, 'Install it, for example with `npm install -g @anthropic-ai/claude-code`.'),
  launch,
  read,
  message,
  answer,
  // A message that is interrupted early comes back into the composer, where it would stand before the next one.
  interrupt: () => [{ data: ESCAPE, pauseMs: 700 }, { data: CONTROL_U }],
  leave: () => pressKeys([CONTROL_C, CONTROL_C, CONTROL_C], 300),
  output: (view) => claudeOutput(view.screen),
};
