/**
 * Gauges that are asked for when a page is wanted: the state of threads, hosts and queues. A group that fails or is late is left off the page rather than shown as it was, and
 * `everthread_scrape_failures_total` counts it.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { Fault } from '../errors/fault';
import { THREAD_STATUSES, type ScriptThreadStatus } from '../contracts/script/status';
import type { QueueState, QueueType } from '../gateway/task-queue';
import type { HostNumbers, PatternNumbers, ThreadNumbers } from '../store/statistics';
import { executionMetrics } from './metrics-executions';
import { remembered } from './remembered';

export interface GaugeSources {
  threads(): Promise<ThreadNumbers>;
  hosts(): Promise<readonly HostNumbers[]>;
  queue(name: string, type: QueueType): Promise<QueueState>;
  /** Connected agents by region. */
  agents(): Promise<readonly { readonly region: string | null; readonly connected: number }[]>;
  /** Executions that have ended. */
  patterns(): Promise<readonly PatternNumbers[]>;
  /** Threads of scripts by status. */
  scripts(): Promise<Readonly<Partial<Record<ScriptThreadStatus, number>>>>;
  /** Whether this process hears of commits; null before anybody watched. */
  listening(): Promise<boolean | null>;
}

export interface GaugeOptions {
  /** The queue of workflows, and of activities that any worker runs. */
  readonly queue: string;
  hostQueue(hostId: string): string;
  /** How old what a page shows may be. */
  readonly freshMs?: number;
  readonly deadlineMs?: number;
}

/** Host queues that are asked for; beyond that, the first by name. */
const HOST_QUEUES_MAX = 50;

/** What is asked for together, and shown together or not at all. `read` returns what puts the numbers on the page. */
interface Group {
  readonly name: string;
  readonly gauges: readonly Gauge[];
  /** Takes off the page what is no gauge. */
  reset?(): void;
  read(): Promise<() => void>;
}

/** Returns what brings the gauges up to date; it never rejects. */
export function scrapedGauges(register: Registry, sources: GaugeSources, options: GaugeOptions): () => Promise<void> {
  const failures = new Counter({
    name: 'everthread_scrape_failures_total',
    help: 'Groups of gauges that could not be read in time for a page',
    labelNames: ['group'],
    registers: [register],
  });
  const groups = [
    threadGroup(register, sources),
    hostGroup(register, sources),
    queueGroup(register, sources, options),
    agentGroup(register, sources),
    executionGroup(register, sources),
    scriptGroup(register, sources),
    feedGroup(register, sources),
  ];
  for (const group of groups) {
    failures.inc({ group: group.name }, 0);
    forget(group);
  }
  const refresh = async (group: Group): Promise<void> => {
    try {
      (await inTime(group.read(), options.deadlineMs ?? 2_000))();
    } catch {
      forget(group);
      failures.inc({ group: group.name });
    }
  };
  return remembered(async () => {
    await Promise.all(groups.map(refresh));
  }, options.freshMs ?? 5_000);
}

/** Without labels a gauge has a value always; one that nobody knows is NaN. */
function forget({ gauges, reset }: Group): void {
  reset?.();
  for (const gauge of gauges) {
    gauge.reset();
    if ((gauge as unknown as { labelNames: readonly string[] }).labelNames.length === 0) gauge.set(NaN);
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('deadline', 'metrics.late', 'The numbers did not come in time.')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function threadGroup(register: Registry, sources: GaugeSources): Group {
  const threads = new Gauge({ name: 'everthread_threads', help: 'Managed threads by status', labelNames: ['status'], registers: [register] });
  const queued = new Gauge({ name: 'everthread_thread_messages_queued', help: 'Messages that wait in threads for their turn', registers: [register] });
  return {
    name: 'threads',
    gauges: [threads, queued],
    async read() {
      const numbers = await sources.threads();
      return () => {
        for (const [status, count] of Object.entries(numbers.byStatus)) threads.set({ status }, count);
        queued.set(numbers.queued);
      };
    },
  };
}

function hostGroup(register: Registry, sources: GaugeSources): Group {
  const sessions = new Gauge({ name: 'everthread_sessions', help: 'Terminals that run now, by host', labelNames: ['host'], registers: [register] });
  const capacity = new Gauge({
    name: 'everthread_host_capacity',
    help: 'Terminals that a host offers to run at once',
    labelNames: ['host'],
    registers: [register],
  });
  return {
    name: 'hosts',
    gauges: [sessions, capacity],
    async read() {
      const hosts = await sources.hosts();
      return () => {
        // A host that is gone leaves the page.
        for (const gauge of [sessions, capacity]) gauge.reset();
        for (const host of hosts) {
          sessions.set({ host: host.hostId }, host.sessions);
          capacity.set({ host: host.hostId }, host.capacity);
        }
      };
    },
  };
}

function queueGroup(register: Registry, sources: GaugeSources, { queue, hostQueue }: GaugeOptions): Group {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['queue', 'type'], registers: [register] });
  const backlog = gauge('everthread_task_queue_backlog', 'Tasks that wait in a queue of Temporal, approximately');
  const age = gauge('everthread_task_queue_backlog_age_seconds', 'Age of the oldest task that waits');
  const pollers = gauge('everthread_task_queue_pollers', 'Processes that polled the queue within 75 seconds');
  return {
    name: 'queues',
    gauges: [backlog, age, pollers],
    async read() {
      const hosts = (await sources.hosts()).slice(0, HOST_QUEUES_MAX).map(({ hostId }) => [hostQueue(hostId), 'activity'] as const);
      const asked = [[queue, 'workflow'] as const, [queue, 'activity'] as const, ...hosts];
      const states = await Promise.all(asked.map(async ([name, type]) => ({ labels: { queue: name, type }, state: await sources.queue(name, type) })));
      return () => {
        for (const each of [backlog, age, pollers]) each.reset();
        for (const { labels, state } of states) {
          backlog.set(labels, state.backlog);
          age.set(labels, state.backlogAgeMs / 1_000);
          pollers.set(labels, state.pollers);
        }
      };
    },
  };
}

function agentGroup(register: Registry, sources: GaugeSources): Group {
  const connected = new Gauge({ name: 'parallax_agents_connected', help: 'Connected agents', labelNames: ['region'], registers: [register] });
  return {
    name: 'agents',
    gauges: [connected],
    async read() {
      const regions = await sources.agents();
      return () => {
        connected.reset();
        for (const { region, connected: count } of regions) connected.set({ region: region ?? '' }, count);
      };
    },
  };
}

function executionGroup(register: Registry, sources: GaugeSources): Group {
  const metrics = executionMetrics(register);
  return {
    name: 'executions',
    gauges: [],
    reset: () => metrics.reset(),
    async read() {
      const numbers = await sources.patterns();
      return () => metrics.set(numbers);
    },
  };
}

function scriptGroup(register: Registry, sources: GaugeSources): Group {
  const threads = new Gauge({ name: 'everthread_script_threads', help: 'Threads of scripts by status', labelNames: ['status'], registers: [register] });
  return {
    name: 'scripts',
    gauges: [threads],
    async read() {
      const numbers = await sources.scripts();
      return () => {
        for (const status of THREAD_STATUSES) threads.set({ status }, numbers[status] ?? 0);
      };
    },
  };
}

function feedGroup(register: Registry, sources: GaugeSources): Group {
  const listening = new Gauge({
    name: 'everthread_journal_listening',
    help: '1 while this process hears of commits, 0 while it does not; NaN before anybody watched',
    registers: [register],
  });
  return {
    name: 'feed',
    gauges: [listening],
    async read() {
      const heard = await sources.listening();
      return () => listening.set(heard === null ? NaN : Number(heard));
    },
  };
}
