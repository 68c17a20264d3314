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
    read: (value) => ({ EVERTHREAD_AUTH: value === 'production' ? 'required' : 'auto' }),
    note: '`production`: `required`',
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
  same('THYMOS_MAX_CONCURRENT_RUNS_GLOBAL', 'EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL'),
  same('THYMOS_MAX_CONCURRENT_RUNS_PER_TENANT', 'EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT'),
  same('OTEL_EXPORTER_OTLP_ENDPOINT', 'EVERTHREAD_OTLP_URL'),
];

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
