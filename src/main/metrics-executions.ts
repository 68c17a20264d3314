/** Executions of patterns as metrics (seed 001): counted by the database, so that they are true over restarts and the same on every API process. */
import { Counter, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client';
import { DURATION_BUCKETS, type PatternNumbers } from '../store/statistics';

const NAME = 'parallax_execution_duration_seconds';

type Value = MetricValueWithName<string>;

/** A histogram whose numbers come ready. prom-client's own only observes. */
class CountedHistogram {
  readonly name = NAME;
  readonly help = 'Execution duration';
  readonly type = 'histogram';
  readonly aggregator = 'first';
  private values: readonly Value[] = [];

  set(numbers: readonly PatternNumbers[]): void {
    const patterns = new Set(numbers.map(({ pattern }) => pattern));
    this.values = [...patterns].flatMap((name) =>
      this.samples(
        name,
        numbers.filter(({ pattern }) => pattern === name),
      ),
    );
  }

  private samples(pattern: string, of: readonly PatternNumbers[]): readonly Value[] {
    const sum = (number: (one: PatternNumbers) => number): number => of.reduce((total, one) => total + number(one), 0);
    const labels = { pattern };
    const count = sum(({ executions }) => executions);
    return [
      ...DURATION_BUCKETS.map((le, at) => ({ metricName: `${NAME}_bucket`, labels: { ...labels, le }, value: sum(({ buckets }) => buckets[at] ?? 0) })),
      { metricName: `${NAME}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${NAME}_sum`, labels, value: sum(({ durationMs }) => durationMs) / 1_000 },
      { metricName: `${NAME}_count`, labels, value: count },
    ];
  }

  get(): Promise<MetricObjectWithValues<Value>> {
    return Promise.resolve({
      name: this.name,
      help: this.help,
      type: this.type,
      aggregator: this.aggregator,
      values: [...this.values],
    } as unknown as MetricObjectWithValues<Value>);
  }

  reset(): void {
    this.values = [];
  }
}

/** Returns what puts the numbers on the page, and what takes them off again. */
export function executionMetrics(register: Registry): { set(numbers: readonly PatternNumbers[]): void; reset(): void } {
  const total = new Counter({ name: 'parallax_executions_total', help: 'Total executions', labelNames: ['pattern', 'status'], registers: [register] });
  const durations = new CountedHistogram();
  register.registerMetric(durations as unknown as Parameters<Registry['registerMetric']>[0]);
  const reset = (): void => {
    total.reset();
    durations.reset();
  };
  return {
    reset,
    set(numbers) {
      reset();
      for (const { pattern, status, executions } of numbers) total.inc({ pattern, status }, executions);
      durations.set(numbers);
    },
  };
}
