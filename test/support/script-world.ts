/**
 * Scripts on a real Temporal server and a real Postgres: gateways, workflow, activities, journal and rows are the product's own. Models are the `mock` ones that need no network.
 */
import type { Client } from '@temporalio/client';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config/config';
import type { Tools } from '../../src/contracts/run/ports';
import { SCRIPTS_QUEUE } from '../../src/contracts/script/activities';
import type { CreateThreadRequest, ScriptKeyed, ScriptThread, ScriptVersion } from '../../src/contracts/script/ports';
import { threadHasEnded } from '../../src/contracts/script/status';
import type { Principal } from '../../src/contracts/principal';
import { executionGateway } from '../../src/main/executions';
import { patternCatalogue } from '../../src/main/patterns';
import { runModels } from '../../src/main/run-models';
import { scriptCatalogue } from '../../src/main/script-tools';
import { scriptWork } from '../../src/main/script-worker';
import { scriptPorts, scriptWorld, type ScriptPorts } from '../../src/main/scripts';
import { threadGateway } from '../../src/main/thread-gateway';
import { webhookGateway } from '../../src/main/webhooks';
import { startActorWorld, type ActorWorld } from './actor-world';
import { testStore, type TestStore } from './database';
import { until } from './eventually';
import { keyed } from './run-world';

/** As the seed has it. */
export const INVOICE = `script "invoice-parser"
version "0.1.0"

input
  invoice_id: text

output
  invoice_id: text
  approved: boolean

let label = "Invoice {invoice_id}"

ask "Approve?" -> answer
  prompt = "{label}: approve?"
  type = text
  options = ["approve", "reject"]
  timeout = "24h"
  max_retries = 2

emit
  invoice_id = invoice_id
  approved = answer.value == "approve"
`;

export const threadOf = (scriptName: string, more: Partial<CreateThreadRequest> = {}): CreateThreadRequest => ({
  ...{ scriptName, version: 0, inputJson: '', executionMode: 'CLOUD', timeout: '', metadata: {}, callbackUrl: '', loadEnv: false, hostId: null },
  ...more,
});

export interface ScriptWorld extends ScriptPorts {
  readonly actors: ActorWorld;
  readonly client: Client;
  readonly config: Config;
  readonly database: TestStore;
  stopping: boolean;
  /** `steps` false: nobody performs steps that act. */
  work(options?: { readonly steps?: boolean }): Promise<() => Promise<void>>;
  /** Creates a script of the name and publishes the text. */
  published(principal: Principal, name: string, content: string): Promise<ScriptVersion>;
  ended(principal: Principal, id: string): Promise<ScriptThread>;
  paused(principal: Principal, id: string): Promise<ScriptThread>;
  stop(): Promise<void>;
}

export async function startScriptWorld(environment: Readonly<Record<string, string>> = {}): Promise<ScriptWorld> {
  const [actors, database] = await Promise.all([startActorWorld(), testStore()]);
  const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'scripts-'));
  const { client } = actors.environment;
  const { store } = database;
  const config = readConfig({ EVERTHREAD_DATA_DIR: folder, EVERTHREAD_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'), ...environment });
  const none: Tools = { list: () => Promise.resolve([]), find: () => Promise.resolve(null), workspace: () => Promise.resolve(folder) };
  const models = runModels(config, {});
  const patterns = patternCatalogue(store);
  const gateways = {
    threads: threadGateway(client, store, { idleTimeoutMs: config.idleTimeoutMs, agentTypes: () => [] }),
    executions: executionGateway(client, store, patterns),
    patterns,
  };
  const ports = scriptPorts(client, store, config, {
    catalogue: scriptCatalogue({ config, store, models: models.scripts, gateways }, none),
    webhooks: webhookGateway(client, store, config),
    stopping: () => world.stopping,
    // A machine that is busy answers late, and tests want to hear the answer.
    doors: { updateDeadlineMs: 20_000, signalDeadlineMs: 5_000 },
  });
  const thread = async (what: string, principal: Principal, id: string, is: (thread: ScriptThread) => boolean): Promise<ScriptThread> =>
    (await until(`thread ${id} ${what}`, async () => {
      const found = await ports.threads.get(principal, id);
      return is(found) ? found : null;
    })) as ScriptThread;
  const world: ScriptWorld = {
    ...ports,
    ...{ actors, client, config, database, stopping: false },
    async work({ steps = true } = {}) {
      const made = scriptWork(config, store, { ...scriptWorld(store, config), models, tools: none, gateways });
      const activities = { ...made, commitJournal: store.journal.commit.bind(store.journal) };
      const stops = [await actors.work({ activities })];
      if (steps) stops.push(await actors.work({ activities, workflows: false, taskQueue: SCRIPTS_QUEUE }));
      return async () => {
        await Promise.all(stops.map((stop) => stop()));
      };
    },
    async published(principal, name, content) {
      const key: ScriptKeyed = keyed();
      await ports.scripts.create(principal, { name, description: '', tags: [], fromTemplate: '', labels: {}, env: {} }, key);
      await ports.scripts.saveDraft(principal, name, content);
      return ports.scripts.publish(principal, name, '', key);
    },
    ended: (principal, id) => thread('ends', principal, id, ({ status }) => threadHasEnded(status)),
    paused: (principal, id) => thread('pauses', principal, id, ({ status }) => status === 'PAUSED'),
    async stop() {
      await actors.stop();
      await database.close();
    },
  };
  return world;
}
