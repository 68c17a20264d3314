/**
 * `everthread start` without its words for people: everything on one machine. Temporal and Postgres are embedded unless the configuration names others; the roles run as
 * processes of their own, so that one that dies takes nobody with it and is started again.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config';
import { Child, type ChildListener, type ChildSpec } from '../embedded/child';
import { claimDataDirectory, type ClaimedDirectory } from '../embedded/data-directory';
import { freePort } from '../embedded/ports';
import { createDatabase, postgresServer } from '../embedded/postgres';
import { signal } from '../embedded/process-identity';
import { recordDatabasePort } from '../embedded/running-database';
import { findTemporalCli } from '../embedded/temporal-cli';
import { temporalServer } from '../embedded/temporal-server';
import { boundLog } from '../embedded/log-file';
import { Fault } from '../errors/fault';
import { PtydClient } from '../ptyd/client';
import { ptydSocketPath } from '../ptyd/ensure';
import { assertGrpcIsSafe } from './grpc-rule';
import { migrateDatabase, migrateNamespace } from './migrate';
import { assertOpenModeIsSafe } from './open-mode';
import { roleEnvironment, type Addresses, type RoleName } from './role-environment';

export interface SupervisorOptions {
  readonly ui: boolean;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
  /** Something needs attention, or a role said so in its log. */
  readonly warn: (line: string) => void;
  /** Aborted before everything is up: whatever was started by then is ended again, terminals included, and the start fails with `start.interrupted`. */
  readonly signal?: AbortSignal;
}

export interface RunningSystem {
  readonly apiUrl: string;
  /** `host:port`; null: no gRPC. */
  readonly grpcAddress: string | null;
  /** Whether whoever reaches the API may do everything. */
  readonly open: boolean;
  readonly temporalAddress: string;
  /** Null when Temporal is not embedded, or runs without its UI. */
  readonly temporalUiUrl: string | null;
  /** With its password; show it without. */
  readonly databaseUrl: string;
  readonly logs: string;
  /** Ends everything in order. With `keepSessions` the terminal daemon and its sessions stay. */
  stop(options: { readonly keepSessions: boolean }): Promise<void>;
  /** Kills everything at once; the data survives it as it survives a crash. */
  kill(): void;
}

const LOG_LOOK_MS = 30_000;
const SESSION_GRACE_MS = 5_000;
const DAEMON_MS = 15_000;
/** For a step that is under way when everything ends; a download or a build of the Temporal CLI takes longer, and is left to end by itself. */
const LAST_STEP_MS = 10_000;

/** Resolves when the API answers. Whatever was started is ended again when something does not come up. */
export async function startSystem(config: Config, options: SupervisorOptions): Promise<RunningSystem> {
  assertOpenModeIsSafe(config);
  assertGrpcIsSafe(config);
  const directory = await claimDataDirectory(config.dataDir, options.say);
  const system = new System(config, options, directory);
  const left = new AbortController();
  try {
    return await Promise.race([system.start(), interrupted(system, { signal: options.signal, left: left.signal })]);
  } catch (problem) {
    await system.stop({ keepSessions: true });
    throw problem;
  } finally {
    left.abort();
  }
}

/** Rejects when everything has been stopped after `signal`; a host that was about to start the terminal daemon is awaited by that. */
function interrupted(system: System, { signal, left }: { readonly signal: AbortSignal | undefined; readonly left: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void =>
      void system
        .stop({ keepSessions: false })
        .catch(() => undefined)
        .then(() => reject(new Fault('unavailable', 'start.interrupted', 'The start was interrupted.')));
    signal?.addEventListener('abort', stop, { once: true, signal: left });
  });
}

/** An API process makes much that is gone at the end of a request: with room for it, little of it is ever looked at again by the collector. */
const SETTINGS: Readonly<Record<RoleName, readonly string[]>> = { api: ['--max-semi-space-size=64'], worker: [], host: [] };

class System {
  /** In the order in which they were started. */
  private readonly children: Child[] = [];
  private readonly listener: ChildListener;
  private readonly logTimer: NodeJS.Timeout;
  private stopped: Promise<void> | null = null;
  /** What the start does at one time. Either may run programs that are no children of ours, as the initialisation of a new database does. */
  private steps: readonly Promise<unknown>[] = [];

  constructor(
    private readonly config: Config,
    private readonly options: SupervisorOptions,
    private readonly directory: ClaimedDirectory,
  ) {
    this.listener = {
      changed: () => directory.record(this.children.flatMap(({ process }) => process ?? [])),
      warn: options.warn,
      line: (name, line) => {
        const told = warningIn(line);
        if (told) options.warn(`${name}: ${told}`);
      },
    };
    this.logTimer = setInterval(() => this.children.forEach(({ spec }) => boundLog(spec.logFile)), LOG_LOOK_MS);
    process.on('exit', this.onExit);
  }

  async start(): Promise<RunningSystem> {
    const { config, directory } = this;
    const servers = [this.temporal(), this.database()] as const;
    this.steps = servers;
    const [temporal, databaseUrl] = await Promise.all(servers);
    if (config.temporal.address) await migrateNamespace(config, databaseUrl);
    const addresses: Addresses = { temporalAddress: temporal.address, databaseUrl };
    const [api] = await Promise.all([this.role('api', addresses), this.role('worker', addresses), this.role('host', addresses)]);
    return {
      open: api.open === true,
      apiUrl: String(api.url ?? `http://${config.api.host}:${config.api.port}`),
      grpcAddress: typeof api.grpc === 'string' ? api.grpc : null,
      temporalAddress: temporal.address,
      temporalUiUrl: temporal.uiUrl,
      databaseUrl,
      logs: directory.logs,
      stop: (how) => this.stop(how),
      kill: () => this.kill(),
    };
  }

  private async run(spec: ChildSpec): Promise<Readonly<Record<string, unknown>>> {
    if (this.stopped) throw new Fault('unavailable', 'start.interrupted', 'The start was interrupted.');
    const child = new Child(spec, this.listener);
    this.children.push(child);
    return child.start();
  }

  private log(name: string): string {
    return join(this.directory.logs, `${name}.log`);
  }

  private async temporal(): Promise<{ readonly address: string; readonly uiUrl: string | null }> {
    const { config, options, directory } = this;
    const { address, namespace } = config.temporal;
    if (address) return { address, uiUrl: null };
    const cli = await findTemporalCli({ configured: config.temporal.cli, cacheDir: config.cacheDir, say: options.say });
    const port = await freePort(config.temporal.port, 'EVERTHREAD_TEMPORAL_PORT');
    const uiPort = options.ui ? await freePort(config.temporal.uiPort, 'EVERTHREAD_TEMPORAL_UI_PORT') : null;
    await this.run(temporalServer({ cli, file: directory.temporalFile, port, uiPort, namespace, logFile: this.log('temporal') }));
    return { address: `127.0.0.1:${port}`, uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}` };
  }

  private async database(): Promise<string> {
    const { config, options, directory } = this;
    if (config.database.url) {
      await migrateDatabase(config.database.url);
      return config.database.url;
    }
    const port = await freePort(config.database.port, 'EVERTHREAD_DATABASE_PORT');
    const server = await postgresServer({
      folder: directory.postgres,
      passwordFile: directory.postgresPassword,
      port,
      logFile: this.log('postgres'),
      say: options.say,
    });
    await this.run(server.spec);
    await createDatabase(server);
    recordDatabasePort(directory.path, port);
    await migrateDatabase(server.url());
    return server.url();
  }

  private async role(name: RoleName, addresses: Addresses): Promise<Readonly<Record<string, unknown>>> {
    const { config } = this;
    // Settled once, so that an API that is started again is found where it was.
    const ports: Record<string, string> =
      name === 'api' ? { EVERTHREAD_API_PORT: String(await freePort(config.api.port, 'EVERTHREAD_API_PORT', config.api.host)) } : {};
    // Its port is not chosen here, but that it is taken is said early.
    if (name === 'api' && config.grpc.port > 0) await freePort(config.grpc.port, 'EVERTHREAD_GRPC_PORT', config.grpc.host);
    return this.run({
      name,
      command: process.execPath,
      args: ['--enable-source-maps', ...SETTINGS[name], join(__dirname, '..', 'cli', 'everthread.js'), name],
      env: { ...roleEnvironment(name, config, addresses), ...ports },
      cwd: process.cwd(),
      logFile: this.log(name),
      lifeline: true,
      readyMs: 60_000,
      stopSignal: 'SIGTERM',
      stopMs: config.drainMs + 7_000,
    });
  }

  /** Those that give work first, those that everybody needs last. */
  stop({ keepSessions }: { readonly keepSessions: boolean }): Promise<void> {
    return (this.stopped ??= this.stopInOrder(keepSessions));
  }

  private async stopInOrder(keepSessions: boolean): Promise<void> {
    clearInterval(this.logTimer);
    for (const name of ['api', 'worker', 'host']) await this.child(name)?.stop();
    if (!keepSessions) await endSessions(this.config.dataDir);
    for (const name of ['temporal', 'postgres']) await this.child(name)?.stop();
    // Each by itself: one that has failed because of the stop says nothing about the other.
    await Promise.race([Promise.allSettled(this.steps), delay(LAST_STEP_MS, undefined, { ref: false })]);
    this.directory.record([]);
    process.off('exit', this.onExit);
    this.directory.release();
  }

  private child(name: string): Child | undefined {
    return this.children.find(({ spec }) => spec.name === name);
  }

  private kill(): void {
    for (const { process: running } of this.children) if (running) signal(running.pid, 'SIGKILL', { group: true });
  }

  /** A supervisor that leaves without stopping takes the servers down with it; roles notice by their lifeline. */
  private readonly onExit = (): void => {
    for (const { process: running } of this.children) if (running) signal(running.pid, running.stopSignal);
  };
}

/** Ends the terminal daemon of this data directory and its sessions; does nothing when none runs. */
async function endSessions(dataDir: string): Promise<void> {
  const daemon = new PtydClient({ socketPath: ptydSocketPath(dataDir), connectTimeoutMs: 0, callTimeoutMs: DAEMON_MS });
  await daemon.shutdown(SESSION_GRACE_MS).catch(() => undefined);
  daemon.close();
}

/** What a person should see of a role's log: warnings and errors, as one line. */
function warningIn(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() === '' ? null : line;
  try {
    const { level, msg, err, reason } = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string }; reason?: string };
    if ((level ?? 0) < 40) return null;
    const why = err?.message ?? reason;
    return why ? `${msg} (${why})` : (msg ?? null);
  } catch {
    return line;
  }
}
