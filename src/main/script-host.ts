/** What a host needs for LOCAL threads of scripts: their steps act here, with the tools and the workspaces of this machine. */
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config';
import type { ScriptActivities } from '../contracts/script/activities';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';
import { runModels } from './run-models';
import { runTools } from './run-tools';
import { scriptWork } from './script-worker';
import { scriptWorld } from './scripts';
import { startedWork } from './started-work';

/** Faults of what is configured wrong: `tool.mcp_config`. */
export async function scriptsOfHost(
  config: Config,
  { client, store, log }: { readonly client: Client; readonly store: Store; readonly log: Log },
): Promise<{ readonly activities: Pick<ScriptActivities, 'executeStep' | 'agentStep' | 'decideStep' | 'planStep' | 'sendStep'>; stop(): Promise<void> }> {
  const { tools, stop } = await runTools({ config, store, packages: store.packages, env: process.env, log, tells: false });
  const work = scriptWork(config, store, { ...scriptWorld(store, config), models: runModels(config), tools, gateways: startedWork(config, client, store) });
  const { executeStep, agentStep, decideStep, planStep, sendStep } = work;
  return { activities: { executeStep, agentStep, decideStep, planStep, sendStep }, stop };
}
