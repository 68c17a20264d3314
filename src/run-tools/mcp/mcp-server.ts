/** One MCP server: kept running, its tools known, its calls made side by side. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ToolListChangedNotificationSchema, type Tool as ServerTool } from '@modelcontextprotocol/sdk/types.js';
import type { Tool } from '../../contracts/run/ports';
import { secretsOf } from '../../domain/redaction';
import { runRedactor } from '../../domain/run/redaction';
import { Fault } from '../../errors/fault';
import { toolFault } from '../tool';
import type { ToolProblem } from '../tool-source';
import { ChildTransport, givenTo, type ServerWorld } from './child-transport';
import type { McpServerSpec } from './mcp-config';
import { mcpTool, type CallServer } from './mcp-tool';

const TOOLS_MAX = 500;
const PAGES_MAX = 20;
const CONNECT_MS = 30_000;
/** Between two tries to start it; after `STEADY_MS` of work the first one counts again. */
const BACKOFF_MS = { first: 1_000, most: 60_000 } as const;
const STEADY_MS = 60_000;

export class McpServer {
  private client: Client | null = null;
  private tools: readonly Tool[] = [];
  private problems: readonly ToolProblem[] = [];
  private closed = false;
  private backoffMs: number = BACKOFF_MS.first;
  private timer: NodeJS.Timeout | null = null;
  private connecting: Promise<void> | null = null;
  private readonly pending = new Set<Promise<unknown>>();
  /** What it was given of secrets comes back in no answer. */
  private readonly clean: <T>(value: T) => T;

  constructor(
    private readonly name: string,
    private readonly spec: McpServerSpec,
    private readonly world: ServerWorld,
    private readonly onChange: () => void,
  ) {
    this.clean = runRedactor(secretsOf(givenTo(spec, world)));
  }

  /** The tools stay known while the server is away: a call then says so. */
  get current(): { readonly tools: readonly Tool[]; readonly problems: readonly ToolProblem[] } {
    return { tools: this.tools, problems: this.problems };
  }

  /** Tries once; a server that does not come up is told, and tried again later. */
  start(): Promise<void> {
    return (this.connecting ??= this.connect().finally(() => {
      this.connecting = null;
    }));
  }

  /** Ends it once the calls under way have their answers, which takes no longer than a call may. */
  async retire(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pending);
    await this.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer ?? undefined);
    await this.connecting?.catch(() => undefined);
    await this.client?.close();
  }

  private async connect(): Promise<void> {
    const { name, spec, world } = this;
    const transport = new ChildTransport(name, spec, world);
    const client = new Client({ name: 'everthread', version: '0.1.0' }, { capabilities: {} });
    const began = Date.now();
    client.onerror = (problem) => world.log.warn({ server: name, reason: problem.message.slice(0, 500) }, 'an MCP server and its client disagree');
    client.onclose = () => {
      if (this.client !== client) return;
      this.client = null;
      if (Date.now() - began > STEADY_MS) this.backoffMs = BACKOFF_MS.first;
      this.later('it has ended');
    };
    try {
      await client.connect(transport, { timeout: CONNECT_MS });
      await this.list(client);
      this.client = client;
      world.log.info({ server: name, tools: this.tools.length }, 'an MCP server is connected');
    } catch (problem) {
      await transport.close();
      this.later(problem instanceof Error ? problem.message : String(problem));
    }
    this.onChange();
  }

  private later(reason: string): void {
    if (this.closed) return;
    this.problems = [{ source: `mcp:${this.name}`, reason: reason.slice(0, 500) }];
    this.world.log.warn({ server: this.name, reason: reason.slice(0, 500), againInMs: this.backoffMs }, 'an MCP server is away; it is started again');
    this.timer = setTimeout(() => void this.start(), this.backoffMs).unref();
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MS.most);
  }

  private async list(client: Client): Promise<void> {
    const found: ServerTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX && found.length < TOOLS_MAX; page++) {
      const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: CONNECT_MS });
      found.push(...tools);
      cursor = nextCursor;
      if (cursor === undefined) break;
    }
    const made = found.slice(0, TOOLS_MAX).map((tool) => mcpTool(this.name, this.spec, tool, this.call));
    this.tools = made.flatMap((each) => ('tool' in each ? [each.tool] : []));
    this.problems = made.flatMap((each) => ('problem' in each ? [each.problem] : []));
    for (const { source, reason } of this.problems) this.world.log.warn({ source, reason }, 'a tool of an MCP server is skipped');
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.again(client));
  }

  private async again(client: Client): Promise<void> {
    try {
      await this.list(client);
      this.onChange();
    } catch (problem) {
      this.world.log.warn({ err: problem, server: this.name }, 'the tools of an MCP server could not be listed');
    }
  }

  private readonly call: CallServer = async (tool, args, signal) => {
    const { client, name, spec } = this;
    if (!client)
      throw toolFault('unavailable', 'tool.mcp_unavailable', `The MCP server ${name} is not running; it is started again.`, { begun: false, server: name });
    const answer = client.callTool({ name: tool, arguments: args }, undefined, { signal, timeout: spec.timeout_secs * 1_000 });
    this.pending.add(answer);
    try {
      return this.clean(await answer);
    } catch (problem) {
      signal.throwIfAborted();
      if (problem instanceof Fault) throw problem;
      const reason = this.clean(problem instanceof Error ? problem.message : String(problem));
      const code = (problem as { readonly code?: unknown }).code;
      // Said by the client itself: the time is over, or the connection is.
      if (code === -32_001 || code === -32_000)
        throw toolFault('unavailable', 'tool.mcp_lost', `The MCP server ${name} did not answer: ${reason}`, { begun: true, unknown: true, server: name });
      throw toolFault('invalid', 'tool.failed', reason, { begun: true, server: name });
    } finally {
      this.pending.delete(answer);
    }
  };
}
