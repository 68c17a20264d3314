/**
 * Gemini CLI (`gemini`, npm `@google/gemini-cli`), checked with 0.61.0. The conversation's id is given to it (`--session-id`, `--resume`), what
 * it may do is a policy file of the session, and the state is its window title and screen.
 *
 * It has hooks, but takes a session's own only from a system-wide settings file, which must belong to root and would stand in for the one of the
 * machine's administrator; the adapter leaves that alone.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Keystroke, Launch, LaunchContext, Reading, SessionView } from './adapter';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import { hasFolderSettings } from './folder-settings';
import { geminiPolicy } from './gemini-policy';
import { geminiOutput, readGeminiScreen } from './gemini-screen';
import { conversationOf, launchFacts, recordLaunch } from './launch-record';
import { stillTaking } from './message-taking';
import { missingProgram } from './program';
import { typeWords } from './spoken-words';
import { pressKeys } from './typing';

const ESCAPE = '\u001b';
const CONTROL_C = '\u0003';
/** Gemini CLI takes an Enter that comes too soon after a paste for a line break. */
const MESSAGE_PAUSE_MS = 400;

async function launch(context: LaunchContext): Promise<Launch> {
  const policy = join(context.sessionDir, 'policy.toml');
  writeFileSync(policy, geminiPolicy(context), { mode: 0o600 });
  const conversation = conversationOf(context);
  recordLaunch(context, conversation);
  const resumes = context.conversationId !== null;
  return {
    command: 'gemini',
    args: [
      ...(resumes ? ['--resume', conversation] : ['--session-id', conversation]),
      ...['--admin-policy', policy, '--approval-mode', 'default'],
      // Trust lets the CLI load a folder's own settings and environment; where there are none the question is empty. Else it is asked.
      ...(hasFolderSettings(context.cwd, ['.gemini', '.env']) ? [] : ['--skip-trust']),
    ],
    resumes,
  };
}

function read(view: SessionView): Reading {
  const facts = launchFacts(view);
  const shown = readGeminiScreen(view.screen, facts?.cwd ?? null);
  const worked = shown.working || (shown.ask?.kind === 'permission' && view.purpose === 'turn');
  // The CLI keeps a conversation only once something was said in it; before that there is none to resume.
  const known = { ...(worked && { worked: true }), ...(worked && facts?.conversationId != null && { conversationId: facts.conversationId }) };
  if (shown.ask) return { ...known, phase: 'blocked', ask: shown.ask };
  if (shown.working) return { ...known, phase: 'working' };
  if (shown.queued && view.purpose === 'turn') return { ...known, phase: 'working' };
  if (shown.draft && stillTaking(view)) return { ...known, phase: 'starting' };
  if (shown.composer) return { ...known, phase: 'ready' };
  return { ...known, phase: view.purpose === 'start' ? 'starting' : 'working' };
}

function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) {
    // "No, suggest changes": the refusal, then the words as a message.
    if (ask.kind !== 'permission' || ask.denyOption === undefined) return null;
    return [{ data: String(ask.denyOption), pauseMs: 1_000 }, ...message(given.text)];
  }
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  return option !== undefined && ask.options.some((known) => known.option === option) ? pressKeys([String(option)]) : null;
}

const message = (text: string): Keystroke[] => typeWords(text, MESSAGE_PAUSE_MS);

export const geminiAdapter: Adapter = {
  type: 'gemini',
  description: 'Gemini CLI, of npm package @google/gemini-cli.',
  settleMs: { ready: 1_200, blocked: 600 },
  missing: (env) => missingProgram('gemini', env, 'Install it, for example with `npm install -g @google/gemini-cli`.'),
  launch,
  read,
  message,
  answer,
  interrupt: () => [{ data: ESCAPE }],
  // The first clears a draft or a prompt, the second warns, the third leaves.
  leave: () => pressKeys([CONTROL_C, CONTROL_C, CONTROL_C], 300),
  output: (view) => geminiOutput(view.screen),
};
