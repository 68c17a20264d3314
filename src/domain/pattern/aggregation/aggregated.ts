/** What an aggregation comes to. */
import type { JsonObject } from './answer';

/**
 * Why an aggregation has no value: too few votes; no choice with the majority; answers that agree too little; nobody sure enough; nothing to aggregate.
 */
export type UndecidedReason = 'insufficient_votes' | 'no_majority' | 'no_consensus' | 'low_confidence' | 'no_answers';

/** Decided: a value, JSON, and how sure of it (0 to 1; null when no answer and no formula says). Undecided: why, and whether asking agents again was wanted for this. */
export type Aggregated =
  | { readonly state: 'decided'; readonly value: unknown; readonly confidence: number | null; readonly details: Details }
  | { readonly state: 'undecided'; readonly reason: UndecidedReason; readonly message: string; readonly retry: boolean; readonly details: Details };

/** What else there is to say, by the strategy. Names are those of a step's outcome (contracts/pattern/outcome.ts) where it has the same thing. */
export type Details = VoteDetails | ConsensusDetails | MergeDetails | ChosenDetails | FieldsDetails;

/** `$vote`. */
export interface VoteDetails {
  readonly kind: 'vote';
  /** Answers that named a choice. */
  readonly votes: number;
  /** Part of the votes, or of their weight, that each choice got; sums to 1. */
  readonly distribution: Readonly<Record<string, number>>;
  /** The winner's part; 0 without one. */
  readonly share: number;
  readonly unanimous: boolean;
  /** Whether a tie-breaker chose among equals. */
  readonly tie: boolean;
  /** What else the winners said, one object for each: its agent, and the members of its result besides the choice and the confidence. */
  readonly metadata: readonly JsonObject[];
}

/** `$consensus`. */
export interface ConsensusDetails {
  readonly kind: 'consensus';
  readonly votes: number;
  /** 0 to 1. For answers with members: that of the member that agrees least. */
  readonly agreement: number;
  readonly reached: boolean;
  /** Agreement by member, of answers that have members. */
  readonly fields: Readonly<Record<string, number>>;
}

/** An item of a united list. `confidence`: the part of the answers that have it. */
export interface MergedItem {
  readonly value: unknown;
  readonly foundBy: number;
  readonly total: number;
  readonly confidence: number;
}

/** `$merged`. `items` by the name of the list; `result` when the answers are lists themselves. */
export interface MergeDetails {
  readonly kind: 'merge';
  readonly answers: number;
  readonly items: Readonly<Record<string, readonly MergedItem[]>>;
}

/** `$first`, `$best`: whose answer it is. */
export interface ChosenDetails {
  readonly kind: 'chosen';
  readonly agent: string | null;
  readonly answers: number;
}

/** `$aggregated`: what each field came to. */
export interface FieldsDetails {
  readonly kind: 'fields';
  readonly fields: Readonly<Record<string, Aggregated>>;
}

export const decided = (value: unknown, confidence: number | null, details: Details): Aggregated => ({ state: 'decided', value, confidence, details });

export const undecided = (reason: UndecidedReason, message: string, details: Details, { retry = false } = {}): Aggregated => ({
  ...{ state: 'undecided', reason, message, retry, details },
});
