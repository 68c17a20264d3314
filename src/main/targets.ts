/** What schedules and triggers start, over the gateways and the store. */
import type { ManagedThreads } from '../gateway/managed-threads';
import { Targets } from '../gateway/targets';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';
import type { AgentTypes } from './agent-types';

export const targets = (threads: ManagedThreads<ThreadRow>, store: Store, agents: AgentTypes): Targets =>
  new Targets({
    threads,
    findThread: (tenant, id) => store.threads.getThread(tenant, id),
    agentTypes: async () => (await agents.list()).map(({ type }) => type),
  });
