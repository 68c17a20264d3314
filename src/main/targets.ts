/** What schedules and triggers start, over the gateways and the store. */
import type { Executions } from '../gateway/executions';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config';
import type { ManagedThreads } from '../gateway/managed-threads';
import { Targets } from '../gateway/targets';
import type { ExecutionRow } from '../store/execution-row';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';
import { agentTypes, type AgentTypes } from './agent-types';
import { threadGateway } from './thread-gateway';

interface Gateways {
  readonly threads: ManagedThreads<ThreadRow>;
  readonly executions: Executions<ExecutionRow>;
}

export const targets = ({ threads, executions }: Gateways, store: Store, agents: AgentTypes): Targets =>
  new Targets({
    ...{ threads, executions },
    findThread: (tenant, id) => store.threads.getThread(tenant, id),
    agentTypes: async () => (await agents.list()).map(({ type }) => type),
  });

/** For the worker, which starts without any API process. */
export function workerTargets(config: Config, client: Client, store: Store): Targets {
  const agents = agentTypes(config, store);
  return targets(threadGateway(client, store, { idleTimeoutMs: config.idleTimeoutMs, agentTypes: agents.names }), store, agents);
}
