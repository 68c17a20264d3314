/**
 * What agents answered, as aggregations see it: the answer itself, and how sure the agent says it is (digest of seed 001, §2.5).
 *
 * The order of answers is the order in which they came, and every formula that speaks of the first means that one.
 */
import { canonicalJson } from '../../canonical-json';

/** One agent's answer. `result` is JSON. `confidence` is from 0 to 1; null: the agent said nothing about it. */
export interface Answer {
  readonly agent: string;
  /** Names under which weights may speak of the agent, besides its id: its name, then its capabilities. */
  readonly aliases?: readonly string[];
  readonly result: unknown;
  readonly confidence: number | null;
}

/** Members of a result that tell about the answer and are no part of it: no vote is about them. */
const ABOUT: ReadonlySet<string> = new Set(['confidence', 'reasoning', 'explanation', 'metadata']);

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** From 0 to 1, or null for what is no number. */
export const confidenceIn = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : null);

/** What the agent said beside its result, else the `confidence` inside it. */
export const confidenceOf = ({ confidence, result }: Pick<Answer, 'confidence' | 'result'>): number | null =>
  confidenceIn(confidence) ?? (isObject(result) ? confidenceIn(result['confidence']) : null);

/** The result without what only tells about it. */
export const substance = (result: unknown): unknown =>
  isObject(result) ? Object.fromEntries(Object.entries(result).filter(([name]) => !ABOUT.has(name))) : result;

/** A member by its path: `usage.tokens`, `authors.0`. Undefined for what is not there. */
export function memberAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as JsonObject)[name];
  }
  return at;
}

/** Whether the agent is as sure as that; one that says nothing is not. */
export const isSure = (answer: Pick<Answer, 'confidence' | 'result'>, minConfidence: number | null): boolean =>
  minConfidence === null || (confidenceOf(answer) ?? -1) >= minConfidence;

/**
 * What an answer is a vote for: the member of its result that the path `field` names, else the result without its confidence, reasoning, explanation and metadata. When that leaves one
 * member, its value is the vote: `{"category": "technology", "confidence": 0.9}` votes for `technology`. Undefined or null is an abstention.
 */
export function choiceOf(result: unknown, field: string | null): unknown {
  if (field !== null) return memberAt(result, field);
  const rest = substance(result);
  if (!isObject(rest)) return rest;
  const values = Object.values(rest);
  return values.length === 0 ? undefined : values.length === 1 ? values[0] : rest;
}

/** What a result says besides its choice and its confidence. */
export function besides(result: unknown, field: string | null): JsonObject {
  if (!isObject(result)) return {};
  const own = (name: string): boolean => (field === null ? !ABOUT.has(name) : name === field);
  return Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'confidence' && !own(name)));
}

/** Two values with one key are equal as JSON, whatever the order of their members. */
export const keyOf = (value: unknown): string => canonicalJson(value);

/** How a choice is named in a distribution: a text as it is, anything else as JSON. */
export const labelOf = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));

/** Null for no numbers. */
export const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : sum(values) / values.length);
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Mean of the confidences that were stated, null when none was. */
export const meanConfidence = (answers: readonly Answer[]): number | null => mean(answers.flatMap((answer) => confidenceOf(answer) ?? []));
