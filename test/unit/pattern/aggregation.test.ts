import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aggregation } from '../../../src/contracts/pattern/aggregation';
import { aggregate } from '../../../src/domain/pattern/aggregation/aggregate';
import type { Answer } from '../../../src/domain/pattern/aggregation/answer';
import { numericAgreement } from '../../../src/domain/pattern/aggregation/numbers';
import { evaluate } from '../../../src/domain/pattern/expression/evaluate';
import { parseExpression } from '../../../src/domain/pattern/expression/parse-expression';

/** The cases of the digest's §3.2 and §3.3 as data: a formula that changes shows here. */
const GOLDEN = join(__dirname, 'golden');

interface Case {
  readonly it: string;
  readonly seed?: string;
  readonly answers: readonly (Partial<Answer> & { readonly result: unknown })[];
  readonly aggregation: Readonly<Record<string, any>>;
  readonly expected: Readonly<Record<string, any>>;
}

const DEFAULTS: Readonly<Record<string, object>> = {
  voting: { field: null, minVotes: 1, weights: null, tieBreaker: 'first', noMajorityBehavior: 'fail', onInsufficientVotes: 'fail' },
  consensus: { minVotes: 1, conflictResolution: 'fail', minConfidence: null, fields: null },
  merge: {
    ...{ fields: null, deduplication: false, deduplicationKey: null, arrayStrategy: 'union', conflictResolution: 'first' },
    ...{ limit: null, scoring: null, mergeFields: [] },
  },
};

const parsed = (source: string) => {
  const read = parseExpression(source);
  if ('problem' in read) throw new Error(`${source}: ${JSON.stringify(read.problem)}`);
  return read.expression;
};

const filled = (config: Case['aggregation']): Record<string, unknown> => ({
  ...DEFAULTS[config['strategy'] as string],
  ...config,
  ...(config['strategy'] === 'fields' ? { fields: config['fields'].map((field: any) => ({ ...field, aggregation: filled(field.aggregation) })) } : {}),
  ...(config['scoring'] ? { scoring: { ...config['scoring'], formula: parsed(config['scoring'].formula) } } : {}),
});

const run = ({ answers, aggregation, seed = 'exec_seed' }: Omit<Case, 'it' | 'expected'>) =>
  aggregate(
    answers.map((answer, at) => ({ agent: `agent_${at + 1}`, confidence: null, ...answer })),
    Aggregation.parse(filled(aggregation)),
    { seed, evaluate: (formula, words) => evaluate(formula, {}, { value: { ...words } }) },
  );

/** Numbers to four places, as they stand in the files. */
const rounded = (value: unknown): any =>
  JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'number' ? Math.round(item * 10_000) / 10_000 : item)));

const files = readdirSync(GOLDEN).filter((name) => name.endsWith('.json'));

describe.each(files)('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as { cases: readonly Case[] };

  it.each(cases.map((one) => [one.it, one] as const))('%s', (_name, one) => {
    expect(rounded(run(one))).toMatchObject(one.expected);
  });
});

describe('every aggregation', () => {
  const choice = fc.constantFrom('a', 'b', 'c');
  const answers = fc.array(fc.record({ result: choice, confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) }), { minLength: 1, maxLength: 9 });
  const voting = fc.record({
    strategy: fc.constant('voting'),
    method: fc.constantFrom('majority', 'unanimous', 'weighted', 'plurality'),
    tieBreaker: fc.constantFrom('first', 'random', 'highest-confidence'),
    noMajorityBehavior: fc.constantFrom('plurality', 'fail', 'retry'),
  });
  const consensus = fc.record({
    strategy: fc.constant('consensus'),
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    conflictResolution: fc.constantFrom('weighted', 'first', 'highest-confidence', 'fail'),
  });

  it('is the same when it is done again, and its confidence is from 0 to 1', () => {
    fc.assert(
      fc.property(answers, fc.oneof(voting, consensus), fc.string(), (given, aggregation, seed) => {
        const outcome = run({ answers: given, aggregation, seed });
        expect(run({ answers: given, aggregation, seed })).toEqual(outcome);
        if (outcome.state === 'undecided') return;
        expect(outcome.confidence).toBeGreaterThanOrEqual(0);
        expect(outcome.confidence).toBeLessThanOrEqual(1);
        expect(['a', 'b', 'c', null]).toContain(outcome.value);
      }),
    );
  });

  it('draws a random tie evenly, and without regard to who was quicker', () => {
    const draws = Array.from({ length: 400 }, (_, n) => {
      const aggregation = { strategy: 'voting', method: 'plurality', tieBreaker: 'random' };
      const one = run({ answers: [{ result: 'a' }, { result: 'b' }], aggregation, seed: `exec_${n}` });
      expect(run({ answers: [{ result: 'b' }, { result: 'a' }], aggregation, seed: `exec_${n}` })).toMatchObject({ value: (one as { value: unknown }).value });
      return (one as { value: unknown }).value;
    });
    const a = draws.filter((value) => value === 'a').length;

    expect(a).toBeGreaterThan(140);
    expect(a).toBeLessThan(260);
  });

  it('takes a member named like one of every object for what it is', () => {
    const outcome = run({
      answers: [{ result: JSON.parse('{"__proto__": "x"}') }, { result: '__proto__' }],
      aggregation: { strategy: 'voting', method: 'plurality' },
    });

    expect(outcome).toMatchObject({ value: 'x', details: { votes: 2 } });
    expect(Object.keys((outcome.details as any).distribution)).toEqual(['x', '__proto__']);
  });
});

describe('agreement of numbers', () => {
  it.each([
    [[5, 5, 5], 1],
    [[7], 1],
    [[0, 0], 1],
    [[-1, 1], 0],
    [[1, 100], 0],
    [[8.5, 8.2, 9], 0.9528],
    [[-8.5, -8.2, -9], 0.9528],
    [[], 0],
  ])('%j is %d', (values, expected) => {
    expect(numericAgreement(values)).toBeCloseTo(expected, 4);
  });
});
