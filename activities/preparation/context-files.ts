/**
 * Files that the agent finds in its workspace: the caller's own and the memory file, merged. A path may not leave the workspace, neither by
 * `..` nor through a link, and may not go into git's own directory.
 */
import { randomUUID } from 'node:crypto';
import { appendFile, lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ContextFile } from '../../src/contracts/managed-thread/spawn';
import { contextFileOutside, contextPath } from '../../src/domain/managed-thread/context-path';
import { Fault } from '../../src/errors/fault';
import type { Git } from './git';
import { inside } from './paths';

/**
 * The memory file first, then the caller's files in their order; of two with the same path the later one stands. A caller's file at the memory
 * file's own path keeps its text, and the memory follows it.
 */
export function mergedContextFiles(caller: readonly ContextFile[], memory: ContextFile | null): ContextFile[] {
  const files = new Map<string, string>();
  if (memory !== null) files.set(memory.path, memory.content);
  for (const { path: asked, content } of caller) {
    const path = contextPath(asked);
    files.set(path, memory !== null && path === memory.path ? `${content.trimEnd()}\n\n${memory.content}` : content);
  }
  return [...files].map(([path, content]) => ({ path, content }));
}

/** Where the file really is, with links resolved. Fault `thread.context_file_outside_workspace` when that is not below the (existing) root. */
async function realTarget(root: string, path: string): Promise<string> {
  const realRoot = await realpath(root);
  let at = realRoot;
  const parts = path.split('/');
  for (let index = 0; index < parts.length; index++) {
    const next = join(at, parts[index]!);
    const found = await lstat(next).catch(() => null);
    // What does not exist yet is no link either.
    if (found === null) return join(at, ...parts.slice(index));
    at = found.isSymbolicLink() ? await realpath(next).catch(() => Promise.reject(contextFileOutside(path))) : next;
    if (
      !inside(realRoot, at) ||
      at
        .slice(realRoot.length)
        .split('/')
        .some((part) => part.toLowerCase() === '.git')
    )
      throw contextFileOutside(path);
    if (index < parts.length - 1 && !(await stat(at)).isDirectory()) throw notAFile(path, 'one of its directories is a file');
  }
  if ((await stat(at)).isDirectory()) throw notAFile(path, 'it is a directory');
  return at;
}

const notAFile = (path: string, why: string): Fault =>
  new Fault('invalid', 'thread.context_file_invalid', `The context file ${path} cannot be written: ${why}.`, { field: 'contextFiles', path });

/** What writing would refuse, without writing. */
export async function checkContextFiles(root: string, files: readonly ContextFile[]): Promise<void> {
  for (const { path } of files) await realTarget(root, path);
}

/** Writes all of them or refuses before the first: each appears whole or not at all. Twice is a no-op. */
export async function writeContextFiles(root: string, files: readonly ContextFile[]): Promise<void> {
  await checkContextFiles(root, files);
  for (const { path, content } of files) {
    const target = await realTarget(root, path);
    if ((await readFile(target, 'utf8').catch(() => null)) === content) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeWhole(target, content);
  }
}

async function writeWhole(target: string, content: string): Promise<void> {
  const part = join(dirname(target), `.everthread-${randomUUID()}`);
  const mode = (await stat(target).catch(() => null))?.mode;
  try {
    const handle = await open(part, 'wx', mode === undefined ? 0o644 : mode & 0o777);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** In a directory that the caller gave, git (where it is in use) does not see `.parallax/`. Worktrees have that from their cache. */
export async function hideMemoryFromGit(git: Git, root: string): Promise<void> {
  const asked = await git(['rev-parse', '--git-path', 'info/exclude'], { cwd: root, local: true }).catch(() => null);
  if (asked === null || asked.code !== 0) return;
  const file = resolve(root, asked.stdout.trim());
  const listed = await readFile(file, 'utf8').catch(() => '');
  if (listed.split('\n').includes('.parallax/')) return;
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${listed === '' || listed.endsWith('\n') ? '' : '\n'}.parallax/\n`);
}
