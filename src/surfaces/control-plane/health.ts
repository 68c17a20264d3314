/** Health of this process and of what it needs (seed 001 "Health"; the detailed form comes with the rest of the control plane). */
import { z } from 'zod';
import { route } from '../http/route';

/** Asks whether something that is needed answers. Rejects, or takes too long: it is down. */
export type Probe = () => Promise<void>;

export interface HealthPorts {
  readonly version: string;
  /** By name (`postgres`, `temporal`). */
  readonly probes: Readonly<Record<string, Probe>>;
  /** True from the moment in which the process was told to stop. */
  draining(): boolean;
}

/** What these routes are given of the surface's ports. */
interface HealthPort {
  readonly health: HealthPorts;
}

const PROBE_MS = 2_000;

type Checks = Record<string, 'up' | 'down'>;

async function check(probe: Probe): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'down'>((resolve) => {
    timer = setTimeout(() => resolve('down'), PROBE_MS);
  });
  const asked = probe().then(
    () => 'up' as const,
    () => 'down' as const,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

const checkAll = async (probes: HealthPorts['probes']): Promise<Checks> =>
  Object.fromEntries(await Promise.all(Object.entries(probes).map(async ([name, probe]) => [name, await check(probe)] as const)));

const allUp = (checks: Checks): boolean => Object.values(checks).every((state) => state === 'up');

const Health = z.object({ status: z.enum(['healthy', 'unhealthy']), version: z.string(), uptime: z.number().describe('Seconds since this process started.') });
const Ready = z.object({ ready: z.boolean(), status: z.enum(['ready', 'draining', 'unavailable']), checks: z.record(z.string(), z.enum(['up', 'down'])) });

export const getHealth = route({
  operationId: 'getHealth',
  method: 'get',
  path: '/api/health',
  summary: 'Health of this server',
  scope: 'public',
  reply: { status: 200, description: '`healthy`, or `unhealthy` while something that it needs does not answer.', body: Health },
  examples: { reply: { status: 'healthy', version: '1.0.0', uptime: 86_400 } },
  handle: async (_request, { health: { version, probes } }: HealthPort) => ({
    body: { status: allUp(await checkAll(probes)) ? ('healthy' as const) : ('unhealthy' as const), version, uptime: Math.round(process.uptime()) },
  }),
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
    const checks = await checkAll(ports.probes);
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
  reply: { status: 200, description: 'It does.', body: z.object({ status: z.literal('ok') }) },
  handle: async (_request, _ports: HealthPort) => ({ body: { status: 'ok' as const } }),
});
