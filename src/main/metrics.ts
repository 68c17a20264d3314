/** The metrics of an API process: what it saw itself, and what it asks for when a page is wanted. docs/observability.md describes each of them. */
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MetricsPorts } from '../surfaces/control-plane/metrics';
import type { Observer } from '../surfaces/http/observation';
import { scrapedGauges, type GaugeOptions, type GaugeSources } from './metrics-gauges';
import { httpMetrics } from './metrics-http';

export interface ApiMetrics extends MetricsPorts {
  readonly observer: Observer;
  /** A commit was heard of whose last event was recorded at this time (ISO 8601). */
  heard(recordedAt: string | undefined): void;
  /** Where the gauges come from; until this is said, the page has none. */
  ask(sources: GaugeSources, options: GaugeOptions): void;
}

export function apiMetrics(now: () => number = Date.now): ApiMetrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const observer = httpMetrics(register);
  const lag = new Histogram({
    name: 'everthread_journal_lag_seconds',
    help: 'Time from the moment an actor recorded an event to the moment this process heard of its commit',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
    registers: [register],
  });
  let refresh = (): Promise<void> => Promise.resolve();
  return {
    observer,
    heard(recordedAt) {
      const at = Date.parse(recordedAt ?? '');
      // Two machines' clocks may differ; an event from the future has no age.
      if (!Number.isNaN(at)) lag.observe(Math.max(0, (now() - at) / 1_000));
    },
    ask(sources, options) {
      refresh = scrapedGauges(register, sources, options);
    },
    async page() {
      await refresh();
      return register.metrics();
    },
  };
}
