import fc from 'fast-check';
import { combined } from '../../../src/domain/pattern/confidence/combine';
import * as confidence from '../../../src/domain/pattern/confidence/confident';
import { markedConfidence, markedVerdict, reviewed } from '../../../src/domain/pattern/confidence/markers';

const { confident } = confidence;

describe('a marker', () => {
  it.each([
    ['Done.\nCONFIDENCE: 0.85', 0.85],
    ['CONFIDENCE: 0.2\n… on second thought\nConfidence: 0.9', 0.9],
    ['**CONFIDENCE:** 0.7', 0.7],
    ['CONFIDENCE: 85%', 0.85],
    ['CONFIDENCE: 1.5', 1],
    ['CONFIDENCE: -3', 0],
    ['CONFIDENCE: .5.', 0.5],
    ['CONFIDENCE: high', null],
    ['OVERCONFIDENCE: 0.5', null],
    ['', null],
  ])('in %j is %s', (text, expected) => {
    expect(markedConfidence(text)).toBe(expected);
  });

  it('is found in time in proportion to the text', () => {
    const began = performance.now();
    markedConfidence('CONFIDENCE '.repeat(100_000));
    markedConfidence(`CONFIDENCE:${' '.repeat(1_000_000)}`);

    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("a reviewer's text", () => {
  it.each([
    ['VERDICT: approve\nCONFIDENCE: 0.8', 'approve', 0.8],
    ['VERDICT: approve', 'approve', 0.9],
    ['VERDICT: revise\nCONFIDENCE: 0.95', 'revise', 0.6],
    ['VERDICT: revise\nCONFIDENCE: 0.4', 'revise', 0.4],
    ['VERDICT: revise', 'revise', 0.5],
    ['VERDICT: reject\nCONFIDENCE: 0.9', 'reject', 0.3],
    ['VERDICT: reject', 'reject', 0.1],
    ['VERDICT: reject\nlater\nVERDICT: Approve\nCONFIDENCE: 0.7', 'approve', 0.7],
    ['CONFIDENCE: 0.7', null, 0.7],
    ['VERDICT: perhaps', null, null],
    ['approve', null, null],
  ])('%j is %s with %s', (text, verdict, expected) => {
    expect(reviewed(text)).toEqual({ verdict, confidence: expected });
    expect(markedVerdict(text)).toBe(verdict);
  });
});

describe('signals of several oracles', () => {
  const signals = [
    { confidence: 0.9, weight: 3 },
    { confidence: 0.5, weight: 1 },
    { confidence: null, weight: 100 },
  ];

  it.each([
    ['min', 0.5],
    ['product', 0.45],
    ['weighted', 0.8],
  ] as const)('by %s come to %d', (by, expected) => {
    expect(combined(signals, by)).toBeCloseTo(expected, 10);
  });

  it('that cannot tell come to nothing, and weights of 0 to the plain mean', () => {
    expect(combined([{ confidence: null }], 'min')).toBeNull();
    expect(combined([], 'weighted')).toBeNull();
    expect(
      combined(
        [
          { confidence: 0.2, weight: 0 },
          { confidence: 0.4, weight: 0 },
        ],
        'weighted',
      ),
    ).toBeCloseTo(0.3, 10);
  });

  it('stay between 0 and 1, and no way of combining is surer than the surest', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ confidence: fc.double(), weight: fc.double({ min: 0, max: 1_000, noNaN: true }) })), (given) => {
        const stated = given.flatMap(({ confidence: stated }) => (Number.isFinite(stated) ? [Math.min(1, Math.max(0, stated))] : []));
        for (const by of ['min', 'product', 'weighted'] as const) {
          const value = combined(given, by);
          if (stated.length === 0) expect(value).toBeNull();
          else {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(Math.max(...stated) + 1e-9);
          }
        }
      }),
    );
  });
});

describe('the confidence library', () => {
  it('is as sure of a chain as of its weakest link', () => {
    expect(confidence.chain(confident(2, 0.6), (two) => confident(two + 1, 0.9))).toEqual({ value: 3, confidence: 0.6 });
    expect(confidence.lift([confident(2, 0.6), confident(3, 0.4)], (a = 0, b = 0) => a * b)).toEqual({ value: 6, confidence: 0.4 });
  });

  it('takes the first that has a value, else what stands in, with 0.5', () => {
    expect(confidence.coalesce([confident(null, 1), confident('x', 0.7)], 'y')).toEqual({ value: 'x', confidence: 0.7 });
    expect(confidence.coalesce([confident(null, 1)], 'y')).toEqual({ value: 'y', confidence: 0.5 });
  });

  it('is as sure of "all" as of the least sure and of "one" as of the surest', () => {
    const claims = [confident(true, 0.9), confident(false, 0.3)];

    expect(confidence.and(claims)).toEqual({ value: false, confidence: 0.3 });
    expect(confidence.or(claims)).toEqual({ value: true, confidence: 0.9 });
    expect(confidence.and([])).toEqual({ value: true, confidence: 1 });
    expect(confidence.or([])).toEqual({ value: false, confidence: 0 });
  });

  it('chooses, holds back, and looks into', () => {
    expect(confidence.best([confident('a', 0.2), confident('b', 0.8), confident('c', 0.8)])).toEqual({ value: 'b', confidence: 0.8 });
    expect(confidence.best([])).toBeNull();
    expect(confidence.gate(confident('a', 0.7), 0.7)).toEqual({ value: 'a', confidence: 0.7 });
    expect(confidence.gate(confident('a', 0.69), 0.7)).toBeNull();
    expect(confidence.prop(confident({ a: { b: 1 } }, 0.8), ['a', 'b'])).toEqual({ value: 1, confidence: 0.8 });
    expect(confidence.prop(confident({ a: {} }, 0.8), ['a', 'b', 'c'])).toEqual({ value: null, confidence: 0.2 });
    expect([0.8, 0.79, 0.5, 0.49].map(confidence.levelOf)).toEqual(['high', 'medium', 'medium', 'low']);
  });

  it('averages', () => {
    expect(confidence.averageConfidence([confident(1, 0.4), confident(2, 0.8)])).toBeCloseTo(0.6, 10);
    expect(confidence.averageConfidence([])).toBe(0);
    expect(confidence.weightedAverage([confident(10, 0.75), confident(20, 0.25)])).toEqual({ value: 12.5, confidence: 0.5 });
    expect(confidence.weightedAverage([confident(10, 0)])).toBeNull();
  });

  it('counts, and is as sure as the part that agrees times how sure that part is', () => {
    expect(confidence.majorityVote([confident('a', 0.9), confident('a', 0.7), confident('b', 1)])).toMatchObject({ value: 'a', agreement: 'majority' });
    expect(confidence.majorityVote([confident('a', 0.9), confident('a', 0.7), confident('b', 1)])?.confidence).toBeCloseTo((0.8 * 2) / 3, 10);
    expect(confidence.majorityVote([confident('a', 0.9), confident('b', 0.5)])).toEqual({ value: 'a', confidence: 0.45, agreement: 'split' });
    expect(confidence.majorityVote([confident({ x: 1 }, 0.5)])).toMatchObject({ agreement: 'unanimous' });
    expect(confidence.majorityVote([])).toBeNull();
  });

  it('takes no confidence for what it is not', () => {
    expect([NaN, -1, 2, 0.3].map((given) => confident('x', given).confidence)).toEqual([0, 0, 1, 0.3]);
  });
});
