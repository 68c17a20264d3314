/**
 * Compiles what runs as a process of its own in terminal tests (the daemon, the record command, the scripted agent). The output lies in a
 * folder named by the content of the sources, below node_modules so that packages are found, and is written once: tests that run at the
 * same time, and a build of the project meanwhile, do not disturb each other.
 */
import { transformFileSync } from '@swc/core';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const FOLDERS = ['src/ptyd', 'src/errors', 'src/contracts', 'activities/agents'];
const CACHE = join(ROOT, 'node_modules', '.cache', 'everthread-programs');
const KEEP_MS = 24 * 3_600_000;

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));

function compile(file: string, outFile: string): void {
  const { code } = transformFileSync(file, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
    module: { type: 'commonjs', ignoreDynamic: true },
  });
  mkdirSync(dirname(outFile), { recursive: true });
  writeFileSync(outFile, code);
}

function dropOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > KEEP_MS) rmSync(path, { recursive: true, force: true });
  }
}

let built: string | null = null;

/** The folder with the compiled programs, laid out as the project is: `<folder>/src/ptyd/daemon.js`. */
export function builtPrograms(): string {
  if (built) return built;
  const files = FOLDERS.flatMap((folder) => sources(join(ROOT, folder))).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  const folder = join(CACHE, hash.digest('hex').slice(0, 24));
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    for (const file of files) compile(file, join(fresh, relative(ROOT, file).replace(/\.ts$/, '.js')));
    try {
      renameSync(fresh, folder);
    } catch {
      // Another test process was first with the same content.
      rmSync(fresh, { recursive: true, force: true });
    }
    dropOld();
  }
  built = folder;
  return folder;
}

export const program = (path: string): string => join(builtPrograms(), path);
