/**
 * OpenCode's settings for a session, given as `OPENCODE_CONFIG_CONTENT`, which stands above a person's and a repository's own. Checked with
 * OpenCode 1.18.33.
 *
 * | preset | runs | asks | refused |
 * |---|---|---|---|
 * | readonly | reading files (but secrets' `.env`), to-do lists | | everything else |
 * | standard | reading files, web, to-do lists | everything else: writing, shell, sub-agents, skills, MCP tools, places outside the workspace | |
 * | permissive | reading, web, writing, sub-agents | everything else: shell, skills, MCP tools, places outside the workspace | |
 * | autonomous | everything; with requireWorkspaceBoundary all but shell and places outside | with requireWorkspaceBoundary: those two | |
 *
 * OpenCode has no sandbox: an approved command may do what its user may. It also runs what a repository's own OpenCode settings name (plugins,
 * MCP servers) without asking whether the folder is trusted; so where a folder brings such settings they are left out, and its instruction files
 * are named one by one instead. Its tool for questions is refused: a question in plain words ends the turn and reaches a person the same way.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchContext } from './adapter';
import { hasFolderSettings } from './folder-settings';

type Action = 'allow' | 'ask' | 'deny';
/** OpenCode goes by the last rule that matches, so the order of keys counts. */
type Permission = Readonly<Record<string, Action | Readonly<Record<string, Action>>>>;

const reads = (secrets: Action): Permission => ({
  read: { '*': 'allow', '*.env': secrets, '*.env.*': secrets, '*.env.example': 'allow' },
  glob: 'allow',
  grep: 'allow',
  list: 'allow',
  lsp: 'allow',
  todowrite: 'allow',
  todoread: 'allow',
});
const WEB: Permission = { webfetch: 'allow', websearch: 'allow', codesearch: 'allow' };

export function openCodePermission({ preset, requireWorkspaceBoundary }: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary'>): Permission {
  const outside = (action: Action): Permission => ({ external_directory: action, question: 'deny' });
  switch (preset) {
    case 'readonly':
      return { '*': 'deny', ...reads('deny'), ...outside('deny') };
    case 'standard':
      return { '*': 'ask', ...reads('ask'), ...WEB, ...outside('ask') };
    case 'permissive':
      return { '*': 'ask', ...reads('ask'), ...WEB, edit: 'allow', task: 'allow', ...outside('ask') };
    case 'autonomous':
      return requireWorkspaceBoundary ? { '*': 'allow', bash: 'ask', ...outside('ask') } : { '*': 'allow', ...outside('allow') };
  }
}

/** Environment that carries the settings. `plugin` is the path of the session's plugin. */
export function openCodeEnvironment(context: LaunchContext, plugin: string): Record<string, string> {
  const given = parsed(context.env.OPENCODE_CONFIG_CONTENT);
  const permission = openCodePermission(context);
  const foreign = hasFolderSettings(context.cwd, ['.opencode', 'opencode.json', 'opencode.jsonc']);
  const agents = isObject(given.agent) ? given.agent : {};
  const build = isObject(agents.build) ? agents.build : {};
  const config = {
    ...given,
    autoupdate: false,
    permission,
    // An agent's own permissions stand above the common ones.
    agent: { ...agents, build: { ...build, permission } },
    plugin: [...(Array.isArray(given.plugin) ? given.plugin : []), `file://${plugin}`],
    ...(foreign && { instructions: [...(Array.isArray(given.instructions) ? given.instructions : []), ...instructionFiles(context)] }),
  };
  return {
    OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    ...(foreign && { OPENCODE_DISABLE_PROJECT_CONFIG: '1' }),
  };
}

const instructionFiles = ({ cwd, contextFiles }: LaunchContext): string[] =>
  [...new Set([...contextFiles.filter((path) => path.endsWith('.md')), 'AGENTS.md', 'CLAUDE.md'])]
    .map((path) => join(cwd, path))
    .filter((path) => existsSync(path));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the spawn gave under the same name; it is kept where the preset does not say otherwise. */
function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
