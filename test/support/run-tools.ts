/** Tools of runs in a directory of their own. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tool, ToolContext, World } from '../../src/contracts/run/ports';
import type { Resource } from '../../src/contracts/run/protocol';
import { builtInTools } from '../../src/run-tools/built-in/built-in-tools';
import { detectSandbox, type Sandbox } from '../../src/run-tools/process/sandbox';
import type { ProcessTools } from '../../src/run-tools/shell/shell';
import type { ToolLog } from '../../src/run-tools/tool-source';
import type { Workspace } from '../../src/run-tools/workspace/confined-path';

export type Json = Parameters<Tool['perform']>[0];

export function worldOf(resources: readonly Pick<Resource, 'kind' | 'id' | 'version' | 'value'>[] = []): World {
  const all = resources.map((resource) => ({ ...resource, retracted: false, last_commit: '0'.repeat(64) }));
  return { resources: all, get: (kind, id) => all.find((resource) => resource.kind === kind && resource.id === id) ?? null };
}

export interface ToolHouse {
  readonly root: string;
  readonly context: ToolContext;
  readonly processes: ProcessTools;
  readonly tool: (name: string) => Tool;
  readonly call: (name: string, args: Json, context?: Partial<ToolContext>) => Promise<any>;
  readonly remove: () => void;
}

/** A sandbox that enforces nothing, as on machines that have none. */
export const NO_SANDBOX: Sandbox = {
  enforced: { network: false, loopback: false, processes: false, hidden: false, limits: false },
  wrap: (argv) => argv,
};

let detected: Promise<Sandbox> | null = null;

export async function toolHouse(given: Partial<ProcessTools> & { readonly allowPrivate?: boolean } = {}): Promise<ToolHouse> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-test-tools-')));
  const processes: ProcessTools = {
    ...{ sandbox: given.sandbox ?? (await (detected ??= detectSandbox())), env: {}, path: process.env['PATH'] ?? '', hidden: [] },
    ...{ memoryBytes: 1_024 ** 3, network: 'none', isolation: 'auto' },
    ...given,
  };
  const workspaceOf = (workspace: string): Workspace => ({ root: workspace, hidden: processes.hidden });
  const tools = builtInTools({ processes, rule: { allowPrivate: given.allowPrivate ?? false }, workspaceOf });
  const tool = (name: string): Tool => {
    const found = tools.find(({ definition }) => definition.name === name);
    if (!found) throw new Error(`There is no tool ${name}.`);
    return found;
  };
  const context: ToolContext = {
    ...{ tenant: 'default', runId: 'run-1', proposalId: 'p'.repeat(64), workspace: root, world: worldOf() },
    signal: new AbortController().signal,
  };
  return {
    ...{ root, context, processes, tool },
    call: async (name, args, more = {}) => {
      expect(tool(name).misfit(args)).toBeNull();
      return tool(name).perform(args, { ...context, ...more });
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export const SILENT_LOG: ToolLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
