/**
 * Writing a file of the workspace (digest §5). The commit says what the file holds afterwards, so that worlds and branches cover files too. Before it writes it notes which file it found
 * and what is to stand there, so that after a worker was killed the next try sees at the file itself whether it was done.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool, ToolContext } from '../../contracts/run/ports';
import type { Fault } from '../../errors/fault';
import { builtIn, put, refused, toolFault } from '../tool';
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
    verifies: true,
    perform: async (given, context) => {
      const { workspace, world, signal } = context;
      const parts = await partsOf(workspaceOf(workspace), given.path);
      const name = parts.at(-1);
      if (name === undefined) throw refused('path: expected a file, found the workspace', { field: 'path' });
      // What stands there is carried out by git: hooks, helpers, filters.
      if (parts.includes('.git')) throw refused(`${given.path} belongs to the repository's own data.`, { path: given.path });
      const make = given.mode === 'write' && !signal.aborted;
      const value = await explained(given.path, () =>
        inFolder(workspace, parts.slice(0, -1), { make }, ({ path: folder }) => new Patch(folder, name, given).once(context)),
      );
      const output = { path: join(workspace, ...parts), mode: given.mode, bytes: value.bytes, result: given.mode === 'write' ? 'wrote' : 'patched' };
      return { output, delta: [put(world, 'file', parts.join('/'), value)] };
    },
  });

/** A file as it lies there: another one has taken its place, or it was changed, when any of these differs. */
const Found = z.object({ ino: z.string(), size: z.string(), mtimeNs: z.string(), ctimeNs: z.string() });
type Found = z.output<typeof Found>;
const Content = z.object({ bytes: z.int(), sha256: z.string() });
type Content = z.output<typeof Content>;
const Note = z.object({ before: Found.nullable(), after: Content });

const contentOf = (bytes: Buffer): Content => ({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
const isSame = (one: Found | null, other: Found | null): boolean => JSON.stringify(one) === JSON.stringify(other);

class Patch {
  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly given: z.output<typeof Arguments>,
  ) {}

  /** Writes, unless an earlier try of the same call has. */
  async once({ notes, signal, proposalId }: Pick<ToolContext, 'notes' | 'signal' | 'proposalId'>): Promise<Content> {
    const { folder, name, given } = this;
    const before = await foundIn(folder, name);
    if (notes?.earlier != null) {
      const earlier = Note.parse(notes.earlier);
      if (await this.holds(earlier.after)) return earlier.after;
      if (!isSame(before, earlier.before)) throw this.unknown();
    }
    if (signal.aborted) throw toolFault('conflict', 'tool.cut_off', `${given.path} was not written.`, { begun: false, path: given.path });
    const bytes = Buffer.from(given.mode === 'write' ? (given.content ?? '') : await patched(folder, name, given));
    if (bytes.length > FILE_MAX) throw refused(`${given.path} would have ${bytes.length} bytes, expected at most ${FILE_MAX}.`, { path: given.path });
    const after = contentOf(bytes);
    await notes?.keep({ before, after });
    await replaceFile(folder, name, bytes, besideOf(proposalId));
    return after;
  }

  private async holds({ bytes, sha256 }: Content): Promise<boolean> {
    const file = await opened(this.folder, this.name);
    if (file === null) return false;
    try {
      return (await file.stat()).size === bytes && contentOf(await readUpTo(file, FILE_MAX)).sha256 === sha256;
    } finally {
      await file.close();
    }
  }

  private unknown(): Fault {
    const { path } = this.given;
    const message = `${path} is neither as it was before nor as it was to be: it was changed meanwhile, so nobody can tell whether this was done.`;
    return toolFault('conflict', 'tool.unknown', message, { begun: true, unknown: true, path });
  }
}

/** Null: there is none. */
async function opened(folder: string, name: string): Promise<FileHandle | null> {
  try {
    return await openFile(folder, name);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw problem;
  }
}

async function foundIn(folder: string, name: string): Promise<Found | null> {
  const file = await opened(folder, name);
  if (file === null) return null;
  try {
    const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
    return { ino: String(ino), size: String(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) };
  } finally {
    await file.close();
  }
}

/** One for each call, so that a later try takes away what an earlier one left. */
const besideOf = (proposalId: string): string => `.${createHash('sha256').update(proposalId).digest('hex').slice(0, 24)}.partial`;

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
async function replaceFile(folder: string, name: string, bytes: Buffer, partial: string): Promise<void> {
  const mode = await modeOf(folder, name);
  const beside = join(folder, partial);
  await rm(beside, { force: true });
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
  const file = await opened(folder, name);
  if (file === null) return NEW_FILE;
  try {
    return (await file.stat()).mode & 0o777;
  } finally {
    await file.close();
  }
}
