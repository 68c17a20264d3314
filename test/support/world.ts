/**
 * One whole real system for tests: a Temporal server of its own, a database of its own on the run's Postgres (or a Postgres of its own, for tests that kill it), and the roles as
 * real processes on free ports, in a temporary data directory. Nothing is restarted by itself: the test kills and starts.
 */
import { Client, Connection } from '@temporalio/client';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildSpec } from '../../src/embedded/child';
import { freePort } from '../../src/embedded/ports';
import { createDatabase, postgresServer } from '../../src/embedded/postgres';
import { isGone, identify, signal } from '../../src/embedded/process-identity';
import { findTemporalCli } from '../../src/embedded/temporal-cli';
import { temporalServer } from '../../src/embedded/temporal-server';
import { PtydClient } from '../../src/ptyd/client';
import { ptydSocketPath } from '../../src/ptyd/ensure';
import { openPool } from '../../src/store/database';
import { migrate } from '../../src/store/migrate';
import { ensureBuilt } from './built';
import { freshDatabase } from './database';
import { launch, type TestProcess } from './processes';

const ROOT = join(__dirname, '..', '..');

export type RoleName = 'api' | 'worker' | 'host';
/** A role, or another of the same role under a name of its own (`worker-2`), or a server. */
export type PartName = RoleName | `${RoleName}-${number}` | 'temporal' | 'postgres';

export interface WorldOptions {
  /** Started with the world; others can be started later. Default: all three. */
  readonly roles?: readonly RoleName[];
  /** Variables for every role, beside those that the world sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** A Postgres of the world's own, with its durability on, that may be killed. */
  readonly ownPostgres?: boolean;
}

export interface World {
  readonly apiUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  /** A client of the world's Temporal, closed with the world. */
  readonly temporal: Client;
  /** The process of a part that runs now. */
  process(name: PartName): TestProcess;
  runs(name: PartName): boolean;
  /** Starts a part that does not run; on the same port and files as before, if it ran before. */
  start(name: PartName, env?: Readonly<Record<string, string>>): Promise<TestProcess>;
  kill(name: PartName | 'ptyd', signal?: NodeJS.Signals): Promise<void>;
  restart(name: PartName): Promise<TestProcess>;
  log(name: PartName): string;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  await ensureBuilt();
  const dataDir = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'w-'));
  chmodSync(dataDir, 0o711);
  const world = new RealWorld(dataDir, options);
  try {
    await world.begin();
    return world;
  } catch (problem) {
    await world.stop();
    throw problem;
  }
}

class RealWorld implements World {
  readonly namespace = 'default';
  apiUrl = '';
  databaseUrl = '';
  temporalAddress = '';
  private readonly parts = new Map<PartName, TestProcess>();
  private readonly servers = new Map<PartName, ChildSpec>();
  private readonly endings: (() => Promise<unknown>)[] = [];
  private connection: Client | null = null;
  private apiPort = 0;

  constructor(
    readonly dataDir: string,
    private readonly options: WorldOptions,
  ) {}

  get temporal(): Client {
    const address = this.temporalAddress;
    return (this.connection ??= new Client({ connection: Connection.lazy({ address }), namespace: this.namespace }));
  }

  async begin(): Promise<void> {
    const temporalPort = await freePort(0, 'none');
    this.temporalAddress = `127.0.0.1:${temporalPort}`;
    mkdirSync(join(this.dataDir, 'temporal'));
    const file = join(this.dataDir, 'temporal', 'temporal.db');
    this.servers.set(
      'temporal',
      temporalServer({ cli: await findTemporalCli(), file, port: temporalPort, uiPort: null, namespace: this.namespace, logFile: this.logFile('temporal') }),
    );
    await Promise.all([this.start('temporal'), this.database()]);
    this.apiPort = await freePort(0, 'none');
    this.apiUrl = `http://127.0.0.1:${this.apiPort}`;
    await Promise.all((this.options.roles ?? ['api', 'worker', 'host']).map((role) => this.start(role)));
  }

  private async database(): Promise<void> {
    if (this.options.ownPostgres) {
      const port = await freePort(0, 'none');
      const server = await postgresServer({
        folder: join(this.dataDir, 'postgres'),
        passwordFile: join(this.dataDir, 'postgres-password'),
        port,
        logFile: this.logFile('postgres'),
      });
      this.servers.set('postgres', server.spec);
      await this.start('postgres');
      await createDatabase(server);
      this.databaseUrl = server.url();
      const pool = openPool({ url: this.databaseUrl, max: 1 });
      await migrate(pool);
      await pool.end();
    } else {
      const database = await freshDatabase({ migrated: true });
      this.databaseUrl = database.url;
      this.endings.push(() => database.drop());
    }
  }

  runs(name: PartName): boolean {
    return this.parts.has(name);
  }

  process(name: PartName): TestProcess {
    const part = this.parts.get(name);
    if (!part) throw new Error(`${name} does not run`);
    return part;
  }

  async start(name: PartName, env: Readonly<Record<string, string>> = {}): Promise<TestProcess> {
    const spec = this.servers.get(name) ?? this.role(name, env);
    let part: TestProcess | undefined;
    for (let attempt = 1; !part; attempt++) {
      part = await launch(spec).catch((problem: unknown) => {
        // A server that was killed may have left something that goes away in a moment.
        if (attempt >= (spec.attempts ?? 1)) throw problem;
        return undefined;
      });
    }
    this.parts.set(name, part);
    if (name === 'api' && typeof part.facts['url'] === 'string') this.apiUrl = part.facts['url'];
    return part;
  }

  private role(name: PartName, env: Readonly<Record<string, string>>): ChildSpec {
    const [role = name] = name.split('-');
    return {
      name,
      command: process.execPath,
      args: ['--enable-source-maps', join(ROOT, 'dist', 'src', 'cli', 'everthread.js'), role],
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: this.dataDir,
        LANG: 'C.UTF-8',
        EVERTHREAD_DATA_DIR: this.dataDir,
        EVERTHREAD_TEMPORAL_ADDRESS: this.temporalAddress,
        EVERTHREAD_DATABASE_URL: this.databaseUrl,
        EVERTHREAD_API_PORT: String(name === 'api' ? this.apiPort : 0),
        EVERTHREAD_GRPC_PORT: '0',
        EVERTHREAD_DRAIN_MS: '1000',
        ...this.options.env,
        ...env,
      },
      cwd: this.dataDir,
      logFile: this.logFile(name),
      lifeline: true,
      readyMs: 60_000,
      stopSignal: 'SIGTERM',
      stopMs: 10_000,
    };
  }

  async kill(name: PartName | 'ptyd', how: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (name === 'ptyd') return this.killDaemon(how);
    await this.process(name).kill(how);
    this.parts.delete(name);
  }

  async restart(name: PartName): Promise<TestProcess> {
    if (this.parts.has(name)) await this.kill(name);
    return this.start(name);
  }

  private async killDaemon(how: NodeJS.Signals): Promise<void> {
    const daemon = new PtydClient({ socketPath: ptydSocketPath(this.dataDir) });
    const { pid } = await daemon.hello();
    daemon.close();
    const identity = identify(pid);
    signal(pid, how);
    if (identity) await isGone(identity, 5_000);
  }

  private logFile(name: PartName): string {
    return join(this.dataDir, 'logs', `${name}.log`);
  }

  log(name: PartName): string {
    return existsSync(this.logFile(name)) ? readFileSync(this.logFile(name), 'utf8') : '';
  }

  async stop(): Promise<void> {
    const roles = [...this.parts.keys()].filter((name) => !this.servers.has(name));
    await Promise.all(roles.map((name) => this.end(name)));
    await this.endSessions();
    await this.connection?.connection.close();
    await Promise.all([...this.parts.keys()].map((name) => this.end(name)));
    for (const ending of this.endings) await ending();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async end(name: PartName): Promise<void> {
    const part = this.process(name);
    this.parts.delete(name);
    // Temporal takes seconds to end in order, and what it holds goes with the folder.
    signal(part.pid, name === 'temporal' ? 'SIGKILL' : (this.servers.get(name)?.stopSignal ?? 'SIGTERM'));
    const timer = setTimeout(() => signal(part.pid, 'SIGKILL', { group: true }), 10_000);
    await part.exited;
    clearTimeout(timer);
  }

  private async endSessions(): Promise<void> {
    const daemon = new PtydClient({ socketPath: ptydSocketPath(this.dataDir), connectTimeoutMs: 0 });
    await daemon.shutdown(0).catch(() => undefined);
    daemon.close();
  }
}
