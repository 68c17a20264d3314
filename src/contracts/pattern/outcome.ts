/**
 * What a step gives. In the variables of an execution it stands as it is: `$fact.confidence` takes a word of the outcome, `$fact.anything` else a field of its
 * result, and `$fact` alone is the result (src/domain/pattern/expression/outcome.ts). Plain JSON.
 */
import type { Json } from './json';

/** Marks an outcome among other JSON objects. */
export const OUTCOME_MARK = '$outcome';

export interface Outcome {
  readonly [OUTCOME_MARK]: 1;
  readonly result: Json;
  /** 0 to 1; null: nobody said. */
  readonly confidence: number | null;
  readonly success: boolean;
  /** Id of the step it comes from. */
  readonly source: string;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** Ids of the agents that answered. */
  readonly agents?: readonly string[] | undefined;
  readonly duration?: number | undefined;
  /** Of a vote and of a consensus: the share of each result, whether all agreed, how much they agreed, what else the winners said. */
  readonly distribution?: { readonly [value: string]: number } | undefined;
  readonly unanimous?: boolean | undefined;
  readonly agreement?: number | undefined;
  /** Votes for the winner in relation to all. */
  readonly share?: number | undefined;
  readonly metadata?: Json | undefined;
  /** Of a gate and a comparison. */
  readonly passed?: boolean | undefined;
  readonly similarity?: number | undefined;
  /** Of a switch: the name of the case. */
  readonly tier?: string | undefined;
  /** Of a loop. */
  readonly iterations?: number | undefined;
  /** Earlier results of the same step, when it ran more than once (the last 20). */
  readonly history?: readonly Json[] | undefined;
}

/** The words that a path takes from the outcome itself; every other word is looked up in its result. */
export const OUTCOME_WORDS = [
  'result',
  'confidence',
  'success',
  'source',
  'error',
  'agents',
  'duration',
  'distribution',
  'unanimous',
  'agreement',
  'share',
  'metadata',
  'passed',
  'similarity',
  'tier',
  'iterations',
  'history',
] as const;
