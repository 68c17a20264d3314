/** The MCP servers of the operator's file, also while the file changes: those whose entry stays are left alone, a changed one is replaced once the new one has been tried. */
import type { Tool } from '../../contracts/run/ports';
import type { ToolProblem } from '../tool-source';
import type { ServerWorld } from './child-transport';
import type { McpServers, McpServerSpec } from './mcp-config';
import { McpServer } from './mcp-server';

interface Entry {
  /** Of the entry in the file. */
  readonly print: string;
  readonly server: McpServer;
}

export class RunningServers {
  private readonly entries = new Map<string, Entry>();
  private readonly retiring = new Set<Promise<void>>();
  private problem: ToolProblem | null = null;
  private turn: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly world: ServerWorld,
    private readonly onChange: () => void,
  ) {}

  get current(): { readonly tools: readonly Tool[]; readonly problems: readonly ToolProblem[] } {
    const all = [...this.entries.values()].map(({ server }) => server.current);
    const wrong = this.problem === null ? [] : [this.problem];
    return { tools: all.flatMap(({ tools }) => tools), problems: [...wrong, ...all.flatMap(({ problems }) => problems)] };
  }

  /** From now on these and no others, one change of the file after the other. Settles when each that is new has been tried once. */
  take(named: McpServers): Promise<void> {
    this.turn = this.turn.then(() => this.apply(named));
    return this.turn;
  }

  /** The file says nothing that can be used: what it said before stays. */
  refuse(problem: ToolProblem): void {
    this.problem = problem;
    this.onChange();
  }

  private async apply(named: McpServers): Promise<void> {
    if (this.closed) return;
    this.problem = null;
    for (const [name, { server }] of this.entries) {
      if (Object.hasOwn(named, name)) continue;
      this.entries.delete(name);
      this.retire(server);
    }
    await Promise.all(Object.entries(named).map(([name, spec]) => this.keep(name, spec)));
    this.onChange();
  }

  private async keep(name: string, spec: McpServerSpec): Promise<void> {
    const print = JSON.stringify(spec);
    const before = this.entries.get(name);
    if (before?.print === print) return;
    const made: Entry = { print, server: new McpServer(name, spec, this.world, this.onChange) };
    if (!before) this.entries.set(name, made);
    await made.server.start();
    if (!before) return;
    // Until here the tools of the one before could be used.
    this.entries.set(name, made);
    this.retire(before.server);
  }

  private retire(server: McpServer): void {
    const ending = server.retire().finally(() => this.retiring.delete(ending));
    this.retiring.add(ending);
  }

  /** Ends all at once, calls under way included. */
  async close(): Promise<void> {
    this.closed = true;
    await this.turn;
    await Promise.all([...this.entries.values()].map(({ server }) => server.close()));
    await Promise.all(this.retiring);
  }
}
