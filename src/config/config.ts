/**
 * The configuration: one schema of the environment, read once where a process starts and handed on as a value. Nothing else in the tree
 * reads `process.env` for settings.
 */
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Fault } from '../errors/fault';
import { tokenIssues } from './tokens';
import { address, count, delays, flag, isNetwork, isOrigin, list, names, path, port, rate, text, url, words } from './fields';
import { isUnreadAlias, withAliases } from './aliases';
import { FORGE_FIELDS, forgeOf, type ForgeConfig } from './forge';
import { GRPC_FIELDS, grpcIssues, grpcOf, type GrpcConfig } from './grpc';
import { METRICS_FIELDS, metricsOf, type MetricsAddress } from './metrics';
import { MODEL_FIELDS, modelsOf, type ModelConfig } from './run-models';
import { RUN_AUTHORITY_FIELDS, runAuthorityOf, type RunAuthority } from './run-authority';
import { RUN_LIMIT_FIELDS, runLimitsOf, type RunLimitsConfig } from './run-limits';
import { RUN_TOOLS_FIELDS, runToolsOf, type RunToolsConfig } from './run-tools';
import { SCRIPT_LIMIT_FIELDS, scriptLimitsOf, type ScriptLimitsConfig } from './script-limits';
import { SCRIPT_FIELDS, scriptsOf, type ScriptsConfig } from './scripts';
import { CONFIG_VARIABLES, DEFAULT_AGENT_ENV, WEBHOOK_DELAYS_MS } from './variables';

const Environment = z.object({
  EVERTHREAD_API_PORT: port(8080),
  EVERTHREAD_API_HOST: address.default('127.0.0.1'),
  EVERTHREAD_AUDIT_KEPT_DAYS: count(90, { min: 1, max: 36_500 }),
  EVERTHREAD_CORS_ORIGINS: list
    .refine((origins) => origins.length <= 100 && origins.every(isOrigin), 'expected at most 100 origins such as https://app.example, separated by commas')
    .default([]),
  EVERTHREAD_RATE_LIMIT_READ: rate,
  EVERTHREAD_RATE_LIMIT_WRITE: rate,
  EVERTHREAD_RATE_LIMIT_EXECUTE: rate,
  EVERTHREAD_RATE_LIMIT_CREDENTIALS: rate,
  EVERTHREAD_TRUSTED_PROXIES: list
    .refine((given) => given.length <= 100 && given.every(isNetwork), 'expected at most 100 addresses or networks such as 10.0.0.0/8, separated by commas')
    .default([]),
  EVERTHREAD_API_KEY: words.optional(),
  EVERTHREAD_AUTH: z.enum(['auto', 'required']).default('auto'),
  EVERTHREAD_JWT_JWKS_URL: url(['https:', 'http:']).optional(),
  EVERTHREAD_JWT_PUBLIC_KEY_FILE: path.optional(),
  EVERTHREAD_JWT_SECRET: text.refine((value) => Buffer.byteLength(value) >= 32, 'expected at least 32 bytes').optional(),
  EVERTHREAD_JWT_ISSUER: words.optional(),
  EVERTHREAD_JWT_AUDIENCE: words.optional(),
  EVERTHREAD_JWT_TENANT_CLAIM: names('claims').default(['tenant', 'tenant_id', 'org_id']),
  EVERTHREAD_JWT_TENANT: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected the name of a tenant')
    .optional(),
  EVERTHREAD_DATA_DIR: path.optional(),
  EVERTHREAD_CACHE_DIR: path.optional(),
  EVERTHREAD_TEMPORAL_ADDRESS: z
    .string()
    .max(256)
    .regex(/^\S+:\d{1,5}$/, 'expected host:port')
    .optional(),
  EVERTHREAD_TEMPORAL_NAMESPACE: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, dot, dash and underscore')
    .default('default'),
  EVERTHREAD_TEMPORAL_CLI: path.optional(),
  EVERTHREAD_TEMPORAL_PORT: port(7233),
  EVERTHREAD_TEMPORAL_UI_PORT: port(8233),
  EVERTHREAD_DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  EVERTHREAD_DATABASE_PORT: port(5439),
  EVERTHREAD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  EVERTHREAD_HOST_ID: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, dot, dash and underscore')
    .optional(),
  EVERTHREAD_HOST_CAPACITY: count(1_000, { min: 1, max: 2_000 }),
  EVERTHREAD_HOST_GONE_AFTER_MS: count(120_000, { min: 1_000, max: 30 * 86_400_000 }),
  EVERTHREAD_RELAY_HOST: address.default('127.0.0.1'),
  EVERTHREAD_RELAY_PORT: port(0),
  EVERTHREAD_RELAY_URL: url(['http:', 'https:']).optional(),
  EVERTHREAD_IDLE_TIMEOUT_MS: count(1_800_000, { min: 1_000, max: 7 * 86_400_000 }),
  EVERTHREAD_SYNC_WAIT_MS: count(60_000, { min: 100, max: 600_000 }),
  EVERTHREAD_AGENTS_FILE: path.optional(),
  EVERTHREAD_PATTERNS_DIR: path.optional(),
  EVERTHREAD_AGENT_HEARTBEAT_MS: count(10_000, { min: 200, max: 600_000 }),
  EVERTHREAD_AGENTS_DIR: path.optional(),
  EVERTHREAD_LLM_AGENTS_FILE: path.optional(),
  EVERTHREAD_AGENT_ENV: list
    .refine(
      (names) => names.length <= 100 && names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)),
      'expected at most 100 names of variables, separated by commas',
    )
    .default([...DEFAULT_AGENT_ENV]),
  EVERTHREAD_AGENT_HOME: path.optional(),
  EVERTHREAD_SECRET_KEY: z
    .string()
    .refine((value) => /^[A-Za-z0-9+/]{43}=$/.test(value), 'expected 32 bytes in base64')
    .optional(),
  EVERTHREAD_WORKSPACES_DIR: path.optional(),
  EVERTHREAD_KEEP_SESSIONS: flag.default(false),
  EVERTHREAD_ALLOW_PRIVATE_NETWORKS: flag.default(false),
  EVERTHREAD_WEBHOOK_DELAYS_MS: delays.default([...WEBHOOK_DELAYS_MS]),
  EVERTHREAD_PACKAGES_UNSIGNED: flag.default(false),
  EVERTHREAD_PACKAGE_PUBLISHERS: list
    .transform((keys) => keys.map((key) => key.toLowerCase()))
    .refine((keys) => keys.length <= 100 && keys.every((key) => /^[0-9a-f]{64}$/.test(key)), 'expected at most 100 keys of 64 hex digits, separated by commas')
    .default([]),
  ...METRICS_FIELDS,
  EVERTHREAD_OTLP_URL: url(['http:', 'https:']).optional(),
  EVERTHREAD_TRACE_RATIO: z
    .string()
    .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'expected a number from 0 to 1')
    .transform(Number)
    .default(1),
  EVERTHREAD_DRAIN_MS: count(5_000, { min: 0, max: 600_000 }),
  ...RUN_AUTHORITY_FIELDS,
  ...RUN_LIMIT_FIELDS,
  ...MODEL_FIELDS,
  ...FORGE_FIELDS,
  ...RUN_TOOLS_FIELDS,
  ...SCRIPT_FIELDS,
  ...SCRIPT_LIMIT_FIELDS,
  ...GRPC_FIELDS,
});

/** How a connection gets into a Temporal cluster. Empty: a plain connection. */
export type TemporalAccess = Readonly<Pick<ClientConnectConfig['connectionOptions'], 'tls' | 'apiKey'>> & {
  readonly metadata?: Readonly<Record<string, string>>;
};

export interface Config {
  readonly api: { readonly host: string; readonly port: number };
  readonly grpc: GrpcConfig;
  /** Where clients find the API; null: where it listens. */
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  readonly auditKeptMs: number;
  /** Requests a minute; null: by default 1000, 200 and 100, and none while the API is open. */
  readonly limits: { readonly read: number | null; readonly write: number | null; readonly execute: number | null; readonly credentials: number | null };
  /** Addresses and networks of proxies that are believed about the client. */
  readonly trustedProxies: readonly string[];
  readonly auth: {
    /** auto: open while on loopback with neither keys nor tokens. */
    readonly mode: 'auto' | 'required';
    readonly jwt: {
      readonly jwksUrl: string | null;
      readonly publicKeyFile: string | null;
      readonly secret: string | null;
      readonly issuer: string | null;
      readonly audience: string | null;
      readonly tenantClaims: readonly string[];
      readonly tenant: string | null;
    };
  };
  /** Absolute. */
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly temporal: {
    /** `host:port` of the cluster, or null: embedded. */
    readonly address: string | null;
    readonly namespace: string;
    /** What a connection to the cluster needs besides; empty until {@link clusterConfig} of ./temporal.ts has read the conventions. */
    readonly access: TemporalAccess;
    readonly cli: string | null;
    readonly port: number;
    readonly uiPort: number;
  };
  /** `url` null: embedded. */
  readonly database: { readonly url: string | null; readonly port: number };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly host: { readonly id: string | null; readonly capacity: number; readonly goneAfterMs: number };
  readonly relay: { readonly host: string; readonly port: number; readonly url: string | null };
  readonly idleTimeoutMs: number;
  /** How long a call that executes a pattern waits for its result. */
  readonly syncWaitMs: number;
  readonly agents: { readonly file: string | null; readonly env: readonly string[]; readonly home: string };
  /** A folder of definitions that an API process publishes when it starts; null: none. */
  readonly patternsDir: string | null;
  /** Agents that perform tasks of patterns: how often they say that they live, and those that the worker runs itself. */
  readonly patternAgents: { readonly heartbeatMs: number; readonly modulesDir: string | null; readonly llmFile: string | null };
  readonly secretKey: string | null;
  readonly workspacesDir: string;
  readonly keepSessions: boolean;
  readonly outgoing: {
    /** Whether addresses that users give may be private ones. */
    readonly allowPrivate: boolean;
    /** Waits before the second try of a webhook's delivery and the further ones. */
    readonly webhookDelaysMs: readonly number[];
  };
  /** Which packages of the marketplace are taken: unsigned ones too, those of these public keys (hex; empty: of any). */
  readonly packages: { readonly unsigned: boolean; readonly publishers: readonly string[] };
  /** Where worker and host serve their metrics; null: nowhere. */
  readonly metrics: MetricsAddress;
  /** `url` without `/v1/traces`; null: no traces. `ratio` of the traces that begin here. */
  readonly traces: { readonly url: string; readonly ratio: number } | null;
  readonly drainMs: number;
  readonly runAuthority: RunAuthority;
  readonly runLimits: RunLimitsConfig;
  /** Which models runs think with. */
  readonly models: ModelConfig;
  readonly runTools: RunToolsConfig;
  readonly scripts: ScriptsConfig;
  readonly scriptLimits: ScriptLimitsConfig;
  readonly forge: ForgeConfig;
}

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** The cache of everything that is downloaded or built once, also for programs that need no other setting. */
export const cacheDirectory = (env: ProcessEnvironment): string => {
  if (env.EVERTHREAD_CACHE_DIR) return resolve(env.EVERTHREAD_CACHE_DIR);
  return env.XDG_CACHE_HOME ? join(resolve(env.XDG_CACHE_HOME), 'everthread') : join(homedir(), '.cache', 'everthread');
};

const isGiven = ([name, value]: readonly [string, string | undefined]): boolean => name.startsWith('EVERTHREAD_') && value !== undefined && value !== '';

/** Names that look like settings and are none: a slip of the pen, or something that an agent's session was given. Worth a warning. */
export function unknownVariables(env: ProcessEnvironment = process.env): readonly string[] {
  const known = new Set(CONFIG_VARIABLES.map(({ name }) => name));
  const ours = Object.entries(env)
    .filter(isGiven)
    .map(([name]) => name)
    .filter((name) => !known.has(name) && !/^EVERTHREAD_(TEST|SESSION|THREAD|EXECUTION)_/.test(name));
  return [...ours, ...Object.keys(env).filter((name) => env[name] && isUnreadAlias(name))];
}

/**
 * The configuration in this environment; an empty value counts as not set. Fault `config.invalid` (invalid) names every variable whose value is
 * wrong and what was expected: facts are `{issues: [{variable, reason}]}`.
 */
export function readConfig(env: ProcessEnvironment = process.env): Config {
  const result = Environment.safeParse(Object.fromEntries(Object.entries(withAliases(env)).filter(isGiven)));
  const issues = result.success
    ? [...tokenIssues(result.data), ...grpcIssues(result.data)]
    : result.error.issues.map((issue) => ({ variable: String(issue.path[0]), reason: issue.message }));
  if (result.success && issues.length === 0) return configOf(result.data, env);
  throw new Fault('invalid', 'config.invalid', issues.map(({ variable, reason }) => `${variable}: ${reason}`).join('; '), { issues });
}

function configOf(values: z.output<typeof Environment>, env: ProcessEnvironment): Config {
  const dataDir = values.EVERTHREAD_DATA_DIR ?? resolve('.everthread');
  return {
    api: { host: values.EVERTHREAD_API_HOST, port: values.EVERTHREAD_API_PORT },
    ...grpcOf(values),
    corsOrigins: values.EVERTHREAD_CORS_ORIGINS,
    auditKeptMs: values.EVERTHREAD_AUDIT_KEPT_DAYS * 86_400_000,
    limits: {
      read: values.EVERTHREAD_RATE_LIMIT_READ ?? null,
      write: values.EVERTHREAD_RATE_LIMIT_WRITE ?? null,
      execute: values.EVERTHREAD_RATE_LIMIT_EXECUTE ?? null,
      credentials: values.EVERTHREAD_RATE_LIMIT_CREDENTIALS ?? null,
    },
    trustedProxies: values.EVERTHREAD_TRUSTED_PROXIES,
    auth: {
      mode: values.EVERTHREAD_AUTH,
      jwt: {
        jwksUrl: values.EVERTHREAD_JWT_JWKS_URL ?? null,
        publicKeyFile: values.EVERTHREAD_JWT_PUBLIC_KEY_FILE ?? null,
        secret: values.EVERTHREAD_JWT_SECRET ?? null,
        issuer: values.EVERTHREAD_JWT_ISSUER ?? null,
        audience: values.EVERTHREAD_JWT_AUDIENCE ?? null,
        tenantClaims: values.EVERTHREAD_JWT_TENANT_CLAIM,
        tenant: values.EVERTHREAD_JWT_TENANT ?? null,
      },
    },
    dataDir,
    cacheDir: cacheDirectory(env),
    temporal: {
      address: values.EVERTHREAD_TEMPORAL_ADDRESS ?? null,
      namespace: values.EVERTHREAD_TEMPORAL_NAMESPACE,
      access: {},
      cli: values.EVERTHREAD_TEMPORAL_CLI ?? null,
      port: values.EVERTHREAD_TEMPORAL_PORT,
      uiPort: values.EVERTHREAD_TEMPORAL_UI_PORT,
    },
    database: { url: values.EVERTHREAD_DATABASE_URL ?? null, port: values.EVERTHREAD_DATABASE_PORT },
    logLevel: values.EVERTHREAD_LOG_LEVEL,
    host: { id: values.EVERTHREAD_HOST_ID ?? null, capacity: values.EVERTHREAD_HOST_CAPACITY, goneAfterMs: values.EVERTHREAD_HOST_GONE_AFTER_MS },
    relay: { host: values.EVERTHREAD_RELAY_HOST, port: values.EVERTHREAD_RELAY_PORT, url: values.EVERTHREAD_RELAY_URL ?? null },
    ...{ idleTimeoutMs: values.EVERTHREAD_IDLE_TIMEOUT_MS, syncWaitMs: values.EVERTHREAD_SYNC_WAIT_MS },
    agents: { file: values.EVERTHREAD_AGENTS_FILE ?? null, env: values.EVERTHREAD_AGENT_ENV, home: values.EVERTHREAD_AGENT_HOME ?? homedir() },
    patternsDir: values.EVERTHREAD_PATTERNS_DIR ?? null,
    patternAgents: {
      heartbeatMs: values.EVERTHREAD_AGENT_HEARTBEAT_MS,
      modulesDir: values.EVERTHREAD_AGENTS_DIR ?? null,
      llmFile: values.EVERTHREAD_LLM_AGENTS_FILE ?? null,
    },
    secretKey: values.EVERTHREAD_SECRET_KEY ?? null,
    workspacesDir: values.EVERTHREAD_WORKSPACES_DIR ?? join(dataDir, 'workspaces'),
    outgoing: { allowPrivate: values.EVERTHREAD_ALLOW_PRIVATE_NETWORKS, webhookDelaysMs: values.EVERTHREAD_WEBHOOK_DELAYS_MS },
    packages: { unsigned: values.EVERTHREAD_PACKAGES_UNSIGNED, publishers: values.EVERTHREAD_PACKAGE_PUBLISHERS },
    metrics: metricsOf(values),
    traces: values.EVERTHREAD_OTLP_URL === undefined ? null : { url: values.EVERTHREAD_OTLP_URL, ratio: values.EVERTHREAD_TRACE_RATIO },
    ...{ drainMs: values.EVERTHREAD_DRAIN_MS, keepSessions: values.EVERTHREAD_KEEP_SESSIONS },
    ...{ runAuthority: runAuthorityOf(values), runLimits: runLimitsOf(values) },
    ...{ models: modelsOf(values), forge: forgeOf(values), runTools: runToolsOf(values) },
    ...{ scripts: scriptsOf(values), scriptLimits: scriptLimitsOf(values) },
  };
}
