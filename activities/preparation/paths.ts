/** Paths on this host: is one inside another, after links are resolved? */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';

/** Lexically: `path` is `root` or below it. */
export function inside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith('../'));
}

/** After resolving links: `path` (which exists) is one of `roots` or below one. */
export async function within(roots: readonly string[], path: string): Promise<boolean> {
  const real = await realpath(path);
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot !== null && inside(realRoot, real)) return true;
  }
  return false;
}

export const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

/** `path` with its links resolved as far as it exists. */
export async function realDirectory(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null || path === dirname(path)) return real ?? path;
  return join(await realDirectory(dirname(path)), basename(path));
}
