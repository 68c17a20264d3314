/** What is kept of scripts, gathered. */
import type { Pool } from 'pg';
import { ScriptEnvironmentStore } from './script-environment';
import { ScriptStepsStore } from './script-steps';
import { ScriptThreadsStore } from './script-threads';
import { ScriptsStore } from './scripts';
import type { SealingKeys } from './sealing';
import type { Secrets } from './secrets';

export interface ScriptStores {
  readonly scripts: ScriptsStore;
  readonly scriptEnvironment: ScriptEnvironmentStore;
  readonly scriptThreads: ScriptThreadsStore;
  readonly scriptSteps: ScriptStepsStore;
}

export const scriptStores = (pool: Pool, secrets: Secrets, sealing: SealingKeys): ScriptStores => ({
  scripts: new ScriptsStore(pool),
  scriptEnvironment: new ScriptEnvironmentStore(pool, sealing),
  scriptThreads: new ScriptThreadsStore(pool, secrets),
  scriptSteps: new ScriptStepsStore(pool),
});
