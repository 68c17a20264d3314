import { ALIASES, withAliases } from '../../src/config/aliases';
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
