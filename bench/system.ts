/** A whole Everthread, started as people start it, in a directory and on ports of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig, type Config, type ProcessEnvironment } from '../src/config/config';
import { endProcess, identityOf, type RecordedProcess } from '../src/embedded/data-directory';
import { freePort } from '../src/embedded/ports';
import { POSTGRES_NAME } from '../src/embedded/postgres';
import { isGone, signal } from '../src/embedded/process-identity';
import { Fault } from '../src/errors/fault';
import { PtydClient } from '../src/ptyd/client';
import { ptydSocketPath } from '../src/ptyd/ensure';
import { until } from './waiting';

const ROOT = join(__dirname, '..', '..');
const UP_MS = 120_000;
const STOP_MS = 60_000;
const OUTPUT_KEPT = 8_000;

/** `npm`: the very command of a newcomer. `node`: the same without npm in between. */
export type Command = 'npm' | 'node';
const COMMANDS: Readonly<Record<Command, readonly [string, readonly string[]]>> = {
  npm: ['npm', ['start']],
  node: [process.execPath, [join(ROOT, 'scripts', 'start.mjs')]],
};

const running = new Set<BenchSystem>();

/** Ends every system that was started and not stopped, for a benchmark that is interrupted. */
export const stopAll = async (): Promise<void> => void (await Promise.all([...running].map((system) => system.stop())));

export class BenchSystem {
  private output = '';
  private stopped: Promise<void> | null = null;
  private readonly exited: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    /** As a role of the system would read it. */
    readonly config: Config,
    /** From the command to the first answer to `GET /api/managed-threads`. */
    public firstAnswerMs: number,
  ) {
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => (this.output = (this.output + data.toString()).slice(-OUTPUT_KEPT)));
    child.once('error', (problem) => (this.output += problem.message));
    process.on('exit', this.onExit);
    running.add(this);
  }

  /** Resolves when the API answers. */
  static async start(command: Command): Promise<BenchSystem> {
    const dataDir = mkdtempSync(join(tmpdir(), 'everthread-bench-'));
    // The embedded Postgres may run as another user, who must get through to its own folder.
    chmodSync(dataDir, 0o711);
    const ports = await freePorts(5);
    const settings = {
      EVERTHREAD_DATA_DIR: dataDir,
      EVERTHREAD_AGENTS_DIR: votersIn(dataDir),
      EVERTHREAD_API_PORT: String(ports[0]),
      EVERTHREAD_GRPC_PORT: String(ports[4]),
      // Counted, and never reached.
      EVERTHREAD_RATE_LIMIT_READ: '100000000',
      EVERTHREAD_RATE_LIMIT_EXECUTE: '100000000',
      EVERTHREAD_TEMPORAL_PORT: String(ports[1]),
      EVERTHREAD_TEMPORAL_UI_PORT: String(ports[2]),
      EVERTHREAD_DATABASE_PORT: String(ports[3]),
    };
    const [program, args] = COMMANDS[command];
    // Opens no inspector; one that a signal opens gets a port of its own.
    const node = { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --inspect-port=0`.trim() };
    const started = performance.now();
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...withoutSettings(process.env), ...settings, ...node },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const system = new BenchSystem(child, readConfig(settings), 0);
    try {
      await system.answering();
      system.firstAnswerMs = performance.now() - started;
      return system;
    } catch (problem) {
      await system.stop();
      throw problem;
    }
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.config.api.port}`;
  }

  get grpcAddress(): string {
    return `127.0.0.1:${this.config.grpc.port}`;
  }

  get temporalAddress(): string {
    return `127.0.0.1:${this.config.temporal.port}`;
  }

  get databaseUrl(): string {
    const password = readFileSync(dataDirectoryFile(this.config, 'postgres-password'), 'utf8').trim();
    return `postgres://${POSTGRES_NAME}:${password}@127.0.0.1:${this.config.database.port}/${POSTGRES_NAME}`;
  }

  /** Addresses of Node's inspector that its processes said they listen at, of late. */
  get inspectors(): readonly string[] {
    return [...this.output.matchAll(/Debugger listening on (ws:\/\/\S+)/g)].map(([, address]) => String(address));
  }

  /** A client of the system's terminal daemon; close it. */
  ptyd(): PtydClient {
    return new PtydClient({ socketPath: ptydSocketPath(this.config.dataDir) });
  }

  /** Process ids by name: the servers, the roles, and the terminal daemon. */
  async pids(): Promise<ReadonlyMap<string, number>> {
    const recorded = JSON.parse(readFileSync(dataDirectoryFile(this.config, 'processes.json'), 'utf8')) as readonly RecordedProcess[];
    const ptyd = this.ptyd();
    const { pid } = await ptyd.hello();
    ptyd.close();
    return new Map([...recorded.map((known) => [known.name, known.pid] as const), ['ptyd', pid] as const]);
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.end().finally(() => running.delete(this)));
  }

  private async end(): Promise<void> {
    const { pid } = this.child;
    if (pid !== undefined && this.child.exitCode === null) {
      // As Ctrl-C does: to everything that belongs to the command.
      signal(pid, 'SIGINT', { group: true });
      if (!(await isGone(identityOf(pid), STOP_MS))) {
        await endProcess({ ...identityOf(pid), stopSignal: 'SIGKILL' }, 0);
        await this.endRemains();
      }
    }
    if (pid !== undefined) await this.exited;
    process.off('exit', this.onExit);
    rmSync(this.config.dataDir, { recursive: true, force: true });
  }

  /** What a start that did not end by itself leaves to the next one. */
  private async endRemains(): Promise<void> {
    const recorded = JSON.parse(readFileSync(dataDirectoryFile(this.config, 'processes.json'), 'utf8')) as readonly RecordedProcess[];
    for (const left of recorded) await endProcess(left, 10_000);
    const ptyd = this.ptyd();
    await ptyd.shutdown(0).catch(() => undefined);
    ptyd.close();
  }

  private readonly onExit = (): void => {
    if (this.child.pid !== undefined && this.child.exitCode === null) signal(this.child.pid, 'SIGINT', { group: true });
  };

  private async answering(): Promise<void> {
    const url = `${this.apiUrl}/api/managed-threads`;
    const ask = async (): Promise<true | null> => {
      if (this.child.exitCode !== null) throw new Fault('unavailable', 'bench.no_start', `Everthread ended while it started:\n${this.output}`);
      const answer = await fetch(url).catch(() => null);
      await answer?.arrayBuffer();
      return answer?.ok ? true : null;
    };
    await until(UP_MS, 'the first answer', ask, 10).catch((problem: Error) => {
      throw new Fault('unavailable', 'bench.no_start', `${problem.message}:\n${this.output}`);
    });
  }
}

/** Three agents for executions; the module of an agent is named for it. */
function votersIn(dataDir: string): string {
  const folder = join(dataDir, 'voters');
  mkdirSync(folder);
  for (const name of ['ada', 'ben', 'cyd']) copyFileSync(join(__dirname, 'voter.js'), join(folder, `${name}.js`));
  return folder;
}

const dataDirectoryFile = ({ dataDir }: Config, name: string): string => join(dataDir, name);

/** A setting of the one who measures would change what is measured; where programs are cached does not. */
const withoutSettings = (env: ProcessEnvironment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || (name.startsWith('EVERTHREAD_') && !/^EVERTHREAD_(CACHE_DIR|TEMPORAL_CLI)$/.test(name)) ? [] : [[name, value] as const],
    ),
  );

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; ports.size < count && attempt < 50; attempt++) ports.add(await freePort(0, 'none'));
  return [...ports];
}
