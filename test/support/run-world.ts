/**
 * Runs on a real Temporal server and a real Postgres: gateways, workflow, activities, ledger, journal and rows are the product's own. Here are only what thinks (a script) and a few
 * tools, one of which acts on the world outside and can be made to wait.
 */
import type { Client } from '@temporalio/client';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNS_QUEUE } from '../../src/contracts/run/activities';
import type { ScriptedStep, Tool, Tools } from '../../src/contracts/run/ports';
import type { LedgerEntry } from '../../src/contracts/run/protocol';
import { runHasEnded } from '../../src/contracts/run/status';
import type { Principal } from '../../src/contracts/principal';
import type { PolicySet } from '../../src/domain/run/authority/policies';
import { readConfig } from '../../src/config/config';
import type { RunRequest } from '../../src/gateway/run-start';
import type { ConversationPorts } from '../../src/gateway/conversation-following';
import { conversationPorts, conversationWork } from '../../src/main/conversations';
import { runModels } from '../../src/main/run-models';
import { runGateways, runWork, type RunGateways } from '../../src/main/runs';
import { delegateTool } from '../../src/run-tools/built-in/delegate';
import { kvTools } from '../../src/run-tools/built-in/kv';
import { startActorWorld, type ActorWorld } from './actor-world';
import { testStore, type TestStore } from './database';
import { until } from './eventually';

/** Writes a line into a file, so that a test can count how often it was done. */
export class MarkTool {
  readonly file: string;
  /** Called before the line is written. */
  before: (signal: AbortSignal, text: string) => Promise<void> = () => Promise.resolve();
  /** Called after it, before the tool answers. */
  after: (signal: AbortSignal, text: string) => Promise<void> = () => Promise.resolve();

  constructor(
    folder: string,
    readonly name = 'mark',
    private readonly idempotent = false,
  ) {
    this.file = join(folder, `${name}.txt`);
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(this.file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  }

  readonly tool = (): Tool => ({
    definition: {
      ...{ name: this.name, version: '1.0.0', description: 'Marks.', effect_class: 'write', risk_class: 'low', idempotent: this.idempotent },
      input_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      estimate: { tokens: 0, tool_calls: 1, wall_clock_ms: 0, usd_millicents: 0 },
    },
    misfit: (args) => (typeof (args as { text?: unknown }).text === 'string' ? null : 'text: expected a text'),
    perform: async (args, { signal, onOutput }) => {
      const { text } = args as unknown as { text: string };
      onOutput?.('stdout', `marks ${text}\n`);
      await this.before(signal, text);
      await appendFile(this.file, `${text}\n`);
      await this.after(signal, text);
      return { output: { marked: text, password: 'geheim' }, delta: [] };
    },
  });
}

export const ADA: Principal = { tenant: 'default', subject: 'ada', scopes: ['*'], keyId: null, operator: false };
export const as = (subject: string, tenant = 'default'): Principal => ({ ...ADA, subject, tenant });

let keys = 0;
/** A request of its own, or the one of a key. */
export const keyed = (idempotencyKey: string | null = null) => ({ idempotencyKey, requestId: idempotencyKey ?? `request-${process.pid}-${++keys}` });

export const scripted = (script: readonly ScriptedStep[], more: Partial<RunRequest> & { readonly delegated?: readonly ScriptedStep[] } = {}): RunRequest => {
  const { delegated, ...rest } = more;
  return {
    ...{ task: 'a task', maxSteps: 16, toolScopes: [], model: null, skills: [], skillParams: [], history: [] },
    cognition: {
      ...{ provider: 'scripted', model: null, max_tokens: null, base_url: null, thinking_budget_tokens: null, cache_prefix: true },
      ...{ script, ...(delegated && { delegated_script: delegated }) },
    },
    ...{ effectCeiling: null, budget: null, timeWindow: null, maxDelegationDepth: null },
    ...rest,
  };
};
export const does = (tool: string, args: Record<string, string>): ScriptedStep => ({ intents: [{ tool, args }] });

export interface RunWorld extends RunGateways {
  readonly actors: ActorWorld;
  readonly client: Client;
  readonly database: TestStore;
  readonly mark: MarkTool;
  readonly again: MarkTool;
  /** In force from now on. */
  policies: PolicySet;
  stopping: boolean;
  /** Threads, whose runs these are. */
  readonly threads: ConversationPorts;
  /** `models` false: nobody asks models and performs tools. */
  work(options?: { readonly models?: boolean }): Promise<() => Promise<void>>;
  /** Waits for its end. */
  ended(id: string): Promise<NonNullable<Awaited<ReturnType<TestStore['store']['runs']['get']>>>>;
  waiting(id: string): Promise<void>;
  entries(id: string): Promise<readonly LedgerEntry[]>;
  stop(): Promise<void>;
}

export async function startRunWorld(environment: Readonly<Record<string, string>> = {}): Promise<RunWorld> {
  const [actors, database] = await Promise.all([startActorWorld(), testStore()]);
  const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'runs-'));
  mkdirSync(join(folder, 'workspace'));
  const { store } = database;
  const { client } = actors.environment;
  const config = readConfig(environment);
  const [mark, again] = [new MarkTool(folder), new MarkTool(folder, 'mark_again', true)];
  const known: readonly Tool[] = [...kvTools, delegateTool, mark.tool(), again.tool()];
  const tools: Tools = {
    list: () => Promise.resolve(known.map(({ definition }) => definition)),
    find: (_tenant, name) => Promise.resolve(known.find(({ definition }) => definition.name === name) ?? null),
    workspace: () => Promise.resolve(join(folder, 'workspace')),
  };
  const models = runModels(config, {});
  const gateways = runGateways(client, store, config, { models, catalogue: tools, stopping: () => world.stopping });
  const world: RunWorld = {
    ...{ actors, client, database, mark, again, policies: [], stopping: false },
    ...gateways,
    threads: conversationPorts(client, store, config, {
      ...{ models, catalogue: tools, stopping: () => world.stopping, runs: gateways.runs },
      // A machine that is busy answers late, and tests want to hear the answer.
      doors: { updateDeadlineMs: 20_000, signalDeadlineMs: 5_000 },
    }),
    async work({ models: thinking = true } = {}) {
      const activities = {
        ...runWork(store, config, { models, tools, policies: { current: () => world.policies } }),
        ...conversationWork(store, config, { models, tools }),
        commitJournal: store.journal.commit.bind(store.journal),
      };
      const stops = [await actors.work({ activities })];
      if (thinking) stops.push(await actors.work({ activities, workflows: false, taskQueue: RUNS_QUEUE }));
      return async () => {
        await Promise.all(stops.map((stop) => stop()));
      };
    },
    async ended(id) {
      const row = await until(`run ${id} ends`, async () => {
        const found = await store.runs.get('default', id);
        return found && runHasEnded(found.status) ? found : null;
      });
      return row as NonNullable<typeof row>;
    },
    async waiting(id) {
      await until(`run ${id} waits`, async () => (await store.runs.get('default', id))?.status === 'waiting_approval');
    },
    async entries(id) {
      const { state } = await world.runs.known('default', id);
      return store.ledger.entries({ tenant: 'default', trajectoryId: state.start.trajectoryId, limit: 500 });
    },
    async stop() {
      await actors.stop();
      await database.close();
    },
  };
  return world;
}
