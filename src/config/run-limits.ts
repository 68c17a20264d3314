/** How many runs there may be at once, and how long people may take. */
import type { z } from 'zod';
import { count } from './fields';

export const RUN_LIMIT_FIELDS = {
  EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL: count(100, { min: 1, max: 100_000 }),
  EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT: count(20, { min: 1, max: 100_000 }),
  EVERTHREAD_APPROVAL_TIMEOUT_MS: count(0, { min: 0, max: 365 * 86_400_000 }),
};

export interface RunLimitsConfig {
  readonly global: number;
  readonly tenant: number;
  /** Null: an approval waits for as long as it takes. */
  readonly approvalTimeoutMs: number | null;
}

export const runLimitsOf = (values: { readonly [K in keyof typeof RUN_LIMIT_FIELDS]: z.output<(typeof RUN_LIMIT_FIELDS)[K]> }): RunLimitsConfig => ({
  global: values.EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL,
  tenant: values.EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT,
  approvalTimeoutMs: values.EVERTHREAD_APPROVAL_TIMEOUT_MS === 0 ? null : values.EVERTHREAD_APPROVAL_TIMEOUT_MS,
});
