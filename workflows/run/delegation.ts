/** A part of the task as a run of its own, under a strict part of the writ: a child workflow, whose answer the ledger gets and the model is told. */
import { TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import type { ExecuteInput } from '../../src/contracts/run/activities';
import { RUN_KIND, RUN_WORKFLOW, runAddress } from '../../src/contracts/run/commands';
import type { RunOutcome, RunStart } from '../../src/contracts/run/start';
import type { End } from '../../src/domain/run/ends';
import { left, NOTHING } from '../../src/domain/run/authority/budget';
import type { ToldProposal } from '../../src/domain/run/outcome';
import { tellOutcome } from './outcome';
import type { RunShell } from './shell';

/** Null: the run goes on. */
export async function delegate(shell: RunShell, input: ExecuteInput, told: ToldProposal): Promise<End | null> {
  const { specRef, maxSteps, approvalTimeoutMs, keyId, by, budget } = shell.start;
  const prepared = await shell
    .calls('prepare a delegation')
    .prepareDelegation({ ...input, specRef, budgetLeft: left(budget, shell.state.used), parent: { maxSteps, approvalTimeoutMs, keyId, by } });
  if (prepared.outcome !== 'prepared') return tellOutcome(shell, prepared, told);
  const { start } = prepared;
  const child = { childRunId: start.id, childTrajectoryId: start.trajectoryId };
  shell.record({ type: 'delegation_started', data: { ...told, ...child } });
  const { status, terminatedBy, finalAnswer, used } = await answerOf(shell, start);
  const { seq } = await shell.calls('the answer of a delegation').endDelegation({
    run: shell.identity,
    ...{ key: input.key, proposalRef: input.proposalRef, childTrajectoryId: start.trajectoryId, finalAnswer },
  });
  shell.record({ type: 'delegation_ended', data: { ...told, ...child, status, terminatedBy, cost: used, seq } });
  return null;
}

/** Cancelled with this run, it is waited for. One that ended without a word counts as if it had used all that it was given: nobody can say less. */
async function answerOf(shell: RunShell, start: RunStart): Promise<RunOutcome> {
  try {
    const outcome = await shell.interruptible(() => wf.executeChild<(start: RunStart) => Promise<RunOutcome>>(RUN_WORKFLOW, childOptions(start)));
    return outcome ?? { status: 'cancelled', terminatedBy: 'Cancelled', finalAnswer: null, used: NOTHING };
  } catch (thrown) {
    if (!(thrown instanceof wf.ChildWorkflowFailure)) throw thrown;
    return { status: 'failed', terminatedBy: 'Error', finalAnswer: null, used: start.budget };
  }
}

const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });

const childOptions = (start: RunStart) => ({
  workflowId: runAddress(start.tenant, start.id),
  args: [start] as [RunStart],
  cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
  parentClosePolicy: wf.ParentClosePolicy.REQUEST_CANCEL,
  staticSummary: start.title,
  typedSearchAttributes: new TypedSearchAttributes([
    ...[keyword('EverthreadKind', RUN_KIND), keyword('EverthreadTenant', start.tenant)],
    ...[keyword('EverthreadStatus', 'running'), keyword('EverthreadExecution', start.id)],
  ]),
});
