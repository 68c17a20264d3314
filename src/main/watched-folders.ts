/** Files of a kind in folders, and word of every change of them. Looked at again and again instead of being told by the kernel: that works on network folders and where links are swapped. */
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one folder that are looked at; more are left out, and said. */
const FILES_MAX = 1_000;
const EVERY_MS = 1_000;

export interface FoundFile {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  /** Changes with the file's content, as far as its size and times tell. */
  readonly mark: string;
}
export interface FoundFiles {
  /** By folder in the order given, then by name. */
  readonly files: readonly FoundFile[];
  /** Folders that cannot be read, with why. */
  readonly unreadable: readonly { readonly folder: string; readonly reason: string }[];
}

const fileMark = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string => `${ino}/${size}/${mtimeNs}/${ctimeNs}`;

/** Links are followed: configuration is often a link to the version in force. */
export async function filesIn(folders: readonly string[], ending: string): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const unreadable: { folder: string; reason: string }[] = [];
  for (const folder of folders) {
    try {
      const names = (await readdir(folder)).filter((name) => name.endsWith(ending) && !name.startsWith('.')).sort((a, b) => (a < b ? -1 : 1));
      if (names.length > FILES_MAX) unreadable.push({ folder, reason: `it holds more than ${FILES_MAX} files; the later ones are left out` });
      for (const name of names.slice(0, FILES_MAX)) {
        const path = join(folder, name);
        const found = await stat(path, { bigint: true });
        if (found.isFile()) files.push({ folder, name, path, mark: fileMark(found) });
      }
    } catch (problem) {
      unreadable.push({ folder, reason: problem instanceof Error ? problem.message : String(problem) });
    }
  }
  return { files, unreadable };
}

const markOf = ({ files, unreadable }: FoundFiles): string => JSON.stringify([files.map(({ path, mark }) => [path, mark]), unreadable]);

export interface Watch {
  readonly folders: readonly string[];
  /** `.json` */
  readonly ending: string;
  readonly everyMs?: number;
  /** Waited for before the next look; must not throw. `first`: what was found when the watch began. */
  readonly changed: (found: FoundFiles) => Promise<void>;
}

/** Tells what is there now, then every change. Ends when it is stopped; `stop` waits for a look that is under way. */
export async function watchFolders({ folders, ending, everyMs = EVERY_MS, changed }: Watch): Promise<Watching> {
  const found = await filesIn(folders, ending);
  let mark = markOf(found);
  await changed(found);
  return lookAgain(everyMs, async () => {
    const next = await filesIn(folders, ending);
    if (markOf(next) === mark) return;
    mark = markOf(next);
    await changed(next);
  });
}

export interface FileWatch {
  readonly path: string;
  readonly everyMs?: number;
  /** Waited for before the next look; must not throw. Also told when the file goes or cannot be read. */
  readonly changed: () => Promise<void>;
}

/** Tells every change of one file from now on; links are followed. Ends when it is stopped. */
export async function watchFile({ path, everyMs = EVERY_MS, changed }: FileWatch): Promise<Watching> {
  const look = (): Promise<string> =>
    stat(path, { bigint: true }).then(fileMark, (problem: unknown) => `unreadable: ${problem instanceof Error ? problem.message : String(problem)}`);
  let mark = await look();
  return lookAgain(everyMs, async () => {
    const next = await look();
    if (next === mark) return;
    mark = next;
    await changed();
  });
}

export interface Watching {
  stop(): Promise<void>;
}

/** Again and again, one look at a time; `now`: the first one at once. */
export function lookAgain(everyMs: number, look: () => Promise<void>, now = false): Watching {
  let looking: Promise<void> | null = null;
  const begin = (): void => {
    looking ??= look().finally(() => (looking = null));
  };
  if (now) begin();
  const timer = setInterval(begin, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
