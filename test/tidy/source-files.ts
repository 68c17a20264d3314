/** The files of the tree that the tidy tests look at. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** Paths below a folder of the project, relative to its root, that end with one of the endings. */
export function filesIn(folder: string, ...endings: readonly string[]): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

export const PRODUCT: readonly string[] = ['src', 'workflows', 'activities'].flatMap((folder) => filesIn(folder, '.ts'));

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
