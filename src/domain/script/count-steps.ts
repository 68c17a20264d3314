/** How many steps a script has, as it is written: those inside of others counted, those of its error block not. */
import type { IrStep, ScriptIr } from '../../contracts/script/ir';

export const stepsOf = ({ steps }: Pick<ScriptIr, 'steps'>): number => counted(steps);

const counted = (steps: readonly IrStep[]): number => steps.reduce((sum, step) => sum + 1 + inside(step), 0);

function inside(step: IrStep): number {
  if ('steps' in step) return counted(step.steps);
  const blocks = 'branches' in step ? step.branches : 'lanes' in step ? step.lanes : [];
  return blocks.reduce((sum, block) => sum + counted(block.steps), 0);
}
