import fc from 'fast-check';
import type { Budget } from '../../../src/contracts/run/protocol';
import {
  BUDGET_FIELDS,
  EMPTY_BOOK,
  exceeded,
  hold,
  holdForThinking,
  isWithin,
  left,
  NOTHING,
  plus,
  settle,
  shortage,
  used,
  type BudgetBook,
  type Held,
} from '../../../src/domain/run/authority/budget';

const LIMIT: Budget = { tokens: 1_000, tool_calls: 3, wall_clock_ms: 10_000, usd_millicents: 0 };
const CALL: Budget = { ...NOTHING, tool_calls: 1, wall_clock_ms: 2_000 };
const bookOf = (held: Held): BudgetBook => {
  if ('book' in held) return held.book;
  throw new TypeError(`exhausted: ${held.exhausted.join()}`);
};

describe('the budget of a run', () => {
  it('is held before a call and settled after it, at what the call cost', () => {
    const held = bookOf(hold(EMPTY_BOOK, LIMIT, 'a', CALL));
    expect(used(held)).toEqual(CALL);

    const after = settle(held, 'a', { ...CALL, wall_clock_ms: 15 });

    expect(after).toEqual({ spent: { ...CALL, wall_clock_ms: 15 }, held: {} });
    expect(left(LIMIT, used(after))).toEqual({ tokens: 1_000, tool_calls: 2, wall_clock_ms: 9_985, usd_millicents: 0 });
  });

  it('lets no two calls at once spend one remainder', () => {
    const two = ['a', 'b'].reduce((book, id) => bookOf(hold(book, LIMIT, id, CALL)), EMPTY_BOOK);

    expect(hold(two, LIMIT, 'c', { ...CALL, tool_calls: 2 })).toEqual({ exhausted: ['tool_calls'] });
    expect(hold(two, LIMIT, 'c', { ...CALL, wall_clock_ms: 6_001, tool_calls: 2 })).toEqual({ exhausted: ['tool_calls', 'wall_clock_ms'] });
  });

  it('holds once for a call, and settles it once', () => {
    const held = bookOf(hold(EMPTY_BOOK, LIMIT, 'a', CALL));

    expect(hold(held, LIMIT, 'a', { ...LIMIT, tokens: 9_999 })).toEqual({ book: held });
    const after = settle(held, 'a', CALL);
    expect(settle(after, 'a', CALL)).toBe(after);
    expect(settle(EMPTY_BOOK, 'never', CALL)).toBe(EMPTY_BOOK);
  });

  it('counts what a delegated run used under the call that delegated', () => {
    const child = { tokens: 400, tool_calls: 1, wall_clock_ms: 700, usd_millicents: 0 };
    const delegating = bookOf(hold(EMPTY_BOOK, LIMIT, 'delegate', { ...LIMIT, tool_calls: 2 }));

    expect(used(settle(delegating, 'delegate', plus(child, { ...NOTHING, tool_calls: 1 })))).toEqual({ ...child, tool_calls: 2 });
  });

  it('says what is missing', () => {
    expect(shortage(LIMIT, { ...NOTHING, tool_calls: 3, wall_clock_ms: 9_000 }, CALL)).toBe(
      'tool_calls: needs 1, 0 of 3 left; wall_clock_ms: needs 2000, 1000 of 10000 left',
    );
  });

  it('lets through what costs nothing where something else is overdrawn', () => {
    expect(exceeded(LIMIT, { ...NOTHING, tokens: 5_000 }, CALL)).toEqual([]);
    expect(exceeded(LIMIT, NOTHING, { ...NOTHING, usd_millicents: 1 })).toEqual(['usd_millicents']);
  });
});

describe('a model call', () => {
  const estimate = { ...NOTHING, tokens: 4_096, wall_clock_ms: 60_000 };

  it('may take what is left, where that is less than it may cost', () => {
    expect(used(bookOf(holdForThinking(EMPTY_BOOK, LIMIT, 'think', estimate)))).toEqual({ ...NOTHING, tokens: 1_000, wall_clock_ms: 10_000 });
  });

  it.each<[string, Partial<Budget>, Partial<Budget>, readonly string[]]>([
    ['no token', { tokens: 1_000 }, {}, ['tokens']],
    ['no time', { wall_clock_ms: 10_001 }, {}, ['wall_clock_ms']],
    ['neither', { tokens: 1_200, wall_clock_ms: 10_000 }, {}, ['tokens', 'wall_clock_ms']],
    ['no money of some', { usd_millicents: 50 }, { usd_millicents: 50 }, ['usd_millicents']],
    ['no money where nothing was granted', { usd_millicents: 1 }, {}, ['usd_millicents']],
  ])('is refused when there is left %s', (_what, spent, limit, exhausted) => {
    const book: BudgetBook = { ...EMPTY_BOOK, spent: { ...NOTHING, ...spent } };

    expect(holdForThinking(book, { ...LIMIT, ...limit }, 'think', estimate)).toEqual({ exhausted });
  });

  it('of a model without a price needs no money', () => {
    expect('book' in holdForThinking(EMPTY_BOOK, LIMIT, 'think', estimate)).toBe(true);
  });

  it('that holds already goes on', () => {
    const book = bookOf(holdForThinking(EMPTY_BOOK, LIMIT, 'think', estimate));

    expect(holdForThinking(book, LIMIT, 'think', estimate)).toEqual({ book });
  });
});

describe('whatever calls come', () => {
  const amount = fc.record(Object.fromEntries(BUDGET_FIELDS.map((field) => [field, fc.nat(400)])) as Record<keyof Budget, fc.Arbitrary<number>>);
  const step = fc.oneof(fc.tuple(fc.constant('hold'), fc.nat(5), amount), fc.tuple(fc.constant('settle'), fc.nat(5), amount));

  it('no more is held than is left, calls that cost what they said never overdraw, and the book is plain JSON', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), amount, (steps, limit) => {
        let book: BudgetBook = EMPTY_BOOK;
        for (const [what, id, cost] of steps) {
          if (what === 'hold') {
            const held = hold(book, limit, String(id), cost);
            if ('book' in held) book = held.book;
          } else {
            const own = book.held[String(id)];
            book = settle(book, String(id), own ? { ...own, tokens: Math.min(own.tokens, cost.tokens) } : cost);
          }
          expect(isWithin(used(book), limit)).toBe(true);
          expect(JSON.parse(JSON.stringify(book))).toEqual(book);
        }
      }),
    );
  });
});
