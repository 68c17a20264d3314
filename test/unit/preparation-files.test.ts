import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { previewPreparation } from '../../activities/preparation/preview';
import type { WorkspaceSpec } from '../../src/contracts/managed-thread/spawn';
import { faultOf, git, preparationWorld, there, type PreparationWorld } from '../support/preparation-world';

let world: PreparationWorld;
beforeEach(async () => {
  world = await preparationWorld();
});
afterEach(() => world.close());

const text = (path: string): Promise<string> => readFile(path, 'utf8');

describe('context files', () => {
  const decision = {
    id: 'd1',
    executionId: 'exec_1',
    threadId: null,
    category: 'api',
    summary: 'Use the v2 endpoint',
    details: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  };

  it("are the caller's own and the memory file, none instead of the other, and git does not see the memory", async () => {
    const repo = await world.repository();
    world.decisions.push(decision);

    const { workspace, contextFiles, memoryContext } = await world.prepare({
      id: 'thr_1',
      workspace: { repo },
      contextFiles: [{ path: 'README.md', content: 'context' }],
    });

    expect(contextFiles).toEqual(['.parallax/thread-memory.md', 'README.md']);
    expect(memoryContext).toEqual({ sharedDecisionCount: 1, episodicExperienceCount: 0, repo, role: null, objective: 'Refactor the auth controller' });
    expect(await text(join(workspace?.path ?? '', '.parallax/thread-memory.md'))).toContain('- [api] Use the v2 endpoint');
    expect(await text(join(workspace?.path ?? '', 'README.md'))).toBe('context');
    expect(await git(workspace?.path ?? '', 'status', '--porcelain')).toBe('M README.md');
  });

  it("keep the caller's words in a file at the memory file's own path", async () => {
    world.decisions.push(decision);

    const made = await world.made('thr_1', null, { contextFiles: [{ path: './.parallax/thread-memory.md', content: 'Mine.' }] });

    expect(await text(join(made.path, '.parallax/thread-memory.md'))).toMatch(/^Mine\.\n\n# Parallax Thread Memory\n/);
  });

  it('hide from git in a repository that was given, once', async () => {
    const repo = await world.repository();
    world.decisions.push(decision);

    await world.made('thr_1', { path: repo });
    await world.made('thr_2', { path: repo });

    expect(await git(repo, 'status', '--porcelain')).toBe('');
    expect((await text(join(repo, '.git/info/exclude'))).match(/\.parallax/g)).toHaveLength(1);
  });

  it.each(['../evil.txt', '/etc/evil', 'a/../../evil', '..', 'C:\\evil', 'link/evil.txt', 'deep/link/evil.txt', 'link', 'dangling', 'inner/evil.txt'])(
    'that would leave the workspace are refused: %s',
    async (path) => {
      const root = join(world.root, 'mine');
      await mkdir(join(root, 'deep'), { recursive: true });
      await symlink(world.root, join(root, 'link'));
      await symlink('../..', join(root, 'deep', 'link'));
      await symlink(join(world.root, 'nothing-here'), join(root, 'dangling'));
      await symlink('link', join(root, 'inner'));
      const contextFiles = [
        { path: 'good.txt', content: 'good' },
        { path, content: 'evil' },
      ];

      for (const promise of [world.made('thr_1', { path: root }, { contextFiles }), world.preview({ workspace: { path: root }, contextFiles })]) {
        expect(await faultOf(promise)).toMatchObject({ kind: 'invalid', code: 'thread.context_file_outside_workspace', facts: { path } });
      }
      expect(await readdir(world.root)).toEqual(['mine']);
      expect(await there(join(root, 'good.txt'))).toBe(false);
    },
  );

  it.each(['.git/config', 'sub/.GIT/hooks/pre-commit', '.', 'dir/', 'a\0b', 'deep', 'README/below'])(
    'that are no files of the agent are refused: %s',
    async (path) => {
      const root = join(world.root, 'mine');
      await mkdir(join(root, 'deep'), { recursive: true });
      await writeFile(join(root, 'README'), '');

      expect((await faultOf(world.made('thr_1', { path: root }, { contextFiles: [{ path, content: '' }] }))).code).toBe('thread.context_file_invalid');
    },
  );

  it('follow links that stay inside', async () => {
    const root = join(world.root, 'mine');
    await mkdir(join(root, 'real'), { recursive: true });
    await symlink('real', join(root, 'alias'));

    await world.made('thr_1', { path: root }, { contextFiles: [{ path: 'alias/a.txt', content: 'a' }] });

    expect(await text(join(root, 'real/a.txt'))).toBe('a');
    expect((await lstat(join(root, 'alias'))).isSymbolicLink()).toBe(true);
  });
});

describe('prepare and spawn', () => {
  const snapshot = async (): Promise<string> => (await promisify(execFile)('find', [world.root, '-printf', '%p %y %T@\n'])).stdout;

  it.each<[string, (repo: string) => WorkspaceSpec | undefined]>([
    ['a repository', (repo) => ({ repo })],
    ['a repository at a branch, with an id', (repo) => ({ repo, branch: 'main', workspaceId: 'ws_mine' })],
    ['an own branch', (repo) => ({ repo, worktreeId: 'fix/login' })],
    ['an own branch that is taken', (repo) => ({ repo, worktreeId: 'main' })],
    ['a directory', (repo) => ({ path: repo })],
    ['nothing', () => undefined],
  ])('agree about workspace, files and memory for %s, and prepare leaves nothing behind', async (_what, workspaceOf) => {
    const repo = await world.repository();
    const workspace = workspaceOf(repo);
    world.experiences.push({
      ...{ id: 'e1', executionId: 'exec_0', threadId: 't0', role: 'engineer', repo: workspace?.repo ?? null, objective: 'Refactor the auth controller' },
      ...{ summary: 'Succeeded on objective: Refactor.', outcome: 'successful', details: null, createdAt: '2026-01-01T00:00:00.000Z' },
    });
    const contextFiles = [{ path: 'notes/plan.md', content: 'plan' }];
    const before = await snapshot();

    const preview = await world.preview({ role: 'engineer', contextFiles, ...(workspace ? { preparation: { workspace } } : {}) });

    expect(await snapshot()).toBe(before);
    const spawned = await world.prepare({ id: 'thr_1', role: 'engineer', workspace: workspace ?? null, contextFiles });
    expect(spawned.workspace).toEqual(preview.workspace);
    expect(spawned.memoryContext).toEqual(preview.memoryContext);
    expect(spawned.memoryContext?.episodicExperienceCount).toBe(1);
    expect(spawned.contextFiles).toEqual(preview.contextFiles.map(({ path }) => path));
    for (const { path, content } of preview.contextFiles) expect(await text(join(preview.workspace.path, path))).toBe(content);
  });

  it('agree when the answer of prepare is sent back as a spawn', async () => {
    const repo = await world.repository();
    for (const [id, workspace] of [
      ['thr_1', { repo }],
      ['thr_2', undefined],
    ] as const) {
      const preview = await world.preview({ name: id, ...(workspace ? { workspace } : {}) });

      expect(await world.made(id, preview.workspace, { name: id })).toEqual(preview.workspace);
    }
  });

  it('agree for a second thread of the same name', async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });

    const preview = await world.preview({ workspace: { repo } });

    expect(preview.workspace.workspaceId).toBe(`${first.workspaceId}-2`);
    expect(await world.made('thr_2', { repo })).toEqual(preview.workspace);
  });

  it('give the twins at top level up for what preparation says', async () => {
    const preview = await previewPreparation(world.deps, 'default', {
      ...{ executionId: 'exec_1', name: 'n', objective: 'o', env: { A: '1' }, approvalPreset: 'autonomous', contextFiles: [{ path: 'a', content: '' }] },
      preparation: { env: { B: '2' }, approvalPreset: 'readonly', contextFiles: [] },
    });

    expect(preview).toMatchObject({ env: { B: '2' }, approvalPreset: 'readonly', contextFiles: [] });
  });
});
