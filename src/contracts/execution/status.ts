/** The five status words of an execution and of a batch (seed 001 "Executions", digest §2.3). */
import { z } from 'zod';

export const EXECUTION_STATUSES = [
  'pending', // accepted, no worker has taken it up yet
  'running',
  'completed',
  'failed',
  'cancelled',
] as const;

export const ExecutionStatus = z.enum(EXECUTION_STATUSES);
export type ExecutionStatus = z.output<typeof ExecutionStatus>;

export const hasEnded = (status: ExecutionStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

/** Words of the seed's `options.priority`, each with Temporal's key: 1 comes first, 3 is what everything else has. */
export const PRIORITIES = { critical: 1, high: 2, normal: 3, low: 4 } as const;
export type ExecutionPriority = keyof typeof PRIORITIES;
