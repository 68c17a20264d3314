/** Outcomes among values: a path takes their words first and then fields of their result; as a value they are their result. */
import { OUTCOME_MARK, OUTCOME_WORDS, type Outcome } from '../../../contracts/pattern/outcome';
import type { Json } from '../../../contracts/pattern/json';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export const isOutcome = (value: unknown): value is Outcome =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && (value as { readonly [OUTCOME_MARK]?: unknown })[OUTCOME_MARK] === 1;

/** What a step gave, with what is usual for the rest. */
export const outcomeOf = (result: Json, rest: Partial<Outcome> & { readonly source: string }): Outcome => ({
  confidence: null,
  success: true,
  ...rest,
  [OUTCOME_MARK]: 1,
  result,
});

/**
 * A value that a definition gives in the place of an outcome (a fallback, a fixed result): `{result, confidence, …}` is taken apart, its other fields becoming `metadata`; of any other object a
 * number `confidence` counts, and the whole is the result.
 */
export function outcomeFrom(value: Json, rest: Partial<Outcome> & { readonly source: string }): Outcome {
  if (value === null || typeof value !== 'object' || isList(value)) return outcomeOf(value, rest);
  const { result, confidence, ...others } = value;
  const told = typeof confidence === 'number' ? { confidence: Math.min(1, Math.max(0, confidence)) } : {};
  if (result === undefined) return outcomeOf(value, { ...rest, ...told });
  return outcomeOf(result, { ...rest, ...told, ...(Object.keys(others).length > 0 && { metadata: others }) });
}

const WORDS: ReadonlySet<string> = new Set(OUTCOME_WORDS);

/** `of.key`, without ever reaching what JavaScript itself gives to a value; null: there is none. */
export function memberOf(of: Json, key: string): Json {
  if (isOutcome(of)) {
    if (WORDS.has(key) && Object.hasOwn(of, key)) return ((of as unknown as Record<string, Json | undefined>)[key] ?? null) as Json;
    const found = memberOf(of.result, key);
    return found === null && of.metadata !== undefined && !isList(of.metadata) ? memberOf(of.metadata, key) : found;
  }
  if (key === 'length' && (typeof of === 'string' || isList(of))) return of.length;
  if (of === null || typeof of !== 'object') return null;
  if (isList(of)) return /^\d{1,7}$/.test(key) ? (of[Number(key)] ?? null) : null;
  return Object.hasOwn(of, key) ? (of[key] ?? null) : null;
}
