/** A step that asks agents, as a whole: ask, make one of their answers, judge it. */
import type { AgentsWork } from '../../src/contracts/pattern/agents-step';
import type { Aggregation } from '../../src/contracts/pattern/aggregation';
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Frame } from '../../src/domain/execution/frame';
import { STRATEGY_VARIABLES, wordsOf } from '../../src/domain/execution/outcome';
import { aggregate } from '../../src/domain/pattern/aggregation/aggregate';
import { isSure } from '../../src/domain/pattern/aggregation/answer';
import { outcomeOf } from '../../src/domain/pattern/expression/outcome';
import type { AgentAnswer } from './ask-agent';
import { Asking, type Place } from './ask-agents';
import type { Run } from './run';
import { untilGood, type Attempted } from './validated';
import { scoreOf, valueOf } from './values';

export async function performWork(run: Run, work: AgentsWork, frame: Frame, place: Place): Promise<Outcome> {
  const asked = new Set<string>();
  let attempts = 0;
  const attempt = async (): Promise<Attempted> => {
    const began = Date.now();
    const asking = new Asking(run, work, frame, place, asked);
    const answers = await asking.answers();
    asking.finish();
    return decided(work, { frame, place, answers, duration: Date.now() - began, seed: `${run.start.id}/${place.step}/${++attempts}` });
  };
  const input = work.input === null ? (frame.get('item') ?? frame.get('input') ?? null) : valueOf(work.input, frame);
  const outcome = await untilGood(run, { step: place.step, frame: () => frame, input, validation: work.validation, attempt });
  publish(frame, work.aggregation, outcome);
  return outcome;
}

interface Answered {
  readonly frame: Frame;
  readonly place: Place;
  readonly answers: readonly AgentAnswer[];
  readonly duration: number;
  readonly seed: string;
}

/** An answer as a variable sees it. */
const shown = ({ agent, name, result, confidence, reasoning, durationMs }: AgentAnswer): Outcome =>
  outcomeOf(result, { source: agent, confidence, agents: [agent], duration: durationMs, metadata: { agentId: agent, agentName: name, reasoning } });

function decided(work: AgentsWork, { frame, place, answers, duration, seed }: Answered): Attempted {
  const { aggregation, validation } = work;
  frame.set('results', answers.map(shown) as unknown as Json);
  frame.set('validResults', answers.filter((answer) => isSure(answer, validation?.minConfidence ?? null)).map(shown) as unknown as Json);
  const aggregated = aggregate(answers, withWeights(aggregation, frame), { seed, evaluate: (formula, words) => scoreOf(formula, frame, words) });
  const words = { source: place.step, agents: answers.map(({ agent }) => agent), duration, ...wordsOf(aggregated.details) };
  const outcome =
    aggregated.state === 'decided'
      ? outcomeOf(aggregated.value as Json, { ...words, confidence: rounded(aggregated.confidence) })
      : outcomeOf(null, { ...words, confidence: 0, success: false });
  publish(frame, aggregation, outcome);
  const undecided = aggregated.state === 'decided' ? null : { code: aggregated.reason, message: aggregated.message, retry: aggregated.retry };
  return { outcome, latencyMs: duration, undecided };
}

/** `$vote` and its like: the outcome that is judged while it is, and what the step came to in the end. */
function publish(frame: Frame, { strategy }: Aggregation, outcome: Outcome): void {
  const variable = STRATEGY_VARIABLES[strategy];
  if (variable !== null) frame.set(variable, outcome as unknown as Json);
  frame.set('aggregated', outcome as unknown as Json);
}

/** Sums of binary fractions: 0.92 and not 0.9199999999999999. */
const rounded = (confidence: number | null): number | null => (confidence === null ? null : Math.round(confidence * 1e9) / 1e9);

/** Weights that are expressions, as numbers; what is no number weighs nothing. */
function withWeights(aggregation: Aggregation, frame: Frame): Aggregation {
  if (aggregation.strategy !== 'voting' || aggregation.weights === null) return aggregation;
  const weights = Object.entries(aggregation.weights).map(([name, weight]) => {
    const value = typeof weight === 'number' ? weight : valueOf(weight, frame);
    return [name, typeof value === 'number' && value > 0 ? value : 0] as const;
  });
  return { ...aggregation, weights: Object.fromEntries(weights) };
}
