/** A tool of an MCP server as a tool of runs (digest §5.2): `mcp_<server>_<tool>`, external and of medium risk unless the operator says otherwise. */
import type { CallToolResult, Tool as ServerTool } from '@modelcontextprotocol/sdk/types.js';
import { TOOL_NAME } from '../../contracts/run/manifest';
import type { Tool } from '../../contracts/run/ports';
import { argumentCheck } from '../argument-check';
import { BUILT_IN_VERSION, costOf, toolFault, type Json } from '../tool';
import type { ToolProblem } from '../tool-source';
import type { McpServerSpec } from './mcp-config';

export type CallServer = (tool: string, args: Record<string, unknown>, signal: AbortSignal) => Promise<unknown>;

const DESCRIPTION_MAX = 4_000;
/** Characters of an answer. */
const RESULT_MAX = 64 * 1_024;

export function mcpTool(
  server: string,
  spec: McpServerSpec,
  { name, description = '', inputSchema }: ServerTool,
  call: CallServer,
): { readonly tool: Tool } | { readonly problem: ToolProblem } | Record<never, never> {
  const asked = spec.tools[name];
  if (asked?.disabled) return {};
  const ours = `mcp_${server}_${name}`.replace(/[^A-Za-z0-9_.-]/g, '_');
  const source = `mcp:${server}:${name}`;
  if (!TOOL_NAME.test(ours)) return { problem: { source, reason: 'its name is too long' } };
  const schema = inputSchema as Record<string, Json>;
  const checked = argumentCheck(schema);
  if ('problem' in checked) return { problem: { source, reason: checked.problem } };
  const effect = asked?.effect_class ?? 'external';
  return {
    tool: {
      definition: {
        ...{ name: ours, version: BUILT_IN_VERSION, description: description.slice(0, DESCRIPTION_MAX), input_schema: schema },
        ...{ effect_class: effect, risk_class: asked?.risk_class ?? 'medium' },
        // What a server says of itself (`readOnlyHint`) is a hint; what the operator says counts.
        idempotent: effect === 'pure' || effect === 'read',
        estimate: costOf(spec.timeout_secs * 1_000),
      },
      misfit: checked.check,
      perform: async (args, { signal }) => ({ output: outputOf((await call(name, args as Record<string, unknown>, signal)) as CallToolResult), delta: [] }),
    },
  };
}

/** Texts joined; of what is no text, that it was there. Fault `tool.failed` for an answer that is an error. */
function outputOf({ content = [], structuredContent, isError }: CallToolResult): Json {
  const text = bounded(content.map(textOf).join('\n'));
  if (isError) throw toolFault('invalid', 'tool.failed', text || 'The tool failed and did not say why.', { begun: true });
  if (structuredContent === undefined || JSON.stringify(structuredContent).length > RESULT_MAX) return { result: text };
  return { result: text, structured: structuredContent as Json };
}

function textOf(part: CallToolResult['content'][number]): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'resource' && 'text' in part.resource) return part.resource.text;
  if (part.type === 'resource_link') return `[${part.name}: ${part.uri}]`;
  return `[${part.type}]`;
}

const bounded = (text: string): string =>
  text.length > RESULT_MAX ? `${text.slice(0, RESULT_MAX)}\n[… ${text.length - RESULT_MAX} characters left out …]` : text;
