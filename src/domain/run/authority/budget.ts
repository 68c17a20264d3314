/**
 * What a run may use up, and what it has: tokens, calls of tools, wall clock, money (digest §4.4, design §4.11). Held before a call and settled after it, by the call's id, so that
 * calls at the same time cannot spend the same remainder; what a delegated run used is settled under the call that delegated. Time in which a person is waited for is not counted:
 * nobody holds anything meanwhile. Pure, and plain JSON.
 */
import type { Budget } from '../../../contracts/run/protocol';

export const BUDGET_FIELDS = ['tokens', 'tool_calls', 'wall_clock_ms', 'usd_millicents'] as const satisfies readonly (keyof Budget)[];
export type BudgetField = (typeof BUDGET_FIELDS)[number];

export interface BudgetBook {
  readonly spent: Budget;
  /** By the id of the call. A run has no more calls at once than one turn has intents. */
  readonly held: Readonly<Record<string, Budget>>;
}

export const NOTHING: Budget = { tokens: 0, tool_calls: 0, wall_clock_ms: 0, usd_millicents: 0 };
export const EMPTY_BOOK: BudgetBook = { spent: NOTHING, held: {} };
/** What the next model call needs at least: without it, a run ends as BudgetExhausted. */
export const LEAST_FOR_THINKING: Budget = { ...NOTHING, tokens: 1, wall_clock_ms: 1 };
/** What the next call of any tool needs at least. */
export const LEAST_FOR_TOOL: Budget = { ...NOTHING, tool_calls: 1 };

const each = (of: (field: BudgetField) => number): Budget => ({
  tokens: of('tokens'),
  tool_calls: of('tool_calls'),
  wall_clock_ms: of('wall_clock_ms'),
  usd_millicents: of('usd_millicents'),
});

/** Sums stay whole numbers that JSON keeps exactly. */
export const plus = (one: Budget, other: Budget): Budget => each((field) => Math.min(Number.MAX_SAFE_INTEGER, one[field] + other[field]));
export const lesser = (one: Budget, other: Budget): Budget => each((field) => Math.min(one[field], other[field]));
export const isWithin = (one: Budget, other: Budget): boolean => BUDGET_FIELDS.every((field) => one[field] <= other[field]);

/** Spent and held. */
export const used = (book: BudgetBook): Budget => Object.values(book.held).reduce(plus, book.spent);
/** Never below 0: a call may have cost more than was held for it. */
export const left = (limit: Budget, spent: Budget): Budget => each((field) => Math.max(0, limit[field] - spent[field]));

/** The fields in which `more` does not fit beside what is used. What costs nothing fits always, also where a call has overdrawn. */
export const exceeded = (limit: Budget, spent: Budget, more: Budget): readonly BudgetField[] =>
  BUDGET_FIELDS.filter((field) => more[field] > 0 && spent[field] + more[field] > limit[field]);

/** What is missing, for people: `tool_calls: needs 1, 0 of 64 left`. */
export const shortage = (limit: Budget, spent: Budget, more: Budget): string =>
  exceeded(limit, spent, more)
    .map((field) => `${field}: needs ${more[field]}, ${left(limit, spent)[field]} of ${limit[field]} left`)
    .join('; ');

export type Held = { readonly book: BudgetBook } | { readonly exhausted: readonly BudgetField[] };

/** Holds what a call may cost. A call that holds something already keeps that. */
export function hold(book: BudgetBook, limit: Budget, callId: string, estimate: Budget): Held {
  if (Object.hasOwn(book.held, callId)) return { book };
  const exhausted = exceeded(limit, used(book), estimate);
  return exhausted.length > 0 ? { exhausted } : { book: { ...book, held: { ...book.held, [callId]: estimate } } };
}

/**
 * Holds for a model call: what it may cost, or all that is left where that is less, since nobody knows beforehand how short an answer is. Refused when not even the least is left,
 * or when more money was spent than there was.
 */
export function holdForThinking(book: BudgetBook, limit: Budget, callId: string, estimate: Budget): Held {
  const spent = used(book);
  const exhausted = [
    ...exceeded(limit, spent, LEAST_FOR_THINKING),
    ...BUDGET_FIELDS.filter((field) => field === 'usd_millicents' && spent[field] > 0 && spent[field] >= limit[field]),
  ];
  if (exhausted.length > 0 && !Object.hasOwn(book.held, callId)) return { exhausted };
  return hold(book, limit, callId, lesser(estimate, left(limit, spent)));
}

/** What the call cost, in place of what was held. A call that holds nothing was settled before: nothing changes. */
export function settle(book: BudgetBook, callId: string, cost: Budget): BudgetBook {
  if (!Object.hasOwn(book.held, callId)) return book;
  const { [callId]: _held, ...held } = book.held;
  return { spent: plus(book.spent, cost), held };
}
