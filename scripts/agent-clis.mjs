#!/usr/bin/env node
/**
 * Installs the real coding-agent CLIs that the tests drive (test/agent-clis) into a cache outside the checkout, once per lock file.
 *
 * They are large (over a gigabyte unpacked), so nothing but the tests asks for them. `node scripts/agent-clis.mjs` prints the directory; its
 * `node_modules/.bin` holds the programs. The second call answers at once. Two installers at a time are safe: one works, the other waits, and what
 * is installed appears by one rename, so a directory that exists is complete.
 */
import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, madeOnce, printWhere, progress, run } from './cached-program.mjs';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'agent-clis');
const FILES = ['package.json', 'package-lock.json'];
const INSTALL_SCRIPTS = ['opencode-ai/postinstall.mjs', '@anthropic-ai/claude-code/install.cjs'];
/** Installing takes one to three minutes; past this a waiting installer gives up, and npm is ended. */
const DEADLINE_MS = 20 * 60_000;

/** Where the CLIs of today's lock file are, or will be. */
export async function agentClisDirectory(env = process.env) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  // What this file does to the packages is a part of what is installed.
  for (const file of [...FILES.map((name) => join(PACKAGE, name)), fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return join(cacheDirectory(env), `agent-clis-${hash.digest('hex').slice(0, 16)}`);
}

/** Installs when needed; returns the directory. `say` gets progress, one line at a time. */
export async function installAgentClis({ env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const target = await agentClisDirectory(env);
  return madeOnce(target, { name: 'installing the agent CLIs', deadlineMs: DEADLINE_MS, say }, (staging) => installInto(staging, target, env, say));
}

async function installInto(staging, target, env, say) {
  const how = { cwd: staging, env, deadlineMs: DEADLINE_MS };
  for (const file of FILES) await cp(join(PACKAGE, file), join(staging, file));
  say('Installing the agent CLIs for the tests (over 1 GB unpacked, once per version) …');
  const { seconds, over } = progress(say, 'still installing', 10_000);
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], how);
    // The install scripts that are needed: they put the platform's binary, which npm has just brought, in its place.
    for (const script of INSTALL_SCRIPTS) await run(process.execPath, [join('node_modules', script)], how);
  } finally {
    over();
  }
  say(`The agent CLIs go to ${target} (${seconds()} s).`);
}

printWhere(import.meta.url, installAgentClis);
