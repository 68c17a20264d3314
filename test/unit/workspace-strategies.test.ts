import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedWorkspace } from '../../src/contracts/managed-thread/terminal';
import { commitFile, faultOf, git, preparationWorld, there, type PreparationWorld } from '../support/preparation-world';

let world: PreparationWorld;
let repo: string;
beforeEach(async () => {
  world = await preparationWorld();
  repo = await world.repository();
});
afterEach(() => world.close());

const subjects = (at: string, ref: string): Promise<string> => git(at, 'log', '--format=%s', ref);
const branches = (at: string): Promise<string> => git(at, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
/** As an agent pushes: without saying where. */
const push = (made: PreparedWorkspace): Promise<string> => git(made.path, 'push', '--quiet');

describe('the strategy direct', () => {
  const workspace = () => ({ repo, branch: 'main', branchStrategy: 'direct' as const });

  it('pushes to the branch itself, from a checkout and a branch of its own', async () => {
    const made = await world.made('thr_1', workspace());
    await commitFile(made.path, 'a.txt', 'a');
    await push(made);

    expect(made).toMatchObject({ branch: 'main', worktreeId: 'everthread/exec_1/thread-auth-controller', branchStrategy: 'direct' });
    expect(await subjects(repo, 'main')).toBe('Add a.txt\nAdd README.md');
    expect(await branches(repo)).toBe('main');
  });

  it('lets two threads work on one branch: the second pulls what the first has pushed', async () => {
    const [one, two] = [await world.made('thr_1', workspace(), { name: 'one' }), await world.made('thr_2', workspace(), { name: 'two' })];
    await commitFile(one.path, 'a.txt', 'a');
    await push(one);
    await commitFile(two.path, 'b.txt', 'b');
    await expect(push(two)).rejects.toThrow();

    await git(two.path, 'pull', '--quiet', '--rebase');
    await push(two);

    expect(await subjects(repo, 'main')).toBe('Add b.txt\nAdd a.txt\nAdd README.md');
  });

  it('is removed at the end when everything was pushed, and kept when not', async () => {
    const made = await world.made('thr_1', workspace());
    await commitFile(made.path, 'a.txt', 'a');

    expect(await world.release({ id: 'thr_1', workspace: workspace() }, made)).toMatchObject({
      removed: false,
      reason: 'it holds 1 commit that no remote has',
    });
    await push(made);
    expect(await world.release({ id: 'thr_1', workspace: workspace() }, made)).toMatchObject({ removed: true });
    expect(await there(made.path)).toBe(false);
  });

  it('needs a branch: a tag is refused', async () => {
    await git(repo, 'tag', 'v1');

    expect(await faultOf(world.made('thr_1', { ...workspace(), branch: 'v1' }))).toMatchObject({
      code: 'workspace.strategy_invalid',
      facts: { field: 'workspace.branchStrategy' },
    });
  });
});

describe('the strategy fork', () => {
  let fork: string;
  beforeEach(async () => {
    fork = join(world.root, 'remotes', 'fork');
    await git(world.root, 'clone', '--quiet', '--bare', repo, fork);
  });
  const workspace = () => ({ repo, branchStrategy: 'fork' as const, fork });

  it('pushes the thread’s branch to the fork and leaves the repository alone', async () => {
    const made = await world.made('thr_1', workspace());
    await commitFile(made.path, 'a.txt', 'a');
    await push(made);

    expect(made).toMatchObject({ branchStrategy: 'fork', fork, branch: 'main' });
    expect(await subjects(fork, made.worktreeId ?? '')).toBe('Add a.txt\nAdd README.md');
    expect([await branches(repo), await subjects(repo, 'main')]).toEqual(['main', 'Add README.md']);
    expect(await world.release({ id: 'thr_1', workspace: workspace() }, made)).toMatchObject({ removed: true });
  });

  it('goes on at the fork when the host of before is gone', async () => {
    const before = await world.made('thr_1', workspace());
    await commitFile(before.path, 'a.txt', 'a');
    await push(before);
    const other = await preparationWorld({ hostId: 'host-b', workspaces: world.deps.workspaces });
    try {
      const after = await other.made('thr_1', workspace());

      expect(after.worktreeId).toBe(before.worktreeId);
      expect(await subjects(after.path, 'HEAD')).toBe('Add a.txt\nAdd README.md');
    } finally {
      await other.close();
    }
  });

  it('is shown as it will be, and a repeated preparation shows the same', async () => {
    const shown = await world.preview({ workspace: workspace() });
    const made = await world.made('thr_1', workspace());

    expect(shown.workspace).toEqual(made);
    expect(await world.made('thr_1', workspace())).toEqual(made);
  });

  it('tells which of the two repositories is wrong', async () => {
    const missing = join(world.root, 'remotes', 'none');

    expect(await faultOf(world.made('thr_1', { ...workspace(), fork: missing }))).toMatchObject({
      code: 'workspace.repo_not_found',
      facts: { field: 'workspace.fork', repo: missing },
    });
    expect(await faultOf(world.made('thr_1', { ...workspace(), fork: 'ftp://example.com/x/y' }))).toMatchObject({ facts: { field: 'workspace.fork' } });
    expect(await faultOf(world.made('thr_1', { ...workspace(), repo: missing }))).toMatchObject({ facts: { field: 'workspace.repo', repo: missing } });
  });
});

it.each<[object, string]>([
  [{ branchStrategy: 'fork', repo: 'acme/x' }, 'workspace.fork'],
  [{ repo: 'acme/x', fork: 'robot/x' }, 'workspace.fork'],
  [{ branchStrategy: 'direct', repo: 'acme/x', fork: 'robot/x' }, 'workspace.fork'],
  [{ branchStrategy: 'direct' }, 'workspace.branchStrategy'],
])('%j is refused at %s before any remote is asked', async (workspace, field) => {
  expect(await faultOf(world.made('thr_1', workspace))).toMatchObject({ kind: 'invalid', code: 'workspace.strategy_invalid', facts: { field } });
});

describe('publishing the work of a thread', () => {
  it('pushes what is committed to the thread’s branch, once, and tells of what is not', async () => {
    const made = await world.made('thr_1', { repo });
    expect(await world.publish('thr_1', { repo }, made)).toEqual({ state: 'nothing', reason: 'its branch has no commits' });
    await commitFile(made.path, 'a.txt', 'a');
    await writeFile(join(made.path, 'a.txt'), 'changed');

    const published = await world.publish('thr_1', { repo }, made);

    expect(published).toEqual({ state: 'published', repo, fork: null, base: 'main', branch: made.worktreeId, commits: 1, uncommitted: true });
    expect(await world.publish('thr_1', { repo }, made)).toEqual(published);
    expect(await subjects(repo, made.worktreeId ?? '')).toBe('Add a.txt\nAdd README.md');
  });

  it('pushes what was committed on another branch that the agent made', async () => {
    const made = await world.made('thr_1', { repo });
    await git(made.path, 'switch', '--quiet', '-c', 'fix');
    await commitFile(made.path, 'a.txt', 'a');

    expect(await world.publish('thr_1', { repo }, made)).toMatchObject({ state: 'published', branch: made.worktreeId });
    expect(await branches(repo)).toBe(`${made.worktreeId ?? ''}\nmain`);
  });

  it('pushes to the fork of that strategy', async () => {
    const fork = join(world.root, 'remotes', 'fork');
    await git(world.root, 'clone', '--quiet', '--bare', repo, fork);
    const workspace = { repo, branchStrategy: 'fork' as const, fork };
    const made = await world.made('thr_1', workspace);
    await commitFile(made.path, 'a.txt', 'a');

    expect(await world.publish('thr_1', workspace, made)).toMatchObject({ state: 'published', repo, fork, commits: 1 });
    expect([await branches(repo), await subjects(fork, made.worktreeId ?? '')]).toEqual(['main', 'Add a.txt\nAdd README.md']);
  });

  it('never overwrites what somebody else has pushed there', async () => {
    const made = await world.made('thr_1', { repo });
    await git(repo, 'switch', '--quiet', '-c', made.worktreeId ?? '');
    await commitFile(repo, 'theirs.txt', 't');
    await git(repo, 'switch', '--quiet', 'main');
    await commitFile(made.path, 'a.txt', 'a');

    expect(await faultOf(world.publish('thr_1', { repo }, made))).toMatchObject({
      kind: 'conflict',
      code: 'workspace.push_refused',
      facts: { branch: made.worktreeId },
    });
    expect(await subjects(repo, made.worktreeId ?? '')).toBe('Add theirs.txt\nAdd README.md');
  });

  it('has nothing of a thread without a checkout of its own', async () => {
    const shared = await world.made('thr_1', { repo });
    const made = await world.made('thr_2', { workspaceId: shared.workspaceId ?? '' });

    expect(await world.publish('thr_2', { workspaceId: shared.workspaceId ?? '' }, made)).toEqual({
      state: 'nothing',
      reason: 'the thread has no checkout of its own',
    });
  });
});
