/** The one door to all aggregations: answers and the `aggregation` of a plan in, its outcome out. Pure, for the workflow. */
import type { Aggregation, FieldAggregation } from '../../../contracts/pattern/aggregation';
import type { Expression } from '../../../contracts/pattern/expression';
import { confidenceOf, mean, memberAt, type Answer } from './answer';
import { best, first } from './choose';
import { consensus } from './consensus';
import { merge, type ScoreWords } from './merge';
import { statistic } from './numbers';
import { decided, undecided, type Aggregated } from './aggregated';
import { vote } from './voting';

export interface Aggregating {
  /** What random tie-breakers draw from: the id of the execution, with the step's where there are several. */
  readonly seed: string;
  /** The value of a scoring formula. */
  readonly evaluate: (formula: Expression, words: ScoreWords) => unknown;
}

/** `answers` in the order in which they came, those of agents that failed left out. At most a plan's `AGENTS_MAX` of them for each step. */
export function aggregate(answers: readonly Answer[], config: Aggregation, context: Aggregating): Aggregated {
  return config.strategy === 'fields' ? eachField(answers, config.fields, context) : one(answers, config, context);
}

type Single = Exclude<Aggregation, { readonly strategy: 'fields' }>;

function one(answers: readonly Answer[], config: Single, { seed, evaluate }: Aggregating): Aggregated {
  switch (config.strategy) {
    case 'voting':
      return vote(answers, config, seed);
    case 'consensus':
      return consensus(answers, config);
    case 'merge': {
      const { scoring } = config;
      return merge(answers, config, (words) => scoring && evaluate(scoring.formula, words));
    }
    case 'first':
      return first(answers, config);
    case 'best':
      return best(answers, config);
  }
}

type Fields = Extract<Aggregation, { readonly strategy: 'fields' }>['fields'];

/** Each field by its own rule, over the answers that have it. Confidence is the mean of those that the fields have; one field without a value, and there is none. */
function eachField(answers: readonly Answer[], fields: Fields, context: Aggregating): Aggregated {
  const outcomes = fields.map(({ name, aggregation }) => [name, field(answers, name, aggregation, context)] as const);
  const details = { kind: 'fields', fields: Object.fromEntries(outcomes) } as const;
  for (const [name, outcome] of outcomes) {
    if (outcome.state === 'undecided') return undecided(outcome.reason, `${name}: ${outcome.message}`, details, { retry: outcome.retry });
  }
  const values = outcomes.flatMap(([name, outcome]) => (outcome.state === 'decided' ? [[name, outcome] as const] : []));
  return decided(Object.fromEntries(values.map(([name, { value }]) => [name, value])), mean(values.flatMap(([, { confidence }]) => confidence ?? [])), details);
}

function field(answers: readonly Answer[], name: string, config: FieldAggregation, context: Aggregating): Aggregated {
  const own = answers.flatMap((answer) => {
    const value = memberAt(answer.result, name);
    return value === undefined || value === null ? [] : [{ answer: { ...answer, confidence: confidenceOf(answer) }, value }];
  });
  switch (config.strategy) {
    case 'average':
    case 'median':
    case 'min':
    case 'max':
    case 'sum': {
      const details = { kind: 'chosen', agent: null, answers: own.length } as const;
      const numbers = own.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
      const value = statistic(numbers, config.strategy);
      return value === null
        ? undecided('no_answers', 'No agent gave a number.', details)
        : decided(value, mean(own.flatMap(({ answer }) => answer.confidence ?? [])), details);
    }
    // Which answer is the best is decided by the whole of it.
    case 'best': {
      const whole = best(
        own.map(({ answer }) => answer),
        config,
      );
      return whole.state === 'decided' ? { ...whole, value: memberAt(whole.value, name) } : whole;
    }
    default:
      return one(
        own.map(({ answer, value }) => ({ ...answer, result: value })),
        config,
        { ...context, seed: `${context.seed}/${name}` },
      );
  }
}
