/** The gateways by which a worker starts things without any API process: what schedules name, and what executions need. */
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config';
import type { Executions } from '../gateway/executions';
import type { ManagedThreads } from '../gateway/managed-threads';
import type { Patterns } from '../gateway/patterns';
import type { Targets } from '../gateway/targets';
import type { ExecutionRow } from '../store/execution-row';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';
import { agentTypes, type AgentTypes } from './agent-types';
import { executionGateway } from './executions';
import { patternCatalogue } from './patterns';
import { runModels } from './run-models';
import { runToolCatalogue } from './run-tools';
import { runGateways } from './runs';
import { scriptThreadGateway } from './scripts';
import { pageTokens } from './script-reads';
import { webhookGateway } from './webhooks';
import { targets } from './targets';
import { threadGateway } from './thread-gateway';

export interface StartedWork {
  readonly store: Store;
  readonly threads: ManagedThreads<ThreadRow>;
  readonly patterns: Patterns;
  readonly executions: Executions<ExecutionRow>;
  readonly targets: Targets;
  readonly agents: AgentTypes;
}

export function startedWork(config: Config, client: Client, store: Store): StartedWork {
  const agents = agentTypes(config, store);
  const threads = threadGateway(client, store, { idleTimeoutMs: config.idleTimeoutMs, agentTypes: agents.names });
  const patterns = patternCatalogue(store);
  const executions = executionGateway(client, store, patterns);
  const catalogue = runToolCatalogue(store, store.packages, config.runTools);
  const { runs } = runGateways(client, store, config, { models: runModels(config), catalogue, stopping: () => false });
  const scripts = scriptThreadGateway(client, store, config, {
    ...{ webhooks: webhookGateway(client, store, config), tokens: pageTokens(config), stopping: () => false },
  });
  return { store, threads, patterns, executions, agents, targets: targets({ threads, executions, runs, scripts }, store, agents) };
}
