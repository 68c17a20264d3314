/** When enough agents have answered: the strategies parallel and race (digest of seed 001, §2.5; cases C5 and C6). Asked again after each answer and each failure. */
import { isSure, type Answer } from './answer';

/** How far asking has come. `answers` in the order in which they came; of `asked` agents those that neither answered nor failed are still at work. */
export interface Progress {
  readonly asked: number;
  readonly failed: number;
  readonly answers: readonly Answer[];
}

/** `wait` for more; `enough`, what is there counts and the rest may stop; `short`, no more is to come and it is not enough. */
export type Gathered =
  | { readonly state: 'wait' }
  | { readonly state: 'enough'; readonly answers: readonly Answer[] }
  | { readonly state: 'short'; readonly answers: readonly Answer[]; readonly message: string };

const WAIT: Gathered = { state: 'wait' };
const isOver = ({ asked, failed, answers }: Progress): boolean => answers.length + failed >= asked;

/** All of them with `waitForAll`, of whom at least `minResults` must answer; else the first `minResults`. When too many fail for that, it is told at once. */
export function inParallel(progress: Progress, { waitForAll, minResults }: { readonly waitForAll: boolean; readonly minResults: number }): Gathered {
  const { asked, failed, answers } = progress;
  const needed = Math.max(1, minResults);
  if (asked - failed < needed) return { state: 'short', answers, message: `${failed} of ${asked} agents failed; at least ${needed} must answer.` };
  if (!waitForAll && answers.length >= needed) return { state: 'enough', answers };
  return isOver(progress) ? { state: 'enough', answers } : WAIT;
}

/** The first answer that is sure enough; any without `minConfidence`. */
export function inRace(progress: Progress, { minConfidence }: { readonly minConfidence: number | null }): Gathered {
  const { answers } = progress;
  const winner = answers.find((answer) => isSure(answer, minConfidence));
  if (winner) return { state: 'enough', answers: [winner] };
  if (!isOver(progress)) return WAIT;
  const message = answers.length === 0 ? 'All agents failed.' : `No answer has a confidence of at least ${minConfidence}.`;
  return { state: 'short', answers, message };
}
