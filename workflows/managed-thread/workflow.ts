/**
 * One managed thread: a coding-agent CLI in a terminal of some host, supervised for as long as it lives.
 *
 * The workflow is a shell. What may be said to it is judged in domain/decide.ts, what it does next in domain/next-step.ts, what follows from what the host saw in
 * domain/outcomes.ts. Here are only the acts: prepare, open, type, watch, release, end, each an activity on the thread's host.
 */
import * as wf from '@temporalio/workflow';
import { THREAD_KIND, threadAddress } from '../../src/contracts/managed-thread/commands';
import type { ThreadStart } from '../../src/contracts/managed-thread/projection';
import type { SessionReport } from '../../src/contracts/managed-thread/terminal';
import { nextStep } from '../../src/domain/managed-thread/next-step';
import { openThread, type ThreadState } from '../../src/domain/managed-thread/state';
import type { ThreadStatus } from '../../src/contracts/managed-thread/status';
import { Actor, type Carried } from '../kernel/actor';
import { threadKind } from './kind';
import { ThreadShell } from './shell';

export interface ThreadResult {
  readonly status: ThreadStatus;
  readonly seq: number;
}

/** `carried` and `historyMax` are for continue-as-new; callers give only `start`. */
export async function managedThread(start: ThreadStart, carried?: Carried<ThreadState>, historyMax?: number): Promise<ThreadResult> {
  const ref = { address: threadAddress(start.tenant, start.id), kind: THREAD_KIND, tenant: start.tenant, id: start.id };
  const actor = new Actor(threadKind, ref, carried ?? { state: openThread(start), seq: 0, receipts: [], outbox: [], attributes: {} }, historyMax);
  const shell = new ThreadShell(actor);
  actor.onTaken = (command) => {
    if (command.name === 'report') shell.reports.push(command.input as SessionReport);
    if (command.name === 'resume') shell.wake();
    if (actor.state.stop) shell.abandon();
  };
  // "Cancel" in the Temporal UI is a stop like any other: the terminal is ended and the journal says who asked.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    if (!actor.state.stop && nextStep(actor.state).do !== 'finish') {
      actor.record([{ type: 'thread_stop_requested', data: { reason: 'workflow_cancelled', force: false, timeoutMs: 5_000 } }], {
        subject: 'temporal',
        via: 'signal',
      });
      shell.abandon();
    }
  });
  return wf.CancellationScope.nonCancellable(async () => {
    while (nextStep(actor.state).do !== 'finish') {
      if (actor.shouldContinueAsNew && (await shell.settle())) {
        return wf.continueAsNew<typeof managedThread>(start, actor.carry(), historyMax);
      }
      await shell.act(nextStep(actor.state));
    }
    await shell.leave();
    await actor.drained();
    return { status: actor.state.status, seq: actor.lastSeq };
  });
}
