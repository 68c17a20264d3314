/**
 * Which workspace a thread gets. The one place that decides it: `POST /prepare` shows this plan, and a spawn carries it out. Resolving looks at
 * the store, the disk and the remote, and changes nothing.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { WorkspaceSpec } from '../../src/contracts/managed-thread/spawn';
import type { PreparedWorkspace } from '../../src/contracts/managed-thread/terminal';
import { Fault } from '../../src/errors/fault';
import type { WorkspaceRecord } from '../ports';
import { cacheDirectory, localBranches } from './clone-cache';
import type { PreparationDependencies } from './dependencies';
import { inside, within } from './paths';
import { checkStrategy, pushTargetOf, type PushTarget } from './push-target';
import { baseOf, checkBranchName, remoteRefs, repositoryOf, type Base, type RemoteRefs, type Repository } from './repository';
import type { PreparationRequest } from './request';
import { checkedOutAt, type Worktree } from './worktree';

export type WorkspacePlan =
  /** A directory that the caller gave: used as it is, never removed. */
  | { readonly kind: 'given'; readonly workspace: PreparedWorkspace }
  /** The workspace of another thread. */
  | { readonly kind: 'shared'; readonly workspace: PreparedWorkspace & { readonly workspaceId: string } }
  /** An empty directory of its own. */
  | { readonly kind: 'directory'; readonly workspace: PreparedWorkspace & { readonly workspaceId: string } }
  /** A checkout of its own, on its own branch. */
  | {
      readonly kind: 'worktree';
      readonly workspace: PreparedWorkspace & { readonly workspaceId: string; readonly repo: string; readonly branch: string };
      readonly worktree: Worktree;
      readonly repository: Repository;
      readonly base: Base;
      readonly refs: RemoteRefs;
      /** Where its branch is pushed to; null: to the repository under its own name. */
      readonly pushTarget: PushTarget | null;
    };

const SUFFIX_MAX = 1_000;

export const workspaceDirectory = (workspacesDir: string, tenant: string, workspaceId: string): string =>
  tenant === 'default'
    ? join(workspacesDir, workspaceId)
    : join(workspacesDir, '.tenants', createHash('sha256').update(tenant).digest('hex').slice(0, 16), workspaceId);

/** Faults (invalid, unless said otherwise): every `workspace.*` of docs/workspaces.md. */
export async function resolveWorkspace(deps: PreparationDependencies, request: PreparationRequest, signal?: AbortSignal): Promise<WorkspacePlan> {
  const asked = request.workspace;
  if (request.policy.requireWorkspaceBoundary && asked?.path === undefined && asked?.repo === undefined) {
    throw new Fault('invalid', 'thread.workspace_required', 'policy.requireWorkspaceBoundary asks for a path or a repo.', { field: 'preparation.workspace' });
  }
  if (asked === null) return ownDirectory(deps, request, undefined);
  checkStrategy(asked);
  if (asked.path !== undefined) {
    const ours = await ownPath(deps, request, asked);
    if (ours === 'new')
      return asked.repo === undefined ? ownDirectory(deps, request, asked.workspaceId) : ownCheckout(deps, request, asked, asked.repo, signal);
    if (ours !== null) return shared(deps, ours);
    return givenDirectory(deps, asked, asked.path);
  }
  if (asked.repo !== undefined) return ownCheckout(deps, request, asked, asked.repo, signal);
  if (asked.branch !== undefined)
    throw new Fault('invalid', 'workspace.repo_required', 'A branch needs a repository.', { field: 'workspace.repo', branch: asked.branch });
  if (asked.workspaceId === undefined) return ownDirectory(deps, request, undefined);
  const record = await deps.workspaces.find(request.tenant, asked.workspaceId);
  if (record === null) {
    throw new Fault('invalid', 'workspace.not_found', `There is no workspace ${asked.workspaceId}.`, {
      field: 'workspace.workspaceId',
      workspaceId: asked.workspaceId,
    });
  }
  return shared(deps, record);
}

/**
 * A path below our own directory is not a directory of the caller's: it is a workspace that exists (then it is shared), or one that a preview
 * announced and a spawn now asks for (`new`). Null: the path lies elsewhere.
 */
async function ownPath(deps: PreparationDependencies, { tenant, thread }: PreparationRequest, asked: WorkspaceSpec): Promise<WorkspaceRecord | 'new' | null> {
  const path = asked.path ?? '';
  const lexically = inside(deps.workspacesDir, path);
  if (!lexically && !(await within([deps.workspacesDir], path).catch(() => false))) return null;
  const workspaceId = asked.workspaceId ?? basename(path);
  if (path === workspaceDirectory(deps.workspacesDir, tenant, workspaceId)) {
    const record = await deps.workspaces.find(tenant, workspaceId);
    if (record !== null) return record.thread === thread ? 'new' : record;
    if (asked.workspaceId !== undefined) return 'new';
  }
  throw notAllowed(path);
}

const notAllowed = (path: string): Fault =>
  new Fault('invalid', 'workspace.path_not_allowed', `${path} is outside the directories that this host offers.`, { field: 'workspace.path', path });

async function givenDirectory(deps: PreparationDependencies, asked: WorkspaceSpec, path: string): Promise<WorkspacePlan> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Fault('invalid', 'workspace.path_not_found', `${path} does not exist on this host.`, { field: 'workspace.path', path });
  if (!found.isDirectory()) throw new Fault('invalid', 'workspace.not_a_directory', `${path} is not a directory.`, { field: 'workspace.path', path });
  if (deps.localRoots !== null && !(await within(deps.localRoots, path))) throw notAllowed(path);
  return { kind: 'given', workspace: { ...asked, path } };
}

function shared(deps: PreparationDependencies, record: WorkspaceRecord): WorkspacePlan {
  const { workspaceId, hostId } = record;
  if (hostId !== deps.hostId)
    throw new Fault('conflict', 'workspace.on_other_host', `The workspace ${workspaceId} is on the host ${hostId}.`, { workspaceId, hostId });
  return { kind: 'shared', workspace: workspaceOf(record) };
}

export function workspaceOf({ workspaceId, path, repo, branch, worktreeId }: WorkspaceRecord): PreparedWorkspace & { readonly workspaceId: string } {
  return { workspaceId, path, ...(repo === null ? {} : { repo }), ...(branch === null ? {} : { branch }), ...(worktreeId === null ? {} : { worktreeId }) };
}

const digest = (...parts: readonly (string | null)[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

async function ownDirectory(deps: PreparationDependencies, request: PreparationRequest, wanted: string | undefined): Promise<WorkspacePlan> {
  const workspaceId = await freeId(
    deps,
    request,
    wanted ?? `ws_${digest(request.tenant, request.executionId, request.name, request.role, null, null).slice(0, 12)}`,
  );
  return { kind: 'directory', workspace: { workspaceId, path: workspaceDirectory(deps.workspacesDir, request.tenant, workspaceId) } };
}

/** The id itself, or with the first number that no other thread has. */
async function freeId(deps: PreparationDependencies, { tenant, thread }: PreparationRequest, wanted: string): Promise<string> {
  for (let number = 1; number <= SUFFIX_MAX; number++) {
    const workspaceId = number === 1 ? wanted : `${wanted}-${number}`;
    const record = await deps.workspaces.find(tenant, workspaceId);
    if (record === null || record.thread === thread) return workspaceId;
  }
  throw new Fault('exhausted', 'workspace.names_exhausted', `${SUFFIX_MAX} workspaces are named ${wanted}; delete some.`, {
    workspaceId: wanted,
    max: SUFFIX_MAX,
  });
}

async function ownCheckout(
  deps: PreparationDependencies,
  request: PreparationRequest,
  asked: WorkspaceSpec,
  repo: string,
  signal: AbortSignal | undefined,
): Promise<WorkspacePlan> {
  const { tenant, executionId, name, role } = request;
  const repository = repositoryOf(repo, deps.shorthandBase);
  const refs = await remoteRefs(deps.git, repository, { signal, localRoots: deps.localRoots, closed: deps.workspacesDir });
  const base = baseOf(repository, refs, asked.branch);
  const pushTarget = await pushTargetOf(deps, asked, { repository, refs, base }, signal);
  const workspaceId = await freeId(
    deps,
    request,
    asked.workspaceId ?? `ws_${digest(tenant, executionId, name, role, repo, asked.branch ?? null).slice(0, 12)}`,
  );
  const path = workspaceDirectory(deps.workspacesDir, tenant, workspaceId);
  const cache = cacheDirectory(deps.workspacesDir, tenant, repository);
  const branch = await ownBranch(deps, request, { wanted: asked.worktreeId, cache, path, workspaceId, refs: pushTarget?.refs ?? refs });
  return {
    kind: 'worktree',
    workspace: { workspaceId, path, repo, branch: base.branch, worktreeId: branch, ...strategyOf(asked) },
    worktree: { cache, path, branch },
    repository,
    base,
    refs,
    pushTarget,
  };
}

/** Of what was asked for: what the record of a workspace does not hold. */
export const strategyOf = ({ branchStrategy, fork }: WorkspaceSpec): Pick<WorkspaceSpec, 'branchStrategy' | 'fork'> => ({
  ...(branchStrategy !== undefined && { branchStrategy }),
  ...(fork !== undefined && { fork }),
});

const slug = (text: string, max: number): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, max)
    .replace(/-+$/, '');

/** `everthread/<execution>/<role>-<name>`, shortened to what every file system takes. */
export const branchName = ({ executionId, role, name }: Pick<PreparationRequest, 'executionId' | 'role' | 'name'>): string =>
  `everthread/${slug(executionId, 60) || 'execution'}/${slug(role ?? '', 30) || 'thread'}-${slug(name, 30) || 'thread'}`;

interface BranchQuestion {
  readonly wanted: string | undefined;
  readonly cache: string;
  readonly path: string;
  readonly workspaceId: string;
  readonly refs: RemoteRefs;
}

/** The wanted name unless somebody has it (here or on the remote); then with a suffix that belongs to this workspace alone. */
async function ownBranch({ git, workspaces }: PreparationDependencies, request: PreparationRequest, question: BranchQuestion): Promise<string> {
  const { wanted = branchName(request), cache, path, workspaceId, refs } = question;
  if (question.wanted !== undefined) await checkBranchName(git, wanted);
  const record = await workspaces.find(request.tenant, workspaceId);
  if (record?.worktreeId != null) {
    // Ours from an attempt that was interrupted, or from another host that is gone, unless another checkout has it by now.
    const at = await checkedOutAt(git, cache, record.worktreeId);
    if (at === null || at === path) return record.worktreeId;
  }
  const here = await localBranches(git, cache);
  const taken = (name: string): boolean => here.has(name) || refs.branches.has(name);
  if (!taken(wanted)) return wanted;
  const suffix = digest(request.tenant, workspaceId).slice(0, 6);
  for (let number = 1; number <= SUFFIX_MAX; number++) {
    const name = `${wanted}-${suffix}${number === 1 ? '' : `-${number}`}`;
    if (!taken(name)) return name;
  }
  throw new Fault('exhausted', 'workspace.names_exhausted', `Too many branches are named ${wanted}; delete some.`, { branch: wanted, max: SUFFIX_MAX });
}
