import { chmod, lstat, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFile, faultOf, git, preparationWorld, there, type PreparationWorld } from '../support/preparation-world';

let world: PreparationWorld;
beforeEach(async () => {
  world = await preparationWorld();
});
afterEach(() => world.close());

const text = (path: string): Promise<string> => readFile(path, 'utf8');

describe('a workspace from a repository', () => {
  it('is a worktree on a branch of its own that starts at the branch that was asked for', async () => {
    const repo = await world.repository();
    await git(repo, 'checkout', '--quiet', '-b', 'feature/auth-refactor');
    await commitFile(repo, 'src/auth.ts', 'export {};\n');
    await git(repo, 'checkout', '--quiet', 'main');

    const made = await world.made('thr_1', { repo, branch: 'feature/auth-refactor' }, { role: 'engineer' });

    expect(made).toMatchObject({ repo, branch: 'feature/auth-refactor', worktreeId: 'everthread/exec_1/engineer-auth-controller' });
    expect(made.workspaceId).toMatch(/^ws_[0-9a-f]{12}$/);
    expect(made.path).toBe(join(world.deps.workspacesDir, made.workspaceId ?? ''));
    expect(await text(join(made.path, 'src/auth.ts'))).toBe('export {};\n');
    expect(await git(made.path, 'branch', '--show-current')).toBe('everthread/exec_1/engineer-auth-controller');
    expect(await git(made.path, 'status', '--porcelain')).toBe('');
  });

  it('starts at the default branch, or at a tag', async () => {
    const repo = await world.repository();
    await git(repo, 'tag', '-a', 'v1', '-m', 'one');
    await commitFile(repo, 'later.txt', 'later');

    expect(await world.made('thr_1', { repo })).toMatchObject({ branch: 'main' });
    const tagged = await world.made('thr_2', { repo, branch: 'v1' });

    expect(await there(join(tagged.path, 'later.txt'))).toBe(false);
  });

  it('is cloned once, and later threads see what the remote has by then', async () => {
    const repo = await world.repository();
    await world.made('thr_1', { repo });
    const [clone] = await world.cloneNames();
    const born = (await lstat(join(world.deps.workspacesDir, '.cache', clone ?? '', 'config'))).birthtimeMs;
    await commitFile(repo, 'second.txt', 'second');

    const second = await world.made('thr_2', { repo });

    expect(await world.cloneNames()).toEqual([clone]);
    expect((await lstat(join(world.deps.workspacesDir, '.cache', clone ?? '', 'HEAD'))).birthtimeMs).toBeLessThanOrEqual(born);
    expect(await text(join(second.path, 'second.txt'))).toBe('second');
  });

  it('is made for many threads at once, each with a directory and a branch of its own', async () => {
    const repo = await world.repository();

    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => world.made(`thr_${id}`, { repo })));

    expect(new Set(all.map((it) => it.path)).size).toBe(5);
    expect(new Set(all.map((it) => it.worktreeId)).size).toBe(5);
    expect(await world.cloneNames()).toHaveLength(1);
    for (const it of all) expect(await git(it.path, 'branch', '--show-current')).toBe(it.worktreeId);
  });

  it('is not shared between tenants, not even as a clone', async () => {
    const repo = await world.repository();

    const [one, other] = [await world.made('thr_1', { repo }), await world.made('thr_1', { repo }, { tenant: 'acme' })];

    expect(other.path).not.toBe(one.path);
    expect(await world.cloneNames()).toHaveLength(2);
  });

  it('is found again by a retry, with the work in it and without the remote', async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });
    await writeFile(join(first.path, 'work.txt'), 'mine');
    await rm(repo, { recursive: true });

    const second = await world.made('thr_1', { repo });

    expect(second).toEqual(first);
    expect(await text(join(second.path, 'work.txt'))).toBe('mine');
  });

  it('is made anew when an earlier attempt was interrupted, and a clone that was interrupted is never used', async () => {
    const repo = await world.repository();
    const wanted = await world.preview({ workspace: { repo }, id: 'thr_1' });
    const first = await world.made('thr_1', { repo });
    // As if the host had been killed in the middle of the checkout: no mark, half of the files.
    const admin = (await text(join(first.path, '.git'))).slice('gitdir: '.length).trim();
    await rm(join(admin, 'everthread-prepared'));
    await rm(join(first.path, 'README.md'));
    const [clone] = await world.cloneNames();
    await mkdir(join(world.deps.workspacesDir, '.cache', `${clone}.part-dead`));

    const again = await world.made('thr_1', { repo });

    expect(again).toEqual(wanted.workspace);
    expect(await text(join(again.path, 'README.md'))).toBe('# auth\n');
    await rm(join(world.deps.workspacesDir, '.cache', clone ?? ''), { recursive: true });
    await rm(first.path, { recursive: true });
    await world.made('thr_1', { repo });
    expect(await world.cloneNames()).toEqual([clone]);
  });

  it('gets over locks that a killed git and a killed host left behind', async () => {
    const repo = await world.repository();
    await world.made('thr_1', { repo });
    const cache = join(world.deps.workspacesDir, '.cache', (await world.cloneNames())[0] ?? '');
    await git(repo, 'checkout', '--quiet', '-b', 'other');
    await commitFile(repo, 'other.txt', 'other');
    const old = new Date(Date.now() - 3_600_000);
    await mkdir(join(cache, 'refs/remotes/origin'), { recursive: true });
    for (const lock of [join(cache, 'refs/remotes/origin/other.lock'), `${cache}.lock`]) {
      await writeFile(lock, '{"pid":1,"host":"elsewhere"}');
      await utimes(lock, old, old);
    }

    const made = await world.made('thr_2', { repo, branch: 'other' });

    expect(await text(join(made.path, 'other.txt'))).toBe('other');
  });

  it('continues its own pushed branch when it is made again on another host', async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });
    await commitFile(first.path, 'pushed.txt', 'pushed');
    await git(first.path, 'push', '--quiet', 'origin', 'HEAD');
    const moved = await preparationWorld({ ...world.deps, hostId: 'host-b', workspacesDir: join(world.root, 'elsewhere') });

    const { workspace } = await moved.prepare({ id: 'thr_1', workspace: { repo } });

    expect(workspace?.worktreeId).toBe(first.worktreeId);
    expect(await text(join(workspace?.path ?? '', 'pushed.txt'))).toBe('pushed');
    await moved.close();
  });

  it('lets the agent push its own branch, and nothing but that', async () => {
    const repo = await world.repository();
    const [one] = [await world.made('thr_1', { repo }), await world.made('thr_2', { repo })];
    await commitFile(one.path, 'done.txt', 'done');

    await git(one.path, 'push', '--quiet');

    expect(await git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe(`${one.worktreeId}\nmain`);
  });
});

describe('a repository that cannot be had', () => {
  it.each([
    ['a branch that is missing', { branch: 'no-such-branch' }, 'workspace.branch_not_found', /no-such-branch/],
    ['a branch that looks like an option of git', { branch: '--upload-pack=touch evil' }, 'workspace.branch_not_found', /upload-pack/],
    ['an own branch that cannot be one', { worktreeId: 'a..b' }, 'workspace.worktree_invalid', /a\.\.b/],
  ])('%s is named, for prepare as for spawn', async (_what, more, code, message) => {
    const repo = await world.repository();

    for (const fault of [await faultOf(world.made('thr_1', { repo, ...more })), await faultOf(world.preview({ workspace: { repo, ...more } }))]) {
      expect(fault).toMatchObject({ kind: 'invalid', code });
      expect(fault.message).toMatch(message);
    }
  });

  it.each([
    ['/no/such/repository', 'workspace.repo_not_found'],
    ['-u/evil', 'workspace.repo_invalid'],
    ['ext::sh -c touch% evil', 'workspace.repo_invalid'],
    ['http://example.invalid/a/b', 'workspace.repo_invalid'],
    ['https://me:hunter22@example.invalid/a/b', 'workspace.credentials_in_url'],
    ['https://ghp_token@example.invalid/a/b', 'workspace.credentials_in_url'],
    ['ssh://-oProxyCommand=evil/a', 'workspace.repo_invalid'],
    ['acme/..', 'workspace.repo_invalid'],
    ['relative/path/of/some/depth', 'workspace.repo_invalid'],
    ['a b/c', 'workspace.repo_invalid'],
  ])('%s is refused as %s', async (repo, code) => {
    const fault = await faultOf(world.made('thr_1', { repo }));

    expect(fault).toMatchObject({ kind: 'invalid', code });
    expect(JSON.stringify([fault.message, fault.facts])).not.toContain('hunter22');
  });

  it('is refused when it is a directory without a repository, an empty repository, or inside our own directory', async () => {
    await mkdir(join(world.root, 'plain'));
    const empty = join(world.root, 'empty');
    await mkdir(empty);
    await git(empty, 'init', '--quiet');
    const repo = await world.repository();
    const made = await world.made('thr_1', { repo });

    expect((await faultOf(world.made('thr_2', { repo: join(world.root, 'plain') }))).code).toBe('workspace.repo_not_found');
    expect((await faultOf(world.made('thr_2', { repo: empty }))).code).toBe('workspace.repo_empty');
    expect((await faultOf(world.made('thr_2', { repo: made.path }))).code).toBe('workspace.path_not_allowed');
  });

  it('leaves nothing behind when a thread fails after its checkout was begun', async () => {
    const repo = await world.repository();
    const contextFiles = [{ path: 'README.md/x', content: '' }];

    expect((await faultOf(world.made('thr_1', { repo }, { contextFiles }))).code).toBe('thread.context_file_invalid');

    expect((await readdir(world.deps.workspacesDir)).filter((name) => name.startsWith('ws_'))).toEqual([]);
    expect(await git(join(world.deps.workspacesDir, '.cache', (await world.cloneNames())[0] ?? ''), 'for-each-ref', 'refs/heads')).toBe('');
    expect((await world.made('thr_2', { repo })).workspaceId).not.toMatch(/-2$/);
    expect(await world.release({ id: 'thr_1', workspace: { repo } }, null)).toMatchObject({ removed: false, reason: 'the thread had no workspace' });
  });
});

describe('names from outside', () => {
  it('reach git as they are, and no shell', async () => {
    const repo = await world.repository('a repo; touch evil && $(touch evil2) `touch evil3`'.replaceAll(' ', '_'));
    const name = '"; touch evil; echo $(touch evil2) `touch evil3` \n && ../../../x';

    const made = await world.made('thr_1', { repo }, { name, role: '--help $(id)', executionId: 'exec_2' });

    expect(made.worktreeId).toBe('everthread/exec_2/help-id-touch-evil-echo-touch-evil2-to');
    expect(await readdir(made.path)).toEqual(['.git', 'README.md']);
    expect(await readdir(world.root)).toEqual(['remotes', 'workspaces']);
  });

  it('run no hook of the repository and no program of its settings', async () => {
    const repo = await world.repository();
    const first = await world.made('thr_1', { repo });
    const hooks = join(world.deps.workspacesDir, '.cache', (await world.cloneNames())[0] ?? '', 'hooks');
    await mkdir(hooks, { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction']) {
      await writeFile(join(hooks, hook), `#!/bin/sh\ntouch ${join(world.root, 'hook-ran')}\n`);
      await chmod(join(hooks, hook), 0o755);
    }
    await git(first.path, 'config', 'core.fsmonitor', `touch ${join(world.root, 'hook-ran')}`);

    await world.made('thr_2', { repo });
    await world.release({ id: 'thr_1', workspace: { repo } }, first);

    expect(await there(join(world.root, 'hook-ran'))).toBe(false);
  });
});
