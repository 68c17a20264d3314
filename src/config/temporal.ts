/**
 * Which Temporal cluster a process uses, and how it gets in: our own variables first, then what every Temporal client reads (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, `TEMPORAL_GRPC_META_…`, and the profile `TEMPORAL_PROFILE` of the file `TEMPORAL_CONFIG_FILE`).
 *
 * Nothing here is asked where Temporal is embedded: a variable that was meant for another client must not turn a local start into one against a cluster.
 */
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile, type ClientConnectConfig } from '@temporalio/envconfig';
import { existsSync } from 'node:fs';
import { Fault } from '../errors/fault';
import type { Config, ProcessEnvironment, TemporalAccess } from './config';

const ADDRESS = /^\S+:\d{1,5}$/;
const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const BOOLEAN = /^(true|false|1|0)$/;

/**
 * The configuration of a process that works against a cluster. EVERTHREAD_TEMPORAL_ADDRESS and EVERTHREAD_TEMPORAL_NAMESPACE win over the conventions. With the former
 * set, a file of profiles is read only when TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE asks for it: credentials of somebody's default profile belong to that profile's
 * address. Fault `config.temporal` (invalid) names what is wrong.
 */
export function clusterConfig(config: Config, env: ProcessEnvironment = process.env): Config {
  const { temporal } = config;
  const asked = given(env);
  const profile = profileOf(asked, { file: temporal.address === null || 'TEMPORAL_PROFILE' in asked || 'TEMPORAL_CONFIG_FILE' in asked });
  const address = temporal.address ?? profile.address ?? null;
  const namespace = env.EVERTHREAD_TEMPORAL_NAMESPACE || profile.namespace || temporal.namespace;
  if (address !== null && !ADDRESS.test(address)) throw refused('TEMPORAL_ADDRESS', `expected host:port, found ${address.slice(0, 256)}`);
  if (!NAMESPACE.test(namespace)) throw refused('TEMPORAL_NAMESPACE', 'expected letters, digits, dot, dash and underscore');
  return { ...config, temporal: { ...temporal, address, namespace, access: accessOf(profile) } };
}

/** How a connection gets in, in words and without a secret: `plain`, `TLS, API key`. */
export function describeAccess({ tls, apiKey, metadata }: TemporalAccess): string {
  const client = tls && tls !== true && tls.clientCertPair ? 'TLS with a client certificate' : 'TLS';
  const words = [!tls ? 'plain' : client, ...(apiKey === undefined ? [] : ['API key'])];
  return [...words, ...(metadata ? [`metadata ${Object.keys(metadata).join(', ')}`] : [])].join(', ');
}

/** An empty variable counts as not set, except that an empty header takes one of the profile away. */
function given(env: ProcessEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith('TEMPORAL_GRPC_META_'))),
  );
}

function profileOf(asked: Readonly<Record<string, string>>, { file }: { readonly file: boolean }): ClientConfigProfile {
  const { TEMPORAL_TLS, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION, TEMPORAL_CONFIG_FILE } = asked;
  if (TEMPORAL_TLS !== undefined && !BOOLEAN.test(TEMPORAL_TLS)) throw refused('TEMPORAL_TLS', 'expected true or false');
  if (TEMPORAL_TLS_DISABLE_HOST_VERIFICATION !== undefined && !/^(false|0)$/.test(TEMPORAL_TLS_DISABLE_HOST_VERIFICATION)) {
    throw refused(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
      'hosts are always verified; give the authority of a private certificate by TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    );
  }
  if (TEMPORAL_CONFIG_FILE !== undefined && !existsSync(TEMPORAL_CONFIG_FILE)) throw refused('TEMPORAL_CONFIG_FILE', `${TEMPORAL_CONFIG_FILE} does not exist`);
  const profile = attempt(() => loadClientConfigProfile({ overrideEnvVars: { ...asked }, ...(!file && { disableFile: true }) }));
  const { clientCert, clientKey } = profile.tls ?? {};
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw refused('TEMPORAL_TLS_CLIENT_CERT, TEMPORAL_TLS_CLIENT_KEY', 'a client certificate and its key go together, and one is missing');
  }
  return profile;
}

function accessOf(profile: ClientConfigProfile): TemporalAccess {
  const { tls, apiKey, metadata } = attempt(() => toClientOptions(profile)).connectionOptions;
  return {
    ...(tls !== undefined && tls !== null && { tls: typeof tls === 'object' ? withoutGaps(tls) : tls }),
    ...(apiKey !== undefined && { apiKey }),
    // Headers are written with dashes; the names of variables cannot be.
    ...(metadata && Object.keys(metadata).length > 0 && { metadata: Object.fromEntries(Object.entries(metadata).map(headerOf)) }),
  };
}

const headerOf = ([name, value]: readonly [string, unknown]): readonly [string, string] => [name.replaceAll('_', '-'), String(value)];

type Tls = Exclude<NonNullable<ClientConnectConfig['connectionOptions']['tls']>, boolean>;

/** The SDK's connections take an absent setting for absent, one of `undefined` not always. */
const withoutGaps = (tls: Tls): Tls => Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (problem) {
    throw refused('TEMPORAL_…', (problem as Error).message, problem as Error);
  }
}

const refused = (variable: string, reason: string, cause?: Error): Fault =>
  new Fault('invalid', 'config.temporal', `${variable}: ${reason}`, { issues: [{ variable, reason }] }, cause);
