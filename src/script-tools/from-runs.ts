/**
 * Tools of runs as tools of scripts: built in, from manifests, from packages, from MCP servers. A script has no world, no ledger and nobody who approves a single call: tools that act on the world of a
 * run are not for it, and what is riskier than the operator allows to scripts is refused.
 */
import type { Json } from '../contracts/pattern/json';
import type { Tool, ToolDefinition, Tools, World } from '../contracts/run/ports';
import type { EffectClass, RiskClass } from '../contracts/run/protocol';
import type { ScriptTool, ScriptToolDefinition } from '../contracts/script/tools';
import { Fault } from '../errors/fault';
import { importedAs } from './script-tool';

export interface RunToolRules {
  /** The highest risk class that scripts may call. */
  readonly risk: RiskClass;
  /** Effects that scripts may have by tools of runs. */
  readonly effects: readonly EffectClass[];
}

const RISKS: readonly RiskClass[] = ['low', 'medium', 'high', 'critical'];

/** They read and write the world of a run, or start another one. */
const OF_RUNS: ReadonlySet<string> = new Set(['kv_set', 'kv_get', 'memory_store', 'memory_recall', 'delegate']);

const MCP = 'mcp_';
const NO_WORLD: World = { get: () => null, resources: [] };

/** Where a script imports it from: `runs`, or `mcp.<server>`; and as what. */
function placeOf(name: string): { readonly source: string; readonly name: string } {
  const [, server, tool] = /^mcp_([A-Za-z0-9-]+)_(.+)$/.exec(name) ?? [];
  return server !== undefined && tool !== undefined
    ? { source: `mcp.${importedAs(server)}`, name: importedAs(tool) }
    : { source: 'runs', name: importedAs(name) };
}

/** The name among the tools of runs. */
export const runNameOf = ({ tool, source }: { readonly tool: string; readonly source: string }): string =>
  source.startsWith('mcp.') ? `${MCP}${source.slice('mcp.'.length)}_${tool}` : tool;

export const isForScripts = ({ name, risk_class: risk, effect_class: effect }: ToolDefinition, rules: RunToolRules): boolean =>
  !OF_RUNS.has(name) && RISKS.indexOf(risk) <= RISKS.indexOf(rules.risk) && rules.effects.includes(effect);

export function definitionOf({ name: ours, description, input_schema: inputSchema, effect_class: effect }: ToolDefinition): ScriptToolDefinition {
  return { ...placeOf(ours), description, effect, inputSchema };
}

/** Faults `script_tool.not_for_scripts`, `script_tool.too_risky` (both forbidden). */
export function toolOfRuns(tool: Tool, tools: Pick<Tools, 'workspace'>, rules: RunToolRules): ScriptTool {
  const { definition } = tool;
  const { name, risk_class: risk, effect_class: effect, idempotent } = definition;
  if (OF_RUNS.has(name))
    throw new Fault('forbidden', 'script_tool.not_for_scripts', `\`${name}\` acts on the world of a run, which a script has not.`, { name });
  if (!isForScripts(definition, rules)) {
    const message = `\`${name}\` (${effect}, risk ${risk}) is more than scripts may do here: the operator allows ${rules.effects.join(', ')} up to risk ${rules.risk} (EVERTHREAD_SCRIPT_TOOL_RISK, EVERTHREAD_RUN_CEILING_MAX).`;
    throw new Fault('forbidden', 'script_tool.too_risky', message, { name, risk, effect });
  }
  return {
    definition: definitionOf(definition),
    misfit: (args) => tool.misfit(args as Parameters<Tool['misfit']>[0]),
    twice: () => (idempotent ? 'harmless' : 'harmful'),
    async perform(args, { tenant, threadId, key, signal }) {
      const workspace = await tools.workspace(tenant);
      const given = args as Parameters<Tool['perform']>[0];
      const unmet = tool.precondition?.(given, NO_WORLD) ?? null;
      if (unmet !== null) throw new Fault('invalid', 'script_tool.precondition', unmet, { begun: false });
      // What a tool says of the world of a run has no place in a script, and is dropped.
      const { output } = await tool.perform(given, { tenant, runId: threadId, proposalId: key, workspace, world: NO_WORLD, signal });
      return { output: output as Json };
    },
  };
}
