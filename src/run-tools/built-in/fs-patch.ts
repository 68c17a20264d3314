/** Writing a file of the workspace (digest §5). The commit says what the file holds afterwards, so that worlds and branches cover files too. */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn, put, refused } from '../tool';
import { explained, inFolder, openFile, partsOf, PATH_MAX, type Workspace } from '../workspace/confined-path';
import { readUpTo } from './fs-read';

/** Bytes of a file that is written, and of one that is changed. */
export const FILE_MAX = 4 * 1_024 * 1_024;
/** Characters of what is written or put in. */
const TEXT_MAX = 1_024 * 1_024;

const Arguments = z.strictObject({
  path: z.string().min(1).max(PATH_MAX).describe('Path of the file, relative to the workspace. Folders that are missing are made.'),
  mode: z.enum(['write', 'replace']).describe('write: the file has `content` afterwards. replace: `anchor`, which stands in it once, becomes `replacement`.'),
  content: z.string().max(TEXT_MAX).optional().describe('For write: the whole text.'),
  anchor: z.string().min(1).max(TEXT_MAX).optional().describe('For replace: a text that stands in the file exactly once.'),
  replacement: z.string().max(TEXT_MAX).optional().describe('For replace: what stands there afterwards.'),
});

export const fsPatch = (workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'fs_patch',
    description: 'Writes a text file of the workspace, or replaces a text that stands in it exactly once.',
    effect: 'write',
    risk: 'medium',
    args: Arguments,
    precondition: ({ mode, content, anchor, replacement }) => {
      if (mode === 'write') return content === undefined ? 'content: expected the text of the file, as mode is write' : null;
      if (anchor === undefined) return 'anchor: expected a text of the file, as mode is replace';
      return replacement === undefined ? 'replacement: expected a text, as mode is replace' : null;
    },
    perform: async (given, { workspace, world }) => {
      const parts = await partsOf(workspaceOf(workspace), given.path);
      const name = parts.at(-1);
      if (name === undefined) throw refused('path: expected a file, found the workspace', { field: 'path' });
      // What stands there is carried out by git: hooks, helpers, filters.
      if (parts.includes('.git')) throw refused(`${given.path} belongs to the repository's own data.`, { path: given.path });
      const write = async (): Promise<Buffer> =>
        inFolder(workspace, parts.slice(0, -1), { make: given.mode === 'write' }, async ({ path: folder }) => {
          const bytes = Buffer.from(given.mode === 'write' ? (given.content ?? '') : await patched(folder, name, given));
          if (bytes.length > FILE_MAX) throw refused(`${given.path} would have ${bytes.length} bytes, expected at most ${FILE_MAX}.`, { path: given.path });
          await replaceFile(folder, name, bytes);
          return bytes;
        });
      const bytes = await explained(given.path, write);
      const value = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      const output = { path: join(workspace, ...parts), mode: given.mode, bytes: bytes.length, result: given.mode === 'write' ? 'wrote' : 'patched' };
      return { output, delta: [put(world, 'file', parts.join('/'), value)] };
    },
  });

async function patched(folder: string, name: string, { path, anchor = '', replacement = '' }: z.output<typeof Arguments>): Promise<string> {
  const file = await openFile(folder, name);
  try {
    const { size } = await file.stat();
    if (size > FILE_MAX) throw refused(`${path} has ${size} bytes, expected at most ${FILE_MAX}.`, { path });
    const bytes = await readUpTo(file, FILE_MAX);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw refused(`${path} is no text in UTF-8; replacing in it would damage it.`, { path });
    const at = text.indexOf(anchor);
    if (at < 0) throw refused(`The anchor does not stand in ${path}.`, { path });
    if (text.includes(anchor, at + 1)) throw refused(`The anchor stands in ${path} more than once; take a longer one.`, { path });
    return text.slice(0, at) + replacement + text.slice(at + anchor.length);
  } finally {
    await file.close();
  }
}

/** All or nothing: a file beside it takes its place. What it was allowed to (executable, …) stays. */
async function replaceFile(folder: string, name: string, bytes: Buffer): Promise<void> {
  const mode = await modeOf(folder, name);
  const beside = join(folder, `.${randomUUID()}.partial`);
  const file = await open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
  try {
    await file.writeFile(bytes);
    await file.chmod(mode);
    await file.sync();
    await file.close();
    await rename(beside, join(folder, name));
  } catch (problem) {
    await file.close().catch(() => undefined);
    await unlink(beside).catch(() => undefined);
    throw problem;
  }
}

const NEW_FILE = 0o644;

async function modeOf(folder: string, name: string): Promise<number> {
  try {
    const file = await openFile(folder, name);
    try {
      return (await file.stat()).mode & 0o777;
    } finally {
      await file.close();
    }
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return NEW_FILE;
    throw problem;
  }
}
