/** All tools of scripts by where they come from. A worker finds and calls them; an API process lists them. */
import type { ToolDefinition, Tools } from '../contracts/run/ports';
import type { IrTool } from '../contracts/script/ir';
import { TOOL_SOURCES, type ScriptTool, type ScriptToolCatalogue, type ScriptToolDefinition, type ScriptTools } from '../contracts/script/tools';
import { nearest } from '../domain/nearest';
import { Fault } from '../errors/fault';
import { definitionOf, isForScripts, runNameOf, toolOfRuns, type RunToolRules } from './from-runs';
import { executeTool, patternTool, type PatternsOfScripts } from './patterns';
import { importedAs } from './script-tool';

export interface ScriptToolSources {
  readonly native: readonly ScriptTool[];
  readonly threads: readonly ScriptTool[];
  readonly runs: Pick<Tools, 'find' | 'list' | 'workspace'>;
  readonly rules: RunToolRules;
  readonly patterns: PatternsOfScripts;
}

type Asked = Pick<IrTool, 'tool' | 'source'>;

export class ScriptToolRegistry implements ScriptTools {
  readonly #native: ReadonlyMap<string, ScriptTool>;
  readonly #threads: ReadonlyMap<string, ScriptTool>;

  constructor(private readonly sources: ScriptToolSources) {
    this.#native = byName(sources.native);
    this.#threads = byName(sources.threads);
  }

  async find(tenant: string, asked: Asked): Promise<ScriptTool> {
    const { tool, source } = asked;
    if (source === 'threads') return this.#threads.get(tool) ?? unknown(asked, [...this.#threads.keys()]);
    if (source === 'patterns') return this.#pattern(tenant, asked);
    if (source === 'native') return this.#native.get(tool) ?? (await this.#ofRuns(tenant, asked)) ?? unknown(asked, [...this.#native.keys()]);
    if (source !== 'runs' && !source.startsWith('mcp.')) throw unknownSource(source);
    return (await this.#ofRuns(tenant, asked)) ?? unknown(asked, await this.#namesOf(tenant, source));
  }

  async #ofRuns(tenant: string, asked: Asked): Promise<ScriptTool | null> {
    const { runs, rules } = this.sources;
    const name = runNameOf(asked);
    const found = (await runs.find(tenant, name)) ?? (await this.#bySpelling(tenant, name));
    return found && toolOfRuns(found, runs, rules);
  }

  /** Names of servers and tools may have dashes and dots, which a script writes as underscores. */
  async #bySpelling(tenant: string, name: string): ReturnType<Tools['find']> {
    const { runs } = this.sources;
    const spelled = (await runs.list(tenant)).find((definition) => importedAs(definition.name) === importedAs(name));
    return spelled ? runs.find(tenant, spelled.name) : null;
  }

  async #namesOf(tenant: string, source: string): Promise<readonly string[]> {
    return ofSource(await this.sources.runs.list(tenant), source).map(({ name }) => name);
  }

  async #pattern(tenant: string, asked: Asked): Promise<ScriptTool> {
    const { patterns } = this.sources;
    const any = executeTool(patterns);
    if (asked.tool === any.definition.name) return any;
    const known = await patterns.list(tenant);
    const found = known.find(({ name }) => name === asked.tool) ?? known.find(({ name }) => importedAs(name) === asked.tool);
    return found ? patternTool(patterns, found) : unknown(asked, [any.definition.name, ...known.map(({ name }) => importedAs(name))]);
  }
}

const byName = (tools: readonly ScriptTool[]): ReadonlyMap<string, ScriptTool> => new Map(tools.map((tool) => [tool.definition.name, tool]));

const ofSource = (definitions: readonly ToolDefinition[], source: string): readonly ScriptToolDefinition[] =>
  definitions.map(definitionOf).filter((definition) => definition.source === source);

function unknown({ tool, source }: Asked, known: readonly string[]): never {
  throw new Fault('not_found', 'script_tool.unknown', `There is no tool \`${tool}\` from ${source}.${nearest(tool, known)}`, { tool, source });
}

const unknownSource = (source: string): Fault =>
  new Fault('not_found', 'script_tool.unknown', `There are no tools from \`${source}\`; there are ${[...TOOL_SOURCES, 'mcp.<server>'].join(', ')}.`, {
    source,
  });

export interface CatalogueSources extends Pick<ScriptToolSources, 'native' | 'threads' | 'rules' | 'patterns'> {
  readonly runs: Pick<Tools, 'list'>;
}

export const scriptToolCatalogue = ({ native, threads, runs, rules, patterns }: CatalogueSources): ScriptToolCatalogue => ({
  async list(tenant) {
    const [ofRuns, known] = await Promise.all([runs.list(tenant), patterns.list(tenant)]);
    const tools = [...native, ...threads, executeTool(patterns), ...known.map((pattern) => patternTool(patterns, pattern))];
    const definitions = [...tools.map(({ definition }) => definition), ...ofRuns.filter((tool) => isForScripts(tool, rules)).map(definitionOf)];
    return definitions.sort((a, b) => order(a.source, b.source) || order(a.name, b.name));
  },
});

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
