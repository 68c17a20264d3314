/** What a step gives, made from what came of it. */
import type { Json } from '../../contracts/pattern/json';
import { OUTCOME_MARK, type Outcome } from '../../contracts/pattern/outcome';
import type { Details, Outcome as Aggregated } from '../pattern/aggregation/outcome';

/** Earlier results of one step that are remembered. */
export const HISTORY_MAX = 20;

export const isOutcome = (value: unknown): value is Outcome => typeof value === 'object' && value !== null && OUTCOME_MARK in value;

export const outcomeOf = (result: Json, source: string, more: Partial<Outcome> = {}): Outcome => ({
  [OUTCOME_MARK]: 1,
  result,
  confidence: null,
  success: true,
  source,
  ...more,
});

export const failedOutcome = (error: { readonly code: string; readonly message: string }, source: string): Outcome =>
  outcomeOf(null, source, { success: false, confidence: 0, error });

/** What a decision of several agents says beside its result. */
export function wordsOf(details: Details): Partial<Outcome> {
  switch (details.kind) {
    case 'vote':
      return { distribution: details.distribution, unanimous: details.unanimous, share: details.share };
    case 'consensus':
      return { agreement: details.agreement, unanimous: details.agreement === 1, ...(Object.keys(details.fields).length > 0 && { metadata: { fields: details.fields } }) };
    case 'merge':
      return { metadata: { items: details.items } as unknown as Json };
    case 'chosen':
      return details.agent === null ? {} : { metadata: { agent: details.agent } };
    case 'fields':
      return { metadata: { confidence: Object.fromEntries(Object.entries(details.fields).map(([name, outcome]) => [name, confidenceIn(outcome)])) } };
  }
}

const confidenceIn = (outcome: Aggregated): number | null => (outcome.state === 'decided' ? outcome.confidence : null);

/** The variable that holds the outcome of the last agents step of this strategy, beside `$aggregated`. */
export const STRATEGY_VARIABLES = { voting: 'vote', consensus: 'consensus', merge: 'merged', first: 'first', best: 'best', fields: null } as const;
