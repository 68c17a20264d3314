/**
 * Voting: each answer is a vote for a choice (digest of seed 001, §2.5; cases B1 to B7).
 *
 * - majority: more than half of the votes. - plurality: the most votes. - unanimous: all votes, else the value null with confidence 0. - weighted: the most weight, which is what
 * the configuration gives the agent, or without any weights there the agent's confidence.
 *
 * Confidence: of a weighted vote the winner's part of all weight; of the others the mean of the winners' stated confidences (the seed's content-classifier: 0.92), and where no winner
 * stated one, the winner's part of the votes. That part is always there too, as `share`.
 */
import type { Voting } from '../../../contracts/pattern/aggregation';
import { besides, confidenceOf, meanConfidence, sum, type Answer } from './answer';
import { draw } from './draw';
import { decided, undecided, type Aggregated, type VoteDetails } from './aggregated';
import { distributionOf, heaviest, surest, tally, votesIn, type Option } from './tally';

/** `seed`: what a random tie-breaker draws from; the same seed and answers give the same winner. */
export function vote(answers: readonly Answer[], config: Voting, seed: string): Aggregated {
  const { method, minVotes } = config;
  const options = tally(answers, config.field, method === 'weighted' ? weigher(config) : undefined);
  const open = detailsOf(options, config);
  if (open.votes === 0) return undecided('no_answers', 'No agent voted.', open);
  if (open.votes < minVotes && config.onInsufficientVotes === 'fail')
    return undecided('insufficient_votes', `${open.votes} of at least ${minVotes} votes were cast.`, open);
  const leaders = heaviest(options);
  if (method === 'unanimous' && options.length > 1) return decided(null, 0, open);
  if (method === 'majority' && config.noMajorityBehavior !== 'plurality' && !hasMajority(options, leaders))
    return undecided('no_majority', 'No choice has more than half of the votes.', open, { retry: config.noMajorityBehavior === 'retry' });
  const winner = broken(leaders, config.tieBreaker, seed);
  const details = detailsOf(options, config, { winner, tie: leaders.length > 1 });
  return decided(winner.value, (method === 'weighted' ? null : meanConfidence(winner.answers)) ?? details.share, details);
}

const weightIn = (options: readonly Option[]): number => sum(options.map(({ weight }) => weight));

const hasMajority = (options: readonly Option[], [leader]: readonly Option[]): boolean => leader !== undefined && leader.weight * 2 > weightIn(options);

function detailsOf(
  options: readonly Option[],
  { field }: Voting,
  { winner, tie }: { readonly winner: Option | null; readonly tie: boolean } = { winner: null, tie: false },
): VoteDetails {
  const total = weightIn(options);
  return {
    ...{ kind: 'vote', votes: votesIn(options), distribution: distributionOf(options), unanimous: options.length === 1, tie },
    share: winner === null || total === 0 ? 0 : winner.weight / total,
    metadata: (winner?.answers ?? []).map(({ agent, result }) => ({ ...besides(result, field), agent })),
  };
}

/** One of equals; at least one is given. Where nobody says how sure they are, the surest is the first. */
function broken(leaders: readonly Option[], by: Voting['tieBreaker'], seed: string): Option {
  const first = leaders[0]!;
  if (leaders.length === 1 || by === 'first') return first;
  // By key, so that who was quicker does not change what is drawn.
  if (by === 'random')
    return (
      draw(
        [...leaders].sort((a, b) => (a.key < b.key ? -1 : 1)),
        seed,
      ) ?? first
    );
  return leaders.reduce((best, option) => ((surest(option) ?? -1) > (surest(best) ?? -1) ? option : best), first);
}

/** By id, then by name and capabilities in turn; `default` for the rest, 1 without it. */
function weigher({ weights }: Voting): (answer: Answer) => number {
  if (!weights || Object.keys(weights).length === 0) return (answer) => confidenceOf(answer) ?? 1;
  return ({ agent, aliases = [] }) => {
    const name = [agent, ...aliases, 'default'].find((alias) => Object.hasOwn(weights, alias));
    const weight = name === undefined ? 1 : weights[name];
    // What is an expression in the plan is a number by now.
    return typeof weight === 'number' ? weight : 1;
  };
}
