/** All tools of a tenant: built in, from manifests, from MCP servers, from installed packages. A name has one tool; what comes earlier in this list has it, and the other is told. */
import type { Tool, ToolDefinition, Tools } from '../contracts/run/ports';
import type { ToolProblem } from './tool-source';

interface Found {
  readonly tools: readonly Tool[];
  readonly problems: readonly ToolProblem[];
}

export interface RegistrySources {
  readonly builtIn: readonly Tool[];
  /** In this order. */
  readonly global: readonly { readonly name: string; readonly current: () => Found }[];
  /** Null: there are no packages here. */
  readonly packages: ((tenant: string) => Promise<Found>) | null;
  readonly workspace: (tenant: string) => Promise<string>;
}

const shadowed = (name: string, source: string): ToolProblem => ({ source: `${source}:${name}`, reason: `there is a tool ${name} already` });

/** Adds those whose name is free. */
function add(known: Map<string, Tool>, { tools, problems }: Found, source: string): readonly ToolProblem[] {
  const taken: ToolProblem[] = [];
  for (const tool of tools) {
    const { name } = tool.definition;
    if (known.has(name)) taken.push(shadowed(name, source));
    else known.set(name, tool);
  }
  return [...problems, ...taken];
}

export class ToolRegistry implements Tools {
  constructor(private readonly sources: RegistrySources) {}

  /** What every tenant has, and what should have been a tool and is none. */
  everybodys(): { readonly tools: ReadonlyMap<string, Tool>; readonly problems: readonly ToolProblem[] } {
    const tools = new Map<string, Tool>();
    const problems = [...add(tools, { tools: this.sources.builtIn, problems: [] }, 'built-in')];
    for (const { name, current } of this.sources.global) problems.push(...add(tools, current(), name));
    return { tools, problems };
  }

  /** With the tenant's packages. */
  async ofTenant(tenant: string): Promise<{ readonly tools: ReadonlyMap<string, Tool>; readonly problems: readonly ToolProblem[] }> {
    return this.sources.packages === null ? this.everybodys() : this.withPackages(await this.sources.packages(tenant));
  }

  /** What a tenant has whose packages bring these. */
  withPackages(found: Found): { readonly tools: ReadonlyMap<string, Tool>; readonly problems: readonly ToolProblem[] } {
    const { tools, problems } = this.everybodys();
    const all = new Map(tools);
    return { tools: all, problems: [...problems, ...add(all, found, 'package')] };
  }

  async list(tenant: string): Promise<readonly ToolDefinition[]> {
    const { tools } = await this.ofTenant(tenant);
    return definitionsOf(tools);
  }

  async find(tenant: string, name: string): Promise<Tool | null> {
    const { tools } = this.everybodys();
    return tools.get(name) ?? (await this.ofTenant(tenant)).tools.get(name) ?? null;
  }

  workspace(tenant: string): Promise<string> {
    return this.sources.workspace(tenant);
  }
}

/** By name, in the order of its characters. */
export const definitionsOf = (tools: ReadonlyMap<string, Tool>): readonly ToolDefinition[] =>
  [...tools.values()].map(({ definition }) => definition).sort((a, b) => (a.name < b.name ? -1 : 1));
