/** `everthread host`: runs agents on this machine. Its terminals live in a daemon of their own, so this process may end and come back without them noticing. */
import { Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkActivities } from '../../activities/org/run-check';
import { preparationActivities } from '../../activities/preparation/activities';
import { GITHUB, type PreparationDependencies } from '../../activities/preparation/dependencies';
import { gitRunner } from '../../activities/preparation/git';
import { previewPreparation } from '../../activities/preparation/preview';
import type { PreviewBody } from '../../activities/preparation/request';
import { terminalActivities } from '../../activities/terminal/activities';
import { actorOfLabels } from '../../activities/terminal/owned-session';
import type { Config } from '../config/config';
import { hostIdOf } from '../config/kept';
import { hostQueue, type ActorRef } from '../contracts/actor';
import { HostRegistration } from '../host/host-registration';
import { startRelay, type Relay } from '../host/relay';
import { SessionMonitor } from '../host/session-monitor';
import type { PtydClient } from '../ptyd/client';
import { ensurePtyd, ptydProgram, ptydSocketPath } from '../ptyd/ensure';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';
import { agentsOfHost, type HostAgents } from './agents';
import { openStore, temporalClient } from './connections';
import { metricsPage } from './metrics-page';
import type { Role } from './role';
import { scriptsOfHost } from './script-host';
import { startTracing, type Tracing } from './tracing';
import { threadSignal } from './thread-signal';
import { nativeConnection } from './worker-connection';

const CONNECTIONS = 12;
/** Activities besides the watches: preparation, typing, ends. */
const SHORT_ACTIVITIES = 100;
/** How soon a heartbeat reaches Temporal, and with its answer a cancellation the activity. */
const HEARTBEAT_MS = 500;

/** What the parts of a host share. */
interface HostParts {
  readonly config: Config;
  readonly hostId: string;
  readonly store: Store;
  readonly ptyd: PtydClient;
  readonly sessionsDir: string;
  readonly agents: HostAgents;
  readonly preparation: PreparationDependencies;
  readonly signal: ReturnType<typeof threadSignal>;
  redactionFor(actor: ActorRef): Promise<(text: string) => string>;
  log(message: string, facts?: object): void;
}

export async function startHost(config: Config, log: Log): Promise<Role> {
  const opened = openStore(config, log, { role: 'host', connections: CONNECTIONS });
  const tracing = await startTracing(config, 'host', log);
  const temporal = temporalClient(config, tracing.client);
  const parts = await hostParts(config, opened.store, threadSignal(temporal.client), log);
  const monitor = monitorOf(parts);
  const relay = await relayOf(parts);
  const page = await metricsPage(config);
  const connection = await nativeConnection(config, log, page.runtimeAddress);
  const scripts = await scriptsOfHost(config, { client: temporal.client, store: opened.store, log });
  const worker = await workerOf(parts, { connection, tracing, scripts: scripts.activities });
  const over = worker.run();
  over.catch((problem: unknown) => log.error({ err: problem }, 'the worker failed'));
  await monitor.start();
  const registration = registrationOf(parts, monitor, relay);
  await registration.start();
  return {
    facts: { hostId: parts.hostId, relayUrl: relay.url, taskQueue: hostQueue(parts.hostId), ...page.facts },
    over,
    stop: async () => {
      await registration.stop();
      await monitor.stop();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await over.catch(() => undefined);
      await scripts.stop();
      await relay.close();
      parts.ptyd.close();
      await connection.close();
      await temporal.close();
      await opened.close();
      await page.close();
      await tracing.close();
    },
  };
}

async function hostParts(config: Config, store: Store, signal: HostParts['signal'], log: Log): Promise<HostParts> {
  const hostId = hostIdOf(config);
  const sessionsDir = join(config.dataDir, 'sessions');
  mkdirSync(sessionsDir, { recursive: true, mode: 0o700 });
  return {
    config,
    hostId,
    store,
    ptyd: await ensurePtyd({ socketPath: ptydSocketPath(config.dataDir), logFile: join(config.dataDir, 'logs', 'ptyd.log') }),
    sessionsDir,
    agents: agentsOfHost(config),
    preparation: {
      hostId,
      workspacesDir: config.workspacesDir,
      git: gitRunner(process.env),
      workspaces: store.workspaces,
      memory: store.memory,
      specs: store.specs,
      redactionFor: (actor) => store.secrets.redactionFor(actor),
      localRoots: null,
      shorthandBase: GITHUB,
      now: () => new Date(),
    },
    signal,
    redactionFor: (actor) => store.secrets.redactionFor(actor),
    log: (message, facts = {}) => log.warn(facts, message),
  };
}

const monitorOf = ({ store, hostId, ...parts }: HostParts): SessionMonitor =>
  new SessionMonitor({
    ...parts,
    hostId,
    actorOf: actorOfLabels,
    sessionsAtThisHost: () => store.threads.sessionsAtHost(hostId),
    isOver: (address) => store.threads.isOver(address),
  });

const relayOf = ({ config, preparation, ...parts }: HostParts): Promise<Relay> =>
  startRelay({
    ...parts,
    token: randomBytes(32).toString('hex'),
    host: config.relay.host,
    port: config.relay.port,
    ...(config.relay.url !== null && { publicUrl: config.relay.url }),
    actorOf: actorOfLabels,
    prepare: (request, signal) => {
      // The API has checked it; only an API process knows the token.
      const { tenant, body } = request as { readonly tenant: string; readonly body: PreviewBody };
      return previewPreparation(preparation, tenant, body, signal);
    },
  });

const workerOf = (
  { config, hostId, store, agents, preparation, ...parts }: HostParts,
  {
    connection,
    tracing,
    scripts,
  }: {
    readonly connection: Awaited<ReturnType<typeof nativeConnection>>;
    readonly tracing: Tracing;
    readonly scripts: Awaited<ReturnType<typeof scriptsOfHost>>['activities'];
  },
): Promise<Worker> =>
  Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: hostQueue(hostId),
    interceptors: { activity: [...tracing.activity] },
    activities: {
      ...scripts,
      ...preparationActivities(preparation),
      ...checkActivities({ ...parts, specs: store.specs, agentEnv: agents.env, hostEnv: agents.hostEnv }),
      ...terminalActivities({
        ...parts,
        hostId,
        effects: store.effects,
        frames: store.frames,
        hosts: store.hosts,
        specs: store.specs,
        blobs: store.blobs,
        adapters: agents.registry,
        agentEnv: agents.env,
        hostEnv: agents.hostEnv,
        recordProgram: [process.execPath, ptydProgram('record')],
      }),
    },
    maxConcurrentActivityTaskExecutions: config.host.capacity + SHORT_ACTIVITIES,
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_MS,
    shutdownGraceTime: config.drainMs,
    shutdownForceTime: config.drainMs + 2_000,
  });

const registrationOf = ({ config, hostId, store, agents, log }: HostParts, monitor: SessionMonitor, relay: Relay): HostRegistration =>
  new HostRegistration({
    hosts: {
      renew: (host) => store.hosts.renew(host),
      // A host that leaves sessions behind comes back for them: its threads wait for it instead of taking them for lost.
      retire: (id) => (monitor.liveSessions === 0 ? store.hosts.retire(id) : Promise.resolve()),
    },
    hostId,
    relayUrl: relay.url,
    relayToken: relay.token,
    capacity: config.host.capacity,
    sessions: () => monitor.liveSessions,
    agentTypes: () => agents.installed(),
    log,
  });
