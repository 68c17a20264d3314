import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFile, faultOf, git, preparationWorld, there, type PreparationWorld } from '../support/preparation-world';

let world: PreparationWorld;
beforeEach(async () => {
  world = await preparationWorld();
});
afterEach(() => world.close());

describe('a workspace that is not a checkout', () => {
  it('is the directory that was given, as it is', async () => {
    const path = join(world.root, 'mine');
    await mkdir(path);

    const made = await world.made('thr_1', { path });

    expect(made).toEqual({ path });
    expect(await world.release({ id: 'thr_1' }, made)).toMatchObject({ removed: false, path });
    expect(await there(path)).toBe(true);
  });

  it('must exist, be a directory, and lie where the host allows', async () => {
    await writeFile(join(world.root, 'file'), '');
    await mkdir(join(world.root, 'allowed'));
    const strict = await preparationWorld({ localRoots: [join(world.root, 'allowed')] });
    await symlink('/tmp', join(world.root, 'allowed', 'link'));

    expect((await faultOf(world.made('thr_1', { path: join(world.root, 'none') }))).code).toBe('workspace.path_not_found');
    expect((await faultOf(world.made('thr_1', { path: join(world.root, 'file') }))).code).toBe('workspace.not_a_directory');
    expect((await faultOf(strict.prepare({ id: 'thr_1', workspace: { path: '/tmp' } }))).code).toBe('workspace.path_not_allowed');
    expect((await faultOf(strict.prepare({ id: 'thr_1', workspace: { path: join(world.root, 'allowed', 'link') } }))).code).toBe('workspace.path_not_allowed');
    expect((await strict.prepare({ id: 'thr_1', workspace: { path: join(world.root, 'allowed') } })).workspace?.path).toBe(join(world.root, 'allowed'));
    await strict.close();
  });

  it('is an empty directory of its own when nothing is asked for, kept at the end only when something is in it', async () => {
    const one = await world.made('thr_1', null, { contextFiles: [{ path: 'notes.md', content: 'n' }] });
    const other = await world.made('thr_2', null);
    await writeFile(join(other.path, 'result.txt'), 'r');

    expect(other.path).not.toBe(one.path);
    expect(await world.release({ id: 'thr_1', contextFiles: [{ path: 'notes.md', content: 'n' }] }, one)).toEqual({
      removed: true,
      reason: null,
      path: one.path,
    });
    expect(await world.release({ id: 'thr_2' }, other)).toEqual({ removed: false, reason: 'it holds files (result.txt)', path: other.path });
    expect([await there(one.path), await there(other.path)]).toEqual([false, true]);
  });

  it("is another thread's when its id or path is named, and goes with the last of them", async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });

    expect(await world.made('thr_2', { workspaceId: first.workspaceId ?? '' })).toEqual(first);
    expect(await world.made('thr_3', first)).toEqual(first);

    expect(await world.release({ id: 'thr_1' }, first)).toEqual({ removed: false, reason: 'another thread works in it', path: first.path });
    expect(await world.release({ id: 'thr_2' }, first)).toMatchObject({ removed: false });
    expect(await world.release({ id: 'thr_3' }, first)).toEqual({ removed: true, reason: null, path: first.path });
  });

  it("is never another tenant's, nor anything else below our own directory", async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });

    expect((await faultOf(world.made('thr_2', { workspaceId: first.workspaceId ?? '' }, { tenant: 'acme' }))).code).toBe('workspace.not_found');
    expect((await faultOf(world.made('thr_2', { path: first.path }, { tenant: 'acme' }))).code).toBe('workspace.path_not_allowed');
    for (const path of [world.deps.workspacesDir, join(world.deps.workspacesDir, '.cache'), join(first.path, 'sub'), `${first.path}/../.cache`]) {
      expect((await faultOf(world.made('thr_2', { path }))).code).toBe('workspace.path_not_allowed');
    }
    await symlink(join(world.deps.workspacesDir, '.cache'), join(world.root, 'way-in'));
    expect((await faultOf(world.made('thr_2', { path: join(world.root, 'way-in') }))).code).toBe('workspace.path_not_allowed');
  });

  it('is required when the boundary is', async () => {
    expect((await faultOf(world.made('thr_1', null, { policy: { requireWorkspaceBoundary: true } }))).code).toBe('thread.workspace_required');
  });
});

describe('releasing a checkout', () => {
  it('removes it with its branch when everything in it is also elsewhere', async () => {
    const repo = await world.repository();
    const contextFiles = [{ path: 'docs/plan.md', content: 'plan' }];
    const made = await world.made('thr_1', { repo }, { contextFiles });
    await commitFile(made.path, 'done.txt', 'done');
    await git(made.path, 'push', '--quiet');

    expect(await world.release({ id: 'thr_1', contextFiles }, made)).toEqual({ removed: true, reason: null, path: made.path });

    expect(await there(made.path)).toBe(false);
    const cache = join(world.deps.workspacesDir, '.cache', (await world.cloneNames())[0] ?? '');
    expect(await git(cache, 'for-each-ref', 'refs/heads')).toBe('');
    expect((await git(cache, 'worktree', 'list')).split('\n')).toHaveLength(1);
    // The id is free again; the branch is not, for the remote has it.
    const next = await world.made('thr_2', { repo });
    expect(next.workspaceId).toBe(made.workspaceId);
    expect(next.worktreeId).toMatch(/^everthread\/exec_1\/thread-auth-controller-[0-9a-f]{6}$/);
  });

  it.each([
    ['an untracked file', async (path: string) => writeFile(join(path, 'new.txt'), 'new'), 'it holds uncommitted changes (new.txt)'],
    ['a changed file', async (path: string) => writeFile(join(path, 'README.md'), 'changed'), 'it holds uncommitted changes (README.md)'],
    ['a deleted file', async (path: string) => rm(join(path, 'README.md')), 'it holds uncommitted changes (README.md)'],
    ['a context file that was worked on', async (path: string) => writeFile(join(path, 'plan.md'), 'better'), 'it holds uncommitted changes (plan.md)'],
    ['a commit', async (path: string) => commitFile(path, 'a.txt', 'a'), 'it holds 1 commit that no remote has'],
    [
      'commits on another branch than its own',
      async (path: string) => {
        await git(path, 'checkout', '--quiet', '-b', 'side');
        await commitFile(path, 'a.txt', 'a');
        await commitFile(path, 'b.txt', 'b');
      },
      'it holds 2 commits that no remote has',
    ],
    [
      'a detached commit',
      async (path: string) => {
        await git(path, 'checkout', '--quiet', '--detach');
        await commitFile(path, 'a.txt', 'a');
      },
      'it holds 1 commit that no remote has',
    ],
  ])('keeps it, and says why, when it holds %s', async (_what, work, reason) => {
    const repo = await world.repository();
    const contextFiles = [{ path: 'plan.md', content: 'plan' }];
    const made = await world.made('thr_1', { repo }, { contextFiles });
    await work(made.path);

    const released = await world.release({ id: 'thr_1', contextFiles }, made);

    expect(released).toEqual({ removed: false, reason, path: made.path });
    expect(await there(made.path)).toBe(true);
    expect((await world.made('thr_2', { repo })).workspaceId).toBe(`${made.workspaceId}-2`);
    expect((await world.made('thr_3', { workspaceId: made.workspaceId ?? '' })).path).toBe(made.path);
  });

  it('is a no-op the second time', async () => {
    const repo = await world.repository();
    const made = await world.made('thr_1', { repo });
    await world.release({ id: 'thr_1' }, made);

    expect(await world.release({ id: 'thr_1' }, made)).toMatchObject({ removed: false, path: made.path });
  });
});
