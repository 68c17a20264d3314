/** What is kept of runs beside their ledgers, gathered. */
import type { Pool } from 'pg';
import type { Deltas, Intents } from '../contracts/run/thinking';
import { PackagesStore } from './packages';
import { RunPoliciesStore } from './run-policies';
import { searchRuns, type FoundInRun } from './run-search';
import { RunSkillsStore } from './run-skills';
import { runDeltas, runIntents } from './run-thinking';
import { RunToolsStore } from './run-tools';
import { RunsStore } from './runs';
import type { Secrets } from './secrets';

export interface RunStores {
  readonly runs: RunsStore;
  searchRuns(tenant: string, search: Parameters<typeof searchRuns>[2]): Promise<readonly FoundInRun[]>;
  readonly packages: PackagesStore;
  readonly runSkills: RunSkillsStore;
  readonly runIntents: Intents;
  readonly runDeltas: Deltas;
  readonly runTools: RunToolsStore;
  readonly runPolicies: RunPoliciesStore;
}

export const runStores = (pool: Pool, secrets: Secrets): RunStores => ({
  runs: new RunsStore(pool, secrets),
  searchRuns: (tenant, search) => searchRuns(pool, tenant, search),
  packages: new PackagesStore(pool),
  runSkills: new RunSkillsStore(pool),
  runIntents: runIntents(pool),
  runDeltas: runDeltas(pool),
  runTools: new RunToolsStore(pool),
  runPolicies: new RunPoliciesStore(pool),
});
