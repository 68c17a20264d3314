#!/usr/bin/env node
/**
 * Installs the real coding-agent CLIs that the tests drive (test/agent-clis) into a cache outside the checkout, once per lock file.
 *
 * They are large (over a gigabyte unpacked), so nothing but the tests asks for them. `node scripts/agent-clis.mjs` prints the directory; its
 * `node_modules/.bin` holds the programs. The second call answers at once. Two installers at a time are safe: one works, the other waits, and what
 * is installed appears by one rename, so a directory that exists is complete.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alive, withLockFile } from './lock.mjs';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'agent-clis');
const FILES = ['package.json', 'package-lock.json'];
const INSTALL_SCRIPTS = ['opencode-ai/postinstall.mjs', '@anthropic-ai/claude-code/install.cjs'];
/** Installing takes one to three minutes; past this a waiting installer gives up, and npm is ended. */
const DEADLINE_MS = 20 * 60_000;

/** The cache of everything that is downloaded or built once. */
export const cacheDirectory = (env = process.env) =>
  env.EVERTHREAD_CACHE_DIR || (env.XDG_CACHE_HOME ? join(env.XDG_CACHE_HOME, 'everthread') : join(homedir(), '.cache', 'everthread'));

/** Where the CLIs of today's lock file are, or will be. */
export async function agentClisDirectory(env = process.env) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  // What this file does to the packages is a part of what is installed.
  for (const file of [...FILES.map((name) => join(PACKAGE, name)), fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return join(cacheDirectory(env), `agent-clis-${hash.digest('hex').slice(0, 16)}`);
}

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Installs when needed; returns the directory. `say` gets progress, one line at a time. */
export async function installAgentClis({ env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const target = await agentClisDirectory(env);
  if (await exists(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  await withLockFile(
    `${target}.lock`,
    'installing the agent CLIs',
    async () => {
      if (!(await exists(target))) await installInto(target, env, say);
    },
    { deadlineMs: DEADLINE_MS, say },
  );
  return target;
}

async function installInto(target, env, say) {
  await removeLeftovers(target);
  const staging = `${target}.part-${process.pid}-${randomUUID().slice(0, 8)}`;
  await mkdir(staging);
  try {
    for (const file of FILES) await cp(join(PACKAGE, file), join(staging, file));
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1_000);
    say('Installing the agent CLIs for the tests (over 1 GB unpacked, once per version) …');
    const ticking = setInterval(() => say(`  … still installing, ${seconds()} s`), 10_000);
    try {
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], staging, env);
      // The install scripts that are needed: they put the platform's binary, which npm has just brought, in its place.
      for (const script of INSTALL_SCRIPTS) await run(process.execPath, [join('node_modules', script)], staging, env);
    } finally {
      clearInterval(ticking);
    }
    await rename(staging, target).catch(async (problem) => {
      if (!(await exists(target))) throw problem;
    });
    say(`The agent CLIs are in ${target} (${seconds()} s).`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Staging directories of installers that died. */
async function removeLeftovers(target) {
  const prefix = `${target}.part-`;
  for (const name of await readdir(dirname(target))) {
    const path = join(dirname(target), name);
    if (path.startsWith(prefix) && !alive(Number(path.slice(prefix.length).split('-')[0]))) await rm(path, { recursive: true, force: true });
  }
}

function run(command, args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
    let problem = '';
    child.stderr.on('data', (data) => (problem = (problem + data).slice(0, 4_000)));
    child.on('error', reject);
    child.on('close', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} ended with ${code ?? signal}:\n${problem}`))));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  installAgentClis().then(
    (directory) => process.stdout.write(`${directory}\n`),
    (problem) => {
      process.stderr.write(`${problem.message}\n`);
      process.exitCode = 1;
    },
  );
}
