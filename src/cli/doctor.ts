/** `everthread doctor`: looks at everything that a start needs, says what is there, and how to mend what is not. Changes nothing. */
import { Client } from 'pg';
import { unknownVariables, readConfig, type Config } from '../config/config';
import { clusterConfig, describeAccess } from '../config/temporal';
import { freePort } from '../embedded/ports';
import { findTemporalCli } from '../embedded/temporal-cli';
import { describeNamespace } from '../embedded/temporal-server';
import { postgresPrograms } from '../embedded/postgres-programs';
import { postgresUser } from '../embedded/postgres-user';
import { takeLock } from '../ptyd/lock';
import { assertOpenModeIsSafe } from '../main/open-mode';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { agentChecks } from './doctor-agents';

export interface Check {
  readonly name: string;
  /** bad: a start would fail. note: worth knowing, nothing is broken. */
  readonly outcome: 'ok' | 'note' | 'bad';
  readonly detail: string;
}

const NODE_FLOOR = { major: 20, minor: 19 };

/** Prints every check; true when a start has nothing against it. */
export async function doctor(print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`)): Promise<boolean> {
  const checks = await allChecks();
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, outcome, detail } of checks) print(`${{ ok: 'ok  ', note: 'note', bad: 'BAD ' }[outcome]}  ${name.padEnd(width)}  ${detail}`);
  const bad = checks.filter(({ outcome }) => outcome === 'bad').length;
  print(bad === 0 ? '\nNothing is in the way of a start.' : `\n${bad} of ${checks.length} checks failed.`);
  return bad === 0;
}

async function allChecks(): Promise<readonly Check[]> {
  let config: Config;
  try {
    config = readConfig();
    assertOpenModeIsSafe(config);
  } catch (problem) {
    return [nodeCheck(), bad('configuration', problem)];
  }
  const unknown = unknownVariables();
  const configuration: Check =
    unknown.length === 0
      ? ok('configuration', 'every variable is one that Everthread knows')
      : { name: 'configuration', outcome: 'note', detail: `unknown variables: ${unknown.join(', ')}` };
  const running = await isRunning(config);
  const directory: Check = running
    ? { name: 'data directory', outcome: 'note', detail: `${config.dataDir} is in use: Everthread runs` }
    : ok('data directory', config.dataDir);
  return [
    nodeCheck(),
    configuration,
    directory,
    ...(await temporalChecks(config, running)),
    ...(await databaseChecks(config, running)),
    ...(await portChecks(config, running)),
    ...(await agentChecks(config)),
  ];
}

const ok = (name: string, detail: string): Check => ({ name, outcome: 'ok', detail });
const bad = (name: string, problem: unknown): Check => ({ name, outcome: 'bad', detail: problem instanceof Error ? problem.message : String(problem) });

async function attempt(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return ok(name, await work());
  } catch (problem) {
    return bad(name, problem);
  }
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NODE_FLOOR.major || (major === NODE_FLOOR.major && minor >= NODE_FLOOR.minor);
  if (enough) return ok('Node', process.versions.node);
  return bad('Node', `${process.versions.node} is too old: install ${NODE_FLOOR.major}.${NODE_FLOOR.minor} or newer`);
}

/** Whether a start owns the data directory now; asked by trying to become its owner for a moment. */
async function isRunning({ dataDir }: Config): Promise<boolean> {
  if (!existsSync(dataDir)) return false;
  const unlock = await takeLock(join(dataDir, 'start.lock'));
  unlock?.();
  return unlock === null;
}

async function temporalChecks(config: Config, running: boolean): Promise<readonly Check[]> {
  if (config.temporal.address) return [await attempt('Temporal', () => reachCluster(clusterConfig(config)))];
  return [...(await embeddedChecks(config, running)), ...(await conventionChecks(config))];
}

/** Where the cluster is and how it is entered; rejects unless it answers. */
async function reachCluster({ temporal: { address, namespace, access } }: Config): Promise<string> {
  await describeNamespace({ ...access, address: address ?? '' }, namespace);
  return `${address}, namespace ${namespace}, ${describeAccess(access)}`;
}

/** What other Temporal clients are told, where our own variables say nothing: `start` passes it over, the roles by themselves and `migrate` use it. */
async function conventionChecks(config: Config): Promise<readonly Check[]> {
  const name = 'Temporal by convention';
  try {
    const cluster = clusterConfig(config);
    if (cluster.temporal.address === null) return [];
    const use = 'for api, worker, host and migrate; start embeds its own';
    const detail = await reachCluster(cluster).catch((problem: Error) => `${cluster.temporal.address} does not answer (${problem.message})`);
    return [{ name, outcome: 'note', detail: `${detail}: ${use}` }];
  } catch (problem) {
    return [{ ...bad(name, problem), outcome: 'note' }];
  }
}

async function embeddedChecks({ temporal, cacheDir }: Config, running: boolean): Promise<readonly Check[]> {
  const { namespace } = temporal;
  const cli: Check = await findTemporalCli({ configured: temporal.cli, cacheDir, make: false }).then(
    (path) => ok('Temporal CLI', path),
    (problem: { code?: string }): Check =>
      problem.code === 'temporal_cli.missing'
        ? { name: 'Temporal CLI', outcome: 'note', detail: 'not here yet: the first start downloads it, or builds it where Go is installed' }
        : bad('Temporal CLI', problem),
  );
  if (!running) return [cli];
  const embedded = `127.0.0.1:${temporal.port}`;
  return [cli, await attempt('Temporal', async () => describeNamespace({ address: embedded }, namespace).then(() => `${embedded}, namespace ${namespace}`))];
}

async function databaseChecks({ database }: Config, running: boolean): Promise<readonly Check[]> {
  const { url } = database;
  if (url === null) {
    if (running) return [ok('Postgres', 'embedded, runs')];
    return [
      await attempt('Postgres', async () => {
        const user = postgresUser();
        await postgresPrograms(user);
        return `embedded${user ? `, runs as the user ${user.name}` : ''}`;
      }),
    ];
  }
  return [
    await attempt('Postgres', async () => {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        const { rows } = await client.query<{ server_version: string }>('show server_version');
        return `${new URL(url).host}, version ${rows[0]?.server_version}`;
      } finally {
        await client.end().catch(() => undefined);
      }
    }),
  ];
}

async function portChecks(config: Config, running: boolean): Promise<readonly Check[]> {
  if (running) return [];
  const wanted = [
    { port: config.api.port, variable: 'EVERTHREAD_API_PORT', name: 'API' },
    ...(config.temporal.address
      ? []
      : [
          { port: config.temporal.port, variable: 'EVERTHREAD_TEMPORAL_PORT', name: 'Temporal' },
          { port: config.temporal.uiPort, variable: 'EVERTHREAD_TEMPORAL_UI_PORT', name: 'Temporal UI' },
        ]),
    ...(config.database.url ? [] : [{ port: config.database.port, variable: 'EVERTHREAD_DATABASE_PORT', name: 'Postgres' }]),
  ];
  return Promise.all(
    wanted.map(({ port, variable, name }) =>
      attempt(`port of ${name}`, async () => freePort(port, variable).then(() => (port === 0 ? 'any' : `${port} is free`))),
    ),
  );
}
