/** What a command says about a result. Pure. */
import type { Oracle } from '../../contracts/pattern/org-chart';
import { confidenceIn } from '../pattern/aggregation/answer';
import { lastGroups } from '../regexp';

export interface CommandEnd {
  /** null: it did not end by itself, or could not be started. */
  readonly exitCode: number | null;
  readonly output: string;
}

type CommandOracle = Pick<Extract<Oracle, { type: 'command' }>, 'passConfidence' | 'failConfidence' | 'scorePattern'>;

/**
 * With a score pattern that is found (the last place counts): one group is the score itself, two are how many passed and failed. Without, exit status 0 is `passConfidence` and anything
 * else `failConfidence`. A command that did not end by itself has failed, whatever it had printed.
 */
export function commandConfidence({ exitCode, output }: CommandEnd, { passConfidence, failConfidence, scorePattern }: CommandOracle): number {
  if (exitCode === null) return failConfidence;
  const groups = scorePattern === null ? null : lastGroups(scorePattern, output);
  const [one, two] = (groups ?? []).map(Number);
  if (groups?.length === 1) return confidenceIn(one) ?? failConfidence;
  if (groups && groups.length >= 2 && one !== undefined && two !== undefined && one + two > 0) return confidenceIn(one / (one + two)) ?? failConfidence;
  return exitCode === 0 ? passConfidence : failConfidence;
}

/** The share of the criteria that hold, of those that somebody could tell anything about; null when nobody could. `firstFailZero`: 0 as soon as one does not. */
export function checklistConfidence(held: readonly (boolean | null)[], weighting: 'equal' | 'firstFailZero'): number | null {
  const told = held.filter((each) => each !== null);
  if (told.length === 0) return null;
  if (weighting === 'firstFailZero' && told.includes(false)) return 0;
  return told.filter(Boolean).length / told.length;
}
