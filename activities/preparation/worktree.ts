/** A thread's own checkout: made, found again after a crash, judged and removed. Every function is called while holding the cache's lock. */
import { lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../src/errors/fault';
import { checked, type Git } from './git';
import { exists, inside } from './paths';

/** In the worktree's own part of the cache (not among the agent's files): preparation went through to its end. */
const MARK = 'everthread-prepared';

export interface Worktree {
  readonly cache: string;
  readonly path: string;
  /** The thread's own branch. */
  readonly branch: string;
}

/** The worktree's directory inside the cache, or null when `path` is no worktree of it. */
export async function administration({ cache, path }: Pick<Worktree, 'cache' | 'path'>): Promise<string | null> {
  const pointer = await readFile(join(path, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: (.+)\n?$/.exec(pointer)?.[1];
  if (target === undefined) return null;
  const [home, real] = await Promise.all([realpath(join(cache, 'worktrees')).catch(() => null), realpath(target).catch(() => null)]);
  return home !== null && real !== null && dirname(real) === home ? real : null;
}

export async function isPrepared(worktree: Pick<Worktree, 'cache' | 'path'>): Promise<boolean> {
  const admin = await administration(worktree);
  return admin !== null && (await exists(join(admin, MARK)));
}

export async function markPrepared(worktree: Worktree): Promise<void> {
  const admin = await administration(worktree);
  if (admin === null) throw new Fault('internal', 'workspace.not_a_worktree', 'The worktree that was just made is not one.', { path: worktree.path });
  await writeFile(join(admin, MARK), `${new Date().toISOString()}\n`);
}

/**
 * Checks the branch out at `path`; a new branch starts at `base`, one that exists is continued. What an interrupted attempt left is made anew: no
 * agent can have worked there yet. Fault `workspace.directory_taken` (conflict) when something else is at `path`.
 */
export async function makeWorktree(git: Git, worktree: Worktree, base: string, signal: AbortSignal | undefined): Promise<void> {
  const { cache, path, branch } = worktree;
  await clearInterrupted(worktree);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await checked(git, ['worktree', 'prune'], { cwd: cache, signal });
  const start = (await hasBranch(git, cache, branch)) ? ['--', path, branch] : ['--no-track', '-b', branch, '--', path, `${base}^{commit}`];
  await checked(git, ['worktree', 'add', '--quiet', ...start], { cwd: cache, signal, timeoutMs: 15 * 60_000 });
}

async function clearInterrupted(worktree: Worktree): Promise<void> {
  const found = await lstat(worktree.path).catch(() => null);
  if (found === null) return;
  const taken = new Fault('conflict', 'workspace.directory_taken', `${worktree.path} holds something that is not this workspace.`, { path: worktree.path });
  if (!found.isDirectory()) throw taken;
  if ((await readdir(worktree.path)).length === 0) return;
  if (await isPrepared(worktree)) throw taken;
  const pointer = await readFile(join(worktree.path, '.git'), 'utf8').catch(() => '');
  if (!pointer.startsWith(`gitdir: ${join(worktree.cache, 'worktrees')}/`)) throw taken;
  await rm(worktree.path, { recursive: true, force: true });
}

export async function hasBranch(git: Git, cache: string, branch: string): Promise<boolean> {
  return (await git(['show-ref', '--verify', '--quiet', `refs/heads/${branch}`], { cwd: cache })).code === 0;
}

/** Where the branch is checked out, or null. */
export async function checkedOutAt(git: Git, cache: string, branch: string): Promise<string | null> {
  if (!(await exists(cache))) return null;
  const listing = await checked(git, ['worktree', 'list', '--porcelain', '-z'], { cwd: cache });
  let at: string | null = null;
  for (const line of listing.split('\0')) {
    if (line.startsWith('worktree ')) at = line.slice('worktree '.length);
    else if (line === `branch refs/heads/${branch}`) return at;
  }
  return null;
}

/** Files that preparation itself wrote; as long as they are as written, they are nobody's work. */
export type Written = readonly { readonly path: string; readonly content: string }[];

/** Why the worktree must stay, in words, or null when everything in it is also elsewhere. */
export async function unsavedWork(git: Git, worktree: Worktree, written: Written): Promise<string | null> {
  const { path, branch, cache } = worktree;
  const status = await checked(git, ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--ignore-submodules=none', '--no-renames'], {
    cwd: path,
    timeoutMs: 5 * 60_000,
  });
  const changed: string[] = [];
  for (const entry of status.split('\0').filter((it) => it !== '')) {
    const file = entry.slice(3);
    if (!file.startsWith('.parallax/') && !(await asWritten(path, file, written))) changed.push(file);
  }
  if (changed.length > 0)
    return `it holds uncommitted changes (${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''})`;
  const tips = ['HEAD', ...((await hasBranch(git, cache, branch)) ? [`refs/heads/${branch}`] : [])];
  const count = Number((await checked(git, ['rev-list', '--count', ...tips, '--not', '--remotes', '--tags'], { cwd: path })).trim());
  return count > 0 ? `it holds ${count} ${count === 1 ? 'commit' : 'commits'} that no remote has` : null;
}

async function asWritten(root: string, file: string, written: Written): Promise<boolean> {
  const ours = written.find((it) => it.path === file);
  return ours !== undefined && (await readFile(join(root, file), 'utf8').catch(() => null)) === ours.content;
}

/** Removes checkout and branch. The caller has made sure that nothing is lost by it. */
export async function removeWorktree(git: Git, { cache, path, branch }: Worktree): Promise<void> {
  await git(['worktree', 'remove', '--force', '--force', '--', path], { cwd: cache, timeoutMs: 5 * 60_000 });
  await rm(path, { recursive: true, force: true });
  await checked(git, ['worktree', 'prune'], { cwd: cache });
  if (await hasBranch(git, cache, branch)) await git(['branch', '--quiet', '-D', '--', branch], { cwd: cache });
}

/** As {@link removeWorktree}, of a checkout that was begun and never finished; anything else is left alone. */
export async function removeInterrupted(git: Git, worktree: Worktree): Promise<void> {
  if ((await administration(worktree)) !== null && !(await isPrepared(worktree))) await removeWorktree(git, worktree);
}

/** For directories without a repository: any file that preparation did not write, or that was changed since. Looks at 2,000 entries at most. */
export async function unsavedFiles(root: string, written: Written): Promise<string | null> {
  const pending = [root];
  let seen = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      const file = path.slice(root.length + 1);
      if (++seen > 2_000) return 'it holds many files';
      if (entry.isDirectory() && inside(root, path)) {
        if (file !== '.parallax') pending.push(path);
      } else if (!(await asWritten(root, file, written))) return `it holds files (${file})`;
    }
  }
  return null;
}
