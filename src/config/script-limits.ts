/** How many threads of scripts there may be at once, and how long they are kept. */
import type { z } from 'zod';
import { count } from './fields';

export const SCRIPT_LIMIT_FIELDS = {
  EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_GLOBAL: count(1_000, { min: 1, max: 1_000_000 }),
  EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_PER_TENANT: count(200, { min: 1, max: 1_000_000 }),
  EVERTHREAD_SCRIPT_THREADS_KEPT_DAYS: count(0, { min: 0, max: 36_500 }),
};

export interface ScriptLimitsConfig {
  readonly global: number;
  readonly tenant: number;
  /** After its end; null: for good. */
  readonly keptMs: number | null;
}

export const scriptLimitsOf = (values: {
  readonly [K in keyof typeof SCRIPT_LIMIT_FIELDS]: z.output<(typeof SCRIPT_LIMIT_FIELDS)[K]>;
}): ScriptLimitsConfig => ({
  global: values.EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_GLOBAL,
  tenant: values.EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_PER_TENANT,
  keptMs: values.EVERTHREAD_SCRIPT_THREADS_KEPT_DAYS === 0 ? null : values.EVERTHREAD_SCRIPT_THREADS_KEPT_DAYS * 86_400_000,
});
