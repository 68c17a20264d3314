/** One value out of several for one thing, and how far they agree on it; members of objects are settled one by one. */
import type { Consensus } from '../../../contracts/pattern/aggregation';
import { isStatistic, numericAgreement, statistic } from './numbers';
import { confidenceOf, isObject, keyOf, mean, sum, type Answer, type JsonObject } from './answer';
import { concat, unite } from './items';

type Method = NonNullable<NonNullable<Consensus['fields']>[number]['method']>;

/** What one answer says about the thing. */
export interface Ballot {
  readonly value: unknown;
  readonly answer: Answer;
}

export interface Rule {
  /** Agreement from which on the common value counts; below it `conflict` decides. */
  readonly threshold: number;
  readonly conflict: Consensus['conflictResolution'];
  /** Null: numbers by their mean, objects member by member, everything else by the most votes. */
  readonly method: Method | null;
  /** Answers that could have said something; those that did not count against the agreement. */
  readonly total: number;
}

export interface Settled {
  readonly value: unknown;
  readonly agreement: number;
  /** False: nothing was agreed, and the value is what `conflict` made of it. */
  readonly reached: boolean;
}

export const agreed = (ballots: readonly Ballot[], rule: Rule): Settled => {
  const values = ballots.map(({ value }) => value);
  return rule.method === null && values.length > 0 && values.every(isObject) ? byMember(ballots, rule) : asOne(ballots, rule);
};

/** By member, in the order in which members first appear: the least agreement among them is that of the whole. */
function byMember(ballots: readonly Ballot[], rule: Rule): Settled {
  const names = [...new Set(ballots.flatMap(({ value }) => Object.keys(value as JsonObject)))];
  const members = names.map((name) => [name, agreed(membersOf(ballots, name), rule)] as const);
  return {
    value: Object.fromEntries(members.map(([name, { value }]) => [name, value])),
    agreement: Math.min(1, ...members.map(([, { agreement }]) => agreement)),
    reached: members.every(([, { reached }]) => reached),
  };
}

/** What the answers say about one member; those without it say nothing. */
export const membersOf = (ballots: readonly Ballot[], name: string): readonly Ballot[] =>
  ballots.flatMap(({ value, answer }) => (isObject(value) && Object.hasOwn(value, name) && value[name] !== null ? [{ value: value[name], answer }] : []));

function asOne(ballots: readonly Ballot[], rule: Rule): Settled {
  const { value, agreement } = common(ballots, rule);
  return agreement >= rule.threshold - ROUNDING ? { value, agreement, reached: true } : { value: resolved(ballots, rule), agreement, reached: false };
}

/** 2 of 3 is 0.667 in a definition as well as 0.6666666666666666. */
const ROUNDING = 0.0005;

function common(ballots: readonly Ballot[], { method, total }: Rule): Omit<Settled, 'reached'> {
  const values = ballots.map(({ value }) => value);
  const said = total === 0 ? 0 : ballots.length / total;
  if (method === 'concat') return { value: concat(values), agreement: said };
  if (method === 'union' || method === 'intersection') {
    const items = unite(
      values.map((value) => concat([value])),
      { total, key: null },
    );
    const kept = method === 'union' ? items : items.filter(({ foundBy }) => foundBy === total);
    return { value: kept.map(({ value }) => value), agreement: mean(items.map(({ confidence }) => confidence)) ?? said };
  }
  if (method !== 'majority' && method !== 'first' && values.every((value) => typeof value === 'number'))
    return { value: statistic(values, method !== null && isStatistic(method) ? method : 'average'), agreement: numericAgreement(values) * said };
  const groups = grouped(ballots);
  const most = groups.reduce<readonly Ballot[]>((best, group) => (group.length > best.length ? group : best), []);
  return { value: (method === 'first' ? values[0] : most[0]?.value) ?? null, agreement: total === 0 ? 0 : most.length / total };
}

/** Equal values together, in the order of their first. */
function grouped(ballots: readonly Ballot[]): readonly (readonly Ballot[])[] {
  const groups = new Map<string, Ballot[]>();
  for (const ballot of ballots) {
    const key = keyOf(ballot.value);
    const group = groups.get(key);
    if (group) group.push(ballot);
    else groups.set(key, [ballot]);
  }
  return [...groups.values()];
}

/** An agent that does not say how sure it is weighs as one that is sure. */
const weightOf = ({ answer }: Ballot): number => confidenceOf(answer) ?? 1;

function resolved(ballots: readonly Ballot[], { conflict }: Rule): unknown {
  const [first] = ballots;
  if (!first || conflict === 'fail') return null;
  if (conflict === 'first') return first.value;
  if (conflict === 'highest-confidence')
    return ballots.reduce((best, ballot) => ((confidenceOf(ballot.answer) ?? -1) > (confidenceOf(best.answer) ?? -1) ? ballot : best)).value;
  const values = ballots.map(({ value }) => value);
  const weight = sum(ballots.map(weightOf));
  if (values.every((value) => typeof value === 'number')) {
    return weight === 0 ? mean(values) : sum(values.map((value, at) => value * weightOf(ballots[at]!))) / weight;
  }
  const weighed = grouped(ballots).map((group) => ({ value: group[0]?.value, weight: sum(group.map(weightOf)) }));
  return weighed.reduce((best, group) => (group.weight > best.weight + 1e-9 ? group : best)).value;
}
