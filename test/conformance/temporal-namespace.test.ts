import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config/config';
import { clusterConfig } from '../../src/config/temporal';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/actor';
import { freePort } from '../../src/embedded/ports';
import { findTemporalCli } from '../../src/embedded/temporal-cli';
import { temporalServer } from '../../src/embedded/temporal-server';
import { temporalClient, temporalOptions } from '../../src/main/connections';
import { migrateAll } from '../../src/main/migrate';
import { registerSearchAttributes } from '../../src/main/search-attributes';
import { freshDatabase, type TestDatabase } from '../support/database';
import { launch, type TestProcess } from '../support/processes';
import { makeNamespace } from '../support/temporal-cluster';
import { AUTHORITY_FILE, SERVER_NAME, tlsFront, type TlsFront } from '../support/tls-front';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

let folder: string;
let address: string;
let server: TestProcess;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] as string, 'n-'));
  mkdirSync(join(folder, 'temporal'));
  const port = await freePort(0, 'none');
  address = `127.0.0.1:${port}`;
  const file = join(folder, 'temporal', 'temporal.db');
  const spec = temporalServer({ cli: await findTemporalCli(), file, port, uiPort: null, namespace: 'default', logFile: join(folder, 'temporal.log') });
  [server, database] = await Promise.all([launch(spec), freshDatabase()]);
}, 120_000);
afterAll(async () => {
  await server.kill();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (namespace: string, env: Readonly<Record<string, string>> = {}): Config => {
  const all = {
    EVERTHREAD_TEMPORAL_NAMESPACE: namespace,
    EVERTHREAD_TEMPORAL_ADDRESS: address,
    EVERTHREAD_DATABASE_URL: database.url,
    EVERTHREAD_DATA_DIR: folder,
    ...env,
  };
  return clusterConfig(readConfig(all), all);
};

const withConnection = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address });
  return work(connection).finally(() => connection.close());
};

it('migrates at once on a fresh database and namespace do each thing once, and all of them can use it afterwards', async () => {
  await makeNamespace(address, 'raced');
  const said: string[] = [];

  await Promise.all(Array.from({ length: 6 }, () => migrateAll(configOf('raced'), (line) => said.push(line))));

  expect(said.filter((line) => line.startsWith('The database was migrated'))).toHaveLength(1);
  expect(said.filter((line) => line.startsWith('Search attributes were added'))).toHaveLength(1);
  expect(said).toHaveLength(12);
  const { config } = await withConnection((connection) => connection.workflowService.describeNamespace({ namespace: 'raced' }));
  expect(Object.values(config?.customSearchAttributeAliases ?? {}).sort()).toEqual([...SEARCH_ATTRIBUTES].sort());
}, 60_000);

it('adds what a newer version needs to what an older one left, once', async () => {
  await makeNamespace(address, 'older');
  const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.slice(0, -1).map((name) => [name, 2]));
  await withConnection((connection) => connection.operatorService.addSearchAttributes({ namespace: 'older', searchAttributes }));
  const said: string[] = [];

  await Promise.all(Array.from({ length: 4 }, () => migrateAll(configOf('older'), (line) => said.push(line))));

  expect(said.filter((line) => line.startsWith('Search attributes were added'))).toEqual([expect.stringContaining(`: ${SEARCH_ATTRIBUTES.at(-1)}.`)]);
  const { config } = await withConnection((connection) => connection.workflowService.describeNamespace({ namespace: 'older' }));
  expect(Object.values(config?.customSearchAttributeAliases ?? {}).sort()).toEqual([...SEARCH_ATTRIBUTES].sort());
}, 60_000);

it('names a namespace that is not there, and the command that makes one', async () => {
  const problem = await registerSearchAttributes(configOf('nowhere')).catch((thrown: unknown) => thrown);

  expect(problem).toMatchObject({ kind: 'not_found', code: 'temporal.namespace_missing' });
  expect((problem as Error).message).toContain('temporal operator namespace create');
  expect((problem as Error).message).toContain('--namespace nowhere');
});

it('refuses a namespace in which one of the names has another type', async () => {
  await makeNamespace(address, 'other-type');
  await withConnection((connection) => connection.operatorService.addSearchAttributes({ namespace: 'other-type', searchAttributes: { EverthreadKind: 1 } }));

  await expect(registerSearchAttributes(configOf('other-type'))).rejects.toMatchObject({
    kind: 'conflict',
    code: 'temporal.search_attribute_type',
    facts: { attributes: ['EverthreadKind'] },
  });
});

it('says how a server that does not answer was asked', async () => {
  const port = await freePort(0, 'none');
  const config = configOf('default', { EVERTHREAD_TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_TLS: 'true' });

  const problem = await registerSearchAttributes(config).catch((thrown: unknown) => thrown);

  expect(problem).toMatchObject({ kind: 'unavailable', code: 'temporal.unavailable' });
  expect((problem as Error).message).toContain('asked by: TLS');
}, 40_000);

describe('behind TLS, with an API key', () => {
  let front: TlsFront;
  beforeAll(async () => {
    front = await tlsFront(address);
  });
  afterAll(() => front.close());

  const access = { TEMPORAL_API_KEY: 'key-of-the-test', TEMPORAL_TLS_SERVER_CA_CERT_PATH: AUTHORITY_FILE, TEMPORAL_TLS_SERVER_NAME: SERVER_NAME };
  const behind = (env: Readonly<Record<string, string>> = access): Config => configOf('default', { EVERTHREAD_TEMPORAL_ADDRESS: front.address, ...env });

  it.each([
    [
      'a client',
      async () => {
        const { client, close } = temporalClient(behind());
        await client.workflowService.describeNamespace({ namespace: 'default' }).finally(close);
      },
    ],
    [
      'a worker',
      async () => {
        const connection = await NativeConnection.connect({ ...temporalOptions(behind()) });
        await connection.workflowService.describeNamespace({ namespace: 'default' }).finally(() => connection.close());
      },
    ],
    ['migrate', async () => void (await registerSearchAttributes(behind()))],
  ])('%s is let in: it verifies the server by the given authority and name, and brings the key with each call', async (_name, work) => {
    const before = front.calls.length;

    await work();

    const calls = front.calls.slice(before);
    expect(calls.some(({ path }) => path.endsWith('/DescribeNamespace'))).toBe(true);
    for (const { headers, serverName } of calls) expect([headers.authorization, serverName]).toEqual(['Bearer key-of-the-test', SERVER_NAME]);
  });

  it('a server whose certificate nobody vouches for gets no call, and so no key', async () => {
    const before = front.calls.length;
    const config = behind({ TEMPORAL_API_KEY: 'key-of-the-test', TEMPORAL_TLS_SERVER_NAME: SERVER_NAME });

    await expect(NativeConnection.connect({ ...temporalOptions(config) })).rejects.toThrow();
    await expect(registerSearchAttributes(config)).rejects.toMatchObject({ code: 'temporal.unavailable' });

    expect(front.calls).toHaveLength(before);
  }, 60_000);
});
