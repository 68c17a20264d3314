/** What there is in the workspace (digest §5): lists of files, and the map of a repository. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn } from '../tool';
import { explained, inFolder, openFile, partsOf, PATH_MAX, type Workspace } from '../workspace/confined-path';
import { walk } from '../workspace/walk';
import { readUpTo } from './fs-read';

const ENTRIES_MAX = 512;
const CRATES_MAX = 256;
const MANIFEST_MAX = 256 * 1_024;

export const listFiles = (workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'list_files',
    description: `Lists files and folders of the workspace, up to ${ENTRIES_MAX}, without what programs made (node_modules, target, .git, …).`,
    effect: 'read',
    risk: 'low',
    args: z.strictObject({
      path: z.string().min(1).max(PATH_MAX).default('.').describe('Folder, relative to the workspace.'),
      depth: z.int().min(1).max(4).default(1).describe('How many folders deep.'),
    }),
    perform: async ({ path, depth }, { workspace, signal }) => {
      const confined = workspaceOf(workspace);
      const parts = await partsOf(confined, path);
      const entries: { path: string; kind: string }[] = [];
      const visit = ({ path: at, kind }: { readonly path: string; readonly kind: string }): boolean => {
        if (entries.length >= ENTRIES_MAX) return false;
        entries.push({ path: at, kind });
        return true;
      };
      const complete = await explained(path, () => walk({ workspace: confined, parts, maxDepth: depth, signal, visit }));
      return { output: { root: join(workspace, ...parts), depth, entries, truncated: !complete }, delta: [] };
    },
  });

/** Files that tell what a repository is made with. */
const MARKERS = [
  ...['Cargo.toml', 'package.json', 'pyproject.toml', 'setup.py', 'requirements.txt', 'go.mod', 'pom.xml', 'build.gradle', 'Gemfile', 'composer.json'],
  ...['CMakeLists.txt', 'Makefile', 'Dockerfile', 'docker-compose.yml', 'tsconfig.json', 'deno.json', 'mix.exs', 'README.md'],
];

export const repoMap = (workspaceOf: (root: string) => Workspace): Tool =>
  builtIn({
    name: 'repo_map',
    description: 'Says what the workspace is: what stands at its top level, which build files it has, and which Cargo crates.',
    effect: 'read',
    risk: 'low',
    args: z.strictObject({}),
    perform: async (_args, { workspace, signal }) => {
      const confined = workspaceOf(workspace);
      const topLevel: { name: string; kind: string }[] = [];
      const crates: string[] = [];
      const complete = await explained('.', () =>
        walk({
          workspace: confined,
          parts: [],
          maxDepth: 4,
          signal,
          visit: ({ name, path, kind, depth }) => {
            if (depth === 1 && topLevel.length < ENTRIES_MAX) topLevel.push({ name, kind });
            if (kind === 'file' && name === 'Cargo.toml' && crates.length < CRATES_MAX) crates.push(path);
            return true;
          },
        }),
      );
      const names = await Promise.all(crates.map((path) => crateName(workspace, path)));
      const markers = MARKERS.filter((marker) => topLevel.some(({ name, kind }) => name === marker && kind === 'file'));
      const cargo_crates = names.filter((name) => name !== null);
      return { output: { root: workspace, top_level: topLevel, markers, cargo_crates, truncated: !complete || topLevel.length >= ENTRIES_MAX }, delta: [] };
    },
  });

/** The name in the section `[package]`; null for a workspace without one. */
async function crateName(workspace: string, path: string): Promise<string | null> {
  const parts = path.split('/');
  try {
    return await inFolder(workspace, parts.slice(0, -1), {}, async (folder) => {
      const file = await openFile(folder.path, parts.at(-1) ?? '');
      try {
        const [, section] = /^\[package\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec((await readUpTo(file, MANIFEST_MAX)).toString('utf8')) ?? [];
        return /^\s*name\s*=\s*"([^"]{1,200})"/m.exec(section ?? '')?.[1] ?? null;
      } finally {
        await file.close();
      }
    });
  } catch {
    // It has gone meanwhile.
    return null;
  }
}
