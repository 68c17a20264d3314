/** Whether a working directory brings settings of its own for a CLI, which could start programs once the directory is trusted. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** True when one of `names` is in the directory, or in one above it up to the top of its repository. */
export function hasFolderSettings(cwd: string, names: readonly string[]): boolean {
  const start = realpathSync(cwd);
  for (let folder = start, inside = insideRepository(start); ; folder = dirname(folder)) {
    if (names.some((name) => existsSync(join(folder, name)))) return true;
    if (!inside || existsSync(join(folder, '.git')) || folder === dirname(folder)) return false;
  }
}

const insideRepository = (folder: string): boolean => existsSync(join(folder, '.git')) || (folder !== dirname(folder) && insideRepository(dirname(folder)));
