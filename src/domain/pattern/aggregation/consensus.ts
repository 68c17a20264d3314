/**
 * Consensus: one value that agents agree on far enough (digest of seed 001, §2.5; cases B8 to B11).
 *
 * Agreement is the part of the answers that say the same; of numbers max(0, 1 - deviation / |mean|); of answers with members that of the member that agrees least. Confidence is
 * agreement × the mean of the confidences that agents stated, or the agreement alone when none did.
 */
import type { Consensus } from '../../../contracts/pattern/aggregation';
import { choiceOf, isObject, isSure, meanConfidence, substance, type Answer } from './answer';
import { decided, undecided, type ConsensusDetails, type Aggregated } from './aggregated';
import { agreed, membersOf, type Ballot, type Rule, type Settled } from './settle';

export function consensus(answers: readonly Answer[], config: Consensus): Aggregated {
  const heard = answers.filter((answer) => isSure(answer, config.minConfidence));
  const ballots = ballotsOf(heard, config);
  const nothing: ConsensusDetails = { kind: 'consensus', votes: ballots.length, agreement: 0, reached: false, fields: {} };
  if (ballots.length === 0)
    return undecided(
      'no_answers',
      heard.length < answers.length ? `No answer has a confidence of at least ${config.minConfidence}.` : 'No agent gave an answer.',
      nothing,
    );
  if (ballots.length < config.minVotes) return undecided('insufficient_votes', `${ballots.length} of at least ${config.minVotes} answers are there.`, nothing);

  const { settled, fields } = settle(ballots, config);
  const details: ConsensusDetails = { ...nothing, agreement: settled.agreement, reached: settled.reached, fields };
  if (!settled.reached && config.conflictResolution === 'fail')
    return undecided('no_consensus', `Agreement is ${shown(settled.agreement)}, expected at least ${config.threshold}.`, details);
  return decided(settled.value, settled.agreement * (meanConfidence(ballots.map(({ answer }) => answer)) ?? 1), details);
}

const shown = (share: number): string => String(Math.round(share * 1_000) / 1_000);

/** Whole results when all are objects, whose members are looked at one by one; else what each is a vote for. */
function ballotsOf(answers: readonly Answer[], { fields }: Consensus): readonly Ballot[] {
  const said = answers.filter(({ result }) => result !== undefined && result !== null);
  if (fields) return said.map((answer) => ({ value: answer.result, answer }));
  const whole = said.map((answer) => ({ value: substance(answer.result), answer }));
  if (whole.every(({ value }) => isObject(value))) return whole;
  return said.flatMap((answer) => {
    const value = choiceOf(answer.result, null);
    return value === undefined || value === null ? [] : [{ value, answer }];
  });
}

/** Members that are configured, each by its own rule; without any the answer as it is. */
function settle(ballots: readonly Ballot[], config: Consensus): { readonly settled: Settled; readonly fields: Readonly<Record<string, number>> } {
  const rule: Rule = { threshold: config.threshold, conflict: config.conflictResolution, method: null, total: ballots.length };
  const { fields } = config;
  const objects = ballots.every(({ value }) => isObject(value));
  if (!fields && !objects) return { settled: agreed(ballots, rule), fields: {} };
  const rules = fields
    ? fields.map(({ name, threshold, method }) => [name, { ...rule, threshold: threshold ?? rule.threshold, method }] as const)
    : [...new Set(ballots.flatMap(({ value }) => Object.keys(value as object)))].map((name) => [name, rule] as const);
  const members = rules.map(([name, own]) => [name, agreed(membersOf(ballots, name), own)] as const);
  return {
    settled: {
      value: Object.fromEntries(members.map(([name, { value }]) => [name, value])),
      agreement: Math.min(1, ...members.map(([, { agreement }]) => agreement)),
      reached: members.every(([, { reached }]) => reached),
    },
    fields: Object.fromEntries(members.map(([name, { agreement }]) => [name, agreement])),
  };
}
