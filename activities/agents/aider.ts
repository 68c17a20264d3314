/**
 * Aider (`aider`, Python package `aider-chat`), checked with 0.86.2. It tells by its notification command that it waits; the rest is read from its
 * screen, whose questions are always `… (Y)es/(N)o [Yes]:`. Its conversation is a history file in the working directory, named by an id of ours and
 * restored from there.
 *
 * What Aider can enforce, and what the presets make of it:
 *
 * | preset | flags | in words |
 * |---|---|---|
 * | readonly | ask mode, dry run, no commits, no commands, no URLs | it talks; nothing is written or run |
 * | standard | architect mode without automatic acceptance | each change is proposed and asked about; commands and new files ask |
 * | permissive | its usual mode | changes to files in the chat are made at once; new files, commands and URLs ask |
 * | autonomous | its usual mode | the same: Everthread answers, because `--yes-always` refuses commands rather than running them |
 *
 * It never runs a command or fetches a page without asking, and has no sandbox. Linters and tests, which a repository's own configuration can name, stay
 * off below autonomous. The MCP tools and sub-agents of other CLIs it does not have.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Adapter, Keystroke, Launch, LaunchContext, Reading, SessionView } from './adapter';
import { Fault } from '../../src/errors/fault';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import { aiderOutput, readAiderScreen } from './aider-screen';
import { shellWord } from './hook-command';
import { conversationOf, launchFacts, recordLaunch } from './launch-record';
import { stillTaking } from './message-taking';
import { missingProgram } from './program';
import { typeWords } from './spoken-words';
import { pressKeys } from './typing';

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
/** Aider's own commands that run programs. */
const COMMANDS = /^\s*\/(?:run|test|git|lint|load)\b/;
/** What Aider calls to say that it waits has no input of its own. */
const WAITS = '{"event":"waiting"}';

/** Fault `agent.preset_loosened` (conflict) when a configuration file says yes to everything: no flag or variable takes that back. */
async function launch(context: LaunchContext): Promise<Launch> {
  const loose = context.preset === 'autonomous' ? undefined : configurationFiles(context).find(saysYesAlways);
  if (loose !== undefined) {
    const problem = `${loose} says yes-always, which would answer what the preset ${context.preset} wants asked. Take it out, or use the preset autonomous.`;
    throw new Fault('conflict', 'agent.preset_loosened', problem, { file: loose, preset: context.preset });
  }
  const conversation = conversationOf(context);
  recordLaunch(context, conversation);
  const resumes = context.conversationId !== null;
  const notify = [...context.recordCommand, 'notify', WAITS].map(shellWord).join(' ');
  return {
    command: 'aider',
    args: [
      ...['--no-check-update', '--no-show-release-notes', '--no-analytics', '--no-gitignore', '--disable-playwright', '--no-gui'],
      ...['--notifications', '--notifications-command', notify],
      ...['--chat-history-file', join(context.cwd, `.aider.${conversation}.history.md`), ...(resumes ? ['--restore-chat-history'] : [])],
      ...(repositoryOf(realpathSync(context.cwd)) !== null ? [] : ['--no-git']),
      ...aiderPreset(context),
    ],
    env: { AIDER_YES_ALWAYS: 'false' },
    resumes,
  };
}

/** Where Aider looks for its configuration: the working directory, the top of its repository, the home. */
function configurationFiles({ cwd, env }: LaunchContext): string[] {
  const folders = [cwd, repositoryOf(realpathSync(cwd)), env.HOME].filter(
    (folder): folder is string => folder !== undefined && folder !== null && folder !== '',
  );
  return [...new Set(folders)].flatMap((folder) => [join(folder, '.aider.conf.yml'), join(folder, '.env')]).filter((file) => existsSync(file));
}

const saysYesAlways = (file: string): boolean =>
  /^\s*(?:export\s+)?["']?(?:yes[-_]always|AIDER_YES_ALWAYS)["']?\s*[:=]\s*["']?(?!false\b|no\b|off\b|0\b)\S/im.test(readFileSync(file, 'utf8'));

export function aiderPreset({ preset, requireWorkspaceBoundary }: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary'>): string[] {
  const within = requireWorkspaceBoundary ? ['--subtree-only'] : [];
  const quiet = [...within, '--no-auto-lint', '--no-auto-test'];
  switch (preset) {
    case 'readonly':
      return [...quiet, '--chat-mode', 'ask', '--dry-run', '--no-auto-commits', '--no-dirty-commits', '--no-suggest-shell-commands', '--no-detect-urls'];
    case 'standard':
      return [...quiet, '--chat-mode', 'architect', '--no-auto-accept-architect'];
    case 'permissive':
      return quiet;
    case 'autonomous':
      return within;
  }
}

/** The top of the repository around a folder, or null. */
const repositoryOf = (folder: string): string | null =>
  existsSync(join(folder, '.git')) ? folder : folder === dirname(folder) ? null : repositoryOf(dirname(folder));

function read(view: SessionView): Reading {
  const shown = readAiderScreen(view.screen);
  const waited = view.records.slice(view.recordsBefore).some(({ source }) => source === 'notify');
  const conversationId = launchFacts(view)?.conversationId;
  // A history that nothing was said in is not there to be restored.
  const spoke = view.records.some(({ source }) => source === 'notify');
  const known = { ...(spoke && conversationId != null && { conversationId }), ...(waited && { worked: true }) };
  if (shown.ask) return { ...known, phase: 'blocked', ask: shown.ask };
  if (!shown.composer) return { ...known, phase: view.purpose === 'start' ? 'starting' : 'working' };
  if (shown.draft && stillTaking(view)) return { ...known, phase: 'starting' };
  return { ...known, phase: 'ready' };
}

/** The letter in brackets, then Enter. */
function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) {
    if (ask.denyOption === undefined) return null;
    return [...(answer(ask, { approve: false }) ?? []), { data: '', pauseMs: 1_000 }, ...message(given.text)];
  }
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  const letter = /^\(([A-Z])\)/.exec(ask.options.find((known) => known.option === option)?.label ?? '')?.[1];
  return letter ? pressKeys([letter.toLowerCase(), '\r']) : null;
}

const message = (text: string): Keystroke[] => typeWords(text, 200, COMMANDS);

export const aiderAdapter: Adapter = {
  type: 'aider',
  description: 'Aider, of Python package aider-chat.',
  settleMs: { ready: 1_000, blocked: 500 },
  missing: (env) => missingProgram('aider', env, 'Install it, for example with `pipx install aider-chat`.'),
  launch,
  read,
  message,
  answer,
  interrupt: () => [{ data: CONTROL_C }],
  // The first stops work or clears a draft; the end of input leaves an empty prompt.
  leave: () => [{ data: CONTROL_C, pauseMs: 700 }, { data: CONTROL_D }],
  output: (view) => aiderOutput(view.screen),
};
