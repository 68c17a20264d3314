/** Takes away a directory that was made for a thread, unless another thread works in it or it holds work that is nowhere else. */
import { rm } from 'node:fs/promises';
import type { ReleasedWorkspace } from '../../src/contracts/managed-thread/terminal';
import type { WorkspaceRecord } from '../ports';
import { cacheDirectory } from './clone-cache';
import type { PreparationDependencies } from './dependencies';
import { locked } from './directory-lock';
import { exists } from './paths';
import { repositoryOf } from './repository';
import { workspaceDirectory } from './resolve';
import { administration, isPrepared, removeWorktree, unsavedFiles, unsavedWork, type Written } from './worktree';

export interface Release {
  readonly record: WorkspaceRecord;
  /** Address of the thread that leaves. */
  readonly thread: string;
  /** What preparation wrote. */
  readonly written: Written;
}

export async function releaseMade(deps: PreparationDependencies, release: Release, signal: AbortSignal | undefined): Promise<ReleasedWorkspace> {
  const { record, thread } = release;
  const { tenant, workspaceId, path } = record;
  const kept = (reason: string): ReleasedWorkspace => ({ removed: false, reason, path });
  // Only ever below our own directory, whatever the store says.
  if (path !== workspaceDirectory(deps.workspacesDir, tenant, workspaceId)) return kept('it is not where workspaces of this host are');
  const others = (await deps.workspaces.leave(tenant, workspaceId, thread)).filter((it) => it !== thread);
  if (others.length > 0) return kept('another thread works in it');
  if (record.repo === null) return releaseDirectory(deps, release, kept);
  const cache = cacheDirectory(deps.workspacesDir, tenant, repositoryOf(record.repo, deps.shorthandBase));
  return locked(`${cache}.lock`, signal, () => releaseWorktree(deps, release, cache, kept));
}

type Kept = (reason: string) => ReleasedWorkspace;

async function releaseDirectory(deps: PreparationDependencies, { record, written }: Release, kept: Kept): Promise<ReleasedWorkspace> {
  if (await exists(record.path)) {
    const why = await unsavedFiles(record.path, written);
    if (why !== null) return kept(why);
    await rm(record.path, { recursive: true, force: true });
  }
  await deps.workspaces.forget(record.tenant, record.workspaceId);
  return { removed: true, reason: null, path: record.path };
}

async function releaseWorktree(deps: PreparationDependencies, { record, written }: Release, cache: string, kept: Kept): Promise<ReleasedWorkspace> {
  const worktree = { cache, path: record.path, branch: record.worktreeId ?? '' };
  if (await exists(record.path)) {
    if ((await administration(worktree)) === null) return kept('it is no longer a worktree that can be judged');
    // Half made, no agent was ever in it: nothing there is anybody's work.
    const why = (await isPrepared(worktree)) ? await unsavedWork(deps.git, worktree, written) : null;
    if (why !== null) return kept(why);
    await removeWorktree(deps.git, worktree);
  }
  await deps.workspaces.forget(record.tenant, record.workspaceId);
  return { removed: true, reason: null, path: record.path };
}
