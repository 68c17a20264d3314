/**
 * OpenCode (`opencode`, npm `opencode-ai`), checked with 1.18.33. A plugin of the session tells when a turn begins and ends, what was said, which tool
 * runs, what a permission is about, and the conversation's id; the screen shows the prompts. Resumes by `--session <id>`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Keystroke, Launch, LaunchContext, Reading, SessionView } from './adapter';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import { stillTaking } from './message-taking';
import { recordLaunch } from './launch-record';
import { openCodePlugin } from './opencode-plugin';
import { readOpenCodeRecords } from './opencode-records';
import { openCodeOutput, readOpenCodeScreen } from './opencode-screen';
import { openCodeEnvironment } from './opencode-settings';
import { missingProgram } from './program';
import { typeWords } from './spoken-words';
import { pressKeys } from './typing';

const ENTER = '\r';
const ESCAPE = '\u001b';
const RIGHT = '\u001b[C';
const CONTROL_C = '\u0003';

async function launch(context: LaunchContext): Promise<Launch> {
  const { conversationId, sessionDir, recordsFile } = context;
  const plugin = join(sessionDir, 'everthread-plugin.mjs');
  writeFileSync(plugin, openCodePlugin(recordsFile), { mode: 0o600 });
  recordLaunch(context, conversationId);
  const resumes = conversationId !== null;
  return { command: 'opencode', args: resumes ? ['--session', conversationId] : [], env: openCodeEnvironment(context, plugin), resumes };
}

function read(view: SessionView): Reading {
  const shown = readOpenCodeScreen(view.screen);
  const { conversationId, worked, busy, ended, message, tool, permission } = readOpenCodeRecords(view);
  const known = {
    ...(conversationId !== undefined && { conversationId }),
    ...(message !== undefined && { message }),
    ...((worked || shown.working) && { worked: true }),
  };
  if (shown.ask) {
    const about = shown.ask.kind === 'permission' ? (permission ?? { category: 'unknown' as const }) : undefined;
    return { ...known, phase: 'blocked', ask: { ...shown.ask, ...(about && { action: about }) }, certain: permission !== undefined };
  }
  if (!shown.composer) return { ...known, phase: worked || busy ? 'working' : 'starting' };
  if (shown.working || busy || permission) return { ...known, phase: 'working', ...(tool && { tool }) };
  if (!worked && stillTaking(view)) return { ...known, phase: 'starting' };
  return { ...known, phase: 'ready', ...(ended && { certain: true }) };
}

function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) {
    // A sub-agent's refusal takes words of its own; else the refusal comes first, then the words as a message.
    if (ask.kind === 'question') return message(given.text);
    return ask.kind === 'permission' && ask.denyOption !== undefined ? [{ data: ESCAPE, pauseMs: 1_000 }, ...message(given.text)] : null;
  }
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  if (option === undefined) return ask.kind === 'question' && 'approve' in given ? pressKeys([given.approve ? ENTER : ESCAPE]) : null;
  if (!ask.options.some((known) => known.option === option)) return null;
  // Escape is the refusal, wherever the selection stands.
  if (option === ask.denyOption) return pressKeys([ESCAPE]);
  return pressKeys([...Array.from({ length: option - 1 }, () => RIGHT), ENTER], 80);
}

const message = (text: string): Keystroke[] => typeWords(text, 300);

export const opencodeAdapter: Adapter = {
  type: 'opencode',
  description: 'OpenCode, of npm package opencode-ai.',
  settleMs: { ready: 1_200, blocked: 500 },
  missing: (env) => missingProgram('opencode', env, 'Install it, for example with `npm install -g opencode-ai`.'),
  launch,
  read,
  message,
  answer,
  // The first warns, the second stops.
  interrupt: () => pressKeys([ESCAPE, ESCAPE], 300),
  leave: () => pressKeys([CONTROL_C, CONTROL_C, CONTROL_C], 400),
  output: (view) => openCodeOutput(view.screen),
};
