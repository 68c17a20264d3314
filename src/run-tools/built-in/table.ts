/** The built-in tools as a table for docs/run-tools.md. */
import type { ToolDefinition } from '../../contracts/run/ports';
import { builtInTools } from './built-in-tools';

const ENFORCED = { network: false, loopback: false, processes: false, hidden: false, limits: false };

/** Definitions alone: nothing is ever performed with this. */
const described = builtInTools({
  processes: {
    ...{ sandbox: { enforced: ENFORCED, wrap: (argv) => argv }, env: {}, path: '', hidden: [], memoryBytes: 0 },
    ...{ network: 'none', isolation: 'required' },
  },
  rule: { allowPrivate: false },
  workspaceOf: (root) => ({ root, hidden: [] }),
});

function argumentsOf({ input_schema }: ToolDefinition): string {
  const required = new Set(input_schema['required'] as readonly string[] | undefined);
  const names = Object.keys((input_schema['properties'] ?? {}) as Readonly<Record<string, unknown>>);
  return names.map((name) => (required.has(name) ? `\`${name}\`` : `\`${name}\`?`)).join(', ') || 'none';
}

const row = ({ definition }: { readonly definition: ToolDefinition }): string => {
  const { name, effect_class, risk_class, description } = definition;
  return `| \`${name}\` | ${argumentsOf(definition)} | ${effect_class}, ${risk_class} | ${description} |`;
};

export const toolTable = (): string => ['| tool | arguments | effect, risk | what it does |', '| --- | --- | --- | --- |', ...described.map(row)].join('\n');
