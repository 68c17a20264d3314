/** What a spawn may name as a repository, and what the remote says about itself. */
import { stat } from 'node:fs/promises';
import { Fault } from '../../src/errors/fault';
import { failed, lastWords, type Git } from './git';
import { within } from './paths';

export interface Repository {
  /** As the spawn named it. */
  readonly name: string;
  /** What git is given. */
  readonly url: string;
  /** True for a directory of this host. */
  readonly local: boolean;
}

export interface RemoteRefs {
  /** Null when the repository has no commits. */
  readonly defaultBranch: string | null;
  /** Branch name to commit id. */
  readonly branches: ReadonlyMap<string, string>;
  readonly tags: ReadonlySet<string>;
}

/** Where the thread's branch starts. */
export interface Base {
  readonly branch: string;
  /** The name of the ref in the cache of the clone. */
  readonly ref: string;
}

const SHORTHAND = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}\/[A-Za-z0-9._-]{1,100}$/;
const SCP_LIKE = /^[A-Za-z0-9_][\w.-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,253}:(?!\/\/)[\w.~/-][^\s]{0,1000}$/;

/** Of a spawn: where a repository is named. */
export type RepositoryField = 'workspace.repo' | 'workspace.fork';

/**
 * `owner/name` (at `shorthandBase`), `https://`, `ssh://`, `user@host:path`, `file:///path`, `/path`. Faults (invalid): `workspace.repo_invalid`,
 * `workspace.credentials_in_url`.
 */
export function repositoryOf(repo: string, shorthandBase: string, field: RepositoryField = 'workspace.repo'): Repository {
  const invalid = (code: string, message: string, shown: string): Fault => new Fault('invalid', code, message, { field, repo: shown });
  // eslint-disable-next-line no-control-regex -- control characters have no place in an address
  if (repo.startsWith('-') || /[\u0000-\u0020\u007f]/.test(repo))
    throw invalid('workspace.repo_invalid', 'A repository may not start with a dash or hold spaces or control characters.', repo);
  if (repo.startsWith('/')) return { name: repo, url: repo, local: true };
  if (repo.startsWith('file:///')) return { name: repo, url: decodeURIComponent(repo.slice('file://'.length)), local: true };
  if (SHORTHAND.test(repo) && !/\/\.{1,2}$/.test(repo)) return { name: repo, url: `${shorthandBase}${repo.replace(/\.git$/, '')}.git`, local: false };
  if (SCP_LIKE.test(repo)) return { name: repo, url: repo, local: false };
  const url = URL.canParse(repo) ? new URL(repo) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'ssh:') || url.hostname.startsWith('-')) {
    throw invalid(
      'workspace.repo_invalid',
      'Expected owner/name, an https or ssh URL, or an absolute path.',
      url === null ? repo : `${url.protocol}//${url.host}${url.pathname}`,
    );
  }
  if (url.password !== '' || (url.protocol === 'https:' && url.username !== '')) {
    throw invalid(
      'workspace.credentials_in_url',
      "A repository's URL may not hold credentials; configure them for git on the host.",
      `${url.protocol}//${url.host}${url.pathname}`,
    );
  }
  return { name: repo, url: repo, local: false };
}

export interface RemoteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Local repositories must be below one of these; null: anywhere. */
  readonly localRoots: readonly string[] | null;
  /** And never below this: clones of other tenants are there. */
  readonly closed: string;
  /** `workspace.repo` where nothing is said. */
  readonly field?: RepositoryField;
}

const UNREACHABLE =
  /could not resolve host|connection (?:refused|timed out|reset)|network is unreachable|no route to host|operation timed out|temporary failure|failed to connect|ssl|tls|early eof|hung up/i;

/** Asks the remote. Faults: `workspace.repo_not_found` (invalid), `workspace.repo_unreachable` (unavailable), `workspace.path_not_allowed`. */
export async function remoteRefs(git: Git, repository: Repository, options: RemoteOptions): Promise<RemoteRefs> {
  if (repository.local) await checkLocal(repository, options);
  const result = await git(['ls-remote', '--symref', '--', repository.url, 'HEAD', 'refs/heads/*', 'refs/tags/*'], {
    local: repository.local,
    signal: options.signal,
    timeoutMs: 60_000,
  });
  if (result.code !== 0) {
    const detail = lastWords(result);
    if (!repository.local && UNREACHABLE.test(detail))
      throw new Fault('unavailable', 'workspace.repo_unreachable', `${repository.name} cannot be reached: ${detail}`, { repo: repository.name, detail });
    throw notFound(repository, options.field, `the repository does not exist, or this host has no access to it: ${detail}`);
  }
  return parseRefs(result.stdout);
}

const notFound = (repository: Repository, field: RepositoryField = 'workspace.repo', why: string): Fault =>
  new Fault('invalid', 'workspace.repo_not_found', `${repository.name}: ${why}`.slice(0, 800), { field, repo: repository.name });

async function checkLocal(repository: Repository, { localRoots, closed, field = 'workspace.repo' }: RemoteOptions): Promise<void> {
  const found = await stat(repository.url).catch(() => null);
  if (!found?.isDirectory()) throw notFound(repository, field, 'there is no such directory on this host.');
  if ((await within([closed], repository.url)) || (localRoots !== null && !(await within(localRoots, repository.url)))) {
    throw new Fault('invalid', 'workspace.path_not_allowed', `${repository.name} is outside the directories that this host offers.`, {
      field,
      repo: repository.name,
    });
  }
}

function parseRefs(listing: string): RemoteRefs {
  const branches = new Map<string, string>();
  const tags = new Set<string>();
  let defaultBranch: string | null = null;
  let head: string | null = null;
  for (const line of listing.split('\n')) {
    const [left, name] = line.split('\t');
    if (left === undefined || name === undefined) continue;
    if (left.startsWith('ref: refs/heads/') && name === 'HEAD') defaultBranch = left.slice('ref: refs/heads/'.length);
    else if (name === 'HEAD') head = left;
    else if (name.startsWith('refs/heads/')) branches.set(name.slice('refs/heads/'.length), left);
    else if (name.startsWith('refs/tags/')) tags.add(name.slice('refs/tags/'.length).replace(/\^\{\}$/, ''));
  }
  // A remote whose HEAD is detached names no branch: one that is at the same commit does.
  defaultBranch ??= [...branches].find(([, id]) => id === head)?.[0] ?? null;
  return { defaultBranch: defaultBranch !== null && branches.has(defaultBranch) ? defaultBranch : null, branches, tags };
}

/** Faults (invalid): `workspace.branch_not_found` naming it, `workspace.repo_empty`. */
export function baseOf(repository: Repository, refs: RemoteRefs, asked: string | undefined): Base {
  const facts = { field: 'workspace.branch', repo: repository.name };
  if (asked === undefined) {
    if (refs.defaultBranch === null)
      throw new Fault('invalid', 'workspace.repo_empty', `${repository.name} has no default branch with commits; name a branch.`, facts);
    return { branch: refs.defaultBranch, ref: `refs/remotes/origin/${refs.defaultBranch}` };
  }
  if (refs.branches.has(asked)) return { branch: asked, ref: `refs/remotes/origin/${asked}` };
  if (refs.tags.has(asked)) return { branch: asked, ref: `refs/tags/${asked}` };
  throw new Fault('invalid', 'workspace.branch_not_found', `${repository.name} has no branch or tag ${asked}.`, { ...facts, branch: asked });
}

/** Fault `workspace.worktree_invalid` (invalid) when git would not take it as the name of a branch. */
export async function checkBranchName(git: Git, name: string): Promise<void> {
  const result = await git(['check-ref-format', `refs/heads/${name}`]);
  if (result.code === 0) return;
  if (result.code !== 1) throw failed('check-ref-format', result);
  throw new Fault('invalid', 'workspace.worktree_invalid', `${name} cannot be the name of a branch.`, { field: 'workspace.worktreeId', worktreeId: name });
}
