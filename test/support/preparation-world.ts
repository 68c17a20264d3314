/** A host's preparation in a temporary directory, with real git repositories beside it and the store's two ports in memory. */
import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { preparationActivities } from '../../activities/preparation/activities';
import type { PreparationDependencies } from '../../activities/preparation/dependencies';
import { gitRunner } from '../../activities/preparation/git';
import { previewPreparation, type PreparationPreview } from '../../activities/preparation/preview';
import type { PreviewBody } from '../../activities/preparation/request';
import type { Memory, WorkspaceRecord, Workspaces } from '../../activities/ports';
import { threadRef } from '../../src/contracts/managed-thread/commands';
import type { ThreadSpec, WorkspaceSpec } from '../../src/contracts/managed-thread/spawn';
import type { PreparedThread, PreparedWorkspace, PublishedBranch, ReleasedWorkspace } from '../../src/contracts/managed-thread/terminal';
import type { Decision, Experience } from '../../src/domain/memory/records';
import { Fault } from '../../src/errors/fault';

const run = promisify(execFile);

const GIT_ENV = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
};

/** git as a person would use it; returns what it printed. */
export const git = async (cwd: string, ...args: string[]): Promise<string> => (await run('git', args, { cwd, env: GIT_ENV })).stdout.trim();

export async function commitFile(repository: string, path: string, content: string, message = `Add ${path}`): Promise<void> {
  await mkdir(dirname(join(repository, path)), { recursive: true });
  await writeFile(join(repository, path), content);
  await git(repository, 'add', '--', path);
  await git(repository, 'commit', '--quiet', '-m', message);
}

/** Whether something is at this path, a link to nothing included. */
export const there = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

/** What a promise was refused with. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Fault);
  return thrown as Fault;
}

export function workspacesInMemory(): Workspaces {
  const records = new Map<string, { record: WorkspaceRecord; members: Set<string> }>();
  const key = (tenant: string, workspaceId: string): string => `${tenant} ${workspaceId}`;
  return {
    find: async (tenant, workspaceId) => records.get(key(tenant, workspaceId))?.record ?? null,
    madeFor: async (tenant, thread) => [...records.values()].find(({ record }) => record.tenant === tenant && record.thread === thread)?.record ?? null,
    claim: async (record) => {
      const at = key(record.tenant, record.workspaceId);
      const there = records.get(at);
      if (there && there.record.thread !== record.thread) return there.record;
      records.set(at, { record, members: (there?.members ?? new Set<string>()).add(record.thread) });
      return record;
    },
    share: async (tenant, workspaceId, thread) => records.get(key(tenant, workspaceId))?.members.add(thread) !== undefined,
    leave: async (tenant, workspaceId, thread) => {
      const members = records.get(key(tenant, workspaceId))?.members ?? new Set<string>();
      members.delete(thread);
      return [...members].sort();
    },
    forget: async (tenant, workspaceId) => void records.delete(key(tenant, workspaceId)),
  };
}

export interface Asked extends Partial<Omit<ThreadSpec, 'id'>> {
  readonly id: string;
}

export interface PreparationWorld {
  readonly root: string;
  readonly deps: PreparationDependencies;
  readonly decisions: Decision[];
  readonly experiences: Experience[];
  /** A new repository with one commit on `main`. */
  repository(name?: string): Promise<string>;
  prepare(asked: Asked): Promise<PreparedThread>;
  /** Prepares a thread that gets a workspace, and returns that. */
  made(id: string, workspace: WorkspaceSpec | null, more?: Partial<Asked>): Promise<PreparedWorkspace>;
  /** Directories in the cache of clones. */
  cloneNames(): Promise<readonly string[]>;
  preview(body: Partial<PreviewBody>, tenant?: string): Promise<PreparationPreview>;
  publish(id: string, asked: WorkspaceSpec | null, made: PreparedWorkspace): Promise<PublishedBranch>;
  release(asked: Asked, workspace: PreparedWorkspace | null): Promise<ReleasedWorkspace>;
  close(): Promise<void>;
}

export async function preparationWorld(changes: Partial<PreparationDependencies> = {}): Promise<PreparationWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'everthread-preparation-')));
  const decisions: Decision[] = [];
  const experiences: Experience[] = [];
  const memory: Memory = {
    decisions: async (tenant, executionId, limit) => (tenant === 'default' ? decisions.filter((it) => it.executionId === executionId).slice(0, limit) : []),
    experiences: async (tenant, wanted, limit) =>
      tenant === 'default'
        ? experiences.filter((it) => (wanted.repo === null || it.repo === wanted.repo) && (wanted.role === null || it.role === wanted.role)).slice(0, limit)
        : [],
  };
  const specs = new Map<string, ThreadSpec>();
  const deps: PreparationDependencies = {
    hostId: 'host-a',
    workspacesDir: join(root, 'workspaces'),
    git: gitRunner({ PATH: process.env.PATH, HOME: join(root, 'home') }),
    workspaces: workspacesInMemory(),
    memory,
    redactionFor: async () => (value) => value,
    specs: {
      read: async (_tenant, specRef) => {
        const spec = specs.get(specRef);
        if (!spec) throw new Fault('not_found', 'thread.spec_missing', 'no such spec');
        return spec;
      },
    },
    localRoots: null,
    shorthandBase: 'https://github.com/',
    now: () => new Date('2026-01-02T00:00:00.000Z'),
    ...changes,
  };
  const activities = preparationActivities(deps);
  const specOf = (asked: Asked): ThreadSpec => ({
    tenant: 'default',
    executionId: 'exec_1',
    name: 'auth-controller',
    agentType: 'shell',
    role: null,
    objective: 'Refactor the auth controller',
    workspace: null,
    contextFiles: [],
    approvalPreset: 'standard',
    policy: {},
    metadata: {},
    envNames: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    ...asked,
  });
  const inputOf = (asked: Asked) => {
    const spec = specOf(asked);
    const specRef = JSON.stringify(spec);
    specs.set(specRef, spec);
    return { actor: threadRef(spec.tenant, spec.id), specRef };
  };
  return {
    root,
    deps,
    decisions,
    experiences,
    async repository(name = 'auth-service') {
      const path = join(root, 'remotes', name);
      await mkdir(path, { recursive: true });
      await git(path, 'init', '--quiet', '--initial-branch=main');
      // Pushing to the checked-out branch is not what these tests are about.
      await git(path, 'config', 'receive.denyCurrentBranch', 'ignore');
      await commitFile(path, 'README.md', '# auth\n');
      return path;
    },
    prepare: (asked) => activities.prepareThread(inputOf(asked)),
    async made(id, workspace, more = {}) {
      const { workspace: made } = await activities.prepareThread(inputOf({ ...more, id, workspace }));
      if (made === null) throw new Fault('internal', 'test.no_workspace', 'expected a workspace');
      return made;
    },
    cloneNames: async () => (await readdir(join(deps.workspacesDir, '.cache'))).filter((name) => !name.endsWith('.lock')),
    preview: (body, tenant = 'default') =>
      previewPreparation(deps, tenant, { executionId: 'exec_1', name: 'auth-controller', objective: 'Refactor the auth controller', ...body }),
    publish: (id, workspace, made) => activities.publishBranch({ ...inputOf({ id, workspace }), workspacePath: made.path }),
    release: (asked, workspace) => activities.releaseWorkspace({ ...inputOf(asked), workspace }),
    close: () => rm(root, { recursive: true, force: true }),
  };
}
