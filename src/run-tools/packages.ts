/** Tools of packages that tenants installed: manifests at once, MCP servers started when the tenant's tools are asked for and ended when they rest. */
import type { Tool } from '../contracts/run/ports';
import { manifestTool, type ManifestWorld } from './manifest/manifest-tool';
import type { ServerWorld } from './mcp/child-transport';
import { serverSpec } from './mcp/mcp-config';
import { McpServer } from './mcp/mcp-server';
import type { ToolProblem } from './tool-source';

export type PackageKind =
  | { readonly type: 'manifest'; readonly manifest: unknown }
  | { readonly type: 'mcp_server'; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };

/** What the registry asks of the marketplace. */
export interface InstalledTools {
  installed(tenant: string): Promise<readonly { readonly name: string; readonly version: string; readonly kind: PackageKind; readonly provides: string }[]>;
  /** Changes whenever `installed` would answer something else. */
  revision(tenant: string): Promise<string>;
  /** Tenants that have installed a server, with their revisions. */
  serving(): Promise<readonly { readonly tenant: string; readonly revision: string }[]>;
}

interface Held {
  revision: string;
  tools: readonly Tool[];
  problems: readonly ToolProblem[];
  servers: readonly McpServer[];
  usedAt: number;
}
/** Of the tenant's packages at this revision. */
export type PackageToolsFound = Pick<Held, 'revision' | 'tools' | 'problems'>;

type ServerKind = Extract<PackageKind, { type: 'mcp_server' }>;

function foundIn({ revision, tools, problems, servers }: Held): PackageToolsFound {
  const current = servers.map((server) => server.current);
  return { revision, tools: [...tools, ...current.flatMap((each) => each.tools)], problems: [...problems, ...current.flatMap((each) => each.problems)] };
}

const REST_MS = 15 * 60_000;
const LOOK_MS = 60_000;
/** Servers of all tenants. */
const SERVERS_MAX = 100;

export class PackageTools {
  private readonly held = new Map<string, Held>();
  private readonly turns = new Map<string, Promise<Held>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly packages: InstalledTools,
    private readonly manifests: ManifestWorld,
    private readonly servers: ServerWorld,
    /** Told whenever a server of the tenant comes, goes or changes its tools. */
    private readonly onChange: (tenant: string, found: PackageToolsFound) => void = () => undefined,
  ) {
    this.timer = setInterval(() => void this.rest(Date.now()), LOOK_MS).unref();
  }

  async of(tenant: string): Promise<PackageToolsFound> {
    const revision = await this.packages.revision(tenant);
    const held = await this.upToDate(tenant, revision);
    held.usedAt = Date.now();
    return foundIn(held);
  }

  /** Those of one tenant one after the other: nothing is started twice. */
  private upToDate(tenant: string, revision: string): Promise<Held> {
    const turn = (this.turns.get(tenant) ?? Promise.resolve(null)).catch(() => null).then(() => this.load(tenant, revision));
    this.turns.set(tenant, turn);
    void turn.catch(() => undefined).finally(() => this.turns.get(tenant) === turn && this.turns.delete(tenant));
    return turn;
  }

  private async load(tenant: string, revision: string): Promise<Held> {
    const known = this.held.get(tenant);
    if (known?.revision === revision) return known;
    const installed = await this.packages.installed(tenant);
    await Promise.all((known?.servers ?? []).map((server) => server.close()));
    const held: Held = { revision, tools: [], problems: [], servers: [], usedAt: Date.now() };
    const [tools, problems, servers]: [Tool[], ToolProblem[], McpServer[]] = [[], [], []];
    for (const { name, version, kind, provides } of installed) {
      const made = kind.type === 'manifest' ? manifestTool(kind.manifest, this.manifests) : this.server(tenant, { kind, provides, before: servers.length });
      if ('tool' in made) tools.push(made.tool);
      else if ('server' in made) servers.push(made.server);
      else problems.push({ source: `package:${name}@${version}`, reason: made.problem });
    }
    // A place for it before any of them starts: whoever closes this finds them.
    this.held.set(tenant, Object.assign(held, { tools, problems, servers }));
    await Promise.all(servers.map((server) => server.start()));
    return held;
  }

  private server(
    tenant: string,
    { kind: { command, args, env }, provides, before }: { readonly kind: ServerKind; readonly provides: string; readonly before: number },
  ): { readonly server: McpServer } | { readonly problem: string } {
    if (!this.manifests.programs) return { problem: 'packages may not start programs here (EVERTHREAD_PACKAGE_PROGRAMS)' };
    const running = [...this.held.values()].reduce((sum, { servers }) => sum + servers.length, before);
    if (running >= SERVERS_MAX) return { problem: `there are ${SERVERS_MAX} servers of packages already` };
    const name = /^mcp_(.+)_$/.exec(provides)?.[1] ?? provides;
    const spec = serverSpec({ command, args: [...args], env: { ...env } });
    return 'problem' in spec ? spec : { server: new McpServer(name, spec.spec, this.servers, () => this.tell(tenant)) };
  }

  private tell(tenant: string): void {
    const held = this.held.get(tenant);
    if (held) this.onChange(tenant, foundIn(held));
  }

  /** Ends the servers of tenants that have not asked for a while. */
  private async rest(now: number): Promise<void> {
    for (const [tenant, held] of this.held) {
      if (now - held.usedAt < REST_MS || this.turns.has(tenant)) continue;
      this.held.delete(tenant);
      await Promise.all(held.servers.map((server) => server.close()));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.turns.values()].map((turn) => turn.catch(() => null)));
    await Promise.all([...this.held.values()].flatMap(({ servers }) => servers.map((server) => server.close())));
    this.held.clear();
  }
}
