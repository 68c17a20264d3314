/**
 * Health of this process and of what it needs (seed 001 "Health").
 *
 * `unhealthy`: something needed is down, and then the server is not ready either. `degraded`: requests are served, and something is missing that threads wait for.
 * Every check is a question asked for real, with a deadline; one that is late is down.
 */
import { z } from 'zod';
import { route } from '../http/route';

/** Asks whether something answers. Rejects, or takes too long: it is down. */
export type Probe = () => Promise<void>;

export interface HealthPorts {
  readonly version: string;
  /** By name (`database`, `temporal`, `workers`): without one of them the server takes no requests. */
  readonly needed: Readonly<Record<string, Probe>>;
  /** By name (`hosts`, `feed`): without one of them the server does its work in part. */
  readonly wanted: Readonly<Record<string, Probe>>;
  /** True from the moment in which the process was told to stop. */
  draining(): boolean;
  /** For the detailed form. What fails or is late is null there. */
  readonly numbers: {
    /** Worker processes that poll. */
    workers(): Promise<number>;
    hosts(): Promise<{ readonly connected: number; readonly sessions: number; readonly capacity: number }>;
    agents(): Promise<{ readonly connected: number; readonly healthy: number }>;
    executions(): Promise<{ readonly total: number; readonly active: number; readonly averageMs: number | null }>;
  };
}

/** What these routes are given of the surface's ports. */
interface HealthPort {
  readonly health: HealthPorts;
}

const PROBE_MS = 2_000;

type Checks = Record<string, 'up' | 'down'>;

/** The answer, or null after the deadline and for a failure. */
async function inTime<T>(ask: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PROBE_MS);
  });
  return Promise.race([ask().catch(() => null), late]).finally(() => clearTimeout(timer));
}

const checkAll = async (probes: Readonly<Record<string, Probe>>): Promise<Checks> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(probes).map(
        async ([name, probe]) => [name, (await inTime(() => probe().then(() => true))) ? ('up' as const) : ('down' as const)] as const,
      ),
    ),
  );

const allUp = (checks: Checks): boolean => Object.values(checks).every((state) => state === 'up');

/** What `/api/health/ready` says, in one word. */
export const isReady = async ({ needed, draining }: Pick<HealthPorts, 'needed' | 'draining'>): Promise<boolean> => !draining() && allUp(await checkAll(needed));

const Status = z.enum(['healthy', 'degraded', 'unhealthy']);
type Status = z.output<typeof Status>;
const Brief = { status: Status, version: z.string(), uptime: z.number().describe('Seconds since this process started.') };
const Count = z.number().int().min(0);
const CountOrUnknown = Count.nullable();

const Components = z.object({
  database: Status,
  temporal: Status,
  feed: Status.describe('Whether this process hears of commits, and so can serve streams.'),
  workers: z.object({ status: Status, polling: CountOrUnknown.describe('Worker processes that polled within 75 seconds. Null: nobody could say.') }),
  hosts: z.object({
    status: Status,
    connected: CountOrUnknown,
    sessions: CountOrUnknown.describe('Terminals that run now.'),
    capacity: CountOrUnknown.describe('Terminals that they offer to run at once.'),
  }),
  agents: z
    .object({ connected: CountOrUnknown, healthy: CountOrUnknown.describe('Those of them that are active.') })
    .describe('Agents that perform tasks of patterns, of all tenants.'),
});

const ExecutionMetrics = z.object({
  executionsTotal: CountOrUnknown.describe('Executions of patterns, and beside them the ids that clients gave to threads of their own, of all tenants.'),
  executionsActive: CountOrUnknown.describe('Those that have not ended: pending or running, or with a thread that has not ended.'),
  avgExecutionTime: z
    .number()
    .min(0)
    .nullable()
    .describe(
      'Mean milliseconds from acceptance (of threads: the first spawn) to the end (the last one), over those that are not active. Null while there is none.',
    ),
});

const Health = z.object({ ...Brief, components: Components.optional(), metrics: ExecutionMetrics.optional() }).meta({ id: 'Health' });
const Ready = z.object({ ready: z.boolean(), status: z.enum(['ready', 'draining', 'unavailable']), checks: z.record(z.string(), z.enum(['up', 'down'])) });

const statusOf = (needed: Checks, wanted: Checks): Status => {
  if (!allUp(needed)) return 'unhealthy';
  return allUp(wanted) ? 'healthy' : 'degraded';
};

const wordFor = (checks: Checks, name: string, otherwise: Status): Status => (checks[name] === 'up' ? 'healthy' : otherwise);

async function components({ numbers }: HealthPorts, needed: Checks, wanted: Checks): Promise<z.output<typeof Components>> {
  const [polling, hosts, agents] = await Promise.all([inTime(() => numbers.workers()), inTime(() => numbers.hosts()), inTime(() => numbers.agents())]);
  return {
    database: wordFor(needed, 'database', 'unhealthy'),
    temporal: wordFor(needed, 'temporal', 'unhealthy'),
    feed: wordFor(wanted, 'feed', 'degraded'),
    workers: { status: wordFor(needed, 'workers', 'unhealthy'), polling },
    hosts: {
      status: wordFor(wanted, 'hosts', 'degraded'),
      connected: hosts?.connected ?? null,
      sessions: hosts?.sessions ?? null,
      capacity: hosts?.capacity ?? null,
    },
    agents: { connected: agents?.connected ?? null, healthy: agents?.healthy ?? null },
  };
}

async function executionMetrics({ numbers }: HealthPorts): Promise<z.output<typeof ExecutionMetrics>> {
  const executions = await inTime(() => numbers.executions());
  return {
    executionsTotal: executions?.total ?? null,
    executionsActive: executions?.active ?? null,
    avgExecutionTime: executions?.averageMs ?? null,
  };
}

const Detailed = z
  .enum(['true', 'false'], 'expected true or false')
  .optional()
  .describe('`true`: what each check says, and numbers. Needs the scope `metrics:read`.');

export const getHealth = route({
  operationId: 'getHealth',
  method: 'get',
  path: '/api/health',
  summary: 'Health of this server',
  scope: 'public',
  // Whether it works is for everybody; how it is built and how much it does is for those who run it.
  scopeFor: (search) => (search.get('detailed') === 'true' ? 'metrics:read' : 'public'),
  query: z.object({ detailed: Detailed }),
  faults: [401],
  examples: { reply: { status: 'healthy', version: '1.0.0', uptime: 86_400 } },
  reply: {
    status: 200,
    description: 'Also while it is `degraded` or `unhealthy`: `/api/health/ready` is for those who look at the status only.',
    body: Health,
  },
  handle: async ({ query }, { health: ports }: HealthPort) => {
    const [needed, wanted] = await Promise.all([checkAll(ports.needed), checkAll(ports.wanted)]);
    const brief = { status: statusOf(needed, wanted), version: ports.version, uptime: Math.round(process.uptime()) };
    if (query.detailed !== 'true') return { body: brief };
    const [details, metrics] = await Promise.all([components(ports, needed, wanted), executionMetrics(ports)]);
    return { body: { ...brief, components: details, metrics } };
  },
});

export const getReady = route({
  operationId: 'getReady',
  method: 'get',
  path: '/api/health/ready',
  summary: 'Whether this server can take requests now',
  scope: 'public',
  reply: { status: 200, description: 'It can.', body: Ready },
  also: [{ status: 503, description: 'Something that it needs is down, or it is stopping.', body: Ready }],
  handle: async (_request, { health: ports }: HealthPort) => {
    const checks = await checkAll(ports.needed);
    if (ports.draining()) return { status: 503, body: { ready: false, status: 'draining' as const, checks } };
    if (!allUp(checks)) return { status: 503, body: { ready: false, status: 'unavailable' as const, checks } };
    return { body: { ready: true, status: 'ready' as const, checks } };
  },
});

export const getLive = route({
  operationId: 'getLive',
  method: 'get',
  path: '/api/health/live',
  summary: 'Whether this process lives',
  scope: 'public',
  // A process that waits for its database lives, and whoever restarts it for that makes things worse.
  unguarded: true,
  reply: { status: 200, description: 'It does.', body: z.object({ status: z.literal('ok') }) },
  handle: async (_request, _ports: HealthPort) => ({ body: { status: 'ok' as const } }),
});
