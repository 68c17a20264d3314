/** The tools of runs: those that a worker has, and what API processes know of them. */
import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config';
import type { ToolCatalogue, ToolDefinition, Tools } from '../contracts/run/ports';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { Fault } from '../errors/fault';
import { builtInTools } from '../run-tools/built-in/built-in-tools';
import { ManifestFolders } from '../run-tools/manifest/manifest-folders';
import { readManifest } from '../run-tools/manifest/manifest-tool';
import { readMcpConfig } from '../run-tools/mcp/mcp-config';
import { McpServer } from '../run-tools/mcp/mcp-server';
import { PackageTools, type InstalledTools } from '../run-tools/packages';
import { detectSandbox } from '../run-tools/process/sandbox';
import { definitionsOf, ToolRegistry } from '../run-tools/registry';
import type { ProcessTools } from '../run-tools/shell/shell';
import { isWithin } from '../run-tools/workspace/confined-path';
import type { RunToolsStore } from '../store/run-tools';
import type { Log } from '../surfaces/http/log';

const PUBLISH_MS = 60_000;
/** Tenants whose packages a worker says something of. */
const TENANTS_MAX = 1_000;

export interface RunTools {
  readonly tools: Tools;
  /** Ends every program that the tools have running. */
  stop(): Promise<void>;
}

interface Given {
  readonly config: Config;
  readonly store: { readonly runTools: RunToolsStore };
  /** Null: no marketplace. */
  readonly packages: InstalledTools | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** For the worker. Fault `tool.mcp_config` (invalid) for a file of MCP servers that cannot be used. */
export async function runTools({ config, store, packages, env, log }: Given): Promise<RunTools> {
  const rule = { allowPrivate: config.outgoing.allowPrivate };
  const workspace = workspaces(config);
  const processes = await processTools(config, env, log);
  const workspaceOf = (root: string) => ({ root, hidden: processes.hidden });
  const world = { processes, rule, workspaceOf, programs: true };
  const servers = { rules: processes, cwd: await workspace(DEFAULT_TENANT), env, log };
  const publisher = new Publisher(store.runTools, log);
  const changed = (): void => publisher.say(null, definitions());
  const folders = new ManifestFolders(config.runTools.manifestFolders, world, log, changed);
  const named = config.runTools.mcpFile === null ? {} : await readMcpConfig(config.runTools.mcpFile);
  const mcp = Object.entries(named).map(([name, spec]) => new McpServer(name, spec, servers, changed));
  const ofPackages = packages && new PackageTools(packages, { ...world, programs: config.runTools.packagePrograms }, servers);
  const registry = new ToolRegistry({
    builtIn: builtInTools(world),
    global: [
      { name: 'manifest', current: () => folders.current },
      {
        name: 'mcp',
        current: () => ({ tools: mcp.flatMap(({ current }) => current.tools), problems: mcp.flatMap(({ current }) => current.problems) }),
      },
    ],
    packages: ofPackages && ((tenant) => ofPackages.of(tenant)),
    workspace,
  });
  function definitions(): Said {
    const { tools, problems } = registry.everybodys();
    return { tools: definitionsOf(tools), problems };
  }
  await folders.start();
  // Servers take their time; nobody who uses other tools waits for them.
  const starting = Promise.all(mcp.map((server) => server.start()));
  changed();
  return {
    tools: telling(registry, ofPackages !== null, (tenant, said) => publisher.say(tenant, said)),
    async stop() {
      folders.close();
      await starting;
      await Promise.all([...mcp.map((server) => server.close()), ofPackages?.close()]);
      await publisher.stop();
    },
  };
}

interface Said {
  readonly tools: readonly ToolDefinition[];
  readonly problems: readonly { readonly source: string; readonly reason: string }[];
}

/** Says what a tenant has besides what everybody has, whenever it was looked up. */
const telling = (registry: ToolRegistry, packages: boolean, say: (tenant: string, said: Said) => void): Tools => ({
  find: (tenant, name) => registry.find(tenant, name),
  workspace: (tenant) => registry.workspace(tenant),
  async list(tenant) {
    const { tools, problems } = await registry.ofTenant(tenant);
    const all = definitionsOf(tools);
    if (packages) {
      const everybodys = registry.everybodys();
      say(tenant, { tools: all.filter(({ name }) => !everybodys.tools.has(name)), problems: problems.slice(everybodys.problems.length) });
    }
    return all;
  },
});

/** Tells the database what this worker has: at once when it changes, and every minute that it lives. */
class Publisher {
  private readonly worker = randomUUID();
  private readonly said = new Map<string | null, { readonly said: Said; readonly print: string; at: number }>();
  private turn: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly store: RunToolsStore,
    private readonly log: Log,
  ) {
    void this.renew();
  }

  say(tenant: string | null, said: Said): void {
    const print = JSON.stringify(said);
    if (this.said.get(tenant)?.print === print) return;
    if (this.said.size >= TENANTS_MAX && !this.said.has(tenant)) return;
    this.said.set(tenant, { said, print, at: 0 });
    this.publish(tenant);
  }

  private publish(tenant: string | null): void {
    this.turn = this.turn.then(async () => {
      const known = this.said.get(tenant);
      if (!known) return;
      try {
        await this.store.publish(this.worker, tenant, known.said);
      } catch (problem) {
        this.log.warn({ err: problem }, 'the tools of runs could not be told; it is tried again');
      }
    });
  }

  private async renew(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(PUBLISH_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      for (const tenant of this.said.keys()) this.publish(tenant);
      await this.store.forget().catch(() => 0);
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.turn;
  }
}

/** Fault `tool.workspace` (unavailable) where the directory cannot be made. */
const workspaces =
  (config: Config) =>
  async (tenant: string): Promise<string> => {
    const own = tenant === DEFAULT_TENANT ? config.runTools.workspace : null;
    const path = own ?? join(config.workspacesDir, 'runs', tenant);
    try {
      await mkdir(path, { recursive: true });
      return await realpath(path);
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      throw new Fault('unavailable', 'tool.workspace', `The workspace of the tenant cannot be made: ${reason}`, { begun: false });
    }
  };

async function processTools(config: Config, env: Given['env'], log: Log): Promise<ProcessTools> {
  const sandbox = await detectSandbox();
  const { network, isolation, memoryBytes, env: names } = config.runTools;
  log.info({ enforced: sandbox.enforced, network, isolation }, 'programs of tools are confined');
  if (isolation === 'auto' && !Object.values(sandbox.enforced).every(Boolean))
    log.warn({ enforced: sandbox.enforced }, 'this machine cannot confine programs of tools completely; see docs/run-tools.md');
  const given = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const path = env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return { sandbox, env: Object.fromEntries(given), path, hidden: await hiddenFolders(config), memoryBytes, network, isolation };
}

/** Everthread's own data and the workspaces of all: none of it is a tool's business. Only the outermost: what is below them is covered with them. */
async function hiddenFolders({ dataDir, workspacesDir }: Config): Promise<readonly string[]> {
  const real = await Promise.all(
    [dataDir, workspacesDir].map(async (folder) => {
      await mkdir(folder, { recursive: true });
      return realpath(folder);
    }),
  );
  const distinct = [...new Set(real)];
  return distinct.filter((folder) => !distinct.some((other) => other !== folder && isWithin(other, folder)));
}

/** For API processes: what workers said, and the manifests that the tenant has installed, also those that no worker has looked at yet. */
export const runToolCatalogue = (
  { runTools: told }: Given['store'],
  packages: InstalledTools | null,
  { packagePrograms }: Pick<Config['runTools'], 'packagePrograms'>,
): ToolCatalogue => ({
  async list(tenant) {
    const known = new Map((await told.list(tenant)).map((tool) => [tool.name, tool]));
    for (const { kind } of (await packages?.installed(tenant)) ?? []) {
      const read = kind.type === 'manifest' ? readManifest(kind.manifest, packagePrograms) : { problem: 'a server' };
      if ('definition' in read && !known.has(read.definition.name)) known.set(read.definition.name, read.definition);
    }
    return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  },
});
