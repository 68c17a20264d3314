/** Joins an API process's metrics to its store and its Temporal client. */
import type { Client } from '@temporalio/client';
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import { hostQueue, ORCHESTRATION_QUEUE } from '../contracts/actor';
import { queueState } from '../gateway/task-queue';
import type { Store } from '../store/store';
import type { ApiMetrics } from './metrics';

const QUEUE_MS = 1_500;

export function feedGauges(metrics: ApiMetrics, client: Client, store: Store): void {
  metrics.ask(
    {
      threads: () => store.statistics.threads(),
      hosts: () => store.statistics.hosts(SILENT_AFTER_MS),
      queue: (name, type) => queueState(client, name, type, QUEUE_MS),
      agents: () => store.agents.numbers(),
      patterns: () => store.statistics.patterns(),
      scripts: () => store.scriptThreads.numbers(),
      listening: async () => (await store.health()).listening,
    },
    { queue: ORCHESTRATION_QUEUE, hostQueue },
  );
}
