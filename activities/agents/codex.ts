/**
 * Codex (`codex`, npm `@openai/codex`), checked with 0.169.0. Its hooks tell when a turn begins and ends, what was said, which tool runs, what a
 * permission prompt is about, and the conversation's id (from the first message on); the screen shows the prompts' options and everything before
 * the first message (trust, sign-in, updates). Resumes by `codex resume <id>`.
 */
import type { Adapter, Keystroke, Reading, SessionView } from './adapter';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import { blockedOn, readTurnHooks, toldBy } from './turn-hooks';
import { codexOutput, readCodexScreen } from './codex-screen';
import { codexArguments } from './codex-settings';
import { stillTaking } from './message-taking';
import { missingProgram } from './program';
import { typeWords } from './spoken-words';
import { pressKeys } from './typing';

const ESCAPE = '\u001b';
const CONTROL_C = '\u0003';
/** Codex takes keys that come faster than a person's for a paste, and its Enter for a line break. */
const MESSAGE_PAUSE_MS = 250;
const SELECTS: ReadonlySet<Ask['kind']> = new Set(['trust', 'config']);
/** A person's configuration can switch titles off. */
const UNTITLED_MS = 10_000;

function read(view: SessionView): Reading {
  const shown = readCodexScreen(view.screen);
  const hooks = readTurnHooks(view);
  const { worked, ended, tool } = hooks;
  const known = toldBy(hooks, shown.working);
  if (shown.ask) return { ...known, ...blockedOn(shown.ask, hooks) };
  // Codex draws its composer once before it looks at hooks, folders and accounts, which may all bring a prompt.
  if (shown.composer && !shown.titled && view.purpose === 'start' && view.sinceMs < UNTITLED_MS) return { ...known, phase: 'starting' };
  if (!shown.composer) return { ...known, phase: worked ? 'working' : 'starting' };
  // The hook speaks a moment before the composer is free; what is typed in between would wait in Codex's own queue.
  if (shown.working) return { ...known, phase: 'working', ...(tool && { tool }) };
  if (!worked && stillTaking(view)) return { ...known, phase: 'starting' };
  // After an interruption something may follow at once: words that were typed with it, or waited in Codex's queue.
  return { ...known, phase: 'ready', ...(ended && known.message !== undefined && { certain: true }) };
}

function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) {
    // "No, and tell Codex what to do differently": the refusal, then the words as a message.
    if (ask.kind !== 'permission' || ask.denyOption === undefined) return null;
    return [{ data: String(ask.denyOption), pauseMs: 800 }, ...typeWords(given.text, MESSAGE_PAUSE_MS)];
  }
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  if (option === undefined || !ask.options.some((known) => known.option === option)) return null;
  // There is no way from the command center back to the question.
  if (ask.kind === 'trust' && option !== ask.approveOption) return null;
  // A digit takes an option at once, but only selects it where folders and hooks are asked about. (An Enter too many would confirm what comes next.)
  return pressKeys(SELECTS.has(ask.kind) ? [String(option), '\r'] : [String(option)]);
}

export const codexAdapter: Adapter = {
  type: 'codex',
  description: 'Codex, the coding agent CLI of npm package @openai/codex.',
  settleMs: { ready: 800, blocked: 500 },
  missing: (env) => missingProgram('codex', env, 'Install it, for example with `npm install -g @openai/codex`.'),
  launch: async (context) => ({ command: 'codex', args: codexArguments(context), resumes: context.conversationId !== null }),
  read,
  message: (text) => typeWords(text, MESSAGE_PAUSE_MS),
  answer,
  interrupt: () => [{ data: ESCAPE }],
  // The first clears a draft or a prompt, the second stops work, the next leave.
  leave: () => pressKeys([CONTROL_C, CONTROL_C, CONTROL_C, CONTROL_C], 250),
  output: (view) => codexOutput(view.screen),
};
