/** The tools of runs: those that a worker has, and what API processes know of them. */
import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { ToolCatalogue, ToolDefinition, Tools } from '../contracts/run/ports';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { Fault } from '../errors/fault';
import { builtInTools } from '../run-tools/built-in/built-in-tools';
import { ManifestFolders } from '../run-tools/manifest/manifest-folders';
import { readManifest } from '../run-tools/manifest/manifest-tool';
import { RunningServers } from '../run-tools/mcp/running-servers';
import { PackageTools, type InstalledTools, type PackageToolsFound } from '../run-tools/packages';
import { detectSandbox } from '../run-tools/process/sandbox';
import { definitionsOf, ToolRegistry } from '../run-tools/registry';
import type { ProcessTools } from '../run-tools/shell/shell';
import { isWithin } from '../run-tools/workspace/confined-path';
import type { RunToolsStore, ToldTools } from '../store/run-tools';
import type { Log } from '../surfaces/http/log';
import { Announcer } from './announcer';
import { watchMcpFile } from './mcp-file';
import { watchPackageServers } from './package-servers';
import type { Watching } from './watched-folders';

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
  /** Whether it tells the database of them, as what runs may use: false for a host, which performs no runs. */
  readonly tells?: boolean;
}

/** For the worker. Fault `tool.mcp_config` (invalid) for a file of MCP servers that cannot be used. */
export async function runTools({ config, store, packages, env, log, tells = true }: Given): Promise<RunTools> {
  const rule = { allowPrivate: config.outgoing.allowPrivate };
  const workspace = workspaces(config);
  const processes = await processTools(config, env, log);
  const workspaceOf = (root: string) => ({ root, hidden: processes.hidden });
  const world = { processes, rule, workspaceOf, programs: true };
  const servers = { rules: processes, cwd: await workspace(DEFAULT_TENANT), env, log };
  const told = announcer(store.runTools, log);
  const changed = (): void => void (tells && told.say(null, everybodys(registry)));
  const folders = new ManifestFolders(config.runTools.manifestFolders, world, log, changed);
  const mcp = new RunningServers(servers, changed);
  const ofPackages =
    packages && new PackageTools(packages, { ...world, programs: config.runTools.packagePrograms }, servers, (tenant, found) => say(tenant, found));
  const registry: ToolRegistry = new ToolRegistry({
    builtIn: builtInTools(world),
    global: [
      { name: 'manifest', current: () => folders.current },
      { name: 'mcp', current: () => mcp.current },
    ],
    packages: ofPackages && ((tenant) => ofPackages.of(tenant)),
    workspace,
  });
  const say = (tenant: string, found: PackageToolsFound): readonly ToolDefinition[] => {
    const { all, own } = withPackages(registry, found);
    if (tells) told.say(tenant, own);
    return all;
  };
  const tools: Tools = {
    find: (tenant, name) => registry.find(tenant, name),
    workspace: (tenant) => registry.workspace(tenant),
    list: async (tenant) => (ofPackages ? say(tenant, await ofPackages.of(tenant)) : registry.list(tenant)),
  };
  const { mcpFile, packagePrograms } = config.runTools;
  const watches: Watching[] = mcpFile === null ? [] : [await watchMcpFile({ path: mcpFile, servers: mcp, log })];
  await folders.start();
  if (packages && packagePrograms) watches.push(watchPackageServers({ packages, log, told: store.runTools, look: (tenant) => tools.list(tenant) }));
  changed();
  return {
    tools,
    async stop() {
      folders.close();
      await Promise.all(watches.map((watch) => watch.stop()));
      await Promise.all([mcp.close(), ofPackages?.close()]);
      await told.stop();
    },
  };
}

const announcer = (store: RunToolsStore, log: Log): Announcer<ToldTools> => {
  const worker = randomUUID();
  const publish = (tenant: string | null, said: ToldTools): Promise<void> => store.publish(worker, tenant, said);
  return new Announcer({ what: 'the tools of runs', publish, forget: () => store.forget() }, log);
};

function everybodys(registry: ToolRegistry): ToldTools {
  const { tools, problems } = registry.everybodys();
  return { tools: definitionsOf(tools), problems };
}

/** All tools of a tenant, and what is to be told of it: what it has besides what everybody has. */
function withPackages(registry: ToolRegistry, found: PackageToolsFound): { readonly all: readonly ToolDefinition[]; readonly own: ToldTools } {
  const { tools, problems } = registry.withPackages(found);
  const all = definitionsOf(tools);
  const common = registry.everybodys();
  const own = all.filter(({ name }) => !common.tools.has(name));
  return { all, own: { tools: own, problems: problems.slice(common.problems.length), revision: found.revision } };
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
    const revision = packages && (await packages.revision(tenant));
    const known = new Map((await told.list(tenant, revision)).map((tool) => [tool.name, tool]));
    for (const { kind } of (await packages?.installed(tenant)) ?? []) {
      const read = kind.type === 'manifest' ? readManifest(kind.manifest, packagePrograms) : { problem: 'a server' };
      if ('definition' in read && !known.has(read.definition.name)) known.set(read.definition.name, read.definition);
    }
    return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  },
});
