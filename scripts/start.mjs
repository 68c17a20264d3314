#!/usr/bin/env node
/** `npm start`: sets up what is missing, then becomes `everthread start` in this same process, so that signals have one receiver. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, ensureNode, ensurePackages, main } from './setup.mjs';

ensureNode();
main(async () => {
  await ensurePackages({ tools: false });
  await ensureBuild();
  const cli = join(ROOT, 'dist', 'src', 'cli', 'everthread.js');
  process.argv = [process.execPath, cli, 'start', ...process.argv.slice(2)];
  createRequire(import.meta.url)(cli);
});
