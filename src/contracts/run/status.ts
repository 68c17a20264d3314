/** The words of a run's life (seed 003; digest §2.6, §2.7). */
import { z } from 'zod';

/** `created`: a branch that nobody has had run yet. */
export const RUN_STATUSES = ['created', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled'] as const;
export const RunStatus = z.enum(RUN_STATUSES);
export type RunStatus = z.output<typeof RunStatus>;

export const runHasEnded = (status: RunStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

/** Why a run ended. `CognitionDone` alone is a completed run; a run that waits for a person never ends by that, so the peer's `Suspended` is not among them. */
export const TERMINATIONS = ['CognitionDone', 'MaxStepsReached', 'WritExpired', 'BudgetExhausted', 'Cancelled', 'Error'] as const;
export const Termination = z.enum(TERMINATIONS);
export type Termination = z.output<typeof Termination>;

export const RUN_PHASES = ['system', 'intent', 'proposal', 'execution', 'result'] as const;
export type RunPhase = (typeof RUN_PHASES)[number];
