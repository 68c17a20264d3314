/** Preparation as activities of a host: before a thread's first session its workspace, after its end the removal of what was made for it. */
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { EXPERIENCES, DECISIONS } from '../../src/domain/memory/ranking';
import { MEMORY_FILE_PATH, threadMemory, type ThreadMemory } from '../../src/domain/memory/memory-file';
import type { ContextFile } from '../../src/contracts/managed-thread/spawn';
import type {
  HostActivities,
  PreparedThread,
  PreparedWorkspace,
  PrepareThreadInput,
  ReleasedWorkspace,
  ReleaseWorkspaceInput,
} from '../../src/contracts/managed-thread/terminal';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { WorkspaceRecord } from '../ports';
import { cacheDirectory, refreshCache } from './clone-cache';
import { hideMemoryFromGit, mergedContextFiles, writeContextFiles } from './context-files';
import type { PreparationDependencies } from './dependencies';
import { locked } from './directory-lock';
import { exists, realDirectory } from './paths';
import { configureBranch, configureRemote, pushedToFork } from './push-target';
import { publishBranch } from './publish';
import { releaseMade } from './release';
import { repositoryOf } from './repository';
import { requestOfSpec, type PreparationRequest } from './request';
import { resolveWorkspace, strategyOf, workspaceOf, type WorkspacePlan } from './resolve';
import { isPrepared, makeWorktree, markPrepared, removeInterrupted } from './worktree';

const HEARTBEAT_MS = 1_000;
/** Times that another preparation may take the id between looking and claiming. */
const CLAIM_ATTEMPTS = 20;

export function preparationActivities(deps: PreparationDependencies): Pick<HostActivities, 'prepareThread' | 'releaseWorkspace' | 'publishBranch'> {
  return {
    prepareThread: (input) => beating((signal) => prepare(deps, input, signal)),
    releaseWorkspace: (input) => beating((signal) => release(deps, input, signal)),
    publishBranch: ({ actor, specRef, workspacePath }) =>
      beating(async (signal) => {
        const ready = await settled(deps);
        return publishBranch(ready, requestOfSpec(await ready.specs.read(actor.tenant, specRef)), { workspacePath }, signal);
      }),
  };
}

/** Heartbeats while `work` runs, and hands it the activity's cancellation; outside of an activity (in tests) there is neither. */
async function beating<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
  let context: Context | null = null;
  try {
    context = Context.current();
  } catch {
    return work(undefined);
  }
  const { heartbeat, cancellationSignal } = context;
  const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work(cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

/** The dependencies with the workspaces' directory as the file system knows it: git resolves links too, and paths are compared. */
export const settled = async (deps: PreparationDependencies): Promise<PreparationDependencies> => ({
  ...deps,
  workspacesDir: await realDirectory(deps.workspacesDir),
});

/** What the thread is given to remember, and the files that it finds; shared with the preview. */
export async function rememberedFor(
  deps: PreparationDependencies,
  request: PreparationRequest,
): Promise<{ memory: ThreadMemory | null; files: ContextFile[] }> {
  const wanted = { repo: request.workspace?.repo ?? null, role: request.role, objective: request.objective };
  const [decisions, experiences] = await Promise.all([
    deps.memory.decisions(request.tenant, request.executionId, DECISIONS.considered),
    deps.memory.experiences(request.tenant, wanted, EXPERIENCES.considered),
  ]);
  const memory = threadMemory({ decisions, experiences }, wanted, deps.now());
  return { memory, files: mergedContextFiles(request.contextFiles, memory) };
}

async function prepare(given: PreparationDependencies, { actor, specRef }: PrepareThreadInput, signal: AbortSignal | undefined): Promise<PreparedThread> {
  const deps = await settled(given);
  const request = requestOfSpec(await deps.specs.read(actor.tenant, specRef));
  const { memory, files } = await rememberedFor(deps, request);
  const found = await alreadyPrepared(deps, request);
  if (found !== null) await writeMissing(found.path, files);
  const workspace = found ?? (await make(deps, request, files, signal));
  const redact = await deps.redactionFor(actor);
  return { workspace, memoryContext: redact(memory?.context ?? null), contextFiles: files.map(({ path }) => path) };
}

/** A retry after everything was done finds it done, also while the remote cannot be reached. The agent's files are not touched again. */
async function alreadyPrepared(deps: PreparationDependencies, request: PreparationRequest): Promise<PreparedWorkspace | null> {
  const record = await deps.workspaces.madeFor(request.tenant, request.thread ?? '');
  if (record === null || record.repo === null || record.hostId !== deps.hostId) return null;
  const cache = cacheDirectory(deps.workspacesDir, request.tenant, repositoryOf(record.repo, deps.shorthandBase));
  return (await isPrepared({ cache, path: record.path })) ? { ...workspaceOf(record), ...strategyOf(request.workspace ?? {}) } : null;
}

/** Memory may have grown since, and its file is ours; what else is there stays as it is. */
async function writeMissing(root: string, files: readonly ContextFile[]): Promise<void> {
  for (const file of files) if (file.path === MEMORY_FILE_PATH || !(await exists(join(root, file.path)))) await writeContextFiles(root, [file]);
}

async function make(
  deps: PreparationDependencies,
  request: PreparationRequest,
  files: readonly ContextFile[],
  signal: AbortSignal | undefined,
): Promise<PreparedWorkspace> {
  const repo = request.workspace?.repo;
  if (repo === undefined) return carryOut(deps, request, files, signal);
  const cache = cacheDirectory(deps.workspacesDir, request.tenant, repositoryOf(repo, deps.shorthandBase));
  return locked(`${cache}.lock`, signal, () => carryOut(deps, request, files, signal));
}

async function carryOut(
  deps: PreparationDependencies,
  request: PreparationRequest,
  files: readonly ContextFile[],
  signal: AbortSignal | undefined,
): Promise<PreparedWorkspace> {
  const plan = await claimed(deps, request, signal);
  try {
    await apply(deps, plan, files, signal);
  } catch (error) {
    // No retry will come that could go on with what was begun.
    if (faultFrom(error).nonRetryable) await abandon(deps, request, plan);
    throw error;
  }
  return plan.workspace;
}

async function apply(deps: PreparationDependencies, plan: WorkspacePlan, files: readonly ContextFile[], signal: AbortSignal | undefined): Promise<void> {
  const root = plan.workspace.path;
  if (plan.kind === 'worktree') {
    await checkOut(deps, plan, signal);
  } else if (plan.kind === 'directory') await mkdir(root, { recursive: true, mode: 0o700 });
  else if (!(await exists(root)))
    throw new Fault('invalid', 'workspace.path_not_found', `${root} does not exist on this host.`, { field: 'workspace.path', path: root });
  await writeContextFiles(root, files);
  if (plan.kind === 'given' && files.some(({ path }) => path.startsWith('.parallax/'))) await hideMemoryFromGit(deps.git, root);
  if (plan.kind === 'worktree') await markPrepared(plan.worktree);
}

async function checkOut({ git }: PreparationDependencies, plan: Extract<WorkspacePlan, { kind: 'worktree' }>, signal: AbortSignal | undefined): Promise<void> {
  const { worktree, repository, refs, base, pushTarget } = plan;
  await refreshCache(git, worktree.cache, repository, refs.defaultBranch, signal);
  if (pushTarget) await configureRemote(git, worktree.cache, pushTarget, signal);
  // Pushed by this thread from another host that is gone: its work goes on where it was.
  const pushed = pushTarget
    ? await pushedToFork(git, worktree, pushTarget, signal)
    : refs.branches.has(worktree.branch)
      ? `refs/remotes/origin/${worktree.branch}`
      : null;
  await makeWorktree(git, worktree, pushed ?? base.ref, signal);
  if (pushTarget) await configureBranch(git, worktree, pushTarget, signal);
}

/** The workspace will not be: what was made of it goes, and its id is free. */
async function abandon(deps: PreparationDependencies, request: PreparationRequest, plan: WorkspacePlan): Promise<void> {
  if (plan.kind === 'given') return;
  const { workspaceId, path } = plan.workspace;
  await deps.workspaces.leave(request.tenant, workspaceId, request.thread ?? '');
  if (plan.kind === 'shared') return;
  if (plan.kind === 'worktree') await removeInterrupted(deps.git, plan.worktree);
  else await rmdir(path).catch(() => undefined);
  if (!(await exists(path))) await deps.workspaces.forget(request.tenant, workspaceId);
}

/** The plan, with its id taken for this thread (or, for a shared one, this thread noted beside the others). */
async function claimed(deps: PreparationDependencies, request: PreparationRequest, signal: AbortSignal | undefined): Promise<WorkspacePlan> {
  const thread = request.thread ?? '';
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
    const plan = await resolveWorkspace(deps, request, signal);
    if (plan.kind === 'given') return plan;
    if (plan.kind === 'shared') {
      if (await deps.workspaces.share(request.tenant, plan.workspace.workspaceId, thread)) return plan;
      continue;
    }
    const { workspaceId, path, repo = null, branch = null, worktreeId = null } = plan.workspace;
    const wanted: WorkspaceRecord = { tenant: request.tenant, workspaceId, thread, hostId: deps.hostId, path, repo, branch, worktreeId };
    if ((await deps.workspaces.claim(wanted)).thread === thread) return plan;
  }
  throw new Fault('unavailable', 'workspace.contended', 'Other threads took every name for the workspace; try again.', { attempts: CLAIM_ATTEMPTS });
}

async function release(
  given: PreparationDependencies,
  { actor, specRef, workspace }: ReleaseWorkspaceInput,
  signal: AbortSignal | undefined,
): Promise<ReleasedWorkspace> {
  const deps = await settled(given);
  const { workspaces } = deps;
  // Without a workspace the preparation may have failed half-way.
  const record =
    workspace?.workspaceId === undefined ? await workspaces.madeFor(actor.tenant, actor.address) : await workspaces.find(actor.tenant, workspace.workspaceId);
  if (record === null || (workspace !== null && record.path !== workspace.path)) {
    return {
      removed: false,
      reason: workspace === null ? 'the thread had no workspace' : 'the directory was not made by Everthread',
      path: workspace?.path ?? null,
    };
  }
  if (record.hostId !== deps.hostId) return { removed: false, reason: `it is on the host ${record.hostId}`, path: record.path };
  const { contextFiles } = await deps.specs.read(actor.tenant, specRef);
  return releaseMade(deps, { record, thread: actor.address, written: mergedContextFiles(contextFiles, null) }, signal);
}
