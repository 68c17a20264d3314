/** `aggregation` of a definition → its settings with all defaults. */
import { ENTRIES_MAX } from '../../../contracts/pattern/bounds';
import {
  CONFLICT_RESOLUTIONS,
  CONSENSUS_FIELD_METHODS,
  MERGE_METHODS,
  VOTING_METHODS,
  type Aggregation,
  type Best,
  type Consensus,
  type FieldAggregation,
  type First,
  type Merge,
  type PerField,
  type Voting,
} from '../../../contracts/pattern/aggregation';
import type { Expression } from '../../../contracts/pattern/expression';
import type { Fields, Reading } from './reading';
import type { Path } from '../../yaml/source';
import { readFormula, readValue } from './values';

const STRATEGIES = ['voting', 'consensus', 'merge', 'first', 'best'] as const;
const STATISTICS = ['average', 'median', 'min', 'max', 'sum'] as const;

const VOTING_FIELDS = ['method', 'field', 'minVotes', 'weights', 'tieBreaker', 'noMajorityBehavior', 'onInsufficientVotes'];
const CONSENSUS_FIELDS = ['threshold', 'minVotes', 'conflictResolution', 'minConfidence', 'fields'];
export const MERGE_FIELDS = ['method', 'fields', 'deduplication', 'deduplicationKey', 'arrayStrategy', 'conflictResolution', 'limit', 'scoring', 'mergeFields'];

const KNOWN: Readonly<Record<(typeof STRATEGIES)[number], readonly string[]>> = {
  voting: VOTING_FIELDS,
  consensus: CONSENSUS_FIELDS,
  merge: MERGE_FIELDS,
  first: ['minConfidence'],
  best: ['by'],
};

/** Without `strategy` the whole is per field, and needs `fields`. */
export function readAggregation(reading: Reading, value: unknown, path: Path): Aggregation {
  const fields = reading.map(value, path);
  if (fields['strategy'] === undefined && fields['fields'] !== undefined) return readPerField(reading, value, path);
  if (fields['strategy'] === undefined)
    reading.report(path, 'The aggregation has no strategy.', `strategy: one of ${STRATEGIES.join(', ')}; or fields with one each`);
  const strategy = reading.oneOf(fields['strategy'], [...path, 'strategy'], STRATEGIES, 'first');
  return readStrategy(reading, reading.object(value, path, ['strategy', ...KNOWN[strategy]]), path, strategy);
}

function readStrategy(reading: Reading, fields: Fields, path: Path, strategy: (typeof STRATEGIES)[number]): Exclude<Aggregation, PerField> {
  if (strategy === 'voting') return readVoting(reading, fields, path);
  if (strategy === 'consensus') return readConsensus(reading, fields, path);
  if (strategy === 'merge') return readMerge(reading, fields, path);
  if (strategy === 'first') return { strategy: 'first', minConfidence: reading.share(fields['minConfidence'], [...path, 'minConfidence']) } satisfies First;
  return { strategy: 'best', by: fields['by'] === undefined ? 'confidence' : reading.text(fields['by'], [...path, 'by']) } satisfies Best;
}

const votes = { min: 1, max: ENTRIES_MAX, integer: true };

function readVoting(reading: Reading, fields: Fields, path: Path): Voting {
  const at = (name: string): Path => [...path, name];
  const weights = fields['weights'];
  return {
    strategy: 'voting',
    method: reading.oneOf(fields['method'], at('method'), VOTING_METHODS, 'majority'),
    field: reading.optionalText(fields['field'], at('field')),
    minVotes: reading.optionalNumber(fields['minVotes'], at('minVotes'), votes) ?? 1,
    weights:
      weights === undefined
        ? null
        : Object.fromEntries(
            Object.entries(reading.map(weights, at('weights'))).map(([name, each]) => [name, readWeight(reading, each, [...path, 'weights', name])]),
          ),
    tieBreaker: reading.oneOf(fields['tieBreaker'], at('tieBreaker'), ['first', 'random', 'highest-confidence'], 'first'),
    noMajorityBehavior: reading.oneOf(fields['noMajorityBehavior'], at('noMajorityBehavior'), ['plurality', 'fail', 'retry'], 'plurality'),
    onInsufficientVotes: reading.oneOf(fields['onInsufficientVotes'], at('onInsufficientVotes'), ['fail', 'proceed'], 'fail'),
  };
}

const readWeight = (reading: Reading, value: unknown, path: Path): number | Expression =>
  typeof value === 'string' ? readValue(reading, value, path) : reading.number(value, path, { max: 1_000_000 });

function readConsensus(reading: Reading, fields: Fields, path: Path): Consensus {
  const at = (name: string): Path => [...path, name];
  return {
    strategy: 'consensus',
    threshold: reading.share(fields['threshold'], at('threshold')) ?? 0.7,
    minVotes: reading.optionalNumber(fields['minVotes'], at('minVotes'), votes) ?? 1,
    conflictResolution: reading.oneOf(fields['conflictResolution'], at('conflictResolution'), CONFLICT_RESOLUTIONS, 'weighted'),
    minConfidence: reading.share(fields['minConfidence'], at('minConfidence')),
    fields:
      fields['fields'] === undefined
        ? null
        : reading.list(fields['fields'], at('fields')).map((each, index) => readConsensusField(reading, each, [...path, 'fields', index])),
  };
}

/** `strategy` is another word for `method` here. */
function readConsensusField(reading: Reading, value: unknown, path: Path): NonNullable<Consensus['fields']>[number] {
  if (typeof value === 'string') return { name: reading.text(value, path), threshold: null, method: null };
  const fields = reading.object(value, path, ['name', 'threshold', 'method', 'strategy']);
  const word = fields['method'] === undefined ? 'strategy' : 'method';
  const method = fields[word];
  return {
    name: reading.text(fields['name'], [...path, 'name']),
    threshold: reading.share(fields['threshold'], [...path, 'threshold']),
    method: method === undefined ? null : reading.oneOf(method, [...path, word], CONSENSUS_FIELD_METHODS, 'majority'),
  };
}

/** The fields of a merge also stand in the steps `merge` and `reduce`. */
export function readMerge(reading: Reading, fields: Fields, path: Path): Merge {
  const at = (name: string): Path => [...path, name];
  return {
    strategy: 'merge',
    method: reading.oneOf(fields['method'], at('method'), MERGE_METHODS, 'deep'),
    fields: fields['fields'] === undefined ? null : reading.texts(fields['fields'], at('fields')),
    deduplication: reading.boolean(fields['deduplication'], at('deduplication'), fields['method'] !== 'concat'),
    deduplicationKey: reading.optionalText(fields['deduplicationKey'], at('deduplicationKey')),
    arrayStrategy: reading.oneOf(fields['arrayStrategy'], at('arrayStrategy'), ['union', 'concat', 'vote'], 'union'),
    conflictResolution: reading.oneOf(fields['conflictResolution'], at('conflictResolution'), ['majority', 'first', 'last', 'highest-confidence'], 'majority'),
    limit: reading.optionalNumber(fields['limit'], at('limit'), { min: 1, max: 10_000, integer: true }),
    scoring: fields['scoring'] === undefined ? null : readScoring(reading, fields['scoring'], at('scoring')),
    mergeFields: reading.texts(fields['mergeFields'], at('mergeFields')),
  };
}

function readScoring(reading: Reading, value: unknown, path: Path): NonNullable<Merge['scoring']> {
  const fields = reading.object(value, path, ['formula', 'minScore']);
  return {
    formula: readFormula(reading, fields['formula'] ?? 'foundByCount / totalAgents', [...path, 'formula']),
    minScore: reading.share(fields['minScore'], [...path, 'minScore']) ?? 0,
  };
}

function readPerField(reading: Reading, value: unknown, path: Path): PerField {
  const fields = reading.object(value, path, ['fields']);
  const list = reading.list(fields['fields'], [...path, 'fields']);
  if (list.length === 0) reading.report([...path, 'fields'], 'There is no field.', 'at least one');
  return { strategy: 'fields', fields: list.map((each, at) => readField(reading, each, [...path, 'fields', at])) };
}

function readField(reading: Reading, value: unknown, path: Path): PerField['fields'][number] {
  const all = reading.map(value, path);
  const name = reading.text(all['name'], [...path, 'name']);
  const strategy = reading.oneOf(all['strategy'], [...path, 'strategy'], [...STRATEGIES, ...STATISTICS], 'consensus');
  const statistic = STATISTICS.find((each) => each === strategy);
  if (statistic) reading.object(value, path, ['name', 'strategy']);
  const known = STRATEGIES.find((each) => each === strategy);
  const aggregation: FieldAggregation = known
    ? readStrategy(reading, reading.object(value, path, ['name', 'strategy', ...KNOWN[known]]), path, known)
    : { strategy: statistic ?? 'average' };
  return { name, aggregation };
}
