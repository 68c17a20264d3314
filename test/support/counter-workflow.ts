/** Entry of the kernel tests' workflow bundle. */
import * as wf from '@temporalio/workflow';
import { Actor, type Carried } from '../../workflows/kernel/actor';
import { counterKind, counterRef, type CounterState } from './counter';

export async function counter(id: string, historyMax: number, carried?: Carried<CounterState>): Promise<number> {
  const actor = new Actor(
    counterKind,
    counterRef(id),
    carried ?? { state: { total: 0, finished: false }, seq: 0, receipts: [], outbox: [], attributes: {} },
    historyMax,
  );
  while (!actor.state.finished) {
    await actor.until(() => actor.state.finished || actor.shouldContinueAsNew);
    await actor.holdCommits();
    if (!actor.state.finished) return wf.continueAsNew<typeof counter>(id, historyMax, actor.carry());
  }
  actor.resumeCommits();
  await actor.drained();
  return actor.state.total;
}
