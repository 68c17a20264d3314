/** Reading a file of the workspace (digest §5). */
import { StringDecoder } from 'node:string_decoder';
import { join } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn, refused } from '../tool';
import { explained, inFolder, openFile, partsOf, PATH_MAX, type Workspace } from '../workspace/confined-path';

/** Bytes that are given at most, and bytes of a file that is read for some of its lines. */
export const CONTENT_MAX = 256 * 1_024;
const RANGED_MAX = 64 * 1_024 * 1_024;
const CHUNK = 64 * 1_024;

const Line = z.int().min(1).max(100_000_000).optional();
const Arguments = z.strictObject({
  path: z.string().min(1).max(PATH_MAX).describe('Path of the file, relative to the workspace.'),
  start: Line.describe('First line, from 1.'),
  end: Line.describe('Last line, which is part of the answer.'),
});

export const fsRead = (workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'fs_read',
    description: `Reads a text file of the workspace, whole (up to ${CONTENT_MAX} bytes) or some of its lines.`,
    effect: 'read',
    risk: 'low',
    args: Arguments,
    precondition: ({ start, end }) => (start !== undefined && end !== undefined && end < start ? 'end: expected a line that is not before start' : null),
    perform: async ({ path, start, end }, { workspace }) => {
      const parts = await partsOf(workspaceOf(workspace), path);
      const name = parts.at(-1);
      if (name === undefined) throw refused('path: expected a file, found the workspace', { field: 'path' });
      const read = async (): Promise<Read> =>
        inFolder(workspace, parts.slice(0, -1), {}, async (folder) => {
          const file = await openFile(folder.path, name);
          try {
            return start === undefined && end === undefined
              ? await whole(file, path)
              : await someLines(file, path, { start: start ?? 1, end: end ?? Infinity });
          } finally {
            await file.close();
          }
        });
      const { content, totalLines, bytes } = await explained(path, read);
      return { output: { path: join(workspace, ...parts), bytes, total_lines: totalLines, content }, delta: [] };
    },
  });

interface Read {
  readonly content: string;
  readonly totalLines: number;
  /** Of the whole file. */
  readonly bytes: number;
}

async function whole(file: FileHandle, path: string): Promise<Read> {
  const { size } = await file.stat();
  if (size > CONTENT_MAX) throw refused(`${path} has ${size} bytes; more than ${CONTENT_MAX} are read only by lines (start, end).`, { path, size });
  const content = (await readUpTo(file, CONTENT_MAX)).toString('utf8');
  return { content, totalLines: lineCount(content), bytes: Buffer.byteLength(content) };
}

/** Not `readFile`: files of /proc and of some file systems say that they have no bytes, and one may grow meanwhile. */
export async function readUpTo(file: FileHandle, max: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(CHUNK, max - size)), 0, undefined, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    parts.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
    if (size >= max) return Buffer.concat(parts);
  }
}

/** As an editor counts: a last line without its newline is one. */
const lineCount = (text: string): number => (text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0));

async function someLines(file: FileHandle, path: string, { start, end }: { readonly start: number; readonly end: number }): Promise<Read> {
  const { size } = await file.stat();
  if (size > RANGED_MAX) throw refused(`${path} has ${size} bytes; at most ${RANGED_MAX} can be read.`, { path, size });
  const decoder = new StringDecoder('utf8');
  let [content, line, bytes, ended] = ['', 1, 0, true];
  const take = (text: string): void => {
    for (const piece of text.split(/(?<=\n)/)) {
      if (piece === '') continue;
      if (line >= start && line <= end) content += piece;
      ended = piece.endsWith('\n');
      if (ended) line++;
    }
    if (content.length > CONTENT_MAX) throw refused(`The lines ${start} to ${end} of ${path} have more than ${CONTENT_MAX} bytes; ask for fewer.`, { path });
  };
  while (bytes < RANGED_MAX) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, null);
    if (bytesRead === 0) break;
    bytes += bytesRead;
    take(decoder.write(buffer.subarray(0, bytesRead)));
  }
  take(decoder.end());
  return { content, totalLines: ended ? line - 1 : line, bytes };
}
