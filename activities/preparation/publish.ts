/** Pushes what a thread has committed to the thread's branch, at the repository or its fork: what a pull request is made of. */
import type { PublishBranchInput, PublishedBranch } from '../../src/contracts/managed-thread/terminal';
import { Fault } from '../../src/errors/fault';
import type { WorkspaceRecord } from '../ports';
import { cacheDirectory, refreshCache } from './clone-cache';
import type { PreparationDependencies } from './dependencies';
import { locked } from './directory-lock';
import { checked, lastWords } from './git';
import { configureRemote, pushTargetOf } from './push-target';
import { baseOf, remoteRefs, repositoryOf } from './repository';
import type { PreparationRequest } from './request';
import { isPrepared } from './worktree';

const PUSH_MS = 10 * 60_000;

const nothing = (reason: string): PublishedBranch => ({ state: 'nothing', reason });

/** Twice is a no-op: the same commits are there. Faults: `workspace.push_refused` (conflict), and those of looking at the remote. */
export async function publishBranch(
  deps: PreparationDependencies,
  request: PreparationRequest,
  { workspacePath }: Pick<PublishBranchInput, 'workspacePath'>,
  signal: AbortSignal | undefined,
): Promise<PublishedBranch> {
  const record = await deps.workspaces.madeFor(request.tenant, request.thread ?? '');
  if (record === null || record.repo === null || record.worktreeId === null || record.path !== workspacePath)
    return nothing('the thread has no checkout of its own');
  if (record.hostId !== deps.hostId) return nothing(`its checkout is on the host ${record.hostId}`);
  const cache = cacheDirectory(deps.workspacesDir, request.tenant, repositoryOf(record.repo, deps.shorthandBase));
  if (!(await isPrepared({ cache, path: record.path }))) return nothing('its checkout is no longer one');
  return locked(`${cache}.lock`, signal, () =>
    push(deps, request, { ...record, repo: record.repo as string, worktreeId: record.worktreeId as string }, cache, signal),
  );
}

type Record = WorkspaceRecord & { readonly repo: string; readonly worktreeId: string };

async function push(
  deps: PreparationDependencies,
  request: PreparationRequest,
  { repo, path, branch, worktreeId }: Record,
  cache: string,
  signal: AbortSignal | undefined,
): Promise<PublishedBranch> {
  const { git } = deps;
  const repository = repositoryOf(repo, deps.shorthandBase);
  const refs = await remoteRefs(git, repository, { signal, localRoots: deps.localRoots, closed: deps.workspacesDir });
  const base = baseOf(repository, refs, branch ?? undefined);
  const target = await pushTargetOf(deps, request.workspace ?? {}, { repository, refs, base }, signal);
  // An agent's git shares the configuration of the remotes and may have changed it.
  await refreshCache(git, cache, repository, refs.defaultBranch, signal);
  if (target) await configureRemote(git, cache, target, signal);
  const commit = (await checked(git, ['rev-parse', '--verify', 'HEAD^{commit}'], { cwd: path, signal })).trim();
  const commits = Number((await checked(git, ['rev-list', '--count', commit, '--not', base.ref], { cwd: cache, signal })).trim());
  if (commits === 0) return nothing('its branch has no commits');
  const to = target ?? { remote: 'origin', repository, branch: null };
  const args = ['push', '--quiet', '--no-verify', '--', to.remote, `${commit}:refs/heads/${to.branch ?? worktreeId}`];
  const pushed = await git(args, { cwd: cache, local: to.repository.local, signal, timeoutMs: PUSH_MS });
  if (pushed.code !== 0)
    throw new Fault('conflict', 'workspace.push_refused', `The branch ${worktreeId} could not be pushed: ${lastWords(pushed)}`, {
      branch: worktreeId,
      repo: to.repository.name,
      detail: lastWords(pushed),
    });
  const changes = await checked(git, ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--ignore-submodules=all'], { cwd: path, signal });
  return {
    ...{ state: 'published', repo: repository.name, fork: to.remote.startsWith('fork-') ? to.repository.name : null },
    ...{ base: base.branch, branch: to.branch ?? worktreeId, commits, uncommitted: changes !== '' },
  };
}
