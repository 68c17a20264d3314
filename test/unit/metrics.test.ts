import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiMetrics, type ApiMetrics } from '../../src/main/metrics';
import type { GaugeSources } from '../../src/main/metrics-gauges';
import { remembered } from '../../src/main/remembered';
import { THREAD_STATUSES, type ThreadStatus } from '../../src/contracts/managed-thread/status';
import { readPrometheus } from '../support/prometheus';

const noThreads = Object.fromEntries(THREAD_STATUSES.map((status) => [status, 0])) as Record<ThreadStatus, number>;

const sources = (over: Partial<GaugeSources> = {}): GaugeSources => ({
  threads: async () => ({ byStatus: { ...noThreads, running: 2 }, queued: 3 }),
  hosts: async () => [{ hostId: 'box-1', sessions: 4, capacity: 10 }],
  queue: async (name) => ({ pollers: name === 'everthread' ? 2 : 1, backlog: 5, backlogAgeMs: 1_500 }),
  agents: async () => [
    { region: 'eu', connected: 2 },
    { region: null, connected: 1 },
  ],
  patterns: async () => [
    { pattern: 'votes', status: 'completed', executions: 3, durationMs: 1_500, buckets: [1, 2, 3, 3, 3, 3, 3, 3, 3, 3] },
    { pattern: 'votes', status: 'failed', executions: 1, durationMs: 500, buckets: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
  ],
  scripts: async () => ({ PAUSED: 2 }),
  listening: async () => true,
  ...over,
});

const OPTIONS = { queue: 'everthread', hostQueue: (id: string) => `host-${id}`, freshMs: 0, deadlineMs: 50 };

const pageOf = async (metrics: ApiMetrics) => readPrometheus(await metrics.page());

describe('a page of metrics', () => {
  it('has the names, types and labels of the seed, and no sample that nothing stands for', async () => {
    const metrics = apiMetrics();
    metrics.ask(sources({ patterns: async () => [] }), OPTIONS);
    const page = await pageOf(metrics);

    const shown = ['parallax_executions_total', 'parallax_execution_duration_seconds'].map((name) => {
      const family = page.families.get(name);
      return [family?.type, family?.samples.length];
    });
    expect(shown).toEqual([
      ['counter', 0],
      ['histogram', 0],
    ]);
  });

  it('tells of threads, hosts and queues what their sources say', async () => {
    const metrics = apiMetrics();
    metrics.ask(sources(), OPTIONS);

    const page = await pageOf(metrics);

    expect(page.value('everthread_threads', { status: 'running' })).toBe(2);
    expect(page.samples('everthread_threads')).toHaveLength(THREAD_STATUSES.length);
    expect(page.value('everthread_script_threads', { status: 'PAUSED' })).toBe(2);
    expect(page.value('everthread_script_threads', { status: 'FAILED' })).toBe(0);
    expect(page.value('everthread_thread_messages_queued')).toBe(3);
    expect(page.value('everthread_sessions', { host: 'box-1' })).toBe(4);
    expect(page.value('everthread_host_capacity', { host: 'box-1' })).toBe(10);
    expect(page.samples('everthread_task_queue_backlog').map(({ labels }) => labels)).toEqual([
      { queue: 'everthread', type: 'workflow' },
      { queue: 'everthread', type: 'activity' },
      { queue: 'host-box-1', type: 'activity' },
    ]);
    expect(page.value('everthread_task_queue_backlog_age_seconds', { queue: 'host-box-1' })).toBe(1.5);
    expect(page.value('everthread_task_queue_pollers', { queue: 'everthread', type: 'workflow' })).toBe(2);
    expect(page.value('parallax_agents_connected', { region: 'eu' })).toBe(2);
    expect(page.value('parallax_agents_connected', { region: '' })).toBe(1);
    expect(page.value('everthread_journal_listening')).toBe(1);
    expect(page.value('parallax_executions_total', { pattern: 'votes', status: 'completed' })).toBe(3);
    expect(page.value('parallax_executions_total', { pattern: 'votes', status: 'failed' })).toBe(1);
  });

  it('shows durations of executions as a histogram over all ends, and nothing of what could not be read', async () => {
    const metrics = apiMetrics();
    let broken = false;
    metrics.ask(sources({ patterns: () => (broken ? Promise.reject(new Error('down')) : sources().patterns()) }), OPTIONS);
    const text = await metrics.page();

    expect(text).toContain('parallax_execution_duration_seconds_bucket{pattern="votes",le="0.1"} 1');
    expect(text).toContain('parallax_execution_duration_seconds_bucket{pattern="votes",le="0.5"} 3');
    expect(text).toContain('parallax_execution_duration_seconds_bucket{pattern="votes",le="+Inf"} 4');
    expect(text).toContain('parallax_execution_duration_seconds_sum{pattern="votes"} 2');
    expect(text).toContain('parallax_execution_duration_seconds_count{pattern="votes"} 4');
    broken = true;
    expect(await metrics.page()).not.toContain('pattern="votes"');
  });

  it('leaves off what cannot be read in time, keeps the rest, and counts it', async () => {
    const metrics = apiMetrics();
    let broken = false;
    metrics.ask(
      sources({
        threads: () => (broken ? Promise.reject(new Error('down')) : sources().threads()),
        listening: () => (broken ? new Promise(() => undefined) : Promise.resolve(true)),
      }),
      OPTIONS,
    );
    await metrics.page();
    broken = true;

    const page = await pageOf(metrics);

    expect(page.samples('everthread_threads')).toEqual([]);
    expect(page.value('everthread_thread_messages_queued')).toBeNaN();
    expect(page.value('everthread_journal_listening')).toBeNaN();
    expect(page.value('everthread_sessions', { host: 'box-1' })).toBe(4);
    expect(page.value('everthread_scrape_failures_total', { group: 'threads' })).toBe(1);
    expect(page.value('everthread_scrape_failures_total', { group: 'feed' })).toBe(1);
    expect(page.value('everthread_scrape_failures_total', { group: 'hosts' })).toBe(0);
  });

  it('drops a host that is gone', async () => {
    const metrics = apiMetrics();
    let hosts = [{ hostId: 'box-1', sessions: 4, capacity: 10 }];
    metrics.ask(sources({ hosts: async () => hosts }), OPTIONS);
    await metrics.page();
    hosts = [];

    const page = await pageOf(metrics);

    expect([page.samples('everthread_sessions'), page.samples('everthread_task_queue_backlog').length]).toEqual([[], 2]);
  });

  it('measures from the recording of an event to the hearing of its commit, never below zero', async () => {
    const metrics = apiMetrics(() => Date.parse('2026-01-01T00:00:01.000Z'));
    metrics.heard('2026-01-01T00:00:00.800Z');
    metrics.heard('2026-01-01T00:00:09.000Z');
    metrics.heard(undefined);

    const page = await pageOf(metrics);

    expect(page.value('everthread_journal_lag_seconds_count')).toBe(2);
    expect(page.value('everthread_journal_lag_seconds_sum')).toBeCloseTo(0.2);
  });
});

it('is described, metric by metric, in docs/observability.md, which describes no other', async () => {
  const metrics = apiMetrics();
  metrics.ask(sources(), OPTIONS);
  const page = await pageOf(metrics);
  const text = readFileSync(join(__dirname, '..', '..', 'docs', 'observability.md'), 'utf8');

  const described = [...text.matchAll(/^\| `((?:everthread|parallax)_\w+)` \|/gm)].map(([, name]) => name as string);

  expect(described.sort()).toEqual([...page.families.keys()].filter((name) => /^(everthread|parallax)_/.test(name)).sort());
});

describe('a remembered answer', () => {
  it('is asked for once by many, and again when it is old', async () => {
    let clock = 0;
    let asked = 0;
    const ask = remembered(
      async () => ++asked,
      100,
      () => clock,
    );

    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    clock = 99;
    expect(await ask()).toBe(1);
    clock = 100;
    expect(await ask()).toBe(2);
  });

  it('is waited for by all while it is late, however late', async () => {
    let clock = 0;
    let asked = 0;
    let release: (value: number) => void = () => undefined;
    const ask = remembered(
      () => new Promise<number>((resolve) => ((asked += 1), (release = resolve))),
      10,
      () => clock,
    );
    const first = ask();
    clock = 1_000;
    const second = ask();
    release(7);

    expect([await first, await second, asked]).toEqual([7, 7, 1]);
  });

  it('may be a failure', async () => {
    let asked = 0;
    const ask = remembered(
      () => Promise.reject(new Error(`no ${++asked}`)),
      100,
      () => 0,
    );

    await expect(ask()).rejects.toThrow('no 1');
    await expect(ask()).rejects.toThrow('no 1');
  });
});

describe('the reader of pages', () => {
  const FAMILY = '# HELP a_total A\n# TYPE a_total counter\n';
  it.each([
    ['no line feed at the end', `${FAMILY}a_total 1`],
    ['a sample without its family', 'a_total 1\n'],
    ['a sample twice', `${FAMILY}a_total{x="1"} 1\na_total{x="1"} 2\n`],
    ['a label twice', `${FAMILY}a_total{x="1",x="2"} 1\n`],
    ['a bare quote in a label', `${FAMILY}a_total{x="a"b"} 1\n`],
    ['words for a value', `${FAMILY}a_total many\n`],
    ['a counter below zero', `${FAMILY}a_total -1\n`],
    ['a type that is none', '# HELP a A\n# TYPE a thing\n'],
    ['buckets that shrink', '# HELP h H\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'],
    ['a count that is not the last bucket', '# HELP h H\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n'],
  ])('refuses %s', (_what, text) => {
    expect(() => readPrometheus(text)).toThrow();
  });
});
