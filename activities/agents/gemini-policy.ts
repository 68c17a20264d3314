/**
 * Gemini CLI's policy file for a session: which tools run, ask or are refused. Given as `--admin-policy`, whose tier is above all others, so that
 * neither a person's saved "always allow" nor a repository's settings loosen it. Checked with Gemini CLI 0.61.0.
 *
 * | preset | runs | asks | refused |
 * |---|---|---|---|
 * | readonly | reading files, plans | | everything else |
 * | standard | reading files, plans, web | everything else: writing, shell, sub-agents, skills, MCP tools | |
 * | permissive | reading files, plans, web, writing, sub-agents | everything else: shell, skills, MCP tools | |
 * | autonomous | everything; with requireWorkspaceBoundary all but shell | with requireWorkspaceBoundary: shell | |
 *
 * Its file tools refuse paths outside the workspace by themselves. A shell is confined by nothing (the CLI's own sandbox needs a container engine),
 * so within a boundary each command asks, and Everthread answers for those that stay inside. Where an administrator has put policies on the
 * machine the CLI ignores this file and says so on its screen; theirs rule then.
 */
import type { LaunchContext } from './adapter';

const READS = ['glob', 'grep_search', 'list_directory', 'read_file', 'read_many_files', 'cli_help', 'get_internal_docs'];
/** Plans and the CLI's own bookkeeping. */
const PLANS = [
  'enter_plan_mode',
  'write_todos',
  'update_topic',
  'complete_task',
  'tracker_create_task',
  'tracker_update_task',
  'tracker_get_task',
  'tracker_list_tasks',
  'tracker_add_dependency',
  'tracker_visualize',
];
const WEB = ['google_web_search', 'web_fetch'];
const WRITES = ['write_file', 'replace'];
const AGENTS = ['invoke_agent', 'codebase_investigator'];
const SHELL = ['run_shell_command'];

type Decision = 'allow' | 'ask_user' | 'deny';

const rule = (tools: readonly string[], decision: Decision, priority: number): string =>
  [
    '[[rule]]',
    `toolName = ${JSON.stringify(tools.length === 1 ? tools[0] : tools)}`,
    `decision = "${decision}"`,
    `priority = ${priority}`,
    ...(decision === 'allow' ? ['allowRedirection = true'] : []),
    '',
  ].join('\n');

/** The file's text, TOML. The rule of higher priority wins. */
export function geminiPolicy({ preset, requireWorkspaceBoundary }: Pick<LaunchContext, 'preset' | 'requireWorkspaceBoundary'>): string {
  const others = (decision: Decision): string => rule(['*'], decision, 100);
  const quiet = rule([...READS, ...PLANS], 'allow', 200);
  // A question to the person is one under every preset.
  const questions = rule(['ask_user', 'exit_plan_mode'], 'ask_user', 300);
  switch (preset) {
    case 'readonly':
      return [others('deny'), quiet, questions].join('\n');
    case 'standard':
      return [others('ask_user'), quiet, rule(WEB, 'allow', 200), questions].join('\n');
    case 'permissive':
      return [others('ask_user'), quiet, rule([...WEB, ...WRITES, ...AGENTS], 'allow', 200), questions].join('\n');
    case 'autonomous':
      return [others('allow'), questions, ...(requireWorkspaceBoundary ? [rule(SHELL, 'ask_user', 300)] : [])].join('\n');
  }
}
