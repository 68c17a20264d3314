/** `everthread api`: serves every surface over HTTP. */
import type { Client } from '@temporalio/client';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { ToolCatalogue } from '../contracts/run/ports';
import { agUi } from '../surfaces/ag-ui/surface';
import { agentProtocol } from '../surfaces/agent-protocol/surface';
import { controlPlane, type ControlPlanePorts } from '../surfaces/control-plane/surface';
import { FailedCredentials } from '../surfaces/http/failed-credentials';
import { RateLimits } from '../surfaces/http/limits';
import type { Log } from '../surfaces/http/log';
import { observers } from '../surfaces/http/observation';
import { Proxies } from '../surfaces/http/proxies';
import { serveHttp } from '../surfaces/http/server';
import { bind, type Surface } from '../surfaces/http/surface';
import { isReady, type HealthPorts } from '../surfaces/control-plane/health';
import type { ManagedThreadPorts } from '../surfaces/managed-threads/ports';
import { managedThreads } from '../surfaces/managed-threads/surface';
import type { RunPorts } from '../surfaces/runs/ports';
import { runSurface } from '../surfaces/runs/surface';
import type { ScriptumPorts } from '../surfaces/scriptum/ports';
import { scriptum } from '../surfaces/scriptum/surface';
import { threadSurface } from '../surfaces/threads/surface';
import { openRegistry } from './agent-registry';
import { agentTypes } from './agent-types';
import { Authenticator } from './authenticator';
import { openStore, temporalClient } from './connections';
import { conversationPorts } from './conversations';
import { executionPorts } from './executions';
import { scriptumPorts, startGrpc } from './grpc';
import { assertGrpcIsSafe } from './grpc-rule';
import { apiHealth } from './health';
import { hostRelay } from './host-relay';
import { keyAdmin } from './key-admin';
import { apiMetrics } from './metrics';
import { feedGauges } from './metrics-wiring';
import { patternCatalogue } from './patterns';
import { assertOpenModeIsSafe, isClosedByConfig } from './open-mode';
import type { Store } from '../store/store';
import type { Role } from './role';
import { marketplace, packageRules } from './packages';
import { runModels, type RunModels } from './run-models';
import { runHealth, runPorts } from './run-surface';
import { runToolCatalogue } from './run-tools';
import { runGateways, type RunGateways } from './runs';
import { scheduleGateway } from './schedules';
import { scriptPorts, type ScriptPorts } from './scripts';
import { scriptCatalogue } from './script-tools';
import { loadFolders } from './start-folders';
import { targets } from './targets';
import { threadGateway } from './thread-gateway';
import { threadPorts } from './thread-surface';
import { acceptsTokens, tokenVerifier } from './tokens';
import { startTracing, type Tracing } from './tracing';
import { triggerGateway, webhookGateway } from './webhooks';
import { eventFeed, threadMemory, threadReads } from './thread-reads';

const CONNECTIONS = 20;
const VERSION = (JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8')) as { version: string }).version;

export async function startApi(config: Config, log: Log): Promise<Role> {
  assertOpenModeIsSafe(config);
  assertGrpcIsSafe(config);
  const tracing = await startTracing(config, 'api', log);
  const metrics = apiMetrics();
  const opened = openStore(config, log, { role: 'api', connections: CONNECTIONS, onHeard: ({ at }) => metrics.heard(at) });
  const temporal = temporalClient(config, tracing.client);
  const { store } = opened;
  const stopping = new AbortController();
  const parts = partsOf(config, temporal.client, store, { tracing, log, stopping: () => stopping.signal.aborted });
  await loadFolders(config, { patterns: parts.patterns, store, stopping: stopping.signal }, log);
  let draining = false;
  const health = apiHealth({ version: VERSION, client: temporal.client, namespace: config.temporal.namespace, store, draining: () => draining });
  feedGauges(metrics, temporal.client, store);
  let onKeys = (): void => undefined;
  const { hears } = await store.watchKeys(() => onKeys());
  const verifyToken = acceptsTokens(config.auth.jwt) ? await tokenVerifier(config.auth.jwt) : null;
  const access = new Authenticator({ keys: store.keys, hears, verifyToken }, isClosedByConfig(config), { origins: config.corsOrigins });
  onKeys = () => access.forget();
  const limits = new RateLimits(config.limits, (name, max) => store.minuteLimit(name, max));
  const failedCredentials = new FailedCredentials({ limit: limits.credentials, audit: store.audit, log });
  const triggers = triggerGateway(temporal.client, store, parts.started, config, { log, failedCredentials });
  const keys = keyAdmin(store.keys, store.idempotency);
  let url = '';
  const scripts = scriptumPorts(config, parts.scripts, { version: VERSION, serving: () => isReady(health) }, () => url);
  const shell = {
    authenticate: (request: IncomingMessage) => access.authenticate(request),
    open: () => access.open(),
    ...{ audit: store.audit, limits, failedCredentials, proxies: new Proxies(config.trustedProxies), log },
    observer: tracing.observer ? observers([tracing.observer, metrics.observer]) : metrics.observer,
  };
  const server = await serveHttp({
    ...{ ...config.api, ...shell },
    surfaces: surfacesOf(config, parts, {
      scripts,
      health,
      open: async () => (await access.open()) !== null,
      controlPlane: { ...parts.controlPlane, health, metrics, keys, audit: store.audit, triggers },
    }),
    corsOrigins: config.corsOrigins,
  });
  url = server.url;
  const grpc = await startGrpc(config, scripts, shell);
  return {
    facts: { url: server.url, open: (await access.open()) !== null, ...(grpc && { grpc: grpc.address }) },
    stop: async () => {
      draining = true;
      stopping.abort();
      await parts.stopDesk();
      await Promise.all([server.close(config.drainMs), grpc?.close(config.drainMs)]);
      await access.stop();
      await failedCredentials.stop();
      await temporal.close();
      await opened.close();
      await tracing.close();
    },
  };
}

interface Bound {
  readonly scripts: ScriptumPorts;
  readonly health: HealthPorts;
  readonly open: () => Promise<boolean>;
  readonly controlPlane: ControlPlanePorts;
}

/** Every surface over its part. */
const surfacesOf = (config: Config, parts: ReturnType<typeof partsOf>, { scripts, health, open, controlPlane: control }: Bound): readonly Surface[] => [
  bind(managedThreads, parts.threads),
  bind(runSurface, parts.runs(health, open)),
  bind(threadSurface, threadPorts(config, parts.conversations)),
  bind(agentProtocol, parts.conversations),
  bind(agUi, parts.conversations),
  bind(scriptum, scripts),
  bind(controlPlane, control),
];

interface RunParts {
  readonly gateways: RunGateways;
  readonly models: RunModels;
  readonly catalogue: ToolCatalogue;
  stopping(): boolean;
}

const runSurfaceOf =
  (config: Config, store: Store, { gateways, models, catalogue, stopping }: RunParts) =>
  ({ version, needed }: HealthPorts, open: () => Promise<boolean>): RunPorts =>
    runPorts(store, config, {
      ...{ gateways, tools: catalogue },
      marketplace: marketplace(store, packageRules(config)),
      health: runHealth(store, { version, cognition: models.cognition, open, stopping, temporal: async () => void (await needed.temporal?.()) }),
    });

interface Process {
  readonly tracing: Tracing;
  readonly log: Log;
  stopping(): boolean;
}

/** What the surfaces stand on, without what belongs to this process alone. */
function partsOf(config: Config, client: Client, store: Store, { tracing, log, stopping }: Process) {
  const agents = agentTypes(config, store);
  const gateway = threadGateway(client, store, { idleTimeoutMs: config.idleTimeoutMs, agentTypes: agents.names });
  const threads: ManagedThreadPorts = {
    gateway,
    reads: threadReads(store),
    feed: eventFeed(store),
    memory: threadMemory(store),
    relay: hostRelay(store.hosts, tracing.headers),
    agentTypes: agents.list,
  };
  const patterns = patternCatalogue(store);
  const executions = executionPorts(client, store, { patterns, syncWaitMs: config.syncWaitMs });
  const models = runModels(config);
  const catalogue = runToolCatalogue(store, store.packages, config.runTools);
  const runs = runGateways(client, store, config, { models, catalogue, stopping });
  const webhooks = webhookGateway(client, store, config);
  const gateways = { threads: gateway, executions: executions.gateway, patterns };
  const tools = scriptCatalogue({ config, store, models: models.scripts, gateways }, catalogue);
  const scripts: ScriptPorts = scriptPorts(client, store, config, { catalogue: tools, webhooks, stopping });
  const started = targets({ ...gateways, runs: runs.runs, scripts: scripts.threads }, store, agents);
  const schedules = scheduleGateway(client, store, started);
  const agentParts = openRegistry(config, client, store, log);
  const controlPlane = { schedules, webhooks, patterns, agents: agentParts.ports, executions: executions.ports, batches: executions.batches };
  return {
    threads,
    started,
    ...{ patterns, scripts },
    controlPlane,
    runs: runSurfaceOf(config, store, { gateways: runs, models, catalogue, stopping }),
    conversations: conversationPorts(client, store, config, { models, catalogue, stopping, runs: runs.runs }),
    stopDesk: agentParts.stop,
  };
}
