/** Where the real agent CLIs are; installs them (scripts/agent-clis.mjs) when this machine has not got them yet. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const INSTALLER = resolve(__dirname, '..', '..', 'scripts', 'agent-clis.mjs');
/** For the hooks that wait for an installation. */
export const INSTALL_TIMEOUT_MS = 20 * 60_000;

let found: Promise<string> | null = null;

/** The folder of their programs, to be put at the head of an agent's PATH. */
export async function agentPrograms(): Promise<string> {
  found ??= promisify(execFile)(process.execPath, [INSTALLER], { timeout: INSTALL_TIMEOUT_MS }).then(({ stdout }) =>
    join(stdout.trim(), 'node_modules', '.bin'),
  );
  return found;
}
