/** Going through the folders of a workspace: never through links, in the order of names, with bounds. */
import { readdir } from 'node:fs/promises';
import { inFolder, openFolder, type HeldFolder, type Workspace } from './confined-path';

/** What no tool goes into: made by programs, not by people (digest §5). */
const SKIPPED = new Set(['target', 'node_modules', '.git', 'dist', 'build', '.next']);
/** Entries of all folders that are looked at. */
const ENTRIES_MAX = 200_000;

export interface Entry {
  /** Relative to where the walk began, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'file' | 'dir' | 'link' | 'other';
  /** 1 for what stands in the folder where the walk began. */
  readonly depth: number;
  /** The folder that holds it. */
  readonly folder: HeldFolder;
}

interface Walk {
  readonly workspace: Workspace;
  /** Where it begins, below the workspace. */
  readonly parts: readonly string[];
  readonly maxDepth: number;
  readonly signal: AbortSignal;
  /** False ends the walk. */
  readonly visit: (entry: Entry) => Promise<boolean> | boolean;
}

/** True when everything was visited. */
export function walk({ workspace, parts, maxDepth, signal, visit }: Walk): Promise<boolean> {
  let seen = 0;
  const hidden = new Set(workspace.hidden);
  const within = async (folder: HeldFolder, real: string, path: string, depth: number): Promise<boolean> => {
    const entries = await readdir(folder.path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      signal.throwIfAborted();
      if (++seen > ENTRIES_MAX) return false;
      const at = `${real}/${entry.name}`;
      if (hidden.has(at) || (entry.isDirectory() && SKIPPED.has(entry.name))) continue;
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'dir' : entry.isSymbolicLink() ? 'link' : 'other';
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (!(await visit({ path: name, name: entry.name, kind, depth, folder }))) return false;
      if (kind !== 'dir' || depth >= maxDepth) continue;
      const inside = await openFolder(folder.path, entry.name).catch(() => null);
      // It has gone, has become a link, or may not be read.
      if (inside === null) continue;
      try {
        if (!(await within(inside, at, name, depth + 1))) return false;
      } finally {
        await inside.close();
      }
    }
    return true;
  };
  return inFolder(workspace.root, parts, {}, (folder) => within(folder, [workspace.root, ...parts].join('/'), '', 1));
}
