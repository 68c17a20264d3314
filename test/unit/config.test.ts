import { resolve } from 'node:path';
import { readConfig, unknownVariables } from '../../src/config/config';
import { CONFIG_VARIABLES } from '../../src/config/variables';
import { Fault } from '../../src/errors/fault';

const faultOf = (env: Record<string, string>): Fault => {
  try {
    readConfig(env);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
  }
  throw new Fault('internal', 'test.no_fault', 'the configuration was accepted');
};

/** Any text is a path, so only one that is too long is wrong. */
const PATHS = /_(DIRS?|FILE|CLI|HOME|WORKSPACE|MCP_CONFIG)$/;

describe('the configuration', () => {
  it('has a default for everything', () => {
    const config = readConfig({});

    expect(config).toMatchObject({
      api: { host: '127.0.0.1', port: 8080 },
      dataDir: resolve('.everthread'),
      temporal: { address: null, namespace: 'default', port: 7233, uiPort: 8233 },
      database: { url: null, port: 5439 },
      relay: { host: '127.0.0.1', port: 0, url: null },
      idleTimeoutMs: 1_800_000,
      keepSessions: false,
      runAuthority: { gates: { risk: 'high', uncompensable: false }, policies: { folders: [], trustedKeys: [] }, skillsDir: null },
    });
  });

  it('reads what runs may do, and keeps the defaults of what is not named', () => {
    const { grants, gates, policies } = readConfig({
      EVERTHREAD_RUN_BUDGET: 'tool_calls=5, tokens=9',
      EVERTHREAD_RUN_CEILING: 'none',
      EVERTHREAD_RUN_CEILING_MAX: 'read,irreversible',
      EVERTHREAD_APPROVE_RISK: 'off',
      EVERTHREAD_POLICY_DIRS: '/a, b',
      EVERTHREAD_POLICY_TRUSTED_KEYS: 'ab'.repeat(32),
    }).runAuthority;

    expect(grants.budget.default).toEqual({ tokens: 9, tool_calls: 5, wall_clock_ms: 300_000, usd_millicents: 0 });
    expect(grants.ceiling).toEqual({
      default: { read: false, write: false, external: false, irreversible: false },
      max: { read: true, write: false, external: false, irreversible: true },
    });
    expect(gates.risk).toBe('off');
    expect(policies).toEqual({ folders: ['/a', resolve('b')], trustedKeys: ['ab'.repeat(32)] });
  });

  it('reads what tools of runs are there and may do', () => {
    const { runTools } = readConfig({
      EVERTHREAD_WORKSPACE: '/w',
      EVERTHREAD_TOOL_MANIFEST_DIRS: '/a, /b',
      EVERTHREAD_TOOL_NETWORK: 'open',
      EVERTHREAD_TOOL_ENV: 'CARGO_HOME',
      EVERTHREAD_TOOL_MEMORY_MB: '64',
    });

    expect(runTools).toEqual({
      ...{ workspace: '/w', manifestFolders: ['/a', '/b'], mcpFile: null, packagePrograms: false },
      ...{ network: 'open', isolation: 'auto', env: ['CARGO_HOME'], memoryBytes: 64 * 1_024 ** 2 },
    });
    expect(faultOf({ EVERTHREAD_TOOL_ENV: 'EVERTHREAD_SECRET_KEY' }).facts).toMatchObject({ issues: [{ variable: 'EVERTHREAD_TOOL_ENV' }] });
  });

  it('names every variable that is wrong, and what was expected', () => {
    const fault = faultOf({ EVERTHREAD_API_PORT: '80 80', EVERTHREAD_DATABASE_URL: 'mysql://there', EVERTHREAD_LOG_LEVEL: 'loud' });

    expect(fault).toMatchObject({ kind: 'invalid', code: 'config.invalid' });
    expect((fault.facts.issues as { variable: string }[]).map(({ variable }) => variable).sort()).toEqual([
      'EVERTHREAD_API_PORT',
      'EVERTHREAD_DATABASE_URL',
      'EVERTHREAD_LOG_LEVEL',
    ]);
    expect(fault.message).toContain('EVERTHREAD_API_PORT: expected a port number');
    expect(fault.message).toContain('postgres://');
  });

  it('tells which names are not settings, so that a slip of the pen is heard', () => {
    const names = unknownVariables({ EVERTHREAD_API_PROT: '8080', EVERTHREAD_API_PORT: '8080', EVERTHREAD_SESSION_KEY: 'x', OTHER: 'y' });

    expect(names).toEqual(['EVERTHREAD_API_PROT']);
  });

  it.each([
    ['EVERTHREAD_API_PORT', '65536'],
    ['EVERTHREAD_API_PORT', '-1'],
    ['EVERTHREAD_TEMPORAL_ADDRESS', 'localhost'],
    ['EVERTHREAD_TEMPORAL_NAMESPACE', 'a b'],
    ['EVERTHREAD_HOST_CAPACITY', '0'],
    ['EVERTHREAD_HOST_ID', 'a/b'],
    ['EVERTHREAD_SECRET_KEY', 'c2hvcnQ='],
    ['EVERTHREAD_AGENT_ENV', 'GOOD,NOT GOOD'],
    ['EVERTHREAD_KEEP_SESSIONS', 'perhaps'],
    ['EVERTHREAD_RUN_BUDGET', 'token=5'],
    ['EVERTHREAD_RUN_BUDGET_MAX', 'tokens=-5'],
    ['EVERTHREAD_RUN_CEILING', 'read,delete'],
    ['EVERTHREAD_RUN_DEPTH_MAX', '17'],
    ['EVERTHREAD_APPROVE_RISK', 'huge'],
    ['EVERTHREAD_POLICY_TRUSTED_KEYS', 'ABC'],
    ['EVERTHREAD_RELAY_URL', 'ftp://there'],
    ['EVERTHREAD_TEMPORAL_METRICS_ADDRESS', '9464'],
    ['EVERTHREAD_TEMPORAL_METRICS_ADDRESS', '127.0.0.1:65536'],
    ['EVERTHREAD_TEMPORAL_METRICS_ADDRESS', '::1:9464'],
    ['EVERTHREAD_OTLP_URL', 'collector:4318'],
    ['EVERTHREAD_TRACE_RATIO', '1.5'],
    ['EVERTHREAD_TRACE_RATIO', '10%'],
  ])('refuses %s=%s', (name, value) => {
    expect((faultOf({ [name]: value }).facts.issues as { variable: string }[])[0]?.variable).toBe(name);
  });

  it('reads where metrics are served, and what is traced', () => {
    expect(readConfig({})).toMatchObject({ metrics: null, traces: null });
    expect(readConfig({ EVERTHREAD_TEMPORAL_METRICS_ADDRESS: '[::1]:9464' }).metrics).toEqual({ host: '::1', port: 9464 });
    expect(readConfig({ EVERTHREAD_OTLP_URL: 'http://c:4318', EVERTHREAD_TRACE_RATIO: '0.25' }).traces).toEqual({ url: 'http://c:4318', ratio: 0.25 });
  });

  it('takes an empty value for none', () => {
    expect(readConfig({ EVERTHREAD_API_PORT: '', EVERTHREAD_DATABASE_URL: '' })).toMatchObject({ api: { port: 8080 }, database: { url: null } });
  });

  it('keeps everything embedded below the data directory', () => {
    const config = readConfig({ EVERTHREAD_DATA_DIR: '/somewhere/else' });

    expect(config.dataDir).toBe('/somewhere/else');
    expect(config.workspacesDir).toBe('/somewhere/else/workspaces');
  });

  it('takes the cache from its own variable, then from the desktop standard', () => {
    expect(readConfig({ EVERTHREAD_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' }).cacheDir).toBe('/a');
    expect(readConfig({ XDG_CACHE_HOME: '/b' }).cacheDir).toBe('/b/everthread');
  });

  it('asks for the issuer and the audience where a public key decides, for one source of it, and for TLS to it', () => {
    const together = { EVERTHREAD_JWT_ISSUER: 'https://issuer.example', EVERTHREAD_JWT_AUDIENCE: 'everthread' };
    const wrong = (env: Record<string, string>) => (faultOf(env).facts.issues as { variable: string }[]).map(({ variable }) => variable);

    const sources: Record<string, string>[] = [{ EVERTHREAD_JWT_JWKS_URL: 'https://issuer.example/keys' }, { EVERTHREAD_JWT_PUBLIC_KEY_FILE: '/issuer.pem' }];
    for (const source of sources) {
      expect(wrong({ ...source })).toEqual(['EVERTHREAD_JWT_ISSUER', 'EVERTHREAD_JWT_AUDIENCE']);
      expect(readConfig({ ...source, ...together }).auth.jwt).toMatchObject({ issuer: 'https://issuer.example', audience: 'everthread' });
    }
    expect(wrong({ ...together, EVERTHREAD_JWT_JWKS_URL: 'https://issuer.example/keys', EVERTHREAD_JWT_PUBLIC_KEY_FILE: '/issuer.pem' })).toEqual([
      'EVERTHREAD_JWT_PUBLIC_KEY_FILE',
    ]);
    expect(wrong({ ...together, EVERTHREAD_JWT_JWKS_URL: 'http://issuer.example/keys' })).toEqual(['EVERTHREAD_JWT_JWKS_URL']);
    expect(readConfig({ ...together, EVERTHREAD_JWT_JWKS_URL: 'http://127.0.0.1:9/keys' }).auth.jwt.jwksUrl).toBe('http://127.0.0.1:9/keys');
    expect(readConfig({ EVERTHREAD_JWT_SECRET: 's'.repeat(40) }).auth.jwt.issuer).toBeNull();
  });

  it('knows every variable of the table, and no table row is said twice', () => {
    const names = CONFIG_VARIABLES.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(faultOf({ [name]: PATHS.test(name) ? '\0'.repeat(5_000) : '\0' }).facts.issues).toHaveLength(1);
    for (const name of names)
      expect(faultOf({ [name]: /_(?:DIRS?|FILE|CLI|HOME|CONFIG|WORKSPACE)$/.test(name) ? '\0'.repeat(5_000) : '\0' }).facts.issues).toHaveLength(1);
  });
});
