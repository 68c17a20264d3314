/** What models are told and what is made of what they say. */
import { compileScript } from '../../../src/domain/script/compile-script';
import { objectIn } from '../../../src/domain/script/json-answer';
import { specialModel, talkingModel } from '../../../src/domain/script/named-model';
import { PLAN_EXAMPLE, planSystem, scriptIn } from '../../../src/domain/script/plan-prompt';
import { toolNamesIn } from '../../../src/domain/script/tool-names';
import { readConfig } from '../../../src/config/config';

it('the example that a model is shown is a script without a mistake', () => {
  expect(compileScript(PLAN_EXAMPLE, 'scriptum')).toMatchObject({ ok: true, diagnostics: [] });
});

it('a model that plans is told its tools and its bound', () => {
  const told = planSystem({ tools: [{ name: 'read', source: 'mcp.files', as: 'get', description: 'Reads.', inputSchema: { type: 'object' } }], maxSteps: 7 });

  expect(told).toContain('read from mcp.files as get: Reads.');
  expect(told).toContain('At most 7 steps');
});

it.each([
  ['script "a"\n', 'script "a"\n'],
  ['Here it is:\n```scriptum\nscript "a"\n\nlet b = 1\n```\nGood luck.', 'script "a"\n\nlet b = 1\n'],
  ['Sure.\nscript "a"', 'script "a"\n'],
  ['I cannot.', 'I cannot.\n'],
])('the script in %j is found', (text, script) => {
  expect(scriptIn(text)).toBe(script);
});

it.each([
  ['{"a": 1}', { a: 1 }],
  ['```json\n{"a": {"b": 2}}\n```', { a: { b: 2 } }],
  ['It is {so}: {"a": 1}. That is all.', { a: 1 }],
  ['[1, 2]', null],
  ['none', null],
])('the object in %j is found', (text, object) => {
  expect(objectIn(text)).toEqual(object);
});

it('reading an answer full of braces takes no time', () => {
  const began = Date.now();
  expect(objectIn('{'.repeat(100_000) + '}')).toBeNull();
  expect(Date.now() - began).toBeLessThan(1_000);
});

it.each([
  ['[search, "read_file", search]', ['search', 'read_file']],
  ['[]', []],
])('the tools of %s are named', (text, names) => {
  expect(toolNamesIn(text)).toEqual(names);
});
it.each(['"search"', '[1]', '["a{b}"]'])('%s names no tools', (text) => {
  expect(() => toolNamesIn(text)).toThrow(/tools: expected/);
});

describe('the model that a text means', () => {
  const settings = {
    defaultProvider: null,
    defaultModel: null,
    baseUrls: [],
    env: { OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm', OLLAMA_MODEL: 'llama3:8b', OLLAMA_EMBED_MODEL: 'nomic' },
  };

  it.each([
    [null, 'openai', 'm'],
    ['gpt-x', 'openai', 'gpt-x'],
    ['openai:gpt-x', 'openai', 'gpt-x'],
    ['gpt:gpt-x', 'openai', 'gpt-x'],
    ['ollama', 'ollama', 'llama3:8b'],
    ['ollama:llama3:70b', 'ollama', 'llama3:70b'],
    ['llama3:70b', 'openai', 'llama3:70b'],
  ])('%s is %s, %s', (text, provider, model) => {
    expect(talkingModel(text, settings)).toMatchObject({ provider: { name: provider }, model });
  });

  it('is mock where the server has no key, and where it is asked for', () => {
    expect(talkingModel(null, { ...settings, env: {} })).toBe('mock');
    expect(talkingModel('mock', settings)).toBe('mock');
  });

  it('for embeddings is the one that a variable names, be it of another provider', () => {
    expect(specialModel('EMBED', null, settings)).toMatchObject({ provider: { name: 'ollama' }, model: 'nomic' });
    expect(specialModel('EMBED', 'ollama', settings)).toMatchObject({ model: 'nomic' });
    expect(specialModel('RERANK', null, settings)).toBeNull();
    expect(specialModel('EMBED', null, { ...settings, env: {} })).toBe('mock');
  });
});

describe('channels of the configuration', () => {
  it('are names with addresses', () => {
    expect(readConfig({ EVERTHREAD_SCRIPT_CHANNELS: 'team=https://a.example/x?y=z, ops=http://10.0.0.1/in' }).scripts).toEqual({
      ...{ channels: { team: 'https://a.example/x?y=z', ops: 'http://10.0.0.1/in' }, channelSecret: null, toolRisk: 'medium' },
    });
  });

  it.each(['team', 'team=ftp://a.example', 'webhook=https://a.example', 'a=https://a.example,a=https://b.example', 'a=https://u:p@a.example'])(
    'are not %s',
    (given) => {
      expect(() => readConfig({ EVERTHREAD_SCRIPT_CHANNELS: given })).toThrow(/EVERTHREAD_SCRIPT_CHANNELS: expected/);
    },
  );
});
