/** The embedded Postgres: real programs from npm, one cluster in the data directory, reachable on loopback with a password that nobody has to know. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Fault } from '../errors/fault';
import type { ChildSpec } from './child';
import { postgresPrograms } from './postgres-programs';
import { clusterFolder, postgresUser, type SystemUser } from './postgres-user';

/** The role, and the database that {@link createDatabase} makes for the product. */
export const POSTGRES_NAME = 'everthread';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  // No replicas hang on an embedded server, so the log needs to hold only what recovery needs.
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
  log_line_prefix: '%m [%p] ',
  timezone: 'UTC',
};

export interface PostgresOptions {
  /** The folder of the cluster; made when it is not there. */
  readonly folder: string;
  readonly passwordFile: string;
  readonly port: number;
  readonly logFile: string;
  readonly say?: (line: string) => void;
  /** Settings of this run on top of ours; tests use it to trade safety for speed. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  readonly spec: ChildSpec;
  /** URL of a database of this server, password included. */
  url(database?: string): string;
}

/** Initialises the cluster when there is none, and says how to run it. Faults `postgres.*`. */
export async function postgresServer(options: PostgresOptions): Promise<PostgresServer> {
  const say = options.say ?? (() => undefined);
  const user = postgresUser();
  const programs = await postgresPrograms(user);
  const folder = clusterFolder(options.folder, user, say);
  const cluster = join(folder, 'cluster');
  if (existsSync(cluster) && !existsSync(options.passwordFile)) setAside(cluster, say);
  const password = keptPassword(options.passwordFile);
  if (!existsSync(cluster)) await initialise({ initdb: programs.initdb, folder, cluster, password, user });
  const url = (database = POSTGRES_NAME): string => `postgres://${POSTGRES_NAME}:${password}@127.0.0.1:${options.port}/${database}`;
  const settings = { ...SETTINGS, port: String(options.port), ...options.settings };
  return {
    url,
    spec: {
      name: 'postgres',
      command: programs.postgres,
      args: ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: environment,
      cwd: '/',
      ...(user && { uid: user.uid, gid: user.gid }),
      logFile: options.logFile,
      lifeline: false,
      serves: () => answers(url('postgres')),
      readyMs: 60_000,
      // Fast shutdown: sessions are ended, everything is written.
      stopSignal: 'SIGINT',
      stopMs: 15_000,
      // After a SIGKILL the old server's children hold its shared memory for a moment longer.
      attempts: 5,
    },
  };
}

const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function keptPassword(path: string): string {
  if (!existsSync(path)) {
    writeFileSync(`${path}.part`, randomBytes(24).toString('hex'), { mode: 0o600 });
    renameSync(`${path}.part`, path);
  }
  return readFileSync(path, 'utf8').trim();
}

/** A cluster kept elsewhere outlives a data directory that was removed, and nobody knows its password any more. */
function setAside(cluster: string, say: (line: string) => void): void {
  const aside = `${cluster}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(cluster, aside);
  say(`The password of the database in ${cluster} is gone; that database is now in ${aside}, and a new one is made.`);
}

/** Makes the cluster beside its place and moves it there, so that an interrupted initialisation leaves nothing that looks whole. */
async function initialise({
  initdb,
  folder,
  cluster,
  password,
  user,
}: {
  initdb: string;
  folder: string;
  cluster: string;
  password: string;
  user: SystemUser | null;
}): Promise<void> {
  for (const name of readdirSync(folder)) if (name.startsWith('new-')) rmSync(join(folder, name), { recursive: true, force: true });
  const staging = join(folder, `new-${process.pid}`);
  const secret = join(folder, `new-password-${process.pid}`);
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (user) chownSync(secret, user.uid, user.gid);
  const args = [
    '-D',
    staging,
    '-U',
    POSTGRES_NAME,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    await promisify(execFile)(initdb, args, { cwd: folder, env: environment, timeout: 120_000, ...(user && { uid: user.uid, gid: user.gid }) });
  } catch (problem) {
    const { stderr } = problem as { stderr?: string };
    throw new Fault('unavailable', 'postgres.init', `Postgres could not be initialised in ${folder}: ${(stderr ?? String(problem)).trim().slice(-2_000)}`, {
      folder,
    });
  } finally {
    rmSync(secret, { force: true });
  }
  renameSync(staging, cluster);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 10_000 });
  // A server that goes away in the middle would otherwise end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const answers = (url: string): Promise<void> => withClient(url, async (client) => void (await client.query('select 1')));

/** Makes the database when the server has none of this name. */
export async function createDatabase(server: PostgresServer, name = POSTGRES_NAME): Promise<void> {
  await withClient(server.url('postgres'), async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}
