#!/usr/bin/env node
/** `npm test`: sets up everything that tests need, then runs Jest with the arguments it was given. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, ensureNode, ensurePackages, main, run } from './setup.mjs';

const say = (line) => process.stderr.write(`${line}\n`);

/** Downloads and builds that tests would otherwise wait for one by one, done once and before, where people see their progress. */
export async function ensureTestPrograms() {
  const { findTemporalCli } = createRequire(import.meta.url)(join(ROOT, 'dist', 'src', 'embedded', 'temporal-cli.js'));
  await findTemporalCli({ say });
  const installer = join(ROOT, 'scripts', 'agent-clis.mjs');
  if (existsSync(installer)) await (await import(installer)).installAgentClis({ say });
  const { buildGrpcurl, NoGo } = await import('./grpcurl.mjs');
  await buildGrpcurl({ say }).catch((problem) => {
    if (!(problem instanceof NoGo)) throw problem;
    say(`\n*** ${problem.message} ***\n`);
  });
  const { installPythonEnvironment, NoPython, TEST_ENVIRONMENTS } = await import('./python-environment.mjs');
  for (const name of TEST_ENVIRONMENTS)
    await installPythonEnvironment(name, { say }).catch((problem) => {
      if (!(problem instanceof NoPython)) throw problem;
      say(`\n*** ${problem.message} ***\n`);
    });
}

/** Runs Jest over all tests, or those that the arguments name. */
export async function runJest(args) {
  const heap = '--max-old-space-size=4096';
  await run(process.execPath, [heap, join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), ...args]);
}

if (process.argv[1] && process.argv[1].endsWith('test.mjs')) {
  ensureNode();
  main(async () => {
    await ensurePackages({ tools: true });
    await ensureBuild();
    await ensureTestPrograms();
    await runJest(process.argv.slice(2));
  });
}
