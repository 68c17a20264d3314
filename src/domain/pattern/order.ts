/** The ordinary course of a list of steps. */
import type { Step } from '../../contracts/pattern/step';

/** The place of the step that follows the one at `at`: those that only a gate or a switch leads to are passed over. The length of the list: there is none. */
export function following(steps: readonly Pick<Step, 'ledTo'>[], at: number): number {
  const next = steps.findIndex((step, index) => index > at && !step.ledTo);
  return next < 0 ? steps.length : next;
}
