/**
 * Programs that tests need and that are installed or built once, into the cache outside the checkout. Two installers at a time are safe: one works, the other waits, and what
 * is made appears by one rename, so that a directory that exists is complete.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alive, withLockFile } from './lock.mjs';

/** The cache's rule is that of src/config/config.ts, spelled out here because this runs before anything is built. */
export const cacheDirectory = (env = process.env) =>
  env.EVERTHREAD_CACHE_DIR || (env.XDG_CACHE_HOME ? join(env.XDG_CACHE_HOME, 'everthread') : join(homedir(), '.cache', 'everthread'));

export const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Says every so often that something is still under way; returns how many seconds it took, and `over`, which ends the saying. */
export function progress(say, words, everyMs) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  const ticking = setInterval(() => say(`  … ${words}, ${seconds()} s`), everyMs);
  return { seconds, over: () => clearInterval(ticking) };
}

/** Makes the directory `target` by `work(staging)` when it is not there, and returns it. `name` says in words what is done. */
export async function madeOnce(target, { name, deadlineMs, say }, work) {
  if (await exists(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const make = async () => {
    if (!(await exists(target))) await makeInto(target, work);
  };
  await withLockFile(`${target}.lock`, name, make, { deadlineMs, say });
  return target;
}

async function makeInto(target, work) {
  await removeLeftovers(target);
  const staging = `${target}.part-${process.pid}-${randomUUID().slice(0, 8)}`;
  await mkdir(staging);
  try {
    await work(staging);
    await rename(staging, target).catch(async (problem) => {
      if (!(await exists(target))) throw problem;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Staging directories of those that died. */
async function removeLeftovers(target) {
  const prefix = `${target}.part-`;
  for (const name of await readdir(dirname(target))) {
    const path = join(dirname(target), name);
    if (path.startsWith(prefix) && !alive(Number(path.slice(prefix.length).split('-')[0]))) await rm(path, { recursive: true, force: true });
  }
}

/** Runs a program to its end; its last words are in the error when that is a bad one. It is ended with this process, and after `deadlineMs`, by `killSignal`. */
export function run(command, args, { cwd = process.cwd(), env, deadlineMs, killSignal = 'SIGKILL' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: deadlineMs, killSignal });
    const end = () => child.kill(killSignal);
    process.once('exit', end);
    let problem = '';
    child.stderr.on('data', (data) => (problem = (problem + data).slice(-4_000)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', end);
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code ?? signal}:\n${problem}`));
    });
  });
}

/** When the file at `url` is the program that was started: prints where `install` put things, or what is wrong. */
export function printWhere(url, install, exitCodeOf = () => 1) {
  if (!process.argv[1] || url !== pathToFileURL(process.argv[1]).href) return;
  install().then(
    (path) => process.stdout.write(`${path}\n`),
    (problem) => {
      process.stderr.write(`${problem.message}\n`);
      process.exitCode = exitCodeOf(problem);
    },
  );
}
