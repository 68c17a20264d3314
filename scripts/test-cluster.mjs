#!/usr/bin/env node
/**
 * `npm run test:cluster`: the production shape with real processes that are killed. Builds a Temporal server once, then runs the tests of test/cluster with the arguments it
 * was given. Not a part of `npm test`: it needs Go, and minutes.
 */
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, ensureNode, ensurePackages, main } from './setup.mjs';
import { buildTemporalServer } from './temporal-server.mjs';
import { runJest } from './test.mjs';

ensureNode();
main(async () => {
  await ensurePackages({ tools: true });
  await ensureBuild();
  process.env.EVERTHREAD_TEST_TEMPORAL_SERVER = await buildTemporalServer();
  await runJest(['--config', join(ROOT, 'test', 'cluster', 'jest.config.js'), ...process.argv.slice(2)]);
});
