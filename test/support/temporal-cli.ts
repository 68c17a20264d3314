/** The Temporal CLI for tests: the one that set-up found or made. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export function findTemporalCli(): Promise<string> {
  const cache = process.env['EVERTHREAD_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'everthread');
  const path = process.env['EVERTHREAD_TEMPORAL_CLI'] ?? join(cache, 'temporal-1.5.1', 'temporal');
  if (!existsSync(path)) throw new Error(`No Temporal CLI at ${path}; npm test makes one.`); // eslint-disable-line -- a test's own failure
  return Promise.resolve(path);
}
