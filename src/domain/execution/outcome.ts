/** What a step gives, made from what came of it. */
import type { Json } from '../../contracts/pattern/json';
import type { Outcome } from '../../contracts/pattern/outcome';
import type { Aggregated, Details } from '../pattern/aggregation/aggregated';
import { outcomeOf } from '../pattern/expression/outcome';

/** Earlier results of one step that are remembered. */
export const HISTORY_MAX = 20;

export const failedOutcome = (error: { readonly code: string; readonly message: string }, source: string): Outcome =>
  outcomeOf(null, { source, success: false, confidence: 0, error });

/** What a decision of several agents says beside its result. */
export function wordsOf(details: Details): Partial<Outcome> {
  switch (details.kind) {
    case 'vote':
      return { distribution: details.distribution, unanimous: details.unanimous, share: details.share, metadata: details.metadata as Json };
    case 'consensus':
      return {
        agreement: details.agreement,
        unanimous: details.agreement === 1,
        ...(Object.keys(details.fields).length > 0 && { metadata: { fields: details.fields } }),
      };
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
