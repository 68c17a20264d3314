/** What comes of a step that failed: its own `on error`, then the handler of the thread, then a pause for corrected input. */
import type { IrStep } from '../../../contracts/script/ir';
import type { StepFailure } from './failure';
import type { Begun } from './progress';

export type NextAfter = 'retry' | 'fallback' | 'ignore' | 'handler' | 'pause' | 'fail';

/** `handled`: the thread has a handler; `handling`: this is a step of it. What may have been done is not done again by itself, and no other tool does it instead. */
export function nextAfter(
  step: IrStep,
  { tries, fallback }: Pick<Begun, 'tries' | 'fallback'>,
  { unknown, retry, fatal, passed }: Omit<StepFailure, 'error' | 'input'>,
  { handled, handling }: { readonly handled: boolean; readonly handling: boolean },
): NextAfter {
  if (step.primitive === 'execute' && step.on_error && !fatal && !passed) {
    const { retry: times = 0, then } = step.on_error;
    if (!unknown && !fallback) {
      if (retry && tries < times) return 'retry';
      if (typeof then === 'object') return 'fallback';
    }
    if (then === 'ignore') return 'ignore';
  }
  if (handling) return 'fail';
  if (handled) return 'handler';
  return fatal || passed ? 'fail' : 'pause';
}
