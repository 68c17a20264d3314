/**
 * Values with how sure somebody is of them, from 0 to 1, and what becomes of that when they are put together: the confidence library of the digest's §2.7, without what
 * aggregations do (../aggregation). Nothing here changes a value.
 */
import { confidenceIn, isObject, keyOf, mean, sum } from '../aggregation/answer';

export interface Confident<T> {
  readonly value: T;
  readonly confidence: number;
}

/** Confidence outside of 0 to 1 is cut off; what is no number is 0. */
export const confident = <T>(value: T, confidence: number): Confident<T> => ({ value, confidence: confidenceIn(confidence) ?? 0 });

/** What follows from something is no surer than what it follows from. */
export function chain<A, B>(from: Confident<A>, next: (value: A) => Confident<B>): Confident<B> {
  const { value, confidence } = next(from.value);
  return confident(value, Math.min(from.confidence, confidence));
}

/** The first one with a value; the value that stands in when there is none is worth 0.5. */
export function coalesce<T>(candidates: readonly Confident<T | null | undefined>[], otherwise: T): Confident<T> {
  for (const { value, confidence } of candidates) if (value !== null && value !== undefined) return confident(value, confidence);
  return confident(otherwise, COALESCED);
}
const COALESCED = 0.5;

/** All hold: as sure as the least sure of them; nothing asked is certain. */
export const and = (claims: readonly Confident<boolean>[]): Confident<boolean> =>
  confident(
    claims.every(({ value }) => value),
    Math.min(1, ...claims.map(({ confidence }) => confidence)),
  );

/** One holds: as sure as the surest of them; nothing asked is not known. */
export const or = (claims: readonly Confident<boolean>[]): Confident<boolean> =>
  confident(
    claims.some(({ value }) => value),
    Math.max(0, ...claims.map(({ confidence }) => confidence)),
  );

/** A function of several values: as sure as the least sure of them. */
export const lift = <T, R>(values: readonly Confident<T>[], of: (...values: readonly T[]) => R): Confident<R> =>
  confident(of(...values.map(({ value }) => value)), Math.min(1, ...values.map(({ confidence }) => confidence)));

/** The surest; of equals the first. Null for none. */
export const best = <T>(values: readonly Confident<T>[]): Confident<T> | null =>
  values.reduce<Confident<T> | null>((top, value) => (top === null || value.confidence > top.confidence ? value : top), null);

/** The value only when it is as sure as that. */
export const gate = <T>(value: Confident<T>, threshold: number): Confident<T> | null => (value.confidence >= threshold ? value : null);

/** A member by its path. Each member that is not there halves the confidence, and the value is null. */
export function prop(from: Confident<unknown>, path: readonly string[]): Confident<unknown> {
  let { value, confidence } = from;
  for (const name of path) {
    const there = isObject(value) && Object.hasOwn(value, name);
    value = there ? (value as Readonly<Record<string, unknown>>)[name] : null;
    if (!there) confidence *= 0.5;
  }
  return confident(value, confidence);
}

export const LEVELS = { high: 0.8, medium: 0.5 } as const;
export const levelOf = (confidence: number): 'high' | 'medium' | 'low' => (confidence >= LEVELS.high ? 'high' : confidence >= LEVELS.medium ? 'medium' : 'low');

/** 0 for none. */
export const averageConfidence = (values: readonly Confident<unknown>[]): number => mean(values.map(({ confidence }) => confidence)) ?? 0;

/** Mean of numbers by how sure each is, as sure as they are on average. Null for none, or when nobody is sure at all. */
export function weightedAverage(values: readonly Confident<number>[]): Confident<number> | null {
  const total = sum(values.map(({ confidence }) => confidence));
  return total === 0 ? null : confident(sum(values.map(({ value, confidence }) => value * confidence)) / total, averageConfidence(values));
}

/** How values stand to each other: all the same, one of them in more than half, or neither. */
export type Agreement = 'unanimous' | 'majority' | 'split';

/** The value that most have (of equals the first), as sure as the part of them that have it times how sure those are on average. Null for none. */
export function majorityVote<T>(values: readonly Confident<T>[]): (Confident<T> & { readonly agreement: Agreement }) | null {
  const groups = new Map<string, Confident<T>[]>();
  for (const value of values) {
    const key = keyOf(value.value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  const most = [...groups.values()].reduce<readonly Confident<T>[]>((top, group) => (group.length > top.length ? group : top), []);
  const [first] = most;
  if (!first) return null;
  const part = most.length / values.length;
  return { ...confident(first.value, part * averageConfidence(most)), agreement: part === 1 ? 'unanimous' : part > 0.5 ? 'majority' : 'split' };
}
