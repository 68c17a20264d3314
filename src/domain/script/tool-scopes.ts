/**
 * Whose rights the tools of a script have: those of whoever published it, or tests it. They must hold the scopes by which the same is done without a script; whoever runs the script then needs none of them,
 * as little as for the other steps that somebody wrote down and published.
 */
import type { IrTool } from '../../contracts/script/ir';
import { Fault } from '../../errors/fault';

const SCOPES: Readonly<Record<string, string>> = { threads: 'threads:write', patterns: 'executions:write', runs: 'runs:write' };

/** Null: the right to publish a script is enough. */
function scopeOf(source: string): string | null {
  if (source.startsWith('mcp.')) return 'runs:write';
  return Object.hasOwn(SCOPES, source) ? (SCOPES[source] ?? null) : null;
}

const holds = (held: readonly string[], scope: string): boolean =>
  held.some((each) => each === '*' || each === 'admin' || each === scope || each === `${scope.split(':')[0]}:*`);

/** Fault `access.scope_missing` (forbidden) names the scope and the tool. */
export function assertToolScopes(held: readonly string[], tools: readonly Pick<IrTool, 'tool' | 'source'>[]): void {
  for (const { tool, source } of tools) {
    const scope = scopeOf(source);
    if (scope === null || holds(held, scope)) continue;
    throw new Fault('forbidden', 'access.scope_missing', `The script uses ${tool} from ${source}: to publish or test it needs the scope ${scope}.`, {
      scope,
      tool,
      source,
    });
  }
}
