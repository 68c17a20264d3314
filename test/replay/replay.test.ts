/**
 * Every history that was ever recorded still replays with today's workflow code. If this failed, a running thread would have failed the same way at its next
 * task: guard the change with `patched()`; do not record the history again. docs/changing-workflows.md says how.
 */
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleOf } from '../support/actor-world';

const directory = join(__dirname, 'histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  workflowBundle = await bundleOf('workflows/index.ts');
});

it('has histories to replay', () => {
  expect(files.length).toBeGreaterThan(10);
});

it.each(files)('%s replays', async (file) => {
  const history: unknown = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  await Worker.runReplayHistory({ workflowBundle, replayName: file }, history);
});

it('a history that tells of something else is caught', async () => {
  const told = files.map((file) => readFileSync(join(directory, file), 'utf8')).find((history) => history.includes('prepareThread')) ?? '';
  const text = told.replaceAll('prepareThread', 'prepareSomethingElse');
  await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text))).rejects.toThrow();
});
