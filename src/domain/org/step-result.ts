/** What a step of an org chart gives: plain members, so that `${step_0_result.summary}` and `change.confidence < 0.9` find them. Pure. */
import type { Json } from '../../contracts/pattern/json';
import { mean } from '../pattern/aggregation/answer';

export interface StepResult {
  readonly [member: string]: Json;
  /** Id of the step. */
  readonly step: string;
  readonly result: Json;
  /** The result in words. */
  readonly summary: string;
  /** 0 to 1; null: nobody said. */
  readonly confidence: number | null;
}

/** Characters of a summary of what has none of its own. */
const SUMMARY_MAX = 2_000;

export const wordsOf = (value: Json): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, SUMMARY_MAX);

export const isStepResult = (value: Json | undefined): value is StepResult =>
  value !== undefined &&
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  ['step', 'result', 'summary', 'confidence'].every((name) => Object.hasOwn(value, name));

/** One step's result out of several: the list of them, as sure as they are on average. */
export const meanConfidenceOf = (results: readonly Json[]): number | null =>
  mean(results.flatMap((each) => (isStepResult(each) && each.confidence !== null ? [each.confidence] : [])));
