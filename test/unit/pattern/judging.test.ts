import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

interface Case {
  readonly it: string;
  readonly judged?: Partial<Judged>;
  readonly rules: Partial<Validation>;
  readonly expected: object;
}

/** The cases of the digest's §3.3 as data. */
describe.each(['c07-quality-gate.json', 'c08-schema.json'])('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(__dirname, 'golden', 'judging', file), 'utf8')) as { cases: readonly Case[] };

  it.each(cases.map((one) => [one.it, one] as const))('%s', (_name, one) => {
    expect(judge(judged(one.judged), rules(one.rules), judging)).toMatchObject(one.expected);
  });
});

describe('a quality gate', () => {
  it('lets pass what nothing is asked of', () => {
    expect(judge(judged({ confidence: null }), rules({}), judging)).toMatchObject({ state: 'passed' });
  });

  it('does not let pass a result of which nobody says how sure it is', () => {
    expect(judge(judged({ confidence: null }), rules({ minConfidence: 0.1 }), judging)).toMatchObject({ state: 'failed', body: { confidence: null } });
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
