import type { CognitionChoice } from '../../../src/contracts/run/ports';
import { chooseModel, defaultProvider, providerKeys, type ModelSettings } from '../../../src/domain/run/cognition/model-choice';
import { costMillicents } from '../../../src/domain/run/cognition/price';
import { findProvider, PROVIDERS } from '../../../src/domain/run/cognition/providers';

const choice = (given: Partial<CognitionChoice>): CognitionChoice => ({
  ...{ provider: 'openai', model: null, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: true, script: null },
  ...given,
});
const settings = (env: Record<string, string>, given: Partial<ModelSettings> = {}): ModelSettings => ({
  defaultProvider: null,
  defaultModel: null,
  baseUrls: [],
  env,
  ...given,
});
const OPENAI = { OPENAI_API_KEY: 'key-of-openai', OPENAI_MODEL: 'gpt-x' };

describe('the model that a run names', () => {
  it('has the address, the key and the model of the environment', () => {
    expect(chooseModel(choice({}), settings({ ...OPENAI, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/' }))).toMatchObject({
      ...{ model: 'gpt-x', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'key-of-openai' },
    });
    expect(chooseModel(choice({ model: 'gpt-y' }), settings(OPENAI))).toMatchObject({ model: 'gpt-y', baseUrl: 'https://api.openai.com/v1' });
  });

  it('takes short names of providers and of Anthropic’s models', () => {
    expect(chooseModel(choice({ provider: 'grok', model: 'm' }), settings({ XAI_API_KEY: 'k' }))).toMatchObject({ baseUrl: 'https://api.x.ai/v1' });
    expect(chooseModel(choice({ provider: 'hf', model: 'm' }), settings({ HF_TOKEN: 'k' }))).toMatchObject({ apiKey: 'k' });
    expect(chooseModel(choice({ provider: 'anthropic', model: 'opus' }), settings({ ANTHROPIC_API_KEY: 'k' }))).toMatchObject({ model: 'claude-opus-5-5' });
    expect(chooseModel(choice({ provider: 'ollama', model: 'm' }), settings({}))).toMatchObject({ apiKey: null });
  });

  it('takes the configured model for the default provider alone', () => {
    const given = settings({ OPENAI_API_KEY: 'k', GROQ_API_KEY: 'k' }, { defaultProvider: 'openai', defaultModel: 'gpt-d' });

    expect(chooseModel(choice({}), given)).toMatchObject({ model: 'gpt-d' });
    expect(() => chooseModel(choice({ provider: 'groq' }), given)).toThrow('GROQ_MODEL');
  });

  it.each([
    [choice({ provider: 'nobody' }), OPENAI, 'cognition.provider_unknown', 'cognition.provider'],
    [choice({}), { OPENAI_MODEL: 'm' }, 'cognition.key_missing', 'cognition.provider'],
    [choice({}), { OPENAI_API_KEY: 'k' }, 'cognition.model_missing', 'cognition.model'],
    [choice({ model: 'two words' }), OPENAI, 'cognition.choice_invalid', 'cognition.model'],
    [choice({ base_url: 'http://elsewhere.example/v1' }), OPENAI, 'cognition.base_url_refused', 'cognition.base_url'],
    [choice({ base_url: 'ftp://allowed.example' }), OPENAI, 'cognition.base_url_refused', 'cognition.base_url'],
    [choice({ base_url: 'https://user:pw@allowed.example/v1' }), OPENAI, 'cognition.base_url_refused', 'cognition.base_url'],
    [choice({ base_url: 'https://allowed.example/v1/more' }), OPENAI, 'cognition.base_url_refused', 'cognition.base_url'],
    [choice({ provider: 'local', model: 'm' }), {}, 'cognition.base_url_refused', 'cognition.base_url'],
    [choice({ provider: 'scripted' }), {}, 'cognition.script_missing', 'cognition.script'],
    [choice({ provider: 'anthropic', thinking_budget_tokens: 10 }), { ANTHROPIC_API_KEY: 'k' }, 'cognition.choice_invalid', 'cognition.thinking_budget_tokens'],
    [
      choice({ provider: 'anthropic', thinking_budget_tokens: 2_000, max_tokens: 2_000 }),
      { ANTHROPIC_API_KEY: 'k' },
      'cognition.choice_invalid',
      'cognition.max_tokens',
    ],
  ])('is refused by its field: %j', (given, env, code, field) => {
    const choosing = () => chooseModel(given, settings(env, { baseUrls: ['https://allowed.example/v1'] }));

    expect(choosing).toThrow(expect.objectContaining({ kind: 'invalid', code, facts: expect.objectContaining({ field }) }));
  });

  it('sends the server’s key to the provider’s own address alone', () => {
    const given = settings(OPENAI, { baseUrls: ['https://allowed.example/v1'] });

    expect(chooseModel(choice({ base_url: 'https://allowed.example/v1' }), given)).toMatchObject({ baseUrl: 'https://allowed.example/v1', apiKey: null });
    expect(chooseModel(choice({ base_url: 'https://api.openai.com/v1/' }), given)).toMatchObject({ apiKey: 'key-of-openai' });
  });
});

it.each([
  [{}, null, 'mock'],
  [OPENAI, null, 'openai'],
  [{ ...OPENAI, ANTHROPIC_API_KEY: 'k' }, null, 'anthropic'],
  [{ ...OPENAI, ANTHROPIC_API_KEY: 'k' }, 'gpt', 'openai'],
  [OPENAI, 'mock', 'mock'],
])('with %j and EVERTHREAD_DEFAULT_PROVIDER %j runs think with %s', (env, configured, expected) => {
  expect(defaultProvider(settings(env, { defaultProvider: configured }))).toBe(expected);
});

it('knows each provider by one name only', () => {
  const names = PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases]);

  expect(new Set(names).size).toBe(names.length);
  expect(findProvider('Openai')).toBeNull();
  expect(providerKeys({ OPENAI_API_KEY: 'one', HF_TOKEN: 'two' }, PROVIDERS)).toEqual(['one', 'two']);
});

describe('the cost of a call', () => {
  const used = { provider: 'openai', model: 'gpt-x', tokensIn: 1_000, tokensOut: 100 };

  it('is in thousandths of a cent, by the table', () => {
    expect(costMillicents({ 'openai:gpt-x': { input: 1.25, output: 10 } }, used)).toBe(225);
    expect(costMillicents({ 'gpt-x': { input: 1, output: 0 }, 'openai:*': { input: 9, output: 9 } }, used)).toBe(100);
    expect(costMillicents({ 'openai:*': { input: 0.001, output: 0 } }, used)).toBe(1);
  });

  it('is not known without a price', () => {
    expect(costMillicents({ 'anthropic:*': { input: 1, output: 1 } }, used)).toBeNull();
  });
});
