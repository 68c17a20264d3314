/** First and best: the answer of one agent, chosen among all (digest of seed 001, §2.5). */
import type { Best, First } from '../../../contracts/pattern/aggregation';
import { confidenceOf, isSure, memberAt, type Answer } from './answer';
import { decided, undecided, type ChosenDetails, type Aggregated } from './aggregated';

const chosen = (answers: readonly Answer[], answer: Answer): Aggregated => decided(answer.result, confidenceOf(answer), detailsOf(answers, answer));

const detailsOf = (answers: readonly Answer[], answer: Answer | null): ChosenDetails => ({
  kind: 'chosen',
  agent: answer?.agent ?? null,
  answers: answers.length,
});

/** The earliest answer that is sure enough. */
export function first(answers: readonly Answer[], { minConfidence }: First): Aggregated {
  if (answers.length === 0) return undecided('no_answers', 'No agent gave an answer.', detailsOf(answers, null));
  const found = answers.find((answer) => isSure(answer, minConfidence));
  return found ? chosen(answers, found) : undecided('low_confidence', `No answer has a confidence of at least ${minConfidence}.`, detailsOf(answers, null));
}

/** The answer with the highest number at `by`; of equals the earliest, and without any number there the earliest of all. */
export function best(answers: readonly Answer[], { by }: Best): Aggregated {
  const [earliest] = answers;
  if (!earliest) return undecided('no_answers', 'No agent gave an answer.', detailsOf(answers, null));
  const measure = (answer: Answer): number => {
    const value = by === 'confidence' ? confidenceOf(answer) : memberAt(answer.result, by);
    return typeof value === 'number' && !Number.isNaN(value) ? value : -Infinity;
  };
  return chosen(
    answers,
    answers.reduce((top, answer) => (measure(answer) > measure(top) ? answer : top), earliest),
  );
}
