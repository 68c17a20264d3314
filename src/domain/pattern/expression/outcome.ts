/** Outcomes among values: a path takes their words first and then fields of their result; as a value they are their result. */
import { OUTCOME_MARK, OUTCOME_WORDS, type Outcome } from '../../../contracts/pattern/outcome';
import type { Json } from '../../../contracts/pattern/json';

export const isOutcome = (value: unknown): value is Outcome =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && (value as { readonly [OUTCOME_MARK]?: unknown })[OUTCOME_MARK] === 1;

/** What a step gave, with what is usual for the rest. */
export const outcomeOf = (result: Json, rest: Partial<Outcome> & { readonly source: string }): Outcome => ({
  [OUTCOME_MARK]: 1,
  result,
  confidence: null,
  success: true,
  ...rest,
});

const WORDS: ReadonlySet<string> = new Set(OUTCOME_WORDS);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** `of.key`, without ever reaching what JavaScript itself gives to a value; null: there is none. */
export function memberOf(of: Json, key: string): Json {
  if (isOutcome(of)) {
    if (WORDS.has(key) && Object.hasOwn(of, key)) return ((of as unknown as Record<string, Json | undefined>)[key] ?? null) as Json;
    return memberOf(of.result, key);
  }
  if (key === 'length' && (typeof of === 'string' || isList(of))) return of.length;
  if (of === null || typeof of !== 'object') return null;
  if (isList(of)) return /^\d{1,7}$/.test(key) ? (of[Number(key)] ?? null) : null;
  return Object.hasOwn(of, key) ? (of[key] ?? null) : null;
}
