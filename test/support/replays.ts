/** Whether workflows can be taken up by another worker: their histories, replayed with today's code. */
import { Worker, type ReplayResult } from '@temporalio/worker';
import { builtWorkflows } from './built';

/** What came of each history, by its name. One worker replays them all, as a worker of the product has many workflows. */
export async function replayed(histories: Iterable<readonly [name: string, history: unknown]>): Promise<ReadonlyMap<string, ReplayResult>> {
  const named = function* () {
    for (const [workflowId, history] of histories) yield { workflowId, history };
  };
  const results = new Map<string, ReplayResult>();
  for await (const result of Worker.runReplayHistories({ workflowBundle: await builtWorkflows() }, named())) results.set(result.workflowId, result);
  return results;
}
