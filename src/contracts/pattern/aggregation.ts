/**
 * How the results of several agents become one: the settings of `aggregation`, with every default filled in. The formulas are in
 * `src/domain/pattern/aggregation`, and docs/patterns.md gives them. Seed 001, and the pattern language that its clients know.
 */
import { z } from 'zod';
import { ENTRIES_MAX, NAME_MAX } from './bounds';
import { Expression } from './expression';

const share = z.number().min(0).max(1);
const votes = z.number().int().min(1).max(ENTRIES_MAX);
const name = z.string().min(1).max(NAME_MAX);
const names = z.array(name).max(ENTRIES_MAX);

export const VOTING_METHODS = ['majority', 'unanimous', 'weighted', 'plurality'] as const;
export const Voting = z.strictObject({
  strategy: z.literal('voting'),
  method: z.enum(VOTING_METHODS),
  /** Path of the field of a result that is voted on; null: the result itself, or its only field besides confidence and reasoning. */
  field: name.nullable(),
  minVotes: votes,
  /**
   * Weight by agent id or name, `default` for all others; null: an agent's confidence is its weight. An expression is replaced by its number
   * (`resolveWeights`) before the formulas see it.
   */
  weights: z.record(name, z.union([z.number().min(0).max(1_000_000), Expression])).nullable(),
  /** `random` is drawn from the execution's id, so that a replay draws the same. */
  tieBreaker: z.enum(['first', 'random', 'highest-confidence']),
  noMajorityBehavior: z.enum(['plurality', 'fail', 'retry']),
  onInsufficientVotes: z.enum(['fail', 'proceed']),
});
export type Voting = z.output<typeof Voting>;

export const CONFLICT_RESOLUTIONS = ['weighted', 'first', 'highest-confidence', 'fail'] as const;
export const CONSENSUS_FIELD_METHODS = ['majority', 'average', 'median', 'min', 'max', 'union', 'intersection', 'concat', 'first'] as const;
export const ConsensusField = z.strictObject({
  name,
  /** null: the threshold of the whole. */
  threshold: share.nullable(),
  /** null: by the kind of the values: average of numbers, majority of everything else. */
  method: z.enum(CONSENSUS_FIELD_METHODS).nullable(),
});
export const Consensus = z.strictObject({
  strategy: z.literal('consensus'),
  threshold: share,
  minVotes: votes,
  conflictResolution: z.enum(CONFLICT_RESOLUTIONS),
  /** Results below it have no voice; null: all have. */
  minConfidence: share.nullable(),
  /** The fields that are agreed on; null: all that the results have. */
  fields: z.array(ConsensusField).max(ENTRIES_MAX).nullable(),
});
export type Consensus = z.output<typeof Consensus>;

export const MERGE_METHODS = ['deep', 'shallow', 'concat', 'union', 'intersection'] as const;
export const Merge = z.strictObject({
  strategy: z.literal('merge'),
  method: z.enum(MERGE_METHODS),
  /** The fields that are merged; null: all. */
  fields: names.nullable(),
  deduplication: z.boolean(),
  /** Field by which two entries are the same; null: they are equal as JSON. */
  deduplicationKey: name.nullable(),
  /** Lists inside objects: all entries once, all entries, or the list that most results have. */
  arrayStrategy: z.enum(['union', 'concat', 'vote']),
  /** Two values for one field. */
  conflictResolution: z.enum(['majority', 'first', 'last', 'highest-confidence']),
  /** Entries that are kept; null: all (at most the bound of a list). */
  limit: z.number().int().min(1).max(10_000).nullable(),
  /** Score of an entry; the words are `foundByCount`, `totalAgents` and `averageConfidence`. null: foundByCount / totalAgents, nothing left out. */
  scoring: z.strictObject({ formula: Expression, minScore: share }).nullable(),
  /** Fields whose values are collected from all duplicates of an entry. */
  mergeFields: names,
});
export type Merge = z.output<typeof Merge>;

/** The first result in the order of arrival with enough confidence. */
export const First = z.strictObject({ strategy: z.literal('first'), minConfidence: share.nullable() });
export type First = z.output<typeof First>;

/** The result with the highest number at `by`: `confidence` or the path of a field of the result. */
export const Best = z.strictObject({ strategy: z.literal('best'), by: name });
export type Best = z.output<typeof Best>;

/** A number out of one field of all results. Only inside `fields`. */
export const Statistic = z.strictObject({ strategy: z.enum(['average', 'median', 'min', 'max', 'sum']) });
export type Statistic = z.output<typeof Statistic>;

export const FieldAggregation = z.discriminatedUnion('strategy', [Voting, Consensus, Merge, First, Best, Statistic]);
export type FieldAggregation = z.output<typeof FieldAggregation>;

/** Each field in its own way. The result is an object of these fields, its confidence the mean of theirs. */
export const PerField = z.strictObject({
  strategy: z.literal('fields'),
  fields: z
    .array(z.strictObject({ name, aggregation: FieldAggregation }))
    .min(1)
    .max(ENTRIES_MAX),
});
export type PerField = z.output<typeof PerField>;

export const Aggregation = z.discriminatedUnion('strategy', [Voting, Consensus, Merge, First, Best, PerField]);
export type Aggregation = z.output<typeof Aggregation>;
