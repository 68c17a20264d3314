#!/usr/bin/env node
/**
 * Installs programs of Python that tests and benchmarks use, each into an environment in the cache outside the checkout, once for each list of requirements and
 * version of Python. The lists name every package with the hashes of its files.
 *
 * `node scripts/python-environment.mjs <name>` prints the path of the environment's Python; the names are those of {@link ENVIRONMENTS}. The second call answers
 * at once. Two installers at a time are safe: one works, the other waits. An environment cannot be moved, so it is made where it stays and marked as complete by a
 * file at the end.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirectory, exists, printWhere, run } from './cached-program.mjs';
import { withLockFile } from './lock.mjs';
import { ROOT } from './root.mjs';

/** Where the list of requirements stands. `built`: packages that are published as source alone; of all others only what is ready is taken. */
const ENVIRONMENTS = {
  schemathesis: { folder: ['test', 'schemathesis'], title: 'Schemathesis', about: 'some 60 MB' },
  'ag-ui-validate': { folder: ['test', 'ag-ui-validate'], title: 'ag-ui-validate', about: 'some 10 MB' },
  langgraph: { folder: ['bench', 'langgraph'], title: 'the LangGraph dev server', about: 'some 200 MB', built: ['forbiddenfruit'] },
};
/** Those that tests use. */
export const TEST_ENVIRONMENTS = ['schemathesis', 'ag-ui-validate'];

const FLOOR = [3, 11];
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11'];
const DEADLINE_MS = 10 * 60_000;
/** What makes an environment: without these two, some systems' Python cannot. */
const ASK = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1], sys.prefix)';

export class NoPython extends Error {}

/** The first Python that is new enough and can make environments. */
async function findPython(title, env) {
  for (const command of PYTHONS) {
    const answer = await promisify(execFile)(command, ['-c', ASK], { env, timeout: 20_000 }).catch(() => null);
    const [major, minor, prefix] = (answer?.stdout ?? '').trim().split(' ');
    if (Number(major) === FLOOR[0] && Number(minor) >= FLOOR[1]) return { command, identity: `${major}.${minor} ${prefix}` };
  }
  throw new NoPython(
    `${title} needs Python ${FLOOR.join('.')} or newer with the modules venv and ensurepip; none of ${PYTHONS.join(', ')} is. What uses it is skipped.`,
  );
}

/** Installs when needed; returns the path of the environment's Python. Throws {@link NoPython} where that cannot be. */
export async function installPythonEnvironment(name, { env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const wanted = ENVIRONMENTS[name];
  if (!wanted) throw new Error(`There is no environment ${name}; there are ${Object.keys(ENVIRONMENTS).join(', ')}.`);
  const requirements = join(ROOT, ...wanted.folder, 'requirements.txt');
  const found = await findPython(wanted.title, env);
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${found.identity}\n`);
  for (const file of [requirements, fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  const target = join(cacheDirectory(env), `${name}-${hash.digest('hex').slice(0, 16)}`);
  const python = join(target, 'bin', 'python');
  const complete = join(target, '.complete');
  if (await exists(complete)) return python;
  await mkdir(dirname(target), { recursive: true });
  await withLockFile(
    `${target}.lock`,
    `installing ${wanted.title}`,
    async () => {
      if (await exists(complete)) return;
      say(`Installing ${wanted.title} (${wanted.about}, once per version) …`);
      const started = Date.now();
      const how = { env, deadlineMs: DEADLINE_MS };
      await rm(target, { recursive: true, force: true });
      await run(found.command, ['-m', 'venv', target], how);
      await run(
        python,
        [
          ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '--only-binary', ':all:'],
          ...(wanted.built ?? []).flatMap((source) => ['--no-binary', source]),
          ...['-r', requirements],
        ],
        how,
      );
      await writeFile(complete, '');
      say(`${wanted.title} is in ${target} (${Math.round((Date.now() - started) / 1_000)} s).`);
    },
    { deadlineMs: DEADLINE_MS, say },
  );
  return python;
}

printWhere(
  import.meta.url,
  () => installPythonEnvironment(process.argv[2] ?? ''),
  (problem) => (problem instanceof NoPython ? 3 : 1),
);
