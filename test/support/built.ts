/** The product as it was built from today's sources: what roles run from, and the workflows as their worker runs them. */
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerRun } from './once-per-run';

const ROOT = join(__dirname, '..', '..');
const DIST = join(ROOT, 'dist');

/** Brings dist up to date, once for a run: a stale build would test the past. */
export async function ensureBuilt(): Promise<void> {
  await oncePerRun('build', async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { timeout: 120_000 });
    return DIST;
  });
}

/** The product's workflows, bundled by the build. */
export async function builtWorkflows(): Promise<WorkflowBundlePath> {
  await ensureBuilt();
  return { codePath: join(DIST, 'workflow-bundle.js') };
}

/** Workflows of a test's own, bundled as scripts/build.mjs bundles the product's: with the pure modules shared. `workflows`: path of the entry, relative to the repository. */
export async function bundleOf(workflows: string): Promise<WorkflowBundlePath> {
  const name = basename(workflows, '.ts');
  const codePath = await oncePerRun(`bundle-${name}`, async (folder) => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(ROOT, workflows),
      preloadModules: [join(ROOT, 'workflows/preload.ts')],
      workflowInterceptorModules: [join(ROOT, 'workflows/tracing/interceptors.ts')],
      logger: new DefaultLogger('ERROR'),
    });
    const file = join(folder, `bundle-${name}.js`);
    await writeFile(file, code);
    return file;
  });
  return { codePath };
}
