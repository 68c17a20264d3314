/** What the surface of runs is given, over the gateways and the store. */
import type { Config } from '../config/config';
import type { Cognition, ToolCatalogue } from '../contracts/run/ports';
import type { StreamDelta } from '../contracts/run/thinking';
import { Fault } from '../errors/fault';
import type { Store } from '../store/store';
import type { MarketplacePorts } from '../surfaces/runs/marketplace';
import type { RunHealth, RunPorts } from '../surfaces/runs/ports';
import { cognition } from './run-cognition';
import { runReads } from './run-reads';
import { skillsOver } from './run-skills';
import { runUsage } from './run-usage';
import type { RunGateways } from './runs';

export interface RunSurfaceParts {
  readonly gateways: RunGateways;
  readonly tools: ToolCatalogue;
  readonly marketplace: MarketplacePorts;
  readonly health: RunHealth;
}

export function runPorts(store: Store, config: Pick<Config, 'limits'>, { gateways, tools, marketplace, health }: RunSurfaceParts): RunPorts {
  const { runs, continuations, routing } = gateways;
  return {
    ...{ tools, marketplace, health, writs: store.writs, ledger: store.ledgerReads, policies: store.runPolicies, skills: skillsOver(store) },
    reads: {
      ...runReads(store),
      cognition: (tenant, runId, signal) => spoken(cognition(store, { tenant, runId }, signal)),
      usage: runUsage(store, config.limits),
    },
    gateway: {
      create: async (principal, request, keyed) => {
        const { run, replayed } = await runs.create(principal, request, keyed);
        return { run: { runId: run.id, task: run.task, trajectoryId: run.state.start.trajectoryId }, replayed };
      },
      cancel: (principal, id, input, keyed) => runs.cancel(principal, id, input, keyed),
      approve: (principal, id, verdict, keyed) => runs.approve(principal, id, verdict, keyed),
      resume: (principal, id, request, keyed) => continuations.resume(principal, id, request, keyed),
      branch: (principal, id, request, keyed) => continuations.branch(principal, id, request, keyed),
      resolveEffect: (principal, id, effect, keyed) => continuations.resolveEffect(principal, id, effect, keyed),
      routedSubmit: (principal, action, keyed) => routing.submit(principal, action, keyed),
    },
  };
}

/** The peer's stream has no thinking and no sources. */
async function* spoken(deltas: AsyncIterable<StreamDelta>): AsyncGenerator<Exclude<StreamDelta, { readonly type: 'thinking' | 'source' }>, void, void> {
  for await (const delta of deltas) if (delta.type !== 'thinking' && delta.type !== 'source') yield delta;
}

export interface HealthParts {
  readonly version: string;
  readonly cognition: Pick<Cognition, 'defaultProvider'>;
  /** Whether anybody comes in without a credential. */
  readonly open: () => Promise<boolean>;
  readonly stopping: () => boolean;
  readonly temporal: () => Promise<void>;
}

export const runHealth = (store: Pick<Store, 'health'>, { version, cognition: { defaultProvider }, open, stopping, temporal }: HealthParts): RunHealth => ({
  ...{ version, defaultProvider, stopping },
  mode: async () => ((await open()) ? 'reference' : 'production'),
  checks: {
    temporal,
    store: async () => {
      if (!(await store.health()).reachable) throw new Fault('unavailable', 'health.missing', 'The database does not answer.');
    },
  },
});
