/** The terminal activities of one host over a real ptyd, with ports kept in memory: what the store and Temporal do elsewhere. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { adapterRegistry } from '../../activities/agents/registry';
import { terminalActivities, type TerminalActivities } from '../../activities/terminal/activities';
import type { TerminalDependencies } from '../../activities/terminal/dependencies';
import type { EffectState } from '../../activities/ports';
import type { Envelope } from '../../src/contracts/actor';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import type { ThreadSpec } from '../../src/contracts/managed-thread/spawn';
import { program } from './ptyd-build';
import { TEST_ENV, type PtydWorld } from './ptyd-world';

export type Signalled = { readonly address: string; readonly command: string; readonly envelope: Envelope };

export interface TestHost {
  readonly deps: TerminalDependencies;
  readonly activities: TerminalActivities;
  readonly effects: Map<string, EffectState>;
  /** Addresses of threads whose sessions were told to have begun. */
  readonly started: readonly string[];
  readonly signalled: Signalled[];
  readonly frames: Readonly<Record<string, unknown>>[];
  readonly blobs: Map<string, string>;
  /** A thread with its spec; nothing is started. */
  thread(agentType: string, more?: Partial<ThreadSpec> & { env?: Record<string, string>; tenant?: string }): TestThread;
  /** Runs an activity as a worker does, with its own context; `environment.cancel()` cancels it. */
  run<I, O>(activity: (input: I) => Promise<O>, input: I, environment?: MockActivityEnvironment): Promise<O>;
}

export interface TestThread {
  readonly actor: ReturnType<typeof threadRef>;
  readonly specRef: string;
  readonly sessionId: string;
}

/** Failed activities are what many tests want; only what nobody wants is printed. */
export const activityEnvironment = (activityId: string): MockActivityEnvironment =>
  new MockActivityEnvironment({ activityId }, { logger: new DefaultLogger('ERROR') });

export function testHost(world: PtydWorld, more: Partial<TerminalDependencies> = {}): TestHost {
  const effects = new Map<string, EffectState>();
  const signalled: Signalled[] = [];
  const frames: Readonly<Record<string, unknown>>[] = [];
  const started: string[] = [];
  const blobs = new Map<string, string>();
  const specs = new Map<string, ThreadSpec>();
  const environments = new Map<string, Record<string, string>>();
  const deps: TerminalDependencies = {
    hostId: 'test-host',
    ptyd: world.client,
    effects: {
      claim: async (actor, effectId) => {
        const key = `${actor.address} ${effectId}`;
        const found = effects.get(key);
        if (!found) effects.set(key, { state: 'claimed' });
        return found ?? { state: 'new' };
      },
      settle: async (actor, effectId, receipt) => void effects.set(`${actor.address} ${effectId}`, { state: 'done', receipt }),
      release: async (actor, effectId) => void effects.delete(`${actor.address} ${effectId}`),
    },
    frames: { send: (_actor, frame) => void frames.push(frame) },
    hosts: { started: async (actor) => void started.push(actor) },
    specs: {
      read: async (_tenant, ref) => specs.get(ref) as ThreadSpec,
      environment: async (actor) => environments.get(actor.address) ?? {},
    },
    blobs: { get: async (_tenant, ref) => blobs.get(ref) ?? null },
    adapters: adapterRegistry(),
    sessionsDir: join(world.dir, 'sessions'),
    agentEnv: {
      EVERTHREAD_SCRIPTED_PROGRAM: program('activities/agents/scripted/agent.js'),
      EVERTHREAD_SCRIPTED_STATE: join(world.dir, 'state'),
      EVERTHREAD_SCRIPTED_LOG: join(world.dir, 'agent.log'),
    },
    hostEnv: TEST_ENV,
    recordProgram: [process.execPath, program('src/ptyd/record.js')],
    signal: async (address, command, envelope) => void signalled.push({ address, command, envelope }),
    redactionFor: async () => (text) => text.replaceAll('s3cr3t-value', '[redacted]'),
    ...more,
  };
  return {
    deps,
    activities: terminalActivities(deps),
    effects,
    started,
    signalled,
    frames,
    blobs,
    thread: (agentType, { env, tenant = 'default', ...rest } = {}) => {
      const actor = threadRef(tenant, rest.id ?? `thr-${randomUUID().slice(0, 8)}`);
      const specRef = randomUUID();
      specs.set(specRef, {
        id: actor.id,
        tenant,
        executionId: 'exe-1',
        name: 'test',
        agentType,
        role: null,
        objective: 'say the objective',
        workspace: null,
        contextFiles: [],
        approvalPreset: 'standard',
        policy: {},
        metadata: {},
        envNames: Object.keys(env ?? {}),
        createdAt: new Date().toISOString(),
        ...rest,
      });
      if (env) environments.set(actor.address, env);
      return { actor, specRef, sessionId: `${actor.id}.1` };
    },
    run: (activity, input, environment = activityEnvironment('test')) => environment.run(() => activity(input)),
  };
}
