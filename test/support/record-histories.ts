/**
 * Histories for the replay tests. `EVERTHREAD_RECORD=1 npx jest test/actor/managed-thread` writes one JSON file per thread of every test into
 * test/replay/histories, under the name of the test. A file that is there is never written over: recorded histories are added to, not renewed.
 */
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
export const HISTORIES = join(ROOT, 'test/replay/histories');

export async function recordHistories(test: string, handles: readonly WorkflowHandleWithFirstExecutionRunId[]): Promise<void> {
  if (process.env['EVERTHREAD_RECORD'] !== '1') return;
  const name = test
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/-$/, '');
  for (const [n, handle] of handles.entries()) {
    for (const [run, history] of [await handle.fetchHistory()].entries()) {
      const file = join(HISTORIES, `${name}-${n + 1}${run > 0 ? `-run-${run + 1}` : ''}.json`);
      // Traces name files; where they lie is nobody's business.
      if (!existsSync(file)) writeFileSync(file, `${historyToJSON(history).replaceAll(`${ROOT}/`, '')}\n`);
    }
  }
}
