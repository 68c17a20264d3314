import fc from 'fast-check';
import { Expression as ExpressionSchema, FUNCTIONS } from '../../../src/contracts/pattern/expression';
import { parseExpression } from '../../../src/domain/pattern/expression/parse-expression';
import { evaluate, evaluateKept } from '../../../src/domain/pattern/expression/evaluate';
import { isEqual, order } from '../../../src/domain/pattern/expression/values';
import { similarityOf } from '../../../src/domain/pattern/expression/similarity';
import { Fault } from '../../../src/errors/fault';
import type { Json } from '../../../src/contracts/pattern/json';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const name = fc.constantFrom('$a', '$b', 'item', 'x', '$a.b', '$a[0]', '$b.*.c', '$a.__proto__', '$b.constructor', '$a.length');
const { source } = fc.letrec<{ source: string }>((tie) => ({
  source: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    fc.constantFrom('1', '0', '2.5', "'t'", 'true', 'null', '[1, 2]', '[]'),
    fc
      .tuple(tie('source'), fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', '??', 'in', 'contains'), tie('source'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('source').map((a) => `!(${a})`),
    fc.tuple(tie('source'), tie('source'), tie('source')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(fc.constantFrom(...Object.entries(FUNCTIONS)), tie('source'), tie('source'))
      .map(([[call, [fewest]], a, b]) => `${call}(${fewest === 1 ? a : `${a}, ${b}`})`),
  ),
}));

const known = (thrown: unknown): boolean => thrown instanceof Fault && thrown.code.startsWith('expression.');

it('reads every expression of its grammar, as JSON that the contract takes and that is the same after a journey', () => {
  fc.assert(
    fc.property(source, (text) => {
      const parsed = parseExpression(text);
      if ('problem' in parsed) return expect(parsed.problem.message).toMatch(/too (deep|long)/);
      expect(ExpressionSchema.parse(JSON.parse(JSON.stringify(parsed.expression)))).toEqual(parsed.expression);
    }),
  );
});

it('gives plain JSON for every expression and all variables, the same each time, and changes none of them', () => {
  fc.assert(
    fc.property(source, json, json, json, (text, a, b, item) => {
      const parsed = parseExpression(text);
      if ('problem' in parsed) return;
      const before = JSON.stringify([a, b, item]);
      try {
        const value = evaluate(parsed.expression, { a, b }, { value: item, index: 0 });
        expect(value).not.toBeUndefined();
        expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(evaluate(parsed.expression, { a, b }, { value: item, index: 0 }))));
      } catch (thrown) {
        if (!known(thrown)) throw thrown;
      }
      expect(JSON.stringify([a, b, item])).toBe(before);
    }),
    { numRuns: 500 },
  );
});

it('never fails to say what is wrong with a text that is no expression', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
      const parsed = parseExpression(text);
      if ('problem' in parsed) expect(parsed.problem).toMatchObject({ message: expect.stringMatching(/./), at: expect.any(Number) });
      else expect(() => evaluateKept(parsed.expression, {})).not.toThrow(TypeError);
    }),
  );
});

it('computes as JavaScript does where both have numbers', () => {
  const number = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const parsed = parseExpression('($a + $b) * $c - $a / 4 % 3');
      if ('problem' in parsed) throw new TypeError(parsed.problem.message);
      expect(evaluate(parsed.expression, { a, b, c })).toBeCloseTo((a + b) * c - ((a / 4) % 3), 9);
    }),
  );
});

it('orders totally what it orders, and equals what has the same JSON', () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      expect(isEqual(left, left)).toBe(true);
      expect(isEqual(left, right)).toBe(isEqual(right, left));
      const between = order(left, right);
      if (between !== null) expect(Math.sign(order(right, left) ?? NaN)).toBe(Math.sign(between) === 0 ? 0 : -Math.sign(between));
    }),
  );
});

it('finds similarity between 0 and 1, the same from both sides, and 1 for the same', () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      const value = similarityOf(left, right);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      expect(similarityOf(right, left)).toBeCloseTo(value, 9);
      expect(similarityOf(left, left)).toBe(1);
    }),
  );
});
