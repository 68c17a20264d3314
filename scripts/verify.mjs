#!/usr/bin/env node
/** `npm run verify`: everything that a change must pass, each step with its duration. Ends with `N passed, N failed` over all tests. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { checkGenerated } from './proto.mjs';
import { ensureBuild, ensureNode, ensurePackages, main } from './setup.mjs';
import { ensureTestPrograms, runJest } from './test.mjs';

const OUTPUT_MAX = 64 * 1024 * 1024;

/** A program of the packages. What it says appears in one piece, because others run at the same time. */
const check =
  (path, ...args) =>
  () =>
    new Promise((resolve, reject) => {
      const program = join(ROOT, 'node_modules', ...path.split('/'));
      execFile(process.execPath, [program, ...args], { cwd: ROOT, maxBuffer: OUTPUT_MAX }, (problem, stdout, stderr) => {
        if (stdout !== '' || stderr !== '') process.stdout.write(`\n${path}:\n${stdout}${stderr}`);
        if (problem) reject(new Error(`${path} ${args.join(' ')} ended with ${problem.signal ?? problem.code}`));
        else resolve();
      });
    });

/** The protobuf definitions follow their rules, and what was generated from them is theirs. */
async function proto() {
  await check('@bufbuild/buf/bin/buf', 'lint')();
  await checkGenerated();
}

/** These read the tree and change nothing in it, so as many run at once as there are cores; what takes longest comes first. */
const CHECKS = [
  ['lint', check('eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '--max-warnings=0', '.')],
  ['types', check('typescript/bin/tsc', '--project', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.tsbuildinfo')],
  ['format', check('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')],
  ['import directions', check('dependency-cruiser/bin/dependency-cruise.mjs', '--no-progress', 'src', 'workflows', 'activities', 'test')],
  ['unused code', check('knip/bin/knip.js', '--no-progress')],
  ['interface of scripts', proto],
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

const durations = [];
let failed = false;

async function step(name, work) {
  process.stdout.write(`\n— ${name}\n`);
  const started = Date.now();
  let word = 'ok    ';
  try {
    await work();
  } catch (problem) {
    process.stderr.write(`${problem.message}\n`);
    failed = true;
    word = 'FAILED';
  }
  durations.push(`${word} ${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  ${name}`);
}

async function steps() {
  await step('packages', () => ensurePackages({ tools: true }));
  // Without packages or a build every further step would fail too, and say nothing new.
  if (failed) return;
  await step('build', ensureBuild);
  if (failed) return;
  const waiting = [...CHECKS];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await step(...next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  await step('programs for tests', ensureTestPrograms);
  await step('tests', test);
}

ensureNode();
main(async () => {
  await steps();
  process.stdout.write(`\n${durations.join('\n')}\n\n`);
  if (failed) counted.failed ||= 1;
  process.stdout.write(`${counted.passed} passed, ${counted.failed} failed\n`);
  process.exitCode = failed ? 1 : 0;
});
