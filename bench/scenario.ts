/** What every scenario gets, and what it gives back. */
import { Client, Connection } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { openStore, type OpenStore } from '../src/main/connections';
import { createLog } from '../src/surfaces/http/log';
import { Api } from './api';
import type { Figure } from './figures';
import type { Options } from './options';
import type { BenchSystem } from './system';

export interface Bench {
  readonly options: Options;
  readonly system: BenchSystem;
  readonly api: Api;
  /** A client of the system's Temporal. */
  readonly temporal: Client;
  /** The store of the system, opened as a role opens it. */
  readonly store: OpenStore['store'];
  say(line: string): void;
}

export type Scenario = (bench: Bench) => Promise<readonly Figure[]>;

export async function openBench(system: BenchSystem, options: Options, say: (line: string) => void): Promise<Bench & { close(): Promise<void> }> {
  const connection = await Connection.connect({ address: system.temporalAddress });
  const config = { ...system.config, database: { ...system.config.database, url: system.databaseUrl } };
  const opened = openStore(config, createLog({ level: 'warn', name: 'bench' }), { role: 'bench', connections: 4 });
  const api = new Api(system.apiUrl);
  return {
    options,
    system,
    api,
    temporal: new Client({ connection, namespace: config.temporal.namespace }),
    store: opened.store,
    say,
    async close() {
      api.close();
      await opened.close();
      await connection.close();
    },
  };
}

export interface HistoryMark {
  readonly runId: string;
  readonly length: number;
}

/** How long a workflow's history is, as soon as nothing has been added for a while. */
export async function settledHistory({ temporal }: Bench, workflowId: string): Promise<HistoryMark> {
  const handle = temporal.workflow.getHandle(workflowId);
  let { runId, historyLength } = await handle.describe();
  for (let look = 0; look < 100; look++) {
    await delay(250);
    const before = historyLength;
    ({ runId, historyLength } = await handle.describe());
    if (historyLength === before) break;
  }
  return { runId, length: historyLength };
}

/** What was added between two looks; null when the thread continued as new in between, so that nobody can tell. */
export const addedHistory = (before: HistoryMark, after: HistoryMark): number | null => (before.runId === after.runId ? after.length - before.length : null);
