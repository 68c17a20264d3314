import { ALIASES, NOT_READ, withAliases } from '../../src/config/aliases';
import { readConfig, unknownVariables } from '../../src/config/config';
import { CONFIG_VARIABLES } from '../../src/config/variables';

it('reads other systems’ names as ours', () => {
  const config = readConfig({
    THYMOS_BIND_ADDR: '127.0.0.1:3001',
    THYMOS_POSTGRES_URL: 'postgres://db.example/x',
    THYMOS_DEFAULT_PROVIDER: 'ollama',
    THYMOS_APPROVE_RISK: 'low',
    THYMOS_RUNTIME_MODE: 'production',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  });

  expect(config.api).toEqual({ host: '127.0.0.1', port: 3001 });
  expect(config.database.url).toBe('postgres://db.example/x');
  expect(config.models.defaultProvider).toBe('ollama');
  expect(config.runAuthority.gates.risk).toBe('low');
  expect(config.auth.mode).toBe('required');
  expect(config.traces?.url).toBe('http://127.0.0.1:4318');
});

it('takes ours when both are set, and an empty one as not set', () => {
  expect(readConfig({ THYMOS_DEFAULT_MODEL: 'theirs', EVERTHREAD_DEFAULT_MODEL: 'ours' }).models.defaultModel).toBe('ours');
  expect(readConfig({ THYMOS_DEFAULT_MODEL: 'theirs', EVERTHREAD_DEFAULT_MODEL: '' }).models.defaultModel).toBe('theirs');
  expect(readConfig({ THYMOS_DEFAULT_MODEL: '' }).models.defaultModel).toBeNull();
});

it('refuses a wrong value under the name of ours', () => {
  expect(() => readConfig({ THYMOS_APPROVE_RISK: 'sometimes' })).toThrow('EVERTHREAD_APPROVE_RISK');
  expect(() => readConfig({ THYMOS_BIND_ADDR: 'everywhere' })).toThrow('EVERTHREAD_API_PORT');
});

it('means variables that exist, each name once', () => {
  const known = new Set(CONFIG_VARIABLES.map(({ name }) => name));

  expect(ALIASES.flatMap(({ means }) => means).filter((ours) => !known.has(ours))).toEqual([]);
  expect(new Set(ALIASES.map(({ name }) => name)).size).toBe(ALIASES.length);
  expect(withAliases({ PATH: '/bin' })).toEqual({ PATH: '/bin' });
  expect(unknownVariables({ THYMOS_DEFAULT_MODEL: 'm' })).toEqual([]);
});

/** Digest §8 of the peer, and the two of its command line. */
const OF_THE_PEER = [
  ...['RUNTIME_MODE', 'BIND_ADDR', 'ALLOWED_ORIGINS', 'LEDGER_PATH', 'POSTGRES_URL', 'DB_PATH', 'GATEWAY_DB_PATH', 'MARKETPLACE_DB_PATH', 'SKILLS_DIR'],
  ...['TOOL_FABRIC', 'WORKER_BIN', 'WORKSPACE', 'TOOL_MANIFEST_DIRS', 'TOOL_MANIFEST_DIR', 'MCP_CONFIG', 'APPROVE_RISK', 'MAX_CONCURRENT_RUNS_GLOBAL'],
  ...[
    'MAX_CONCURRENT_RUNS_PER_TENANT',
    'API_KEYS',
    'JWT_SECRET',
    'JWT_ISSUER',
    'JWT_AUDIENCE',
    'DEFAULT_PROVIDER',
    'DEFAULT_MODEL',
    'STREAM',
    'URL',
    'API_KEY',
  ],
].map((name) => `THYMOS_${name}`);

it('has a word on every variable of the peer: what it is read as, or why it is not', () => {
  const told = [...ALIASES, ...NOT_READ].map(({ name }) => name);

  expect(new Set(told).size).toBe(told.length);
  expect([...OF_THE_PEER, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'RUST_LOG'].sort()).toEqual([...told].sort());
});

it('warns of a variable of the peer that is set for nothing', () => {
  const set = { THYMOS_LEDGER_PATH: '/var/ledger.db', THYMOS_NEW: '1', THYMOS_STREAM: '', THYMOS_WORKSPACE: '/w', RUST_LOG: 'info' };

  expect(unknownVariables(set)).toEqual(['THYMOS_LEDGER_PATH', 'THYMOS_NEW']);
});

it('is never open where the peer had keys, whatever mode that was', () => {
  expect(readConfig({ THYMOS_API_KEYS: 'k:acme:ada:60' }).auth.mode).toBe('required');
  expect(readConfig({ THYMOS_API_KEYS: 'k:acme:ada:60', THYMOS_RUNTIME_MODE: 'reference' }).auth.mode).toBe('required');
  expect(readConfig({ THYMOS_API_KEYS: 'k:acme:ada:60', EVERTHREAD_AUTH: 'auto' }).auth.mode).toBe('auto');
  expect(readConfig({ THYMOS_RUNTIME_MODE: 'reference' }).auth.mode).toBe('auto');
});

describe('the models of runs', () => {
  it('have prices and addresses', () => {
    const { models } = readConfig({
      EVERTHREAD_MODEL_PRICES: '{"openai:m": {"input": 1.25, "output": 10}}',
      EVERTHREAD_MODEL_BASE_URLS: 'http://a.example/v1, https://b.example',
    });

    expect(models).toMatchObject({
      prices: { 'openai:m': { input: 1.25, output: 10 } },
      baseUrls: ['http://a.example/v1', 'https://b.example'],
      timeoutMs: 300_000,
    });
  });

  it.each([
    ['EVERTHREAD_MODEL_PRICES', '{"m": {"input": -1, "output": 1}}'],
    ['EVERTHREAD_MODEL_PRICES', 'cheap'],
    ['EVERTHREAD_MODEL_BASE_URLS', 'https://user:pw@a.example'],
    ['EVERTHREAD_MODEL_TIMEOUT_MS', '1'],
  ])('%s cannot be %s', (name, value) => expect(() => readConfig({ [name]: value })).toThrow(name));
});
