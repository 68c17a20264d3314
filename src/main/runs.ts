/** Runs over the gateways and the store: what callers are given, and the activities of their workflows. */
import type { Client } from '@temporalio/client';
import { runActivities } from '../../activities/run/activities';
import type { RunActivities } from '../contracts/run/activities';
import type { Config } from '../config/config';
import { endsRun } from '../contracts/run/events';
import type { ToolCatalogue, Tools } from '../contracts/run/ports';
import { RunContinuations } from '../gateway/run-continuations';
import { RunRouting } from '../gateway/run-routing';
import { Runs } from '../gateway/runs';
import { makeOnce } from '../store/idempotent-row';
import type { RunRow } from '../store/run-row';
import type { Store } from '../store/store';
import { runThinking, type RunModels } from './run-models';
import type { Policies } from './run-policies';
import { skillsOver } from './run-skills';

type RunConfig = Pick<Config, 'runAuthority' | 'runLimits'>;

export interface RunCallers {
  readonly models: Pick<RunModels, 'cognition' | 'redact'>;
  readonly catalogue: ToolCatalogue;
  /** The process refuses new runs because it stops. */
  stopping(): boolean;
}

export interface RunGateways {
  readonly runs: Runs<RunRow>;
  readonly continuations: RunContinuations<RunRow>;
  readonly routing: RunRouting<RunRow>;
}

export function runGateways(client: Client, store: Store, config: RunConfig, { models, catalogue, stopping }: RunCallers): RunGateways {
  const { global, tenant, approvalTimeoutMs } = config.runLimits;
  const runs = new Runs<RunRow>({
    ...{ client, cognition: models.cognition, redact: models.redact, tools: catalogue, stopping, approvalTimeoutMs },
    ...{ ledger: store.ledger, writs: store.writs, skills: skillsOver(store), grants: config.runAuthority.grants, limits: { global, tenant } },
    putBlob: (owner, value) => store.blobs.put(owner, value),
    store: {
      get: (owner, id) => store.runs.get(owner, id),
      admit: (start, state, options) => store.runs.admit(start, state, options),
      insertCreated: (state, task) => store.runs.insertCreated(state, task),
      readmit: (before, admitted, limits) => store.runs.readmit(before, admitted, limits),
      dismiss: (owner, id) => store.runs.dismiss(owner, id),
      once: (request, id, making) => makeOnce(store.idempotency, request, id, making),
      getBlob: (owner, ref) => store.blobs.get(owner, ref),
      waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
      waitForEnd: (address, timeoutMs) => waitForEnd(store, address, timeoutMs),
    },
  });
  return {
    runs,
    continuations: new RunContinuations(runs),
    routing: new RunRouting(runs, (address, signal) => store.feed.subscribeActor(address, 0, { signal })),
  };
}

/** From the last event that is there: an end from before a resumption is none. */
async function waitForEnd({ feed, lastSeq }: Store, address: string, timeoutMs: number): Promise<boolean> {
  const after = Math.max(0, (await lastSeq(address)) - 1);
  for await (const { type } of feed.subscribeActor(address, after, { signal: AbortSignal.timeout(timeoutMs) })) if (endsRun(type)) return true;
  return false;
}

export interface RunWork {
  readonly models: RunModels;
  readonly tools: Tools;
  readonly policies: Pick<Policies, 'current'>;
}

/** For the worker. */
export const runWork = (store: Store, config: RunConfig, { models, tools, policies }: RunWork): RunActivities => ({
  ...runThinking(store, models, tools),
  ...runActivities({
    ...{ ledger: store.ledger, blobs: store.blobs, intents: store.runIntents, effects: store.effects, writs: store.writs, tools, redact: models.redact },
    ...{ frames: store.frames, knownSecrets: models.knownSecrets },
    policies: () => policies.current(),
    gates: config.runAuthority.gates,
  }),
});
