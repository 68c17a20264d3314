/**
 * What came of the workflows of a test. When all tests of a file are over, each history is replayed: a workflow whose code goes another way the second time is lost with its worker.
 *
 * Histories for the replay tests. `EVERTHREAD_RECORD=1 npx jest test/actor/managed-thread` writes one JSON file per thread of every test into
 * test/replay/histories, under the name of the test. A file that is there is never written over: recorded histories are added to, not renewed.
 */
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayed } from './replays';

const ROOT = join(__dirname, '../..');
const HISTORIES = join(ROOT, 'test/replay/histories');

const histories: (readonly [name: string, history: unknown])[] = [];

afterAll(async () => {
  const failed = [...(await replayed(histories))].filter(([, { error }]) => error);
  expect(failed).toEqual([]);
}, 120_000);

export async function recordHistories(test: string, handles: readonly WorkflowHandleWithFirstExecutionRunId[]): Promise<void> {
  const name = test
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/-$/, '');
  for (const [n, handle] of handles.entries()) {
    const history = await handle.fetchHistory();
    histories.push([`${name}-${n + 1}`, history]);
    if (process.env['EVERTHREAD_RECORD'] !== '1') continue;
    const file = join(HISTORIES, `${name}-${n + 1}.json`);
    // Traces name files; where they lie is nobody's business.
    if (!existsSync(file)) writeFileSync(file, `${historyToJSON(history).replaceAll(`${ROOT}/`, '')}\n`);
  }
}
