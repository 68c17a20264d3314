/**
 * The production shape for tests: a Temporal server on Postgres, a migrated database, and two of each role as processes with data directories of their own, told only by
 * configuration; one proxy stands before the API processes. Nothing is restarted by itself: the test kills and starts.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChildSpec } from '../../src/embedded/child';
import { freePort } from '../../src/embedded/ports';
import { createDatabase, postgresServer } from '../../src/embedded/postgres';
import { identify, isGone, signal } from '../../src/embedded/process-identity';
import { PtydClient } from '../../src/ptyd/client';
import { ptydSocketPath } from '../../src/ptyd/ensure';
import { failoverProxy, type FailoverProxy } from './failover-proxy';
import { launch, type TestProcess } from './processes';
import { makeNamespace, temporalCluster } from './temporal-cluster';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');
export const ROLES = ['worker-1', 'worker-2', 'host-1', 'host-2', 'api-1', 'api-2'] as const;
export type PartName = (typeof ROLES)[number] | 'temporal' | 'postgres';
/** Machines that run agents: the host process and the terminals beside it. */
export type HostName = 'host-1' | 'host-2';

export class ClusterWorld {
  readonly namespace = 'production';
  readonly dataDir = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'c-'));
  databaseUrl = '';
  temporalAddress = '';
  /** What each of the migrations that ran at once said. */
  migrations: readonly string[] = [];
  private readonly parts = new Map<PartName, TestProcess>();
  private readonly servers = new Map<PartName, ChildSpec>();
  private readonly ports = new Map<string, number>();
  private readonly secretKey = randomBytes(32).toString('base64');
  private front: FailoverProxy | null = null;

  get proxy(): FailoverProxy {
    if (!this.front) throw new Error('the proxy does not run yet');
    return this.front;
  }

  get apiUrl(): string {
    return this.proxy.url;
  }

  apiOf(name: 'api-1' | 'api-2'): string {
    return `http://127.0.0.1:${this.ports.get(name)}`;
  }

  async begin(): Promise<void> {
    chmodSync(this.dataDir, 0o711);
    const postgres = await postgresServer({
      folder: join(this.dataDir, 'postgres'),
      passwordFile: join(this.dataDir, 'postgres-password'),
      port: await freePort(0, 'none'),
      logFile: this.logFile('postgres'),
    });
    this.servers.set('postgres', postgres.spec);
    await this.start('postgres');
    await createDatabase(postgres);
    this.databaseUrl = postgres.url();
    const cluster = await temporalCluster({ folder: join(this.dataDir, 'temporal'), postgres: postgres.url('postgres') });
    this.temporalAddress = cluster.address;
    this.servers.set('temporal', cluster.spec);
    await this.start('temporal');
    await makeNamespace(cluster.address, this.namespace);
    this.migrations = await Promise.all(Array.from({ length: 4 }, () => this.migrate()));
    for (const name of ['api-1', 'api-2']) this.ports.set(name, await freePort(0, 'none'));
    await Promise.all(ROLES.map((name) => this.start(name)));
    this.front = await failoverProxy([this.apiOf('api-1'), this.apiOf('api-2')]);
  }

  /** `everthread migrate` as a process of its own; what it printed. */
  async migrate(): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'migrate'], {
      env: this.environment('migrate'),
      cwd: this.dataDir,
      timeout: 120_000,
    });
    return stdout;
  }

  private environment(name: string): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.dataDir,
      LANG: 'C.UTF-8',
      EVERTHREAD_DATA_DIR: join(this.dataDir, name),
      // The conventions of all Temporal clients, not our own variables: a cluster is usually told so.
      TEMPORAL_ADDRESS: this.temporalAddress,
      TEMPORAL_NAMESPACE: this.namespace,
      EVERTHREAD_DATABASE_URL: this.databaseUrl,
      EVERTHREAD_SECRET_KEY: this.secretKey,
      EVERTHREAD_API_PORT: String(this.ports.get(name) ?? 0),
      EVERTHREAD_GRPC_PORT: '0',
      EVERTHREAD_HOST_GONE_AFTER_MS: '120000',
      EVERTHREAD_DRAIN_MS: '1000',
      ...(name.startsWith('host') && { EVERTHREAD_HOST_ID: name }),
    };
  }

  async start(name: PartName, env: Readonly<Record<string, string>> = {}): Promise<void> {
    mkdirSync(join(this.dataDir, name), { recursive: true });
    this.parts.set(name, await launch(this.servers.get(name) ?? this.role(name, env)));
  }

  private role(name: string, env: Readonly<Record<string, string>>): ChildSpec {
    return {
      name,
      command: process.execPath,
      args: ['--enable-source-maps', PROGRAM, name.split('-')[0] as string],
      env: { ...this.environment(name), ...env },
      cwd: this.dataDir,
      logFile: this.logFile(name),
      lifeline: true,
      readyMs: 90_000,
      stopSignal: 'SIGTERM',
      stopMs: 10_000,
    };
  }

  async kill(name: PartName): Promise<void> {
    const part = this.parts.get(name);
    if (!part) throw new Error(`${name} does not run`);
    this.parts.delete(name);
    await part.kill('SIGKILL');
  }

  /** The machine of a host is gone: its process, its terminal daemon and every session in it. */
  async killMachine(name: HostName): Promise<void> {
    const daemon = new PtydClient({ socketPath: ptydSocketPath(join(this.dataDir, name)) });
    const { pid } = await daemon.hello();
    daemon.close();
    const identity = identify(pid);
    await this.kill(name);
    signal(pid, 'SIGKILL');
    if (identity) await isGone(identity, 5_000);
  }

  logFile(name: string): string {
    return join(this.dataDir, 'logs', `${name}.log`);
  }

  async stop(): Promise<void> {
    await this.front?.close();
    await Promise.all(ROLES.filter((name) => this.parts.has(name)).map((name) => this.end(name)));
    for (const name of ['host-1', 'host-2']) {
      const daemon = new PtydClient({ socketPath: ptydSocketPath(join(this.dataDir, name)), connectTimeoutMs: 0 });
      await daemon.shutdown(0).catch(() => undefined);
      daemon.close();
    }
    for (const name of ['temporal', 'postgres'] as const) if (this.parts.has(name)) await this.end(name);
  }

  private async end(name: PartName): Promise<void> {
    const part = this.parts.get(name);
    if (!part) return;
    this.parts.delete(name);
    signal(part.pid, this.servers.get(name)?.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => signal(part.pid, 'SIGKILL', { group: true }), 20_000);
    await part.exited;
    clearTimeout(timer);
  }

  /** Command lines of processes that still have to do with this world; Linux only, empty elsewhere. */
  leftovers(): readonly string[] {
    if (!existsSync('/proc/self/environ')) return [];
    return readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid) || pid === String(process.pid)) return [];
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return `${command} ${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(this.dataDir) ? [command] : [];
      } catch {
        return [];
      }
    });
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
