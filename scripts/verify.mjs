#!/usr/bin/env node
/** `npm run verify`: everything that a change must pass, each step with its duration. Ends with `N passed, N failed` over all tests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, ensureNode, ensurePackages, main, run } from './setup.mjs';
import { ensureTestPrograms, runJest } from './test.mjs';

const bin = (path, ...args) => [process.execPath, [join(ROOT, 'node_modules', ...path.split('/')), ...args]];

const STEPS = [
  ['packages', () => ensurePackages({ tools: true })],
  ['build', ensureBuild],
  ['format', () => run(...bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'))],
  ['lint', () => run(...bin('eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '--max-warnings=0', '.'))],
  ['types', () => run(...bin('typescript/bin/tsc', '--project', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.tsbuildinfo'))],
  ['import directions', () => run(...bin('dependency-cruiser/bin/dependency-cruise.mjs', '--no-progress', 'src', 'workflows', 'activities', 'test'))],
  ['unused code', () => run(...bin('knip/bin/knip.js', '--no-progress'))],
  ['programs for tests', ensureTestPrograms],
  ['tests', test],
];

async function test() {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-verify-'));
  try {
    const result = join(folder, 'jest.json');
    await runJest(['--json', `--outputFile=${result}`, ...process.argv.slice(2)]).finally(() => count(result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let counted = { passed: 0, failed: 0 };

function count(path) {
  const result = JSON.parse(readFileSync(path, 'utf8'));
  // A suite that cannot even start holds no failed test, but it is a failure.
  counted = { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
}

ensureNode();
main(async () => {
  const durations = [];
  let failed = false;
  for (const [name, step] of STEPS) {
    process.stdout.write(`\n— ${name}\n`);
    const started = Date.now();
    let word = 'ok    ';
    try {
      await step();
    } catch (problem) {
      process.stderr.write(`${problem.message}\n`);
      failed = true;
      word = 'FAILED';
    }
    durations.push(`${word} ${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  ${name}`);
    // Without packages or a build every further step would fail too, and say nothing new.
    if (failed && (name === 'packages' || name === 'build')) break;
  }
  process.stdout.write(`\n${durations.join('\n')}\n\n`);
  if (failed) counted.failed ||= 1;
  process.stdout.write(`${counted.passed} passed, ${counted.failed} failed\n`);
  process.exitCode = failed ? 1 : 0;
});
