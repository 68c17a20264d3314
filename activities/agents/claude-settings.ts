/**
 * Claude Code's settings file for a session (`--settings`): hooks that tell the host what happens, and permission rules. Checked with 2.1.330.
 *
 * Its rules are weighed refusals first, then asks, then allowances, over all sources together; so what a preset wants asked is said as an ask, and no
 * allowance that a person or a repository has saved loosens it.
 *
 * | preset | runs | asks | refused |
 * |---|---|---|---|
 * | readonly | reading files | | writing, shell, web, sub-agents |
 * | standard | reading files, web | writing, shell, sub-agents, all else | |
 * | permissive | reading, web, writing in the workspace, sub-agents | shell, writing elsewhere, all else | |
 * | autonomous | everything | | |
 * | autonomous with requireWorkspaceBoundary | as permissive, skills | shell, writing elsewhere | |
 *
 * Autonomous is a list of allowances rather than the mode that bypasses permissions: that one asks to be confirmed, and refuses to run as root. (MCP tools cannot be
 * listed without their server's name; they ask, and Everthread answers.) The CLI's own default, a mode in which it judges commands by itself, is never used. Within a boundary each command asks, and Everthread answers for those
 * that stay inside.
 */
import type { LaunchContext } from './adapter';
import { hookCommand } from './hook-command';

const EVENTS = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'PostToolUse', 'Stop', 'StopFailure', 'SessionEnd'];
/** Seconds. */
const HOOK_TIMEOUT = 10;

const READS = ['Read', 'Glob', 'Grep', 'LS', 'TodoWrite'];
const WRITES = ['Edit', 'Write', 'NotebookEdit'];
const WEB = ['WebFetch', 'WebSearch'];
const SHELL = ['Bash', 'PowerShell'];
const AGENTS = ['Agent', 'Task', 'Workflow'];
const OTHERS = ['Skill', 'KillShell', 'BashOutput'];

interface Permissions {
  readonly allow: readonly string[];
  readonly ask: readonly string[];
  readonly deny: readonly string[];
  readonly defaultMode: 'manual' | 'acceptEdits';
}

export function claudePermissions({ preset, requireWorkspaceBoundary }: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary'>): Permissions {
  switch (preset) {
    case 'readonly':
      return { allow: READS, ask: [], deny: [...WRITES, ...SHELL, ...WEB, ...AGENTS], defaultMode: 'manual' };
    case 'standard':
      return { allow: [...READS, ...WEB], ask: [...WRITES, ...SHELL, ...AGENTS], deny: [], defaultMode: 'manual' };
    case 'permissive':
      // The mode accepts edits inside the workspace; common file commands, which it would accept too, are asked like every other command.
      return { allow: [...READS, ...WEB, ...AGENTS], ask: SHELL, deny: [], defaultMode: 'acceptEdits' };
    case 'autonomous':
      return requireWorkspaceBoundary
        ? { allow: [...READS, ...WEB, ...AGENTS, ...OTHERS], ask: SHELL, deny: [], defaultMode: 'acceptEdits' }
        : { allow: [...READS, ...WRITES, ...WEB, ...SHELL, ...AGENTS, ...OTHERS], ask: [], deny: [], defaultMode: 'acceptEdits' };
  }
}

/** The settings file's content. */
export function claudeSettings(context: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary' | 'recordCommand'>): Record<string, unknown> {
  const hook = { type: 'command', command: hookCommand(context.recordCommand, 'hook'), timeout: HOOK_TIMEOUT };
  return {
    permissions: claudePermissions(context),
    hooks: Object.fromEntries(EVENTS.map((event) => [event, [{ hooks: [hook] }]])),
  };
}
