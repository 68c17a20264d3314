/** What this API process needs, asked for real: the ports of the control plane's health routes. */
import type { Client } from '@temporalio/client';
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { queueState } from '../gateway/task-queue';
import type { Store } from '../store/store';
import type { HealthPorts } from '../surfaces/control-plane/health';
import { remembered } from './remembered';

export interface HealthOptions {
  readonly version: string;
  readonly client: Client;
  readonly namespace: string;
  readonly store: Store;
  draining(): boolean;
}

const PROBE_MS = 2_000;
/** How old the answer of a probe may be. */
const FRESH_MS = 1_000;
/** The same for numbers that read whole tables. */
const NUMBERS_MS = 15_000;

export function apiHealth({ version, client, namespace, store, draining }: HealthOptions): HealthPorts {
  const database = remembered(() => store.health(), FRESH_MS);
  const hosts = remembered(() => store.statistics.hosts(SILENT_AFTER_MS), FRESH_MS);
  const agents = remembered(() => store.agents.numbers(), FRESH_MS);
  const executions = remembered(() => store.statistics.executions(), NUMBERS_MS);
  const workers = remembered(async () => (await queueState(client, ORCHESTRATION_QUEUE, 'workflow', PROBE_MS)).pollers, FRESH_MS);
  return {
    version,
    draining,
    needed: {
      database: async () => insist((await database()).reachable, 'The database does not answer.'),
      temporal: remembered(async () => {
        await client.connection.withDeadline(Date.now() + PROBE_MS, () => client.workflowService.describeNamespace({ namespace }));
      }, FRESH_MS),
      workers: async () => insist((await workers()) > 0, 'No worker polls the queue.'),
    },
    wanted: {
      hosts: async () => insist((await hosts()).length > 0, 'No host is there.'),
      // Null: nobody has watched anything yet, and then nothing is missed.
      feed: async () => insist((await database()).listening !== false, 'This process does not hear of commits.'),
    },
    numbers: {
      workers,
      async hosts() {
        const living = await hosts();
        const sum = (of: (host: (typeof living)[number]) => number) => living.reduce((total, host) => total + of(host), 0);
        return { connected: living.length, sessions: sum(({ sessions }) => sessions), capacity: sum(({ capacity }) => capacity) };
      },
      async agents() {
        const regions = await agents();
        const sum = (of: (region: (typeof regions)[number]) => number) => regions.reduce((total, region) => total + of(region), 0);
        return { connected: sum(({ connected }) => connected), healthy: sum(({ healthy }) => healthy) };
      },
      executions,
    },
  };
}

function insist(fact: boolean, otherwise: string): void {
  if (!fact) throw new Fault('unavailable', 'health.missing', otherwise);
}
