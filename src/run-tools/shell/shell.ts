/** The tool `shell` (digest §5). */
import { z } from 'zod';
import { join } from 'node:path';
import type { Tool, ToolContext } from '../../contracts/run/ports';
import { runPipeline, type Ended, type ProcessRules } from '../process/run-pipeline';
import { builtIn, refused, toolFault } from '../tool';
import { explained, inFolder, partsOf, PATH_MAX, type Workspace } from '../workspace/confined-path';
import { assertInside } from './argument-paths';
import { COMMAND_MAX, parseCommand } from './parse-command';
import { assertAllowed, GIT_SETTINGS, PROFILES } from './profiles';

/** Bytes of each output that are given. */
const KEPT_MAX = 128 * 1_024;
const TIMEOUT_S = { default: 30, max: 600 } as const;

export interface ProcessTools extends ProcessRules {
  /** Whether programs may have the network: those whose profile asks for it. */
  readonly network: 'none' | 'open';
  /** Whether programs may run where not everything can be enforced. */
  readonly isolation: 'auto' | 'required';
}

const Arguments = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(COMMAND_MAX)
    .describe(
      'A program with its arguments, or several joined by "|". Quotes work as in a shell; nothing is expanded, and there is no redirection, "&&" or ";".',
    ),
  purpose: z.string().max(1_000).optional().describe('What it is for, for whoever approves it.'),
  cwd: z.string().min(1).max(PATH_MAX).default('.').describe('Folder to run in, relative to the workspace.'),
  capability_profile: z
    .enum(PROFILES)
    .default('inspect')
    .describe(
      'What it may do: inspect (read), build (and run compilers, tests, interpreters), mutate (and change files), networked (and reach the network, where the operator allows it).',
    ),
  timeout_secs: z.int().min(1).max(TIMEOUT_S.max).default(TIMEOUT_S.default).describe('Seconds after which it is ended.'),
});

export const shellTool = (rules: ProcessTools, workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'shell',
    description: 'Runs a program in the workspace and returns what it wrote and its exit code.',
    effect: 'external',
    risk: 'high',
    args: Arguments,
    wallClockMs: TIMEOUT_S.default * 1_000,
    perform: async ({ command, purpose, cwd, capability_profile: profile, timeout_secs }, context) => {
      const stages = parseCommand(command);
      assertAllowed(stages, profile);
      if (profile === 'networked' && rules.network === 'none')
        throw refused('The profile networked is not allowed here (EVERTHREAD_TOOL_NETWORK).', { field: 'capability_profile' });
      const network = profile === 'networked' ? 'open' : 'none';
      const workspace = workspaceOf(context.workspace);
      const folder = await folderOf(workspace, cwd);
      await assertInside(workspace, folder, stages);
      const argv = stages.map(([program = '', ...args]) => (program === 'git' ? [program, ...GIT_SETTINGS, ...args] : [program, ...args]));
      const ended = await run(rules, context, { stages: argv, cwd: folder, network, timeoutMs: timeout_secs * 1_000, keptBytes: KEPT_MAX });
      const receipt = {
        profile,
        cwd: folder,
        argv: stages.map((stage) => [...stage]),
        ...(purpose !== undefined && { purpose }),
        ...receiptOf(rules, network, ended),
      };
      return { output: { stdout: ended.stdout, stderr: ended.stderr, exit_code: ended.exitCode, truncated: ended.truncated, receipt }, delta: [] };
    },
  });

/** A folder of the workspace that exists, as an absolute path. */
export async function folderOf(workspace: Workspace, given: string): Promise<string> {
  const parts = await partsOf(workspace, given);
  await explained(given, () => inFolder(workspace.root, parts, {}, () => Promise.resolve()));
  return join(workspace.root, ...parts);
}

/**
 * Runs it in the sandbox. Rejects with the signal's reason when it fires; faults `tool.timeout` (deadline), `tool.output` and `tool.memory` (exhausted) say how far it came, as it had begun, and
 * `tool.isolation` (unsupported) that this machine cannot enforce what the operator requires.
 */
export async function run(
  rules: ProcessTools,
  { signal, workspace, onOutput }: Pick<ToolContext, 'signal' | 'workspace' | 'onOutput'>,
  given: Omit<Parameters<typeof runPipeline>[1], 'signal' | 'workspace' | 'onOutput'>,
): Promise<Ended> {
  const { network, processes, hidden, limits } = rules.sandbox.enforced;
  if (rules.isolation === 'required' && !(network && processes && hidden && limits))
    throw toolFault('unsupported', 'tool.isolation', 'This machine cannot confine programs as EVERTHREAD_TOOL_ISOLATION=required asks.', { begun: false });
  const ended = await runPipeline(rules, { ...given, signal, workspace, ...(onOutput && { onOutput }) });
  signal.throwIfAborted();
  const last = `${ended.stdout}${ended.stderr}`.slice(-1_000);
  if (ended.endedBy === 'timeout')
    throw toolFault('deadline', 'tool.timeout', `It took longer than ${given.timeoutMs} ms and was ended. The last of its output: ${last}`, { begun: true });
  if (ended.endedBy === 'memory')
    throw toolFault('exhausted', 'tool.memory', `It held more than ${rules.memoryBytes} bytes of memory and was ended. The last of its output: ${last}`, {
      begun: true,
    });
  if (ended.endedBy === 'output')
    throw toolFault('exhausted', 'tool.output', `It wrote too much and was ended. The last of its output: ${last}`, { begun: true });
  return ended;
}

/** What was enforced, for whoever reads the commit. */
export function receiptOf({ sandbox }: ProcessRules, network: 'none' | 'open', { durationMs, endedBy }: Ended) {
  const { network: net, processes, hidden, limits } = sandbox.enforced;
  return {
    network,
    network_enforced: network === 'open' || net,
    processes_contained: processes,
    paths_hidden: hidden,
    limits_enforced: limits,
    duration_ms: durationMs,
    ended_by: endedBy,
  };
}
