/** The port `Cognition`: the models without a network, and those over the wires of OpenAI and Anthropic, against a model on loopback. */
import { cognition } from '../../activities/run/cognition/cognition';
import type { CognitionChoice, CognitionDelta, ThinkingRequest, ToolDefinition } from '../../src/contracts/run/ports';
import type { EntryPayload } from '../../src/contracts/run/protocol';
import { until } from '../support/eventually';
import { startStreamingModel, type ModelAnswer, type ModelAsked, type StreamingModel } from '../support/model-server/streaming-model';

const BUDGET = { tokens: 100_000, tool_calls: 10, wall_clock_ms: 60_000, usd_millicents: 0 };
const tool = (name: string): ToolDefinition => ({
  ...{ name, version: '1', description: `Does ${name}.`, effect_class: 'write', risk_class: 'low', idempotent: true, estimate: BUDGET },
  input_schema: { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] },
});
const choice = (given: Partial<CognitionChoice>): CognitionChoice => ({
  ...{ provider: 'mock', model: null, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: true, script: null },
  ...given,
});
const request = (given: Partial<CognitionChoice>, more: Partial<ThinkingRequest> = {}): ThinkingRequest => ({
  ...{
    tenant: 'default',
    runId: 'r',
    step: 0,
    maxSteps: 5,
    choice: choice(given),
    task: 'set a',
    history: [],
    tools: [tool('kv_set'), tool('mcp.files/read')],
  },
  ...{ lineage: [], intents: new Map(), budgetLeft: BUDGET },
  ...more,
});

let models: StreamingModel;
let answer: (asked: ModelAsked, count: number) => ModelAnswer;
beforeEach(async () => {
  models = await startStreamingModel((asked, count) => answer(asked, count));
});
afterEach(() => models.close());

const made = (env: Record<string, string> = {}, timeoutMs = 20_000) =>
  cognition({
    ...{ defaultProvider: null, defaultModel: null, baseUrls: [`${models.url}/other`], prices: { 'openai:m': { input: 1, output: 10 } }, timeoutMs },
    env: {
      OPENAI_BASE_URL: `${models.url}/v1`,
      OPENAI_API_KEY: 'key-of-openai',
      ANTHROPIC_BASE_URL: models.url,
      ANTHROPIC_API_KEY: 'key-of-anthropic',
      ...env,
    },
  });
const think = async (asked: ThinkingRequest, { signal = new AbortController().signal, port = made() } = {}) => {
  const deltas: CognitionDelta[] = [];
  return { thought: await port.think(asked, signal, (delta) => deltas.push(delta)), deltas };
};

describe('without a network', () => {
  it('mock proposes nothing and costs nothing', async () => {
    const { thought, deltas } = await think(request({ provider: 'mock' }));

    expect(thought).toEqual({
      intents: [],
      final_answer: 'mock cognition',
      usage: { tokens_in: 0, tokens_out: 0, usd_millicents: 0, cost_known: true },
      author: 'mock',
    });
    expect(deltas).toEqual([{ type: 'token', text: 'mock cognition' }]);
  });

  it('scripted says the step of its script, and is done after the last', async () => {
    const script = [{ intents: [{ tool: 'kv_set', args: { key: 'a' }, rationale: 'first' }] }, { final_answer: 'done' }];

    expect((await think(request({ provider: 'scripted', script }))).thought.intents).toEqual([
      { callId: 'script-0-0', tool: 'kv_set', args: { key: 'a' }, rationale: 'first' },
    ]);
    expect((await think(request({ provider: 'scripted', script }, { step: 1 }))).thought).toMatchObject({ intents: [], final_answer: 'done' });
    expect((await think(request({ provider: 'scripted', script }, { step: 2 }))).thought).toMatchObject({ intents: [], final_answer: null });
  });

  it('scripted ends its wait when it is cancelled', async () => {
    const cancel = new AbortController();
    const thinking = think(request({ provider: 'scripted', script: [{ delay_ms: 600_000 }] }), { signal: cancel.signal });

    cancel.abort();

    await expect(thinking).rejects.toThrow();
  });
});

const WIRES = [
  ['openai', { provider: 'openai', model: 'm' }],
  ['anthropic', { provider: 'anthropic', model: 'm' }],
] as const;

describe.each(WIRES)('over the wire of %s', (provider, chosen) => {
  it('tells the answer piece by piece', async () => {
    answer = () => ({ text: ['It is ', 'done.'] });

    const { thought, deltas } = await think(request(chosen));

    expect(thought).toMatchObject({ intents: [], final_answer: 'It is done.', author: `${provider}:m`, usage: { tokens_in: 120, tokens_out: 30 } });
    expect(deltas).toEqual([
      { type: 'token', text: 'It is ' },
      { type: 'token', text: 'done.' },
    ]);
  });

  it('tells calls as they are written, under our names of the tools', async () => {
    answer = ({ body }) => {
      const offered = (body['tools'] as { name?: string; function?: { name: string } }[]).map((one) => one.name ?? one.function!.name);
      return {
        text: ['Two things.'],
        calls: [
          { id: 'one', name: 'kv_set', args: ['{"key":', '"a"}'] },
          { id: 'two', name: offered[1]!, args: ['{"key":"b"}'] },
        ],
      };
    };

    const { thought, deltas } = await think(request(chosen));

    expect(thought.final_answer).toBeNull();
    expect(thought.intents).toEqual([
      { callId: 'one', tool: 'kv_set', args: { key: 'a' }, rationale: 'Two things.' },
      { callId: 'two', tool: 'mcp.files/read', args: { key: 'b' }, rationale: 'Two things.' },
    ]);
    const of = (id: string) => deltas.filter((delta) => 'id' in delta && delta.id === id);
    expect(of('one').map(({ type }) => type)).toEqual(['tool_use_start', 'tool_use_arg_delta', 'tool_use_arg_delta', 'tool_use_done']);
    expect(
      of('one')
        .flatMap((delta) => (delta.type === 'tool_use_arg_delta' ? [delta.delta] : []))
        .join(''),
    ).toBe('{"key":"a"}');
    expect(of('two')[0]).toEqual({ type: 'tool_use_start', tool: 'mcp.files/read', id: 'two' });
  });

  it('is told what came of its calls, as such', async () => {
    answer = () => ({ text: ['ok'] });
    const id = '1'.repeat(64);
    const payload = { type: 'rejection', intent_id: id, reason: { kind: 'policy_denied', detail: 'no' } } as EntryPayload;
    const lineage = [{ ...{ id, trajectory_id: id, parent: null, seq: 1, kind: 'rejection', created_at: 0 }, payload }];
    const intents = new Map([[id, { tool: 'mcp.files/read', args: { key: 'x' }, rationale: 'why', callId: 'c', step: 0 }]]);

    await think(request(chosen, { lineage, intents }));

    const messages = JSON.stringify(models.asked[0]!.body['messages']);
    expect(messages).toContain('set a');
    expect(messages).toContain('mcp_files_read');
    expect(messages).toContain(`call_${'1'.repeat(24)}`);
    expect(messages).toContain('Rejected before it ran: a policy or a person refused it (no).');
  });

  it('hands on arguments that cannot be read, so that they are rejected and told', async () => {
    answer = () => ({ calls: [{ id: 'one', name: 'kv_set', args: ['{"key": '] }] });

    const { thought } = await think(request(chosen));

    expect(thought.intents).toMatchObject([{ tool: 'kv_set', args: '{"key": ' }]);
  });

  it('hands on names of tools that are not on offer', async () => {
    answer = () => ({ calls: [{ id: 'one', name: 'nothing', args: ['{}'] }] });

    expect((await think(request(chosen))).thought.intents).toMatchObject([{ tool: 'nothing', args: {} }]);
  });

  it('says when the provider wants to be asked again', async () => {
    answer = () => ({ status: 429, headers: { 'retry-after': '7' }, body: '{"error":{"message":"slow down","type":"rate_limit_error"},"type":"error"}' });

    await expect(think(request(chosen))).rejects.toMatchObject({ code: 'cognition.rate_limited', facts: { status: 429, retry: true, retryAfterMs: 7_000 } });
    expect(models.asked).toHaveLength(1);
  });

  it.each([
    [401, 'cognition.key_rejected', false],
    [404, 'cognition.model_unknown', false],
    [500, 'cognition.provider_error', true],
    [400, 'cognition.request_refused', false],
  ])('tells a %i as %s', async (status, code, retry) => {
    answer = () => ({ status, body: '{"type":"error","error":{"type":"x","message":"boom"}}' });

    await expect(think(request(chosen))).rejects.toMatchObject({ code, message: expect.stringContaining('boom'), facts: { status, retry } });
  });

  it('does not take half an answer for a whole one', async () => {
    answer = () => ({ text: ['It ', 'is ', 'half'], breaksOff: true });

    await expect(think(request(chosen))).rejects.toMatchObject({ code: 'cognition.answer_unreadable', facts: { retry: true } });
  });

  it('ends the call when it is cancelled', async () => {
    answer = () => ({ text: ['It ', 'goes ', 'on'], hangs: true });
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const thinking = think(request(chosen), { signal: cancel.signal });
    const ended = expect(thinking).rejects.toBe(reason);
    await until('the model was asked', () => models.asked.length === 1);

    cancel.abort(reason);

    await ended;
    await until('the model hears of it', () => models.abandoned() === 1);
  });

  it('gives up when the time is over', async () => {
    answer = () => ({ text: ['It ', 'goes ', 'on'], hangs: true });

    await expect(think(request(chosen), { port: made({}, 300) })).rejects.toMatchObject({ code: 'cognition.timeout', kind: 'deadline' });
  });

  it('follows no redirect', async () => {
    answer = () => ({ status: 307, headers: { location: `${models.url}/elsewhere` }, body: '' });

    await expect(think(request(chosen))).rejects.toMatchObject({ code: 'cognition.unreachable' });
    expect(models.asked).toHaveLength(1);
  });

  it('sends its key to its own address alone', async () => {
    answer = () => ({ text: ['ok'] });

    await think(request(chosen));
    await think(request({ ...chosen, base_url: `${models.url}/other` }));

    const [own, other] = models.asked.map(({ headers }) => JSON.stringify(headers));
    expect(own).toContain(`key-of-${provider}`);
    expect(other).not.toContain('key-of-');
  });
});

it('counts by itself where a server does not, and says when it has no price', async () => {
  answer = () => ({ text: ['x'.repeat(400)], usage: false });

  const { usage } = (await think(request({ provider: 'openai', model: 'unpriced' }))).thought;

  expect(usage.tokens_in).toBeGreaterThan(100);
  expect(usage).toMatchObject({ usd_millicents: 0, cost_known: false });
});

it('costs what the table says', async () => {
  answer = () => ({ text: ['ok'] });

  expect((await think(request({ provider: 'openai', model: 'm' }))).thought.usage).toMatchObject({ usd_millicents: 42, cost_known: true });
});

it('lets Anthropic keep the part that stays the same, and think', async () => {
  answer = () => ({ text: ['ok'] });

  await think(request({ provider: 'anthropic', model: 'm', thinking_budget_tokens: 2_000, max_tokens: 4_000 }));
  await think(request({ provider: 'anthropic', model: 'm', cache_prefix: false }));

  expect(models.asked[0]!.body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 2_000 } });
  expect(JSON.stringify(models.asked[0]!.body['system'])).toContain('cache_control');
  expect(JSON.stringify(models.asked[1]!.body)).not.toContain('cache_control');
});

it.each(['openai', 'anthropic'])('tells what a model of %s thinks apart from what it says', async (provider) => {
  answer = () => ({ thinking: ['let me ', 'see'], text: ['It is 7.'] });

  const { thought, deltas } = await think(request({ provider, model: 'm', ...(provider === 'anthropic' && { thinking_budget_tokens: 2_000 }) }));
  const said = (type: 'token' | 'thinking') => deltas.flatMap((delta) => (delta.type === type ? [delta.text] : [])).join('');

  expect([said('thinking'), said('token'), thought.final_answer]).toEqual(['let me see', 'It is 7.', 'It is 7.']);
});

it('tells the sources that an answer cites, a bounded number of them', async () => {
  const cited = Array.from({ length: 150 }, (_, n) => ({ url: `https://example.com/${n}`, title: `Page ${n}` }));
  answer = () => ({ text: ['It is 7.'], sources: cited });

  const { deltas } = await think(request({ provider: 'anthropic', model: 'm' }));
  const sources = deltas.flatMap((delta) => (delta.type === 'source' ? [delta.source] : []));

  expect(sources).toEqual(cited.slice(0, 100));
});

it('scripted thinks and cites as its script says, before it answers', async () => {
  const script = [{ thinking: 'hm', sources: [{ url: 'https://example.com/', title: null }], final_answer: 'done' }];

  expect((await think(request({ provider: 'scripted', script }))).deltas).toEqual([
    { type: 'thinking', text: 'hm' },
    { type: 'source', source: { url: 'https://example.com/', title: null } },
    { type: 'token', text: 'done' },
  ]);
});
