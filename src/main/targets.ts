/** What schedules and triggers start, over the gateways and the store. */
import type { Executions } from '../gateway/executions';
import type { ManagedThreads } from '../gateway/managed-threads';
import type { Runs } from '../gateway/runs';
import type { ScriptThreadGateway } from '../gateway/script-threads';
import { Targets } from '../gateway/targets';
import type { ExecutionRow } from '../store/execution-row';
import type { RunRow } from '../store/run-row';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';
import type { AgentTypes } from './agent-types';

interface Gateways {
  readonly runs: Runs<RunRow>;
  readonly threads: ManagedThreads<ThreadRow>;
  readonly executions: Executions<ExecutionRow>;
  readonly scripts: Pick<ScriptThreadGateway, 'check' | 'create'>;
}

export const targets = ({ threads, executions, runs, scripts }: Gateways, store: Store, agents: AgentTypes): Targets =>
  new Targets({
    ...{ threads, executions, runs, scripts },
    findThread: (tenant, id) => store.threads.getThread(tenant, id),
    agentTypes: async () => (await agents.list()).map(({ type }) => type),
  });
