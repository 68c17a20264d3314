/** Metrics in the text format of Prometheus (seed 001 "Prometheus Metrics"). What is on the page: docs/observability.md. */
import { z } from 'zod';
import { route } from '../http/route';

export interface MetricsPorts {
  /** The whole page, `# HELP` to the last sample. */
  page(): Promise<string>;
}

export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

export const getMetrics = route({
  operationId: 'getMetrics',
  method: 'get',
  path: '/api/metrics',
  summary: 'Metrics for Prometheus',
  scope: 'metrics:read',
  reply: { status: 200, description: 'The text exposition format.', body: z.string(), text: PROMETHEUS_TEXT },
  handle: async (_request, { metrics }: { readonly metrics: MetricsPorts }) => ({ body: await metrics.page() }),
});
