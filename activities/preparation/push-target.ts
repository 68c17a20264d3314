/**
 * Where `git push` of a thread's branch goes. Without a word, the branch goes to the repository under its own name. `direct`: to the branch that it started from, whose work `git pull`
 * brings. `fork`: to another repository, under its own name. A branch of the thread's own it is in every case: git has one branch in one checkout only, and each thread has a checkout.
 */
import { createHash } from 'node:crypto';
import type { WorkspaceSpec } from '../../src/contracts/managed-thread/spawn';
import { Fault } from '../../src/errors/fault';
import type { PreparationDependencies } from './dependencies';
import { checked, type Git } from './git';
import { remoteRefs, repositoryOf, type Base, type RemoteRefs, type Repository } from './repository';
import type { Worktree } from './worktree';

export interface PushTarget {
  /** The remote's name in the cache of the clone, the same for all threads that push there. */
  readonly remote: string;
  readonly repository: Repository;
  /** The branch there; null: that of the thread, under its own name. */
  readonly branch: string | null;
  /** What is there already. */
  readonly refs: RemoteRefs;
}

interface Origin {
  readonly repository: Repository;
  readonly refs: RemoteRefs;
  readonly base: Base;
}

const invalid = (field: string, message: string): Fault => new Fault('invalid', 'workspace.strategy_invalid', `${field}: ${message}`, { field });
const mark = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** What can be said without asking a remote. Fault `workspace.strategy_invalid` (invalid). */
export function checkStrategy({ repo, branchStrategy = 'feature_branch', fork }: WorkspaceSpec): void {
  if (branchStrategy !== 'feature_branch' && repo === undefined) throw invalid('workspace.branchStrategy', `${branchStrategy} needs a repo`);
  if (branchStrategy === 'fork' && fork === undefined) throw invalid('workspace.fork', 'expected the repository that the branch is pushed to');
  if (branchStrategy !== 'fork' && fork !== undefined) throw invalid('workspace.fork', `expected none with the branchStrategy ${branchStrategy}`);
}

/** Null: the repository itself. Faults: `workspace.strategy_invalid`, and those of a `repo` for the field `workspace.fork`. */
export async function pushTargetOf(
  deps: PreparationDependencies,
  { branchStrategy, fork }: WorkspaceSpec,
  { repository, refs, base }: Origin,
  signal: AbortSignal | undefined,
): Promise<PushTarget | null> {
  if (branchStrategy === 'direct') {
    if (!refs.branches.has(base.branch)) throw invalid('workspace.branchStrategy', `direct needs a branch, and ${base.branch} is a tag`);
    return { remote: `direct-${mark(base.branch)}`, repository, branch: base.branch, refs };
  }
  if (branchStrategy !== 'fork') return null;
  const forked = repositoryOf(fork ?? '', deps.shorthandBase, 'workspace.fork');
  const options = { signal, localRoots: deps.localRoots, closed: deps.workspacesDir, field: 'workspace.fork' } as const;
  return { remote: `fork-${mark(forked.url)}`, repository: forked, branch: null, refs: await remoteRefs(deps.git, forked, options) };
}

/** Makes the remote known to the cache. Call it while holding the cache's lock. */
export async function configureRemote(git: Git, cache: string, { remote, repository, branch }: PushTarget, signal: AbortSignal | undefined): Promise<void> {
  const set = (name: string, value: string): Promise<string> =>
    checked(git, ['config', '--local', '--replace-all', `remote.${remote}.${name}`, value], { cwd: cache, signal });
  await set('url', repository.url);
  if (branch === null) return void (await set('fetch', `+refs/heads/*:refs/remotes/${remote}/*`));
  // What was pushed is then known to be at the repository.
  await set('fetch', `+refs/heads/${branch}:refs/remotes/origin/${branch}`);
  await set('push', `HEAD:refs/heads/${branch}`);
}

/** The branch of a thread goes there. */
export async function configureBranch(
  git: Git,
  { cache, branch: own }: Worktree,
  { remote, branch }: PushTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  const settings = { pushRemote: remote, ...(branch !== null && { remote: 'origin', merge: `refs/heads/${branch}` }) };
  for (const [name, value] of Object.entries(settings))
    await checked(git, ['config', '--local', '--replace-all', `branch.${own}.${name}`, value], { cwd: cache, signal });
}

/** The ref in the cache at which a branch goes on that was pushed to the fork from another host; null: it was not. */
export async function pushedToFork(git: Git, { cache, branch }: Worktree, target: PushTarget, signal: AbortSignal | undefined): Promise<string | null> {
  if (target.branch !== null || !target.refs.branches.has(branch)) return null;
  const ref = `refs/remotes/${target.remote}/${branch}`;
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', target.remote, `+refs/heads/${branch}:${ref}`];
  await checked(git, args, { cwd: cache, local: target.repository.local, signal, timeoutMs: 30 * 60_000 });
  return ref;
}
