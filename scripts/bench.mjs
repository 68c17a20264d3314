#!/usr/bin/env node
/** `npm run bench`: sets up what the benchmark needs, its peers included, then runs it with the arguments it was given. See docs/benchmarks.md. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { ensureBuild, ensureNode, ensurePackages, main, run } from './setup.mjs';

const PEERS = ['workflow-streams', 'dbos'].map((name) => join(ROOT, 'bench', name));
const TARGET = join(ROOT, 'dist', 'bench');

/** A peer's own packages, as its lock file has them. */
async function ensurePeer(peer) {
  const installed = join(peer, 'node_modules', '.installed');
  const lock = await readFile(join(peer, 'package-lock.json'), 'utf8');
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === lock) return;
  process.stderr.write('Installing the packages of a peer that is measured beside …\n');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: peer, timeout: 15 * 60_000 });
  await writeFile(installed, lock);
}

/** Compiles the benchmark beside the product, so that its imports of the product find it. */
async function compile() {
  const { transform } = createRequire(import.meta.url)('@swc/core');
  const { $schema: _, ...options } = JSON.parse(await readFile(join(ROOT, '.swcrc'), 'utf8'));
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(TARGET, { recursive: true });
  for (const file of (await readdir(join(ROOT, 'bench'))).filter((name) => name.endsWith('.ts'))) {
    const filename = join(ROOT, 'bench', file);
    const { code } = await transform(await readFile(filename, 'utf8'), { ...options, sourceMaps: 'inline', swcrc: false, configFile: false, filename });
    await writeFile(join(TARGET, file.replace(/\.ts$/, '.js')), code);
  }
}

ensureNode();
main(async () => {
  await ensurePackages({ tools: false });
  await ensureBuild();
  for (const peer of PEERS) await ensurePeer(peer);
  await compile();
  process.argv = [process.execPath, join(TARGET, 'main.js'), ...process.argv.slice(2)];
  createRequire(import.meta.url)(join(TARGET, 'main.js'));
});
