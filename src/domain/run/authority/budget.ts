/**
 * What a run may use up, and what it has: tokens, calls of tools, wall clock, money (digest §4.4, design §4.11). What a call may cost is checked before it and what it cost is counted
 * after it; a run makes one call at a time, so no two can spend one remainder. A delegated run gets what is left, and what it used counts as its parent's. Time in which a person is
 * waited for is not counted. Pure, and plain JSON.
 */
import type { Budget } from '../../../contracts/run/protocol';

export const BUDGET_FIELDS = ['tokens', 'tool_calls', 'wall_clock_ms', 'usd_millicents'] as const satisfies readonly (keyof Budget)[];
export type BudgetField = (typeof BUDGET_FIELDS)[number];

export const NOTHING: Budget = { tokens: 0, tool_calls: 0, wall_clock_ms: 0, usd_millicents: 0 };
/** What the next model call needs at least: without it, a run ends as BudgetExhausted. */
export const LEAST_FOR_THINKING: Budget = { ...NOTHING, tokens: 1, wall_clock_ms: 1 };

const each = (of: (field: BudgetField) => number): Budget => ({
  tokens: of('tokens'),
  tool_calls: of('tool_calls'),
  wall_clock_ms: of('wall_clock_ms'),
  usd_millicents: of('usd_millicents'),
});

/** Sums stay whole numbers that JSON keeps exactly. */
export const plus = (one: Budget, other: Budget): Budget => each((field) => Math.min(Number.MAX_SAFE_INTEGER, one[field] + other[field]));
export const lesser = (one: Budget, other: Budget): Budget => each((field) => Math.min(one[field], other[field]));
/** Never below 0: a call may have cost more than was expected. */
export const left = (limit: Budget, used: Budget): Budget => each((field) => Math.max(0, limit[field] - used[field]));

/** The fields in which `more` does not fit beside what is used. What costs nothing fits always, also where a call has overdrawn. */
export const exceeded = (limit: Budget, used: Budget, more: Budget): readonly BudgetField[] =>
  BUDGET_FIELDS.filter((field) => more[field] > 0 && used[field] + more[field] > limit[field]);

/** What is missing, for people: `tool_calls: needs 1, 0 of 64 left`. */
export const shortage = (limit: Budget, used: Budget, more: Budget): string =>
  exceeded(limit, used, more)
    .map((field) => `${field}: needs ${more[field]}, ${left(limit, used)[field]} of ${limit[field]} left`)
    .join('; ');
