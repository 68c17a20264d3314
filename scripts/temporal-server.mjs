#!/usr/bin/env node
/**
 * Builds a Temporal server with the tool that prepares its database, for `npm run test:cluster`, into a cache outside the checkout, once per version.
 *
 * `node scripts/temporal-server.mjs` prints the directory: `server`, `sql` and `schema/{temporal,visibility}` for Postgres. The second call answers at once. Two builders at
 * a time are safe: one works, the other waits, and what is built appears by one rename, so a directory that exists is complete.
 */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, madeOnce, printWhere, progress, run } from './cached-program.mjs';

/** The same server that the Temporal CLI of npm start holds. */
const VERSION = '1.29.1';
const MODULE = 'go.temporal.io/server';
const PROGRAMS = ['cmd/server', 'cmd/tools/sql'];
/** Building takes three minutes on two cores; past this a waiting builder gives up, and Go is ended. */
const DEADLINE_MS = 40 * 60_000;

/** Builds when needed; returns the directory. Rejects with what to do when Go is not installed. `say` gets progress, one line at a time. */
export function buildTemporalServer({ env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const target = join(cacheDirectory(env), `temporal-server-${VERSION}`);
  return madeOnce(target, { name: 'building the Temporal server', deadlineMs: DEADLINE_MS, say }, (staging) => buildInto(staging, target, env, say));
}

async function buildInto(staging, target, env, say) {
  const modules = await modulesFolder(env);
  say(`Building the Temporal server ${VERSION} with Go (about three minutes on two cores, once per version) …`);
  const { seconds, over } = progress(say, 'still building', 15_000);
  try {
    const wanted = PROGRAMS.map((program) => `${MODULE}/${program}@v${VERSION}`);
    // Go itself ends its compilers when it is interrupted.
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', ...wanted], { env: { ...env, GOBIN: staging }, deadlineMs: DEADLINE_MS, killSignal: 'SIGINT' });
    // The schema comes with the module that was just built; files of the module cache are read-only.
    await cp(join(modules, `${MODULE}@v${VERSION}`, 'schema', 'postgresql', 'v12'), join(staging, 'schema'), { recursive: true });
  } finally {
    over();
    // A copy that can be removed, now if it is not whole or later.
    await run('chmod', ['-R', 'u+w', staging], { env, deadlineMs: DEADLINE_MS }).catch(() => undefined);
  }
  say(`The Temporal server goes to ${target} (${seconds()} s).`);
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

printWhere(import.meta.url, buildTemporalServer);
