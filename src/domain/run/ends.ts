/** When a run is over (digest §3.3). Pure. */
import type { StoredValue } from '../../contracts/execution/value';
import type { Termination } from '../../contracts/run/status';
import type { RunState } from './state';
import { exceeded, LEAST_FOR_THINKING } from './authority/budget';
import type { Told } from './log-lines';

export interface End {
  readonly terminatedBy: Termination;
  readonly finalAnswer: StoredValue | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export const ENDED_BY_ERROR = 'Error' satisfies Termination;
const by = (terminatedBy: Termination): End => ({ terminatedBy, finalAnswer: null, error: null });
export const CANCELLED: End = by('Cancelled');
export const EXHAUSTED: End = by('BudgetExhausted');

/** Whether nothing of the budget is left for another model call. Money counts once some was spent: a budget without any is no hindrance to what costs nothing. */
export function isExhausted({ start, used }: Pick<RunState, 'start' | 'used'>): boolean {
  if (exceeded(start.budget, used, LEAST_FOR_THINKING).length > 0) return true;
  return used.usd_millicents > 0 && used.usd_millicents >= start.budget.usd_millicents;
}

/** Whether the run ends instead of taking another step. `now`: seconds since 1970. */
export function endBefore(state: RunState, now: number): End | null {
  if (state.cancel) return CANCELLED;
  if (now >= state.start.expiresAt) return by('WritExpired');
  if (isExhausted(state)) return EXHAUSTED;
  return state.currentStep >= state.maxSteps ? by('MaxStepsReached') : null;
}

/** The one event that says that an attempt is over. */
export function endEvent(state: Pick<RunState, 'cancel'>, { terminatedBy, finalAnswer, error }: End): Told {
  if (terminatedBy === 'CognitionDone') return { type: 'run_completed', data: { status: 'completed', terminatedBy, finalAnswer } };
  if (terminatedBy === 'Cancelled') {
    const { by, reason } = state.cancel ?? { by: 'everthread', reason: null };
    return { type: 'run_cancelled', data: { status: 'cancelled', terminatedBy, by, reason } };
  }
  return { type: 'run_failed', data: { status: 'failed', terminatedBy, finalAnswer, error } };
}
