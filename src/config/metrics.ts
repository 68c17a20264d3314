/** Where worker and host serve their metrics. */
import { z } from 'zod';

export const METRICS_FIELDS = {
  EVERTHREAD_TEMPORAL_METRICS_ADDRESS: z
    .string()
    .max(256)
    .refine(
      (value) => /^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/.test(value) && Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535,
      'expected host:port',
    )
    .optional(),
};

/** Null: nowhere. */
export type MetricsAddress = { readonly host: string; readonly port: number } | null;

export function metricsOf({ EVERTHREAD_TEMPORAL_METRICS_ADDRESS: given }: z.output<z.ZodObject<typeof METRICS_FIELDS>>): MetricsAddress {
  if (given === undefined) return null;
  const colon = given.lastIndexOf(':');
  return { host: given.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(given.slice(colon + 1)) };
}
