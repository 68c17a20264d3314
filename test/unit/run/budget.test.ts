import fc from 'fast-check';
import type { Budget } from '../../../src/contracts/run/protocol';
import { BUDGET_FIELDS, exceeded, LEAST_FOR_THINKING, left, lesser, NOTHING, plus, shortage } from '../../../src/domain/run/authority/budget';

const LIMIT: Budget = { tokens: 1_000, tool_calls: 3, wall_clock_ms: 10_000, usd_millicents: 0 };
const CALL: Budget = { ...NOTHING, tool_calls: 1, wall_clock_ms: 2_000 };

describe('the budget of a run', () => {
  it('says what is missing', () => {
    expect(shortage(LIMIT, { ...NOTHING, tool_calls: 3, wall_clock_ms: 9_000 }, CALL)).toBe(
      'tool_calls: needs 1, 0 of 3 left; wall_clock_ms: needs 2000, 1000 of 10000 left',
    );
    expect(shortage(LIMIT, NOTHING, CALL)).toBe('');
  });

  it('lets through what costs nothing where something else is overdrawn', () => {
    expect(exceeded(LIMIT, { ...NOTHING, tokens: 5_000 }, CALL)).toEqual([]);
    expect(left(LIMIT, { ...NOTHING, tokens: 5_000 })).toEqual({ ...LIMIT, tokens: 0 });
  });

  it('refuses what costs money where none was granted', () => {
    expect(exceeded(LIMIT, NOTHING, { ...NOTHING, usd_millicents: 1 })).toEqual(['usd_millicents']);
  });

  it.each<[string, Partial<Budget>, readonly string[]]>([
    ['nothing used', {}, []],
    ['the last token left', { tokens: 999 }, []],
    ['no token left', { tokens: 1_000 }, ['tokens']],
    ['no time left', { wall_clock_ms: 10_001 }, ['wall_clock_ms']],
    ['no call of a tool left', { tool_calls: 3 }, []],
  ])('with %s, a model may think unless %j', (_what, used, short) => {
    expect(exceeded(LIMIT, { ...NOTHING, ...used }, LEAST_FOR_THINKING)).toEqual(short);
  });
});

const amount = fc.record(Object.fromEntries(BUDGET_FIELDS.map((field) => [field, fc.nat()])) as Record<keyof Budget, fc.Arbitrary<number>>);

it('calls that are let through and cost what they said never overdraw', () => {
  fc.assert(
    fc.property(amount, fc.array(amount, { maxLength: 10 }), (limit, calls) => {
      const used = calls.reduce((spent, call) => (exceeded(limit, spent, call).length > 0 ? spent : plus(spent, call)), NOTHING);

      expect(lesser(used, limit)).toEqual(used);
      expect(plus(used, left(limit, used))).toEqual(limit);
    }),
  );
});

it('sums stay whole numbers that JSON keeps', () => {
  const most = { ...NOTHING, tokens: Number.MAX_SAFE_INTEGER };
  expect(plus(most, most)).toEqual(most);
});
