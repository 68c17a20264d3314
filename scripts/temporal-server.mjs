#!/usr/bin/env node
/**
 * Builds a Temporal server with the tool that prepares its database, for `npm run test:cluster`, into a cache outside the checkout, once per version.
 *
 * `node scripts/temporal-server.mjs` prints the directory: `server`, `sql` and `schema/{temporal,visibility}` for Postgres. The second call answers at once. Two builders at
 * a time are safe: one works, the other waits, and what is built appears by one rename, so a directory that exists is complete.
 */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirectory } from './agent-clis.mjs';
import { alive, withLockFile } from './lock.mjs';

/** The same server that the Temporal CLI of npm start holds. */
const VERSION = '1.29.1';
const MODULE = 'go.temporal.io/server';
const PROGRAMS = ['cmd/server', 'cmd/tools/sql'];
/** Building takes three minutes on two cores; past this a waiting builder gives up, and Go is ended. */
const DEADLINE_MS = 40 * 60_000;

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Builds when needed; returns the directory. Rejects with what to do when Go is not installed. `say` gets progress, one line at a time. */
export async function buildTemporalServer({ env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const target = join(cacheDirectory(env), `temporal-server-${VERSION}`);
  if (await exists(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const work = async () => {
    if (!(await exists(target))) await buildInto(target, env, say);
  };
  await withLockFile(`${target}.lock`, 'building the Temporal server', work, { deadlineMs: DEADLINE_MS, say });
  return target;
}

async function buildInto(target, env, say) {
  const modules = await modulesFolder(env);
  await removeLeftovers(target);
  const staging = `${target}.part-${process.pid}-${randomUUID().slice(0, 8)}`;
  await mkdir(staging);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  say(`Building the Temporal server ${VERSION} with Go (about three minutes on two cores, once per version) …`);
  const ticking = setInterval(() => say(`  … still building, ${seconds()} s`), 15_000);
  try {
    const wanted = PROGRAMS.map((program) => `${MODULE}/${program}@v${VERSION}`);
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', ...wanted], { ...env, GOBIN: staging });
    // The schema comes with the module that was just built; files of the module cache are read-only.
    await cp(join(modules, `${MODULE}@v${VERSION}`, 'schema', 'postgresql', 'v12'), join(staging, 'schema'), { recursive: true });
    await rename(staging, target).catch(async (problem) => {
      if (!(await exists(target))) throw problem;
    });
    say(`The Temporal server is in ${target} (${seconds()} s).`);
  } finally {
    clearInterval(ticking);
    await run('chmod', ['-R', 'u+w', staging], env).catch(() => undefined);
    await rm(staging, { recursive: true, force: true });
  }
}

async function modulesFolder(env) {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOMODCACHE'], { env, timeout: 30_000 });
    return stdout.trim();
  } catch (problem) {
    if (problem.code !== 'ENOENT') throw problem;
    throw new Error('These tests need a Temporal server, which is built with Go, and there is no `go` on PATH. Install Go (go.dev/doc/install) and run again.');
  }
}

/** Staging directories of builders that died. */
async function removeLeftovers(target) {
  const prefix = `${target}.part-`;
  for (const name of await readdir(dirname(target))) {
    const path = join(dirname(target), name);
    if (path.startsWith(prefix) && !alive(Number(path.slice(prefix.length).split('-')[0]))) await rm(path, { recursive: true, force: true });
  }
}

/** Runs to the end. Go itself ends its compilers when it is interrupted, so that comes first. */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: DEADLINE_MS, killSignal: 'SIGINT' });
    const interrupt = () => child.kill('SIGINT');
    process.once('exit', interrupt);
    let problem = '';
    child.stderr.on('data', (data) => (problem = (problem + data).slice(-4_000)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', interrupt);
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with ${code ?? signal}:\n${problem}`));
    });
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildTemporalServer().then(
    (directory) => process.stdout.write(`${directory}\n`),
    (problem) => {
      process.stderr.write(`${problem.message}\n`);
      process.exitCode = 1;
    },
  );
}
