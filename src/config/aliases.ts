/**
 * Names that variables have elsewhere: those of seed 003 and of the peer that speaks its API (digest §8), and OpenTelemetry's own. They are read as ours, so that an environment that was
 * made for the other works here; where both are set, ours is taken.
 */
type Environment = Readonly<Record<string, string | undefined>>;

export interface Alias {
  readonly name: string;
  /** Ours, one or more. */
  readonly means: readonly string[];
  /** Values of ours, where they are not simply the same. */
  readonly read?: (value: string) => Readonly<Record<string, string>>;
  /** For people. */
  readonly note?: string;
}

const same = (name: string, ours: string): Alias => ({ name, means: [ours] });

/** `0.0.0.0:3001`, `[::1]:3001`; what is not an address with a port goes to the port as it is, to be refused there. */
function hostAndPort(value: string): Readonly<Record<string, string>> {
  const [, host, port] = /^(.*):(\d+)$/.exec(value) ?? [];
  return host && port ? { EVERTHREAD_API_HOST: host.replace(/^\[|\]$/g, ''), EVERTHREAD_API_PORT: port } : { EVERTHREAD_API_PORT: value };
}

export const ALIASES: readonly Alias[] = [
  { name: 'THYMOS_BIND_ADDR', means: ['EVERTHREAD_API_HOST', 'EVERTHREAD_API_PORT'], read: hostAndPort, note: '`host:port`' },
  {
    name: 'THYMOS_RUNTIME_MODE',
    means: ['EVERTHREAD_AUTH'],
    read: (value): Readonly<Record<string, string>> => (value === 'production' ? { EVERTHREAD_AUTH: 'required' } : {}),
    note: '`production`: `required`',
  },
  {
    name: 'THYMOS_API_KEYS',
    means: ['EVERTHREAD_AUTH'],
    // Whoever has made keys there must not be open here.
    read: () => ({ EVERTHREAD_AUTH: 'required' }),
    note: 'any: `required`. The keys themselves are not taken, because keys are kept hashed and can be revoked: make them with `everthread keys create`',
  },
  same('THYMOS_ALLOWED_ORIGINS', 'EVERTHREAD_CORS_ORIGINS'),
  same('THYMOS_POSTGRES_URL', 'EVERTHREAD_DATABASE_URL'),
  same('THYMOS_JWT_SECRET', 'EVERTHREAD_JWT_SECRET'),
  same('THYMOS_JWT_ISSUER', 'EVERTHREAD_JWT_ISSUER'),
  same('THYMOS_JWT_AUDIENCE', 'EVERTHREAD_JWT_AUDIENCE'),
  same('THYMOS_API_KEY', 'EVERTHREAD_API_KEY'),
  same('THYMOS_DEFAULT_PROVIDER', 'EVERTHREAD_DEFAULT_PROVIDER'),
  same('THYMOS_DEFAULT_MODEL', 'EVERTHREAD_DEFAULT_MODEL'),
  same('THYMOS_APPROVE_RISK', 'EVERTHREAD_APPROVE_RISK'),
  same('THYMOS_SKILLS_DIR', 'EVERTHREAD_SKILLS_DIR'),
  same('THYMOS_WORKSPACE', 'EVERTHREAD_WORKSPACE'),
  same('THYMOS_TOOL_MANIFEST_DIRS', 'EVERTHREAD_TOOL_MANIFEST_DIRS'),
  same('THYMOS_TOOL_MANIFEST_DIR', 'EVERTHREAD_TOOL_MANIFEST_DIRS'),
  same('THYMOS_MCP_CONFIG', 'EVERTHREAD_MCP_CONFIG'),
  same('THYMOS_MAX_CONCURRENT_RUNS_GLOBAL', 'EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL'),
  same('THYMOS_MAX_CONCURRENT_RUNS_PER_TENANT', 'EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT'),
  same('OTEL_EXPORTER_OTLP_ENDPOINT', 'EVERTHREAD_OTLP_URL'),
];

const IN_POSTGRES = 'Everything is kept in Postgres: `EVERTHREAD_DATABASE_URL`.';
const IN_WORKERS = 'Tools always work in workers, and programs in processes of their own.';

/** Names of the peer that have no counterpart, and why; a start warns of them. */
export const NOT_READ: readonly { readonly name: string; readonly why: string }[] = [
  ...['THYMOS_LEDGER_PATH', 'THYMOS_DB_PATH', 'THYMOS_GATEWAY_DB_PATH', 'THYMOS_MARKETPLACE_DB_PATH'].map((name) => ({ name, why: IN_POSTGRES })),
  ...['THYMOS_TOOL_FABRIC', 'THYMOS_WORKER_BIN'].map((name) => ({ name, why: IN_WORKERS })),
  { name: 'THYMOS_STREAM', why: 'What models say is always streamed.' },
  { name: 'THYMOS_URL', why: 'The command line takes `--url`.' },
  { name: 'RUST_LOG', why: 'Other programs have it too, in a language of its own: `EVERTHREAD_LOG_LEVEL`.' },
];

/** Whether a variable of the peer's is set for nothing. */
export const isUnreadAlias = (name: string): boolean => name.startsWith('THYMOS_') && !ALIASES.some((alias) => alias.name === name);

/** The environment with ours filled in from the others; earlier rows of {@link ALIASES} come first. An empty value counts as not set. */
export function withAliases(env: Environment): Environment {
  const added: Record<string, string> = {};
  for (const { name, means, read } of ALIASES) {
    const value = env[name];
    if (!value) continue;
    const values = read?.(value) ?? Object.fromEntries(means.map((ours) => [ours, value]));
    for (const [ours, theirs] of Object.entries(values)) if (!env[ours]) added[ours] ??= theirs;
  }
  return { ...env, ...added };
}

/** In Markdown, for docs/configuration.md. */
export function aliasTable(): string {
  const rows = ALIASES.map(({ name, means, note }) => `| \`${name}\` | ${means.map((ours) => `\`${ours}\``).join(', ')}${note ? ` (${note})` : ''} |`);
  return ['| name | read as |', '| --- | --- |', ...rows].join('\n');
}

/** In Markdown, for docs/configuration.md. */
export const notReadTable = (): string => ['| name | why not |', '| --- | --- |', ...NOT_READ.map(({ name, why }) => `| \`${name}\` | ${why} |`)].join('\n');
