/**
 * Every history that was ever recorded still replays with today's workflow code. If this failed, a running thread would have failed the same way at its next
 * task: guard the change with `patched()`; do not record the history again. docs/changing-workflows.md says how.
 */
import type { ReplayResult } from '@temporalio/worker';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { replayed } from '../support/replays';

const directory = join(__dirname, 'histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
const read = (file: string): string => readFileSync(join(directory, file), 'utf8');

let results: ReadonlyMap<string, ReplayResult>;
beforeAll(async () => {
  results = await replayed(files.map((file) => [file, JSON.parse(read(file))] as const));
}, 300_000);

it('has histories to replay', () => {
  expect(files.length).toBeGreaterThan(10);
});

it.each(files)('%s replays', (file) => {
  const result = results.get(file);
  expect(result).toMatchObject({ workflowId: file });
  expect(result?.error).toBeUndefined();
});

it('a history that tells of something else is caught', async () => {
  const told = files.map(read).find((history) => history.includes('prepareThread')) ?? '';
  const other = await replayed([['other', JSON.parse(told.replaceAll('prepareThread', 'prepareSomethingElse'))]]);
  expect(other.get('other')?.error).toMatchObject({ name: 'DeterminismViolationError' });
});

it('a script whose steps come in another order is caught', async () => {
  const told = read('a-thread-of-twenty-tools-takes-little-more-than-an-activity-for-each-1.json');
  const other = await replayed([
    ['other', JSON.parse(told.replaceAll('"step 3"', '"step x"').replaceAll('"step 4"', '"step 3"').replaceAll('"step x"', '"step 4"'))],
  ]);
  expect(other.get('other')?.error).toMatchObject({ name: 'DeterminismViolationError' });
});
