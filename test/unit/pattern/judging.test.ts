import { Validation } from '../../../src/contracts/pattern/agents-step';
import type { Expression } from '../../../src/contracts/pattern/expression';
import { judge, type Judged } from '../../../src/domain/pattern/validation/judge';

const literal = (value: string | boolean): Expression => ({ kind: 'literal', value });

const rules = (given: Partial<Validation>): Validation =>
  Validation.parse({
    ...{ minConfidence: null, checks: [], onFailure: 'fail', schema: null, onInvalid: 'fail', maxLatencyMs: null, onTimeout: 'fail' },
    ...{ maxRetries: 0, retryDelayMs: 0, fallback: null, custom: null },
    ...given,
  });

const judged = (given: Partial<Judged> = {}): Judged => ({ result: { category: 'a' }, confidence: 0.55, latencyMs: 100, retries: 0, ...given });

/** A schema fits when its type is `any`; a condition is true when its constant is. */
const judging = {
  problems: ({ type }: { readonly type: string }) => (type === 'any' ? [] : [`category: expected ${type}`, 'more']),
  isTrue: (condition: Expression) => condition.kind === 'literal' && condition.value === true,
  valueOf: (value: Expression) => (value.kind === 'literal' ? value.value : undefined),
};

const fallback = { type: 'default', value: literal('unknown') } as const;

describe('a quality gate (C7)', () => {
  it('fails below its confidence, with the body that clients know', () => {
    expect(judge(judged(), rules({ minConfidence: 0.7 }), judging)).toEqual({
      state: 'failed',
      failures: [{ check: 'minConfidence', message: 'Result confidence (0.55) below threshold (0.7)' }],
      body: { error: 'ValidationFailed', message: 'Result confidence (0.55) below threshold (0.7)', confidence: 0.55 },
    });
  });

  it('lets pass what is sure enough, and what nothing is asked of', () => {
    expect(judge(judged({ confidence: 0.7 }), rules({ minConfidence: 0.7 }), judging)).toEqual({
      state: 'passed',
      result: { category: 'a' },
      source: 'result',
    });
    expect(judge(judged({ confidence: null }), rules({}), judging)).toMatchObject({ state: 'passed' });
  });

  it('does not let pass a result of which nobody says how sure it is', () => {
    expect(judge(judged({ confidence: null }), rules({ minConfidence: 0.1 }), judging)).toMatchObject({ state: 'failed', body: { confidence: null } });
  });

  it('retries three times after a second each, then takes the fallback', () => {
    const three = rules({ minConfidence: 0.7, onFailure: 'retry', maxRetries: 3, retryDelayMs: 1_000, fallback });

    for (const retries of [0, 1, 2]) expect(judge(judged({ retries }), three, judging)).toMatchObject({ state: 'retry', delayMs: 1_000 });
    expect(judge(judged({ retries: 3 }), three, judging)).toMatchObject({ state: 'fallback', fallback });
    expect(judge(judged({ retries: 3 }), { ...three, fallback: null }, judging)).toMatchObject({ state: 'failed' });
  });

  it('takes the fallback at once where that is what was asked for, and fails without one', () => {
    const once = rules({ minConfidence: 0.7, onFailure: 'fallback', maxRetries: 3, fallback });

    expect(judge(judged(), once, judging)).toMatchObject({ state: 'fallback', fallback });
    expect(judge(judged(), { ...once, fallback: null }, judging)).toMatchObject({ state: 'failed' });
    expect(judge(judged(), { ...once, onFailure: 'fail' }, judging)).toMatchObject({ state: 'failed' });
  });

  it('names the check that does not hold', () => {
    const checks = [
      { name: 'has-category', condition: literal(true) },
      { name: 'is-long', condition: literal(false) },
    ];

    expect(judge(judged(), rules({ checks }), judging)).toMatchObject({
      state: 'failed',
      failures: [{ check: 'is-long', message: 'The check is-long does not hold.' }],
    });
  });

  it('tells what took too long', () => {
    expect(judge(judged({ latencyMs: 301 }), rules({ maxLatencyMs: 300, onTimeout: 'fallback', fallback }), judging)).toMatchObject({
      state: 'fallback',
      failures: [{ check: 'maxLatency', message: 'The result took 301 ms, expected at most 300 ms.' }],
    });
  });
});

describe('a result that does not fit its schema (C8)', () => {
  it('is asked for again with onInvalid retry, whatever follows from too little confidence', () => {
    const both = rules({ minConfidence: 0.7, onFailure: 'fail', schema: { type: 'object' }, onInvalid: 'retry', maxRetries: 1 });

    expect(judge(judged(), both, judging)).toEqual({
      state: 'retry',
      delayMs: 0,
      failures: [
        { check: 'schema', message: 'category: expected object; more' },
        { check: 'minConfidence', message: 'Result confidence (0.55) below threshold (0.7)' },
      ],
    });
    expect(judge(judged({ retries: 1 }), both, judging)).toMatchObject({ state: 'failed' });
  });
});

describe('$custom', () => {
  it('puts another value in the place of the result when its condition is true', () => {
    const custom = { condition: literal(true), action: 'override', value: literal('other') } as const;

    expect(judge(judged(), rules({ minConfidence: 0.9, custom }), judging)).toEqual({ state: 'passed', result: 'other', source: 'custom' });
    expect(judge(judged(), rules({ minConfidence: 0.9, custom: { ...custom, condition: literal(false) } }), judging)).toMatchObject({ state: 'failed' });
  });

  it('takes an action when its condition is true', () => {
    const custom = { condition: literal(true), action: 'retry', value: null } as const;

    expect(judge(judged(), rules({ custom, maxRetries: 1 }), judging)).toMatchObject({ state: 'retry', failures: [{ check: 'custom' }] });
  });
});
