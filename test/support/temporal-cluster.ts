/** A Temporal server as production runs it: frontend, history, matching and worker services on Postgres, with the schema of its own tool. Built by scripts/temporal-server.mjs. */
import { Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { ChildSpec } from '../../src/embedded/child';
import { freePort } from '../../src/embedded/ports';
import { eventually } from './eventually';

export interface TemporalClusterOptions {
  /** Where its configuration and its log go. */
  readonly folder: string;
  /** A URL of the Postgres server with an administrator in it. */
  readonly postgres: string;
}

export interface TemporalCluster {
  readonly address: string;
  readonly spec: ChildSpec;
}

const built = (...names: string[]): string => {
  const folder = process.env['EVERTHREAD_TEST_TEMPORAL_SERVER'];
  if (!folder) throw new Error('the Temporal server is not there: start these tests with `npm run test:cluster`');
  return join(folder, ...names);
};

/** Prepares databases and configuration; the caller starts what it is given. */
export async function temporalCluster({ folder, postgres }: TemporalClusterOptions): Promise<TemporalCluster> {
  const server = new URL(postgres);
  for (const [database, schema] of [
    ['temporal', 'temporal'],
    ['temporal_visibility', 'visibility'],
  ] as const) {
    await sqlTool(server, database, 'create');
    await sqlTool(server, database, 'setup-schema', '-v', '0.0');
    await sqlTool(server, database, 'update-schema', '-d', built('schema', schema, 'versioned'));
  }
  const ports = await lowPorts(9);
  mkdirSync(join(folder, 'config'), { recursive: true });
  writeFileSync(join(folder, 'config', 'production.yaml'), stringify(configuration(server, ports, join(folder, 'config', 'dynamic.yaml'))));
  writeFileSync(join(folder, 'config', 'dynamic.yaml'), '{}\n');
  const address = `127.0.0.1:${ports[0]}`;
  return {
    address,
    spec: {
      name: 'temporal',
      command: built('server'),
      args: ['--root', folder, '--config', 'config', '--env', 'production', '--allow-no-auth', 'start'],
      env: { PATH: '/usr/bin:/bin', HOME: folder },
      cwd: folder,
      logFile: join(folder, 'temporal.log'),
      lifeline: false,
      serves: () => answers(address),
      readyMs: 120_000,
      stopSignal: 'SIGTERM',
      stopMs: 20_000,
    },
  };
}

/** Different free ports that fit the table of members, which keeps them as 16-bit numbers with a sign; the system's own choice would be beyond. */
async function lowPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count && tries < 1_000; tries++) {
    const port = randomInt(15_000, 32_000);
    if (await freePort(port, 'none').catch(() => null)) ports.add(port);
  }
  return [...ports];
}

async function sqlTool(server: URL, database: string, ...command: readonly string[]): Promise<void> {
  const connection = ['--plugin', 'postgres12', '--ep', server.hostname, '--port', server.port, '--user', server.username, '--db', database];
  await promisify(execFile)(built('sql'), [...connection, ...command], {
    env: { PATH: '/usr/bin:/bin', SQL_PASSWORD: decodeURIComponent(server.password) },
    timeout: 120_000,
  });
}

function configuration(server: URL, ports: readonly number[], dynamic: string): object {
  const store = (databaseName: string, maxConns: number): object => ({
    sql: {
      ...{ pluginName: 'postgres12', databaseName, connectAddr: server.host, connectProtocol: 'tcp' },
      ...{ user: server.username, password: decodeURIComponent(server.password), maxConns, maxIdleConns: maxConns, maxConnLifetime: '1h' },
    },
  });
  const [frontend, ...others] = ports;
  const service = (at: number): object => ({ rpc: { grpcPort: others[at], membershipPort: others[at + 1], bindOnLocalHost: true } });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'main', visibilityStore: 'visibility', numHistoryShards: 4 },
      datastores: { main: store('temporal', 20), visibility: store('temporal_visibility', 5) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: { rpc: { grpcPort: frontend, membershipPort: others[0], bindOnLocalHost: true } },
      history: service(1),
      matching: service(3),
      worker: service(5),
    },
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10, masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: { active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `localhost:${frontend}` } },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
}

/** Rejects until the history service can be reached through the frontend: a server that only listens is not there yet. */
async function answers(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.listNamespaces({}));
  } finally {
    await connection.close();
  }
}

/** Makes a namespace, as an operator does, and waits until it can be used. */
export async function makeNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: (3 * 86_400) as never } });
    await eventually('the namespace is there', () =>
      workflowService.countWorkflowExecutions({ namespace }).then(
        () => true,
        () => false,
      ),
    );
  } finally {
    await connection.close();
  }
}
