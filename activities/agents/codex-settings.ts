/**
 * Codex's flags for a session: what it may do without asking, and hooks that tell the host what happens. Checked against Codex 0.169.0.
 *
 * What Codex can enforce: its sandbox decides what a command can touch, its approval policy when it asks. It reads files by running commands and
 * cannot ask before a command that stays inside the sandbox, so each preset is the sandbox that makes such commands harmless enough:
 *
 * | preset | sandbox | asks | in words |
 * |---|---|---|---|
 * | readonly | read-only | never | commands run where nothing can be written and no network reached; all else is refused |
 * | standard | read-only | on request | as above; anything that writes or needs the network asks |
 * | permissive | workspace-write | on request | writes in the workspace are free; the network and all other places ask |
 * | autonomous | none, or workspace-write with requireWorkspaceBoundary | never | nothing asks; inside the boundary what the sandbox forbids fails |
 *
 * Codex cannot ask before it starts an agent of its own, so where the preset wants that asked or refused, sub-agents are off.
 * `approvals_reviewer` keeps a person's configuration from handing the questions to Codex's automatic reviewer.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { LaunchContext } from './adapter';
import { hasFolderSettings } from './folder-settings';
import { hookCommand } from './hook-command';

/**
 * Hook events with their name in Codex's trust records, and the seconds that a hook may take. Both are part of what is hashed; the seconds are said
 * outright because Codex's defaults differ by event, and it cuts an interrupt's to 3.
 */
const HOOKS = [
  { event: 'SessionStart', name: 'session_start', timeout: 10 },
  { event: 'UserPromptSubmit', name: 'user_prompt_submit', timeout: 10 },
  { event: 'PreToolUse', name: 'pre_tool_use', timeout: 10 },
  { event: 'PermissionRequest', name: 'permission_request', timeout: 10 },
  { event: 'PostToolUse', name: 'post_tool_use', timeout: 10 },
  { event: 'Stop', name: 'stop', timeout: 10 },
  { event: 'Interrupt', name: 'interrupt', timeout: 3 },
] as const;

/** JSON's strings are TOML's basic strings. */
const toml = (value: string): string => JSON.stringify(value);

export function codexArguments(context: LaunchContext): string[] {
  const { conversationId } = context;
  return [
    ...(conversationId === null ? [] : ['resume', conversationId]),
    // The shared background server would outlive the session and mix its threads with those of others.
    '--no-daemon',
    ...presetArguments(context),
    ...overrides({ check_for_update_on_startup: 'false', approvals_reviewer: toml('user') }),
    ...trustArguments(context.cwd),
    ...hookArguments(context.recordCommand),
  ];
}

const overrides = (values: Readonly<Record<string, string>>): string[] => Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);

export function presetArguments({ preset, requireWorkspaceBoundary }: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary'>): string[] {
  const noAgents = overrides({ 'features.multi_agent': 'false', 'features.multi_agent_v2': 'false' });
  const confined = [
    '-s',
    'workspace-write',
    ...overrides({ 'sandbox_workspace_write.network_access': 'false', 'sandbox_workspace_write.writable_roots': '[]' }),
  ];
  switch (preset) {
    case 'readonly':
      return ['-s', 'read-only', '-a', 'never', ...noAgents, ...overrides({ web_search: toml('disabled') })];
    case 'standard':
      return ['-s', 'read-only', '-a', 'on-request', ...noAgents];
    case 'permissive':
      return [...confined, '-a', 'on-request'];
    case 'autonomous':
      return requireWorkspaceBoundary ? [...confined, '-a', 'never'] : ['-s', 'danger-full-access', '-a', 'never'];
  }
}

/**
 * Codex asks whether a folder's own settings may be used. Where there are none the question is empty and is answered beforehand; where there are
 * some (they can start programs) the prompt stays, because that is for the thread's preset or a person to decide.
 */
function trustArguments(cwd: string): string[] {
  if (hasFolderSettings(cwd, ['.codex'])) return [];
  const folders = [...new Set([cwd, realpathSync(cwd)])];
  return overrides({ projects: `{${folders.map((folder) => `${toml(folder)}={trust_level="trusted"}`).join(',')}}` });
}

/**
 * Hooks for this session alone. Codex runs a hook only when a person trusted its hash; these few are ours, so their hashes come along. (The flag
 * that trusts all hooks would also run those of the person and of the repository unseen.) Should a later Codex hash otherwise it asks, the ask is
 * reported, and without hooks the screen is read.
 */
export function hookArguments(recordCommand: readonly string[]): string[] {
  const command = hookCommand(recordCommand, 'hook');
  const hooks = HOOKS.flatMap(({ event, timeout }) => ['-c', `hooks.${event}=[{hooks=[{type="command",command=${toml(command)},timeout=${timeout}}]}]`]);
  const trusted = HOOKS.map(({ name, timeout }) => {
    const identity = { event_name: name, hooks: [{ async: false, command, timeout, type: 'command' }] };
    const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    return `"/<session-flags>/config.toml:${name}:0:0"={trusted_hash="sha256:${hash}"}`;
  });
  return [...hooks, ...overrides({ 'hooks.state': `{${trusted.join(',')}}` })];
}
