#!/usr/bin/env node
/** `npm run proto`: writes src/surfaces/scriptum/generated from proto/ by buf and protoc-gen-es. `checkGenerated` finds what was changed without it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensurePackages, main, run } from './setup.mjs';

const GENERATED = join(ROOT, 'src', 'surfaces', 'scriptum', 'generated');
const PROGRAMS = join(ROOT, 'node_modules', '.bin');

/** `args`: further ones of `buf generate`. */
const generate = (...args) =>
  run(process.execPath, [join(ROOT, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf'), 'generate', ...args], {
    env: { ...process.env, PATH: `${PROGRAMS}:${process.env.PATH}` },
    timeout: 120_000,
  });

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file.slice(folder.length), await readFile(file, 'utf8')])));
}

/** Rejects unless what is committed is what the definitions say. */
export async function checkGenerated() {
  const folder = await mkdtemp(join(tmpdir(), 'everthread-proto-'));
  try {
    await generate('--output', folder);
    const [wanted, found] = [await filesOf(join(folder, 'src', 'surfaces', 'scriptum', 'generated')), await filesOf(GENERATED)];
    const names = [...new Set([...wanted.keys(), ...found.keys()])].filter((name) => wanted.get(name) !== found.get(name));
    if (names.length > 0) throw new Error(`These are not what proto/ says; run \`npm run proto\`: ${names.join(', ')}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && process.argv[1] === new URL(import.meta.url).pathname)
  main(async () => {
    await ensurePackages({ tools: true });
    await generate();
  });
