/** One thought of a run over the real store: what it keeps, what it tells live, and what its second time does. */
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { cognition } from '../../activities/run/cognition/cognition';
import { thinkActivity } from '../../activities/run/think';
import type { ThinkInput, ThinkOutput } from '../../src/contracts/run/activities';
import { runRef } from '../../src/contracts/run/commands';
import type { Cognition, CognitionChoice, ToolDefinition } from '../../src/contracts/run/ports';
import type { Writ } from '../../src/contracts/run/protocol';
import type { RunSpec } from '../../src/contracts/run/start';
import type { StreamDelta } from '../../src/contracts/run/thinking';
import { Intent } from '../../src/contracts/run/protocol';
import { intentId } from '../../src/domain/run/ledger/ids';
import { runRedactor } from '../../src/domain/run/redaction';
import { Fault } from '../../src/errors/fault';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';

const SECRET = 'a-secret-of-this-server';
const BUDGET = { tokens: 1_000, tool_calls: 10, wall_clock_ms: 60_000, usd_millicents: 0 };
const tool = (name: string, effect_class: ToolDefinition['effect_class']): ToolDefinition => ({
  ...{ name, version: '1', description: '', effect_class, risk_class: 'low', input_schema: { type: 'object' }, idempotent: true, estimate: BUDGET },
});
const TOOLS = [tool('kv_set', 'write'), tool('kv_get', 'read'), tool('http', 'external'), tool('fs_read', 'read')];
const WRIT = {
  body: { tool_scopes: [{ tool: 'kv_*' }, { tool: 'http' }], effect_ceiling: { read: true, write: true, external: false, irreversible: false } },
} as unknown as Writ;

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.close());

const deltasOf = async (runId: string): Promise<StreamDelta[]> =>
  (await db.store.runDeltas.read(runRef('default', runId).address)).flatMap(({ deltas }) => deltas);

async function given(choice: Partial<CognitionChoice>, spec: Partial<RunSpec> = {}): Promise<ThinkInput> {
  const whole = { provider: 'mock', model: null, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: true, script: null, ...choice };
  const specRef = await db.store.blobs.put('default', JSON.stringify({ task: 'set a', cognition: whole, history: [], skills: [], routed: null, ...spec }));
  const run = { tenant: 'default', runId: randomUUID(), trajectoryId: '0'.repeat(64) };
  return { ...{ run, specRef, writId: '1'.repeat(64), key: '0.0', step: 0, maxSteps: 4, budgetLeft: BUDGET, retry: 0 } };
}

const MODELS = cognition({ ...{ defaultProvider: null, defaultModel: null, baseUrls: [], prices: {}, timeoutMs: 5_000, env: {} } });

function think(
  input: ThinkInput,
  { thinks = MODELS, env = new MockActivityEnvironment() }: { readonly thinks?: Cognition; readonly env?: MockActivityEnvironment } = {},
): Promise<ThinkOutput> {
  const { blobs, runIntents: intents, effects, runDeltas: deltas, frames } = db.store;
  const activity = thinkActivity({
    ...{ cognition: thinks, tools: { list: () => Promise.resolve(TOOLS) }, ledger: { lineage: () => Promise.resolve([]) } },
    ...{ findWrit: () => Promise.resolve(WRIT), blobs, intents, effects, deltas, frames, redact: runRedactor([SECRET]), knownSecrets: [SECRET] },
  });
  return env.run(activity.think, input) as Promise<ThinkOutput>;
}
const counting = (): { readonly port: Cognition; calls: () => number; seen: Parameters<Cognition['think']>[0][] } => {
  const seen: Parameters<Cognition['think']>[0][] = [];
  return { port: { ...MODELS, think: (request, ...rest) => (seen.push(request), MODELS.think(request, ...rest)) }, calls: () => seen.length, seen };
};

it('makes intents of what the model proposes, kept under the ids of the ledger', async () => {
  const call = { tool: 'kv_set', args: { key: 'a', value: 1 }, rationale: 'first' };
  const input = await given({ provider: 'scripted', script: [{ intents: [call, call, { tool: 'delegate', args: { task: 't' } }] }] });

  const output = await think(input);

  if (output.outcome !== 'thought') throw new Fault('internal', 'test.failed', output.sentence);
  expect(output.intents.map((one) => one.tool)).toEqual(['kv_set', 'kv_set', 'delegate']);
  expect(new Set(output.intents.map((one) => one.intentId)).size).toBe(3);
  const [first, , third] = await Promise.all(output.intents.map(async ({ ref }) => Intent.parse(JSON.parse((await db.store.blobs.get('default', ref))!))));
  expect(first).toMatchObject({ id: intentId(first!.body), body: { author: 'scripted', kind: 'act', target: 'kv_set', args: call.args, rationale: 'first' } });
  expect(third).toMatchObject({ body: { kind: 'delegate' } });
  const found = await db.store.runIntents.find(
    'default',
    output.intents.map((one) => one.intentId),
  );
  expect(found.get(first!.id)).toEqual({ tool: 'kv_set', args: call.args, rationale: 'first', callId: 'script-0-0', step: 0 });
  expect(
    (
      await db.store.runIntents.find(
        'another',
        output.intents.map((one) => one.intentId),
      )
    ).size,
  ).toBe(0);
});

it('does not ask a second time for what it was answered', async () => {
  const { port, calls } = counting();
  const input = await given({ provider: 'scripted', script: [{ intents: [{ tool: 'kv_set', args: {} }] }] });

  const first = await think(input, { thinks: port });

  expect(await think(input, { thinks: port })).toEqual(first);
  expect(calls()).toBe(1);
});

it('asks again when an earlier call was lost, and says so; what that cost is unknown where somebody is paid', async () => {
  const lost = async (choice: Partial<CognitionChoice>): Promise<ThinkInput> => {
    const input = await given(choice);
    await db.store.effects.claim(runRef('default', input.run.runId), 'think-0.0', 'think');
    return input;
  };
  const answer = { intents: [], final_answer: 'done', usage: { tokens_in: 1, tokens_out: 1, usd_millicents: 2, cost_known: true }, author: 'openai:m' };
  const thinks: Cognition = { ...MODELS, think: () => Promise.resolve(answer) };

  const free = await think(await lost({}));
  const paid = await think(await lost({ provider: 'openai', model: 'm' }), { thinks });

  expect(free).toMatchObject({ outcome: 'thought', finalAnswer: { value: 'mock cognition' }, usage: { lostCalls: 1 } });
  expect(free).not.toHaveProperty('usage.costKnown');
  expect(paid).toMatchObject({ outcome: 'thought', usage: { lostCalls: 1, usdMillicents: 2, costKnown: false } });
});

it('offers the tools within scopes and ceiling', async () => {
  const { port, seen } = counting();

  await think(await given({}), { thinks: port });

  expect(seen[0]!.tools.map(({ name }) => name)).toEqual(['kv_set', 'kv_get']);
});

it('tells what is said, for those who come late too, without secrets', async () => {
  const args = { password: 'hunter22', text: `use ${SECRET}`, key: 'a' };
  const input = await given({ provider: 'scripted', script: [{ intents: [{ tool: 'kv_set', args, rationale: `because of ${SECRET}` }] }] });

  const output = await think(input);

  const told = await deltasOf(input.run.runId);
  expect(told.map(({ type }) => type)).toEqual(['tool_use_start', 'tool_use_arg_delta', 'tool_use_done', 'turn_complete']);
  expect(told[1]).toMatchObject({ delta: JSON.stringify({ password: '***REDACTED***', text: 'use ***REDACTED***', key: 'a' }) });
  expect(JSON.stringify(output)).not.toContain(SECRET);
  expect(output).toMatchObject({ intents: [{ rationale: 'because of ***REDACTED***' }] });
});

it('keeps a long answer beside the history', async () => {
  const input = await given({ provider: 'scripted', script: [{ final_answer: 'x'.repeat(20_000) }] });

  const output = await think(input);

  expect(output).toMatchObject({ finalAnswer: { ref: expect.any(String), bytes: 20_002 } });
  expect((await deltasOf(input.run.runId)).flatMap((delta) => (delta.type === 'token' ? [delta.text] : [])).join('')).toHaveLength(20_000);
});

it('tells a failure of the provider with the wait before the next try, and asks again then', async () => {
  const failing: Cognition = {
    ...MODELS,
    think: () => Promise.reject(new Fault('exhausted', 'cognition.rate_limited', `slow down, ${SECRET}`, { retry: true, retryAfterMs: 7_000 })),
  };
  const input = await given({});

  expect(await think(input, { thinks: failing })).toMatchObject({
    outcome: 'failed',
    error: { code: 'cognition.rate_limited', message: 'slow down, ***REDACTED***' },
    retryInMs: 7_000,
  });
  expect(await think({ ...input, retry: 1 })).toMatchObject({ outcome: 'thought', usage: expect.not.objectContaining({ lostCalls: 1 }) });
  const types = (await deltasOf(input.run.runId)).map(({ type }) => type);
  // A machine that is busy may tell the words in two pieces.
  expect(types.filter((type, at) => type !== types[at - 1])).toEqual(['error', 'token', 'turn_complete']);
});

it('says that a cost is not known where the model has no price, and nothing where it has one', async () => {
  const costing = (cost_known: boolean): Cognition => ({
    ...MODELS,
    think: () =>
      Promise.resolve({
        intents: [],
        final_answer: 'x',
        usage: { tokens_in: 3, tokens_out: 1, usd_millicents: cost_known ? 2 : 0, cost_known },
        author: 'openai:m',
      }),
  });

  expect(await think(await given({}), { thinks: costing(false) })).toMatchObject({ usage: { tokensIn: 3, usdMillicents: 0, costKnown: false } });
  expect(await think(await given({}), { thinks: costing(true) })).toMatchObject({ usage: expect.not.objectContaining({ costKnown: expect.anything() }) });
});

it.each([
  ['cognition.timeout', 'openai', false],
  ['cognition.answer_unreadable', 'openai', false],
  ['cognition.rate_limited', 'openai', undefined],
  ['cognition.key_rejected', 'openai', undefined],
  ['cognition.timeout', 'scripted', undefined],
])('of a call that failed as %s with %s the cost known is %s', async (code, provider, costKnown) => {
  const failing: Cognition = { ...MODELS, think: () => Promise.reject(new Fault('unavailable', code, 'it failed', { retry: true })) };

  const output = await think(await given({ provider, script: [] }), { thinks: failing });

  expect((output as { costKnown?: boolean }).costKnown).toBe(costKnown);
});

it('takes the one intent of a routed run, and is done after it', async () => {
  const input = await given({}, { routed: { tool: 'kv_set', args: { key: 'a' }, rationale: 'asked', evidence: null } });

  expect(await think(input)).toMatchObject({ intents: [{ tool: 'kv_set', rationale: 'asked' }] });
  expect(await think({ ...input, key: '0.1', step: 1 })).toMatchObject({ intents: [], finalAnswer: null });
});

it('ends the call when the run is cancelled', async () => {
  const { port, calls } = counting();
  const env = new MockActivityEnvironment();
  const thinking = think(await given({ provider: 'scripted', script: [{ delay_ms: 600_000 }] }), { thinks: port, env });
  const ended = expect(thinking).rejects.toBeInstanceOf(CancelledFailure);
  await until('the model is asked', () => calls() === 1);

  env.cancel();

  await ended;
});

it('gives the call up when the wall clock of the budget is used up', async () => {
  const input = await given({ provider: 'scripted', script: [{ delay_ms: 600_000 }] });

  expect(await think({ ...input, budgetLeft: { ...BUDGET, wall_clock_ms: 50 } })).toMatchObject({
    outcome: 'failed',
    error: { code: 'cognition.timeout' },
    retryInMs: null,
  });
});

it('forgets what was said long ago', async () => {
  const input = await given({});
  await think(input);

  await db.store.runDeltas.forget(3_600_000);
  expect(await deltasOf(input.run.runId)).not.toEqual([]);
  await db.store.runDeltas.forget(0);
  expect(await deltasOf(input.run.runId)).toEqual([]);
});
