/** Programs of Python that tests use, each in an environment of its own in the cache (scripts/python-environment.mjs). */
import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const INSTALLER = resolve(__dirname, '..', '..', 'scripts', 'python-environment.mjs');
export const INSTALL_TIMEOUT_MS = 11 * 60_000;

/** Whether this machine has a Python that the program can be installed with. Where there is none, that is said loudly. */
export function hasPython(title: string): boolean {
  const floor = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  const found = ['python3', 'python3.13', 'python3.12', 'python3.11'].some((command) => spawnSync(command, ['-c', floor], { timeout: 20_000 }).status === 0);
  if (!found) process.stderr.write(`\n*** ${title} needs Python 3.11 or newer with venv and ensurepip: its tests are skipped. ***\n\n`);
  return found;
}

/** The environment's Python; installs it when this machine has not got it yet. */
export const pythonOf = async (name: 'schemathesis' | 'ag-ui-validate'): Promise<string> =>
  (await promisify(execFile)(process.execPath, [INSTALLER, name], { timeout: INSTALL_TIMEOUT_MS })).stdout.trim();
