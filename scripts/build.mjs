#!/usr/bin/env node
/**
 * Compiles src, workflows and activities to dist, and bundles the workflows into dist/workflow-bundle.js.
 *
 * Both products carry a stamp: a hash of everything they are made from. While the stamp fits, building again does nothing and loads no compiler.
 * Each file appears by a rename and the stamp is written last, so that an interrupted build is never taken for a finished one, and a process that
 * runs from dist never sees half a file. Needs only the runtime dependencies.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { ROOT } from './root.mjs';

const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'workflow-bundle.js');
const WORKFLOWS = join(ROOT, 'workflows', 'index.ts');
const PRELOAD = join(ROOT, 'workflows', 'preload.ts');
const INTERCEPTORS = join(ROOT, 'workflows', 'tracing', 'interceptors.ts');
const SOURCES = ['src', 'workflows', 'activities'];
/** What a workflow may import (see .dependency-cruiser.cjs), so that nothing else can change the bundle. */
const BUNDLED = ['workflows/', 'src/domain/', 'src/contracts/', 'src/errors/'];
const ASSETS = /\.(sql|proto|json|scriptum)$/;

const require = createRequire(import.meta.url);

/** True when dist holds what today's sources make. */
export async function isBuilt() {
  const plan = await makePlan();
  return (await isCompiled(plan)) && (await isBundled(plan));
}

/** Builds what is out of date; two builders at once take turns. `say` gets one line for each thing done. */
export async function build(say = () => undefined) {
  if (await isBuilt()) return;
  await withLock('build', async () => {
    const plan = await makePlan();
    if (!(await isCompiled(plan))) await timed(say, `Compiled ${plan.files.length} files`, () => compile(plan));
    if (!(await isBundled(plan))) await timed(say, 'Bundled the workflows', () => bundle(plan));
  });
}

async function timed(say, what, work) {
  const started = Date.now();
  await work();
  say(`${what} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

async function makePlan() {
  const files = [];
  for (const folder of SOURCES) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(ROOT, join(entry.parentPath, entry.name));
      if (entry.isFile() && ((path.endsWith('.ts') && !path.endsWith('.d.ts')) || ASSETS.test(path))) files.push(path);
    }
  }
  files.sort();
  const tools = createHash('sha256');
  for (const path of ['.swcrc', 'package-lock.json', relative(ROOT, fileURLToPath(import.meta.url))]) tools.update(await readFile(join(ROOT, path)));
  const base = tools.digest('hex');
  const all = createHash('sha256').update(base);
  const bundled = createHash('sha256').update(base);
  const contents = await Promise.all(files.map((path) => readFile(join(ROOT, path))));
  files.forEach((path, at) => {
    const digest = createHash('sha256').update(contents[at]).digest();
    all.update(`${path}\0`).update(digest);
    if (BUNDLED.some((folder) => path.startsWith(folder))) bundled.update(`${path}\0`).update(digest);
  });
  return { files, compileStamp: all.digest('hex'), bundleStamp: bundled.digest('hex'), hasWorkflows: existsSync(WORKFLOWS) };
}

const stampOf = (name) => readFile(join(DIST, name), 'utf8').catch(() => '');
const isCompiled = async (plan) => (await stampOf('.compiled')) === plan.compileStamp;
const isBundled = async (plan) => !plan.hasWorkflows || ((await stampOf('.bundled')) === plan.bundleStamp && existsSync(BUNDLE));

const outputOf = (path) => (path.endsWith('.ts') ? path.replace(/\.ts$/, '.js') : path);

async function put(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}.part`, content);
  await rename(`${path}.${process.pid}.part`, path);
}

async function compile(plan) {
  const { transform } = require('@swc/core');
  const { $schema: _, ...options } = JSON.parse(await readFile(join(ROOT, '.swcrc'), 'utf8'));
  await rm(join(DIST, '.compiled'), { force: true });
  await Promise.all(
    plan.files.map(async (path) => {
      const source = await readFile(join(ROOT, path), 'utf8');
      const target = join(DIST, outputOf(path));
      if (!path.endsWith('.ts')) return put(target, source);
      const sourceFileName = relative(dirname(target), join(ROOT, path));
      const { code, map } = await transform(source, { ...options, swcrc: false, configFile: false, filename: join(ROOT, path), sourceFileName });
      const name = target.split('/').at(-1);
      await put(`${target}.map`, map);
      await put(target, `${code}\n//# sourceMappingURL=${name}.map\n`);
    }),
  );
  await removeOrphans(new Set(plan.files.map(outputOf)));
  await put(join(DIST, '.compiled'), plan.compileStamp);
}

/** Files in dist whose source is gone would still be found by imports. */
async function removeOrphans(wanted) {
  for (const folder of SOURCES) {
    if (!existsSync(join(DIST, folder))) continue;
    for (const entry of await readdir(join(DIST, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(DIST, join(entry.parentPath, entry.name));
      if (entry.isFile() && !wanted.has(path.replace(/\.map$/, ''))) await rm(join(DIST, path), { force: true });
    }
  }
}

async function bundle(plan) {
  const { bundleWorkflowCode } = require('@temporalio/worker');
  const quiet = { trace() {}, debug() {}, info() {}, log() {}, warn: console.warn, error: console.error };
  await rm(join(DIST, '.bundled'), { force: true });
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, preloadModules: [PRELOAD], workflowInterceptorModules: [INTERCEPTORS], logger: quiet });
  await put(BUNDLE, code);
  await put(join(DIST, '.bundled'), plan.bundleStamp);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  build((line) => process.stdout.write(`${line}\n`)).catch((problem) => {
    process.stderr.write(`${problem.stack ?? problem}\n`);
    process.exitCode = 1;
  });
}
