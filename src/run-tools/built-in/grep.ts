/** Searching the files of the workspace for a text (digest §5). */
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn } from '../tool';
import { explained, inFolder, openFile, partsOf, PATH_MAX, type HeldFolder, type Workspace } from '../workspace/confined-path';
import { walk } from '../workspace/walk';
import { readUpTo } from './fs-read';

const MATCHES_MAX = 256;
const LINE_MAX = 400;
/** Bytes of a file that is searched; larger ones are data. */
const FILE_MAX = 2 * 1_024 * 1_024;
/** Bytes of all files together. */
const TOTAL_MAX = 256 * 1_024 * 1_024;
const DEPTH_MAX = 32;

const Arguments = z.strictObject({
  pattern: z.string().min(1).max(1_000).describe('The text to find, as it stands; no expression.'),
  path: z.string().min(1).max(PATH_MAX).default('.').describe('File or folder, relative to the workspace.'),
  extension: z
    .string()
    .regex(/^\.?[A-Za-z0-9_.+-]{1,32}$/, 'expected an ending such as ts')
    .optional()
    .describe('Only files that end with this, such as ts.'),
});

interface Match {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export const grep = (workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'grep',
    description: `Finds a literal text in the files of the workspace: up to ${MATCHES_MAX} lines, without binary and very large files.`,
    effect: 'read',
    risk: 'low',
    args: Arguments,
    perform: async ({ pattern, path, extension }, { workspace, signal }) => {
      const confined = workspaceOf(workspace);
      const parts = await partsOf(confined, path);
      const ending = extension === undefined ? '' : `.${extension.replace(/^\./, '')}`;
      const search = new Search(pattern);
      const complete = await explained(path, () =>
        searchBelow(confined, parts, signal, (folder, name, at) => (at.endsWith(ending) ? search.file(folder, name, at) : Promise.resolve(true))),
      );
      const { filesScanned, matches } = search;
      return { output: { pattern, root: join(workspace, ...parts), files_scanned: filesScanned, matches: [...matches], truncated: !complete }, delta: [] };
    },
  });

type Look = (folder: HeldFolder, name: string, path: string) => Promise<boolean>;

async function searchBelow(workspace: Workspace, parts: readonly string[], signal: AbortSignal, look: Look): Promise<boolean> {
  const name = parts.at(-1);
  if (name !== undefined) {
    const single = await inFolder(workspace.root, parts.slice(0, -1), {}, async (folder) => {
      const isFile = await openFile(folder.path, name).then(
        (file) => file.close().then(() => true),
        () => false,
      );
      return isFile ? look(folder, name, name) : null;
    });
    if (single !== null) return single;
  }
  return walk({
    workspace,
    parts,
    maxDepth: DEPTH_MAX,
    signal,
    visit: ({ kind, folder, name: each, path }) => (kind === 'file' ? look(folder, each, path) : true),
  });
}

class Search {
  filesScanned = 0;
  readonly matches: { path: string; line: number; text: string }[] = [];
  private bytes = 0;

  constructor(private readonly pattern: string) {}

  /** False when there is enough. */
  async file(folder: HeldFolder, name: string, path: string): Promise<boolean> {
    const text = await textOf(folder, name);
    if (text === null) return true;
    this.filesScanned++;
    this.bytes += text.length;
    if (text.includes(this.pattern)) {
      for (const match of matchesOf(text, this.pattern, path)) {
        if (this.matches.length >= MATCHES_MAX) return false;
        this.matches.push(match);
      }
    }
    return this.bytes < TOTAL_MAX;
  }
}

function* matchesOf(text: string, pattern: string, path: string): Generator<Match> {
  let line = 0;
  for (const each of text.split('\n')) {
    line++;
    if (each.includes(pattern)) yield { path, line, text: each.slice(0, LINE_MAX) };
  }
}

/** Null for what is binary, too large, or gone. */
async function textOf(folder: HeldFolder, name: string): Promise<string | null> {
  try {
    const file = await openFile(folder.path, name);
    try {
      if ((await file.stat()).size > FILE_MAX) return null;
      const bytes = await readUpTo(file, FILE_MAX);
      return bytes.includes(0) ? null : bytes.toString('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
