/** How a forge calls a repository: the last two parts of its address, whatever stands before them. */

const PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface ForgeName {
  readonly owner: string;
  readonly name: string;
}

/** Of `owner/name`, a URL, `user@host:owner/name.git` or a path; null where there are no such two parts. */
export function forgeName(repo: string): ForgeName | null {
  const [owner = '', last = ''] = repo
    .replace(/[?#].*$/, '')
    .split(/[/:]/)
    .filter((part) => part !== '')
    .slice(-2);
  const name = last.replace(/\.git$/, '');
  return PART.test(owner) && PART.test(name) ? { owner, name } : null;
}
