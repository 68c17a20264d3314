/**
 * Files of a workspace, and none besides. A path is resolved through its links first and has to end inside. Then it is walked from the workspace down, folder by folder, each
 * opened without following links and relative to the one before it (Linux: through /proc/self/fd), so that nobody who changes a folder into a link in between leads
 * anywhere else. On other platforms the second walk is not possible, and the resolved path is used as it is.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { refused, toolFault } from '../tool';

/** Characters of a path. */
export const PATH_MAX = 1_024;
const DEPTH_MAX = 64;
const LINUX = process.platform === 'linux';

export interface Workspace {
  /** Absolute and real. */
  readonly root: string;
  /** Directories that nobody may look into, even where they are inside: Everthread's own. Absolute and real. */
  readonly hidden: readonly string[];
}

export const isWithin = (folder: string, path: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

const codeOf = (problem: unknown): string => (problem as NodeJS.ErrnoException).code ?? 'unknown';
const isMissing = (problem: unknown): boolean => codeOf(problem) === 'ENOENT' || codeOf(problem) === 'ENOTDIR';

/** The path through its links, as far as it exists; the rest as it was written. */
async function resolved(path: string): Promise<string> {
  const missing: string[] = [];
  for (let at = path; ; at = resolve(at, '..')) {
    try {
      return join(await realpath(at), ...missing);
    } catch (problem) {
      // A link that leads to nothing would be followed when something is made there.
      if (!isMissing(problem) || (await isLink(at))) throw refused(`${path} cannot be resolved (${codeOf(problem)}).`, { path });
      missing.unshift(at.slice(resolve(at, '..').length).replace(/^\//, ''));
    }
  }
}

const isLink = async (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );

/**
 * Names of the folders below the workspace that lead to `given`, the last one being the file or folder itself; empty for the workspace. Absolute paths are taken as such. Fault
 * `tool.refused` for what is outside or hidden.
 */
export async function partsOf({ root, hidden }: Workspace, given: string): Promise<readonly string[]> {
  if (given.length > PATH_MAX) throw refused(`path: expected at most ${PATH_MAX} characters`, { field: 'path' });
  if (given.includes('\0')) throw refused('path: expected a path without the character U+0000', { field: 'path' });
  const path = await resolved(isAbsolute(given) ? resolve(given) : resolve(root, given));
  if (!isWithin(root, path)) throw refused(`${given} is outside of the workspace.`, { path: given });
  if (hidden.some((folder) => !isWithin(folder, root) && isWithin(folder, path))) throw refused(`${given} belongs to Everthread itself.`, { path: given });
  const parts = relative(root, path)
    .split(sep)
    .filter((part) => part !== '');
  if (parts.length > DEPTH_MAX) throw refused(`${given} is more than ${DEPTH_MAX} folders deep.`, { path: given });
  return parts;
}

/** A folder that is held open. `path` leads to its entries whatever becomes of the names above it. */
export interface HeldFolder {
  readonly path: string;
  close(): Promise<void>;
}

const holding = (handle: FileHandle, path: string): HeldFolder => ({
  path: LINUX ? `/proc/self/fd/${handle.fd}` : path,
  close: () => handle.close(),
});

/** A folder inside another one, never through a link. */
export async function openFolder(parent: string, name: string): Promise<HeldFolder> {
  const path = join(parent, name);
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return holding(handle, path);
}

/** Opens the folders one after the other and hands the last one over. With `make`, those that are missing are made. */
export async function inFolder<T>(
  root: string,
  parts: readonly string[],
  { make = false }: { readonly make?: boolean },
  use: (folder: HeldFolder) => Promise<T>,
): Promise<T> {
  let at = await openFolder(root, '.').catch((problem: unknown) => {
    throw toolFault('unavailable', 'tool.workspace', `The workspace cannot be opened (${codeOf(problem)}).`, { begun: false });
  });
  try {
    for (const name of parts) {
      if (make) await madeFolder(join(at.path, name));
      const next = await openFolder(at.path, name);
      await at.close();
      at = next;
    }
    return await use(at);
  } finally {
    await at.close();
  }
}

async function madeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (problem) {
    if (codeOf(problem) !== 'EEXIST') throw problem;
  }
}

/** Opens a regular file for reading, never through a link, and never waits for the other end of a pipe. */
export async function openFile(parent: string, name: string): Promise<FileHandle> {
  const handle = await open(join(parent, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw refused(`${name} is no file.`, { path: name });
    return handle;
  } catch (problem) {
    await handle.close();
    throw problem;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read or written',
  EPERM: 'it may not be read or written',
  ELOOP: 'it has become a link',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ENXIO: 'it is no file',
};

/** What went wrong with a file, in words. Faults go through. */
export async function explained<T>(given: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (problem) {
    if (typeof (problem as NodeJS.ErrnoException).syscall === 'string') {
      const code = codeOf(problem);
      const kind = isMissing(problem) ? 'not_found' : code === 'ENOSPC' ? 'unavailable' : 'invalid';
      throw toolFault(kind, 'tool.file', `${given}: ${REASONS[code] ?? code}.`, { begun: false, path: given });
    }
    throw problem;
  }
}
