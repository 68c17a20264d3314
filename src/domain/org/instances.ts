/** Which instance of a role does the next task. Pure. */

export interface Instance {
  /** 0, 1, 2 … within the role. */
  readonly index: number;
  readonly busy: boolean;
  /** Tasks that it was given. */
  readonly tasks: number;
  /** How sure its results were. */
  readonly confidences: readonly number[];
}

export type Criteria = 'availability' | 'expertise' | 'round_robin' | 'best';

const idleFirst = (a: Instance, b: Instance): number => Number(a.busy) - Number(b.busy) || a.tasks - b.tasks || a.index - b.index;
const meanOf = ({ confidences }: Instance): number => (confidences.length === 0 ? 0 : confidences.reduce((sum, value) => sum + value, 0) / confidences.length);

/**
 * availability: one that is idle, then the one with the fewest tasks. expertise and best (all instances of a role have the same expertise by definition): the one whose results were the surest
 * so far. round_robin: the one after `last`. Null when there is none.
 */
export function chooseInstance(instances: readonly Instance[], criteria: Criteria, last: number | null): number | null {
  const [first] = [...instances].sort((a, b) => (criteria === 'expertise' || criteria === 'best' ? meanOf(b) - meanOf(a) || idleFirst(a, b) : idleFirst(a, b)));
  if (!first) return null;
  if (criteria !== 'round_robin' || last === null) return criteria === 'round_robin' ? 0 : first.index;
  return (last + 1) % instances.length;
}
