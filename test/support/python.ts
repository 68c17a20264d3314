/** Programs of Python that tests use, each in an environment of its own in the cache (scripts/python-environment.mjs). */
import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const INSTALLER = resolve(__dirname, '..', '..', 'scripts', 'python-environment.mjs');
const INSTALL_TIMEOUT_MS = 11 * 60_000;

type Program = 'schemathesis' | 'ag-ui-validate';

/** Whether this machine has a Python that the program can be installed with. Where there is none, that is said loudly. */
function hasPython(title: string): boolean {
  const floor = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  const found = ['python3', 'python3.13', 'python3.12', 'python3.11'].some((command) => spawnSync(command, ['-c', floor], { timeout: 20_000 }).status === 0);
  if (!found) process.stderr.write(`\n*** ${title} needs Python 3.11 or newer with venv and ensurepip: its tests are skipped. ***\n\n`);
  return found;
}

/** The environment's Python; installs it when this machine has not got it yet. */
const pythonOf = async (name: Program): Promise<string> =>
  (await promisify(execFile)(process.execPath, [INSTALLER, name], { timeout: INSTALL_TIMEOUT_MS })).stdout.trim();

/** Declares the hook that installs the program, so call it where a test file begins. `onPython`: `it`, where there is a Python; `python` gives it once the tests run. */
export function pythonTests(title: string, name: Program): { readonly onPython: jest.It; python(): string } {
  const found = hasPython(title);
  let python = '';
  beforeAll(async () => {
    if (found) python = await pythonOf(name);
  }, INSTALL_TIMEOUT_MS);
  const onPython = found ? it : it.skip; // skipped because the program needs Python 3.11, which hasPython() says loudly
  return { onPython, python: () => python };
}
