/**
 * What the test files of one run share, such as a server or a build: the first file that asks for it makes it, in whichever process it runs; the others wait for it and get the same.
 * Nothing is made that no file asks for, so a file alone makes what it needs itself.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Longer than anything shared takes to make, a bundle of all workflows on a busy machine included. */
const PATIENCE_MS = 120_000;

type Made = { readonly made: string } | { readonly failed: string };

/** The folder of this run, which ends with it. */
export function runFolder(): string {
  const folder = process.env['EVERTHREAD_TEST_RUN'];
  if (!folder) throw new Error('test/support/run-setup.ts has not run');
  return folder;
}

/** What `make` gave to the first that asked under this name; a failure is a failure for all. `make` gets the folder of the run. */
export async function oncePerRun(name: string, make: (folder: string) => Promise<string>): Promise<string> {
  const folder = runFolder();
  const note = join(folder, `${name}.json`);
  if (!existsSync(note) && isFirst(join(folder, `${name}.making`))) {
    const told: Made = await make(folder).then(
      (made) => ({ made }),
      (problem: unknown) => ({ failed: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem) }),
    );
    writeFileSync(`${note}.part`, JSON.stringify(told));
    renameSync(`${note}.part`, note);
  }
  for (const deadline = Date.now() + PATIENCE_MS; !existsSync(note); await delay(30)) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms in vain for what another test file makes: ${name}`);
  }
  const told = JSON.parse(readFileSync(note, 'utf8')) as Made;
  if ('failed' in told) throw new Error(`${name} could not be made for this run: ${told.failed}`);
  return told.made;
}

function isFirst(claim: string): boolean {
  try {
    mkdirSync(claim);
    return true;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw problem;
  }
}
