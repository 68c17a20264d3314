/**
 * One bare clone per tenant and repository, from which every thread gets a worktree. The remote's branches are kept below
 * `refs/remotes/origin`, as in an ordinary clone: a fetch never touches a thread's branch, and a thread's `git push` pushes its own branch only.
 */
import { createHash, randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checked, failed, type Git } from './git';
import { exists } from './paths';
import type { Repository } from './repository';

const CLONE_MS = 30 * 60_000;
/** A lock file of git's own that is older than this was left by a git that was killed: nobody else works here without our lock. */
const ABANDONED_MS = 60_000;

export function cacheDirectory(workspacesDir: string, tenant: string, repository: Repository): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([tenant, repository.url]))
    .digest('hex')
    .slice(0, 16);
  const label = basename(repository.url)
    .replace(/\.git$/, '')
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^\.+/, '')
    .slice(0, 40);
  return join(workspacesDir, '.cache', `${label || 'repository'}-${hash}`);
}

/** The cache as the remote is now. Call it while holding the cache's lock. */
export async function refreshCache(
  git: Git,
  cache: string,
  repository: Repository,
  defaultBranch: string | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!(await exists(cache))) await clone(git, cache, repository, signal);
  else {
    // An agent's git shares this configuration and may have changed it.
    await checked(git, ['config', '--local', '--replace-all', 'remote.origin.url', repository.url], { cwd: cache, signal });
    await fetch(git, cache, repository, signal);
  }
  if (defaultBranch !== null) await git(['symbolic-ref', 'refs/remotes/origin/HEAD', `refs/remotes/origin/${defaultBranch}`], { cwd: cache, signal });
}

/** Made beside its place and moved there when it is whole: an interrupted clone is never taken for a good one. */
async function clone(git: Git, cache: string, repository: Repository, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(dirname(cache), { recursive: true, mode: 0o700 });
  for (const name of await readdir(dirname(cache))) {
    if (name.startsWith(`${basename(cache)}.part-`)) await rm(join(dirname(cache), name), { recursive: true, force: true });
  }
  const part = `${cache}.part-${randomUUID()}`;
  try {
    await checked(git, ['init', '--quiet', '--bare', '--template=', '--', part], { signal });
    const settings = { 'remote.origin.url': repository.url, 'remote.origin.fetch': '+refs/heads/*:refs/remotes/origin/*', 'push.default': 'current' };
    for (const [name, value] of Object.entries(settings)) await checked(git, ['config', '--local', name, value], { cwd: part, signal });
    await mkdir(join(part, 'info'), { recursive: true });
    await appendFile(join(part, 'info', 'exclude'), '.parallax/\n');
    await fetch(git, part, repository, signal);
    await rename(part, cache);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

async function fetch(git: Git, cache: string, repository: Repository, signal: AbortSignal | undefined): Promise<void> {
  const args = ['fetch', '--quiet', '--prune', '--force', '--tags', '--no-write-fetch-head', '--no-recurse-submodules', 'origin'];
  const options = { cwd: cache, local: repository.local, signal, timeoutMs: CLONE_MS };
  const first = await git(args, options);
  if (first.code === 0) return;
  if (!(await removeAbandonedLocks(cache, first.stderr))) throw failed('fetch', first);
  await checked(git, args, options);
}

/** Locks that git names as being in its way, inside the cache and old; true when one was removed. */
async function removeAbandonedLocks(cache: string, stderr: string): Promise<boolean> {
  let removed = false;
  for (const [, path] of stderr.matchAll(/Unable to create '([^']+\.lock)': File exists/g)) {
    if (path === undefined || !path.startsWith(`${cache}/`) || path.includes('/../')) continue;
    const found = await stat(path).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < ABANDONED_MS) continue;
    await rm(path, { force: true });
    removed = true;
  }
  return removed;
}

/** Local branches of the cache (threads' own ones); empty when there is no cache yet. Changes nothing. */
export async function localBranches(git: Git, cache: string): Promise<ReadonlySet<string>> {
  if (!(await exists(cache))) return new Set();
  const listing = await checked(git, ['for-each-ref', '--format=%(refname)', 'refs/heads'], { cwd: cache });
  return new Set(
    listing
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice('refs/heads/'.length)),
  );
}
