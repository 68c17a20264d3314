/** Health, readiness and the tools (digest §2.1–2.3), in the words of this surface; the control plane says more under `/api/health`. */
import { z } from 'zod';
import { EffectClass, RiskClass } from '../../contracts/run/protocol';
import { route } from '../http/route';
import type { RunPorts } from './ports';

type Port = Pick<RunPorts, 'health' | 'tools'>;

const Mode = z.enum(['reference', 'production']).describe('`production` while keys or tokens are asked for.');

const Health = z
  .object({
    ...{ status: z.literal('ok'), version: z.string(), mode: Mode, default_provider: z.string() },
    cognition_live: z.boolean().describe('False while the default provider is the mock.'),
    ledger: z.literal('postgres'),
    shutdown: z.boolean(),
  })
  .meta({ id: 'RunHealth' });

export const getHealth = route({
  method: 'get',
  path: '/health',
  summary: 'Whether this server lives, and how runs are set up',
  operationId: 'getRunHealth',
  scope: 'public',
  reply: { status: 200, description: 'It lives.', body: Health },
  handle: async (_request, { health }: Port) => ({
    body: {
      ...{ status: 'ok' as const, version: health.version, mode: await health.mode(), default_provider: health.defaultProvider },
      ...{ cognition_live: health.defaultProvider !== 'mock', ledger: 'postgres' as const, shutdown: health.stopping() },
    },
  }),
});

const PROBE_MS = 2_000;

async function passes(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PROBE_MS);
  });
  const done = check().then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

const Ready = z
  .object({
    ...{ status: z.enum(['ready', 'not_ready']), mode: Mode, default_provider: z.string(), shutdown: z.boolean() },
    checks: z.object({ run_store: z.boolean(), marketplace: z.boolean(), temporal: z.boolean() }),
  })
  .meta({ id: 'RunReady' });

export const getReady = route({
  method: 'get',
  path: '/ready',
  summary: 'Whether this server can take runs now',
  operationId: 'getRunReady',
  scope: 'public',
  reply: { status: 200, description: 'It can.', body: Ready },
  also: [{ status: 503, description: 'Something that it needs does not answer, or it is stopping.', body: Ready }],
  handle: async (_request, { health }: Port) => {
    const [run_store, temporal, mode] = await Promise.all([passes(health.checks.store), passes(health.checks.temporal), health.mode()]);
    const shutdown = health.stopping();
    const ready = run_store && temporal && !shutdown;
    // Packages are in the same database.
    const checks = { run_store, marketplace: run_store, temporal };
    const body = { status: ready ? ('ready' as const) : ('not_ready' as const), mode, default_provider: health.defaultProvider, shutdown, checks };
    return { status: ready ? 200 : 503, body };
  },
});

const Tool = z
  .object({
    ...{ name: z.string(), version: z.string(), effect_class: EffectClass, risk_class: RiskClass },
    description: z.string(),
    input_schema: z.record(z.string(), z.json()).describe('JSON Schema of its arguments.'),
  })
  .meta({ id: 'RunTool' });

export const listTools = route({
  method: 'get',
  path: '/tools',
  summary: 'List the tools of runs',
  operationId: 'listRunTools',
  scope: 'runs:read',
  reply: { status: 200, description: 'By name.', body: z.object({ count: z.int().min(0), tools: z.array(Tool) }).meta({ id: 'RunTools' }) },
  handle: async ({ principal }, { tools }: Port) => {
    const found = [...(await tools.list(principal.tenant))].sort((a, b) => (a.name < b.name ? -1 : 1));
    const shown = found.map(({ name, version, effect_class, risk_class, description, input_schema }) => ({
      ...{ name, version, effect_class, risk_class, description, input_schema },
    }));
    return { body: { count: shown.length, tools: shown } };
  },
});
