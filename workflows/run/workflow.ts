/**
 * One run: a loop of think, propose, check, approve, commit over a ledger (seed 003; digest §3).
 *
 * The ledger is what the run remembers, and every activity reads it anew; the workflow holds what is under way: the step, the proposal that waits, what was used. Rules are in
 * src/domain/run. However it ends, exactly one of run_completed, run_failed and run_cancelled is recorded.
 */
import * as wf from '@temporalio/workflow';
import { runRef } from '../../src/contracts/run/commands';
import type { RunOutcome, RunStart } from '../../src/contracts/run/start';
import { endBefore, ENDED_BY_ERROR, type End } from '../../src/domain/run/ends';
import { numbered } from '../../src/domain/run/log-lines';
import { openRun, type RunState } from '../../src/domain/run/state';
import { faultFrom } from '../../src/errors/fault';
import { Actor, type Carried } from '../kernel/actor';
import { finish, outcomeOf } from './finish';
import { runKind } from './kind';
import { RunShell } from './shell';
import { step } from './step';

/** `carried` and `historyMax` are for continue-as-new and for resumption; callers that begin a run give only `start`. */
export async function run(start: RunStart, carried?: Carried<RunState>, historyMax?: number): Promise<RunOutcome> {
  const fresh = { state: openRun(start), seq: 0, receipts: [], outbox: [], attributes: {} };
  const actor = new Actor(runKind, runRef(start.tenant, start.id), carried ?? fresh, historyMax);
  const shell = new RunShell(actor);
  actor.onTaken = ({ name }) => {
    if (name === 'cancel') shell.interrupt();
  };
  // "Cancel" in the Temporal UI, and a run that delegated and ends, are a cancellation like any other: the journal says who asked.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    if (actor.state.cancel === null && actor.state.terminatedBy === null) {
      const by = start.parent ? 'the run that delegated it' : 'temporal';
      const at = new Date(Date.now()).toISOString();
      actor.record(numbered(actor.state.logged, [{ type: 'cancel_requested', data: { by, reason: null, at } }]), { subject: 'temporal', via: 'signal' });
    }
    shell.interrupt();
  });
  return wf.CancellationScope.nonCancellable(async () => {
    const end = await untilEnd(shell);
    if (end === 'continue') {
      await actor.holdCommits();
      return wf.continueAsNew<typeof run>(start, actor.carry(), historyMax);
    }
    await finish(shell, end);
    await actor.drained();
    return outcomeOf(actor.state);
  });
}

async function untilEnd(shell: RunShell): Promise<End | 'continue'> {
  try {
    await announce(shell);
    for (;;) {
      const end = endBefore(shell.state, Date.now() / 1_000) ?? (shell.actor.shouldContinueAsNew ? 'continue' : await step(shell));
      if (end) return end;
    }
  } catch (thrown) {
    const { code, message } = faultFrom(thrown);
    return { terminatedBy: ENDED_BY_ERROR, finalAnswer: { value: `The run stopped on an error: ${message}` }, error: { code, message } };
  }
}

/** Tells once of each attempt that it has begun. */
async function announce(shell: RunShell): Promise<void> {
  const { state, start } = shell;
  if (state.announced >= start.attempt) return;
  const { id, trajectoryId, title, maxSteps, parent, branchOf, writId, attempt, by } = start;
  if (attempt === 0) {
    shell.actor.record(numbered(state.logged, [{ type: 'run_created', data: { runId: id, trajectoryId, title, maxSteps, parent, branchOf } }]), by);
    return;
  }
  await shell.calls(`resumption ${attempt}`).appendEntry({
    run: shell.identity,
    requestId: `resume:${attempt}`,
    payload: { type: 'resume', by: by.subject, task: title, writ_id: writId, at: start.createdAt },
  });
  shell.actor.record(numbered(shell.state.logged, [{ type: 'run_resumed', data: { attempt, by: by.subject, title, maxSteps, writId } }]), by);
}
