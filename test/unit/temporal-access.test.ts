import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config';
import { clusterConfig, describeAccess } from '../../src/config/temporal';
import { roleEnvironment } from '../../src/main/role-environment';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-profiles-'));
  writeFileSync(join(folder, 'cert.pem'), 'certificate');
  writeFileSync(join(folder, 'key.pem'), 'key');
  writeFileSync(
    join(folder, 'temporal.toml'),
    [
      '[profile.default]\naddress = "default.example:7233"\nnamespace = "from-default"\napi_key = "default-key"',
      '[profile.staging]\naddress = "staging.example:7233"\nnamespace = "from-staging"\n[profile.staging.tls]\nserver_name = "inside.example"',
      '[profile.staging.grpc_meta]\nx-team = "blue"',
    ].join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const temporalOf = (env: Record<string, string>) => clusterConfig(readConfig(env), env).temporal;
const profiles = () => ({ TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') });
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

it('takes address, namespace and key as every Temporal client does; a key means TLS', () => {
  const temporal = temporalOf({ TEMPORAL_ADDRESS: 'cloud.example:7233', TEMPORAL_NAMESPACE: 'ours.acct', TEMPORAL_API_KEY: 'k' });

  expect(temporal).toMatchObject({ address: 'cloud.example:7233', namespace: 'ours.acct', access: { tls: true, apiKey: 'k' } });
  expect(describeAccess(temporal.access)).toBe('TLS, API key');
});

it('lets our own variables win', () => {
  const env = { TEMPORAL_ADDRESS: 'theirs:1', TEMPORAL_NAMESPACE: 'theirs', EVERTHREAD_TEMPORAL_ADDRESS: 'ours:2', EVERTHREAD_TEMPORAL_NAMESPACE: 'ours' };

  expect(temporalOf(env)).toMatchObject({ address: 'ours:2', namespace: 'ours', access: {} });
});

it('knows a client certificate, an authority and a server name', () => {
  const { access } = temporalOf({
    TEMPORAL_ADDRESS: 'a:1',
    TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'cert.pem'),
    TEMPORAL_TLS_CLIENT_KEY_DATA: 'key in place',
    TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'authority',
    TEMPORAL_TLS_SERVER_NAME: 'inside',
  });

  expect(access).toEqual({
    tls: {
      clientCertPair: { crt: bytes('certificate'), key: bytes('key in place') },
      serverRootCACertificate: bytes('authority'),
      serverNameOverride: 'inside',
    },
  });
  expect(describeAccess(access)).toBe('TLS with a client certificate');
});

it.each([
  ['true', true],
  ['1', true],
  ['false', false],
])('TEMPORAL_TLS=%s turns it on: %s', (value, on) => {
  expect(describeAccess(temporalOf({ TEMPORAL_ADDRESS: 'a:1', TEMPORAL_TLS: value }).access)).toBe(on ? 'TLS' : 'plain');
});

it('reads the default profile of the file, and the one that is named', () => {
  expect(temporalOf(profiles())).toMatchObject({ address: 'default.example:7233', namespace: 'from-default', access: { tls: true, apiKey: 'default-key' } });
  expect(temporalOf({ ...profiles(), TEMPORAL_PROFILE: 'staging' })).toMatchObject({
    address: 'staging.example:7233',
    namespace: 'from-staging',
    access: { tls: { serverNameOverride: 'inside.example' }, metadata: { 'x-team': 'blue' } },
  });
});

it('hands the key of somebody’s default profile to no other address than its own', () => {
  const home = mkdtempSync(join(folder, 'home-'));
  const env = { HOME: home, XDG_CONFIG_HOME: home };
  const where = process.platform === 'darwin' ? join(home, 'Library', 'Application Support', 'temporalio') : join(home, 'temporalio');
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, 'temporal.toml'), '[profile.default]\naddress = "cloud:7233"\napi_key = "secret"');

  expect(temporalOf(env)).toMatchObject({ address: 'cloud:7233', access: { apiKey: 'secret' } });
  expect(temporalOf({ ...env, EVERTHREAD_TEMPORAL_ADDRESS: '127.0.0.1:7233' }).access).toEqual({});
});

it('writes headers with dashes, takes an empty one away, and takes an empty variable for none', () => {
  const env = { ...profiles(), TEMPORAL_PROFILE: 'staging', TEMPORAL_GRPC_META_X_TEAM: '', TEMPORAL_GRPC_META_X_ONE_TWO: 'v', TEMPORAL_API_KEY: '' };

  expect(temporalOf(env).access).toEqual({ tls: { serverNameOverride: 'inside.example' }, metadata: { 'x-one-two': 'v' } });
});

it.each([
  ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'no-port' }],
  ['TEMPORAL_NAMESPACE', { TEMPORAL_NAMESPACE: 'a b' }],
  ['TEMPORAL_TLS', { TEMPORAL_TLS: 'yes' }],
  ['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION', { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }],
  ['TEMPORAL_CONFIG_FILE', { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' }],
  ['TEMPORAL_TLS_CLIENT_CERT', { TEMPORAL_TLS_CLIENT_CERT_DATA: 'only this' }],
  ['TEMPORAL_…', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/authority.pem' }],
  ['TEMPORAL_…', { TEMPORAL_PROFILE: 'unknown' }],
])('refuses what is wrong in %s by its name, instead of connecting some other way', (name, env) => {
  expect(() => temporalOf(env as unknown as Record<string, string>)).toThrow(
    expect.objectContaining({ code: 'config.temporal', kind: 'invalid', message: expect.stringContaining(name) }),
  );
});

it('an embedded Temporal is not changed by what other clients are told, and its roles hear nothing of it', () => {
  const stray = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'theirs', TEMPORAL_API_KEY: 'secret', TEMPORAL_TLS: 'true' };
  const config = readConfig(stray);

  expect(config.temporal).toMatchObject({ address: null, namespace: 'default', access: {} });
  const env = roleEnvironment('worker', config, { temporalAddress: '127.0.0.1:1', databaseUrl: 'postgres://x' }, stray);
  expect(Object.keys(env).filter((name) => name.startsWith('TEMPORAL_'))).toEqual([]);
  expect(temporalOf(env)).toMatchObject({ address: '127.0.0.1:1', namespace: 'default', access: {} });
});

it('the roles of a start against a cluster get in as the start itself does', () => {
  const given = { EVERTHREAD_TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'ours.acct', TEMPORAL_API_KEY: 'secret' };
  const config = clusterConfig(readConfig(given), given);

  const env = roleEnvironment('worker', config, { temporalAddress: 'cloud:7233', databaseUrl: 'postgres://x' }, given);

  expect(temporalOf(env)).toEqual(config.temporal);
});
