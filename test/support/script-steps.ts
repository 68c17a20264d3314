/** Steps of scripts over a real store, with tools that a test makes up: what stands in for the workflow gives the inputs, Temporal's mock environment the rest. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { scriptActivities } from '../../activities/script/activities';
import type { ScriptDependencies } from '../../activities/script/dependencies';
import { scriptModels } from '../../activities/models/script-models';
import type { Json } from '../../src/contracts/pattern/json';
import type { ScriptActivities, ScriptIdentity, StepInput } from '../../src/contracts/script/activities';
import type { ScriptTool, ScriptToolDefinition, ScriptToolOutcome, ScriptTools, Twice } from '../../src/contracts/script/tools';
import { compileScript } from '../../src/domain/script/compile-script';
import { redactor } from '../../src/domain/redaction';
import { KeptValues } from '../../src/domain/script/kept-values';
import { Fault } from '../../src/errors/fault';
import { scriptChannels } from '../../src/script-tools/channels';
import type { TestStore } from './database';

export const MODELS = { defaultProvider: null, defaultModel: null, baseUrls: [], env: {}, timeoutMs: 20_000 } as const;

/** A tool that does what the test says. */
export const toolThat = (
  perform: (args: Json, context: Parameters<ScriptTool['perform']>[1]) => Promise<ScriptToolOutcome> | ScriptToolOutcome,
  { name = 'acts', twice = 'harmful' }: { readonly name?: string; readonly twice?: Twice } = {},
): ScriptTool => ({
  definition: { name, source: 'native', description: `Does ${name}.`, effect: 'external', inputSchema: { type: 'object' } } satisfies ScriptToolDefinition,
  misfit: (args) => (z.record(z.string(), z.unknown()).safeParse(args).success ? null : 'expected an object'),
  twice: () => twice,
  perform: async (args, context) => perform(args, context),
});

export const toolsOf = (...tools: readonly ScriptTool[]): ScriptTools => ({
  find(_tenant, { tool, source }) {
    const found = tools.find(({ definition }) => definition.name === tool && definition.source === source);
    return found ? Promise.resolve(found) : Promise.reject(new Fault('not_found', 'script_tool.unknown', `There is no tool ${tool} from ${source}.`, {}));
  },
});

export class ScriptSteps {
  constructor(private readonly world: TestStore) {}

  deps(given: Partial<ScriptDependencies> = {}): ScriptDependencies {
    const { blobs, effects } = this.world.store;
    return {
      ...{ blobs, effects, tools: toolsOf(), models: scriptModels(MODELS), compile: (source) => compileScript(source, 'scriptum'), redact: redactor([]) },
      channels: scriptChannels({ channels: {}, secret: null, rule: { allowPrivate: true }, delaysMs: [1, 1] }),
      environmentOf: () => Promise.reject(new Fault('internal', 'test.failed', 'This thread has no environment.')),
      prepareChild: () => Promise.reject(new Fault('internal', 'test.failed', 'This thread runs no other.')),
      ...given,
    };
  }

  activities(given: Partial<ScriptDependencies> = {}): ScriptActivities {
    return scriptActivities(this.deps(given), this.world.store);
  }

  /** An input of a thread of its own. */
  input<T extends object>(more: T = {} as T): StepInput & T {
    const thread: ScriptIdentity = { tenant: 'default', threadId: `thr_${randomUUID().slice(0, 20)}`, hasEnv: false, by: { subject: 'ada', via: 'api' } };
    return { thread, path: '1.0.2', attempt: 1, scope: {}, args: {}, override: null, enums: {}, ...more };
  }

  values(tenant = 'default'): KeptValues {
    return new KeptValues(this.world.store.blobs, tenant);
  }
}

/** Runs an activity as Temporal would; `env` may be cancelled. */
export const ran = <T>(work: () => Promise<T>, env = new MockActivityEnvironment()): Promise<T> => env.run(work) as Promise<T>;

export const EXECUTES = { tool: { name: 'acts', tool: 'acts', source: 'native' } } as const;
