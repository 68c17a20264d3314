/** A run of a thread: a run like any other, as a child workflow. The thread waits for its end, whoever brings it about. */
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import type { Envelope } from '../../src/contracts/actor';
import type { ConversationRun } from '../../src/contracts/conversation/start';
import { cancel, RUN_KIND, RUN_WORKFLOW, runAddress } from '../../src/contracts/run/commands';
import type { RunOutcome, RunStart } from '../../src/contracts/run/start';
import { faultFrom } from '../../src/errors/fault';
import type { ConversationShell } from './shell';

interface End {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly error: { readonly code: string; readonly message: string } | null;
}
const CANCELLED: End = { status: 'cancelled', error: null };

/** How often a run that another workflow started is looked at. */
const LOOK_FIRST_MS = 500;
const LOOK_LAST_MS = 10_000;

export async function performRun(shell: ConversationShell): Promise<void> {
  const { run, rolloutId } = shell.state;
  if (!run) return;
  const { status, error } = await endOf(shell, run, rolloutId);
  shell.record({ type: 'run_ended', data: { runId: run.runId, rolloutId, status, error, published: false } });
}

async function endOf(shell: ConversationShell, run: ConversationRun, rolloutId: string): Promise<End> {
  // What was said stands in the thread by then, and before everything that the run does.
  await shell.actor.committedTo(shell.actor.lastSeq);
  const prepared = await shell.unless(
    () => isUnwanted(shell, run),
    () => shell.calls('prepare a run').prepareThreadRun({ conversation: shell.identity, rolloutId, run }),
  );
  if (prepared === 'interrupted') return CANCELLED;
  if ('fault' in prepared) return failed(prepared.fault);
  return outcomeOf(shell, run, prepared.done);
}

const failed = (thrown: unknown): End => {
  const { code, message } = faultFrom(thrown);
  return { status: 'failed', error: { code, message } };
};

const isUnwanted = ({ state }: ConversationShell, { runId }: ConversationRun): boolean => state.deleted || state.cancel?.runId === runId;

async function outcomeOf(shell: ConversationShell, run: ConversationRun, start: RunStart): Promise<End> {
  const result: { end: End | null } = { end: null };
  void ending(shell, start).then((end) => (result.end = end));
  await shell.actor.until(() => result.end !== null || isUnwanted(shell, run));
  if (!result.end) {
    await askToCancel(shell, run);
    await shell.actor.until(() => result.end !== null);
  }
  return result.end ?? CANCELLED;
}

async function ending(shell: ConversationShell, start: RunStart): Promise<End> {
  try {
    const { status } = await wf.executeChild<(start: RunStart) => Promise<RunOutcome>>(RUN_WORKFLOW, childOptions(start));
    return { status, error: null };
  } catch (thrown) {
    if (thrown instanceof wf.ChildWorkflowFailure) return failed(thrown.cause ?? thrown);
    // This workflow goes on from its row: the one before it had started the run.
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return followed(shell, start.id);
    return failed(thrown);
  }
}

async function followed(shell: ConversationShell, runId: string): Promise<End> {
  for (let waitMs = LOOK_FIRST_MS; ; waitMs = Math.min(waitMs * 2, LOOK_LAST_MS)) {
    const end = await shell.calls('look at a run').endOfThreadRun({ conversation: shell.identity, runId });
    if (end) return { status: end.status, error: null };
    await wf.sleep(waitMs, { summary: 'wait for a run' });
  }
}

/** The run's own journal says who cancelled. One that is over by now needs no word. */
async function askToCancel({ state }: ConversationShell, { runId }: ConversationRun): Promise<void> {
  const { by = 'everthread', reason = null } = state.cancel ?? {};
  const envelope: Envelope = { requestId: `thread-cancel-${runId}`, by: { subject: by, via: 'api' }, input: reason === null ? {} : { reason } };
  try {
    await wf.getExternalWorkflowHandle(runAddress(state.start.tenant, runId)).signal(cancel.name, envelope);
  } catch (thrown) {
    wf.log.info('a run could not be told to stop', { runId, reason: faultFrom(thrown).message });
  }
}

const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });

const childOptions = (start: RunStart) => ({
  workflowId: runAddress(start.tenant, start.id),
  args: [start] as [RunStart],
  cancellationType: wf.ChildWorkflowCancellationType.ABANDON,
  // A conversation whose workflow is ended from outside goes on from its row and finds the run.
  parentClosePolicy: wf.ParentClosePolicy.ABANDON,
  workflowIdReusePolicy: wf.WorkflowIdReusePolicy.REJECT_DUPLICATE,
  staticSummary: start.title,
  typedSearchAttributes: new TypedSearchAttributes([
    ...[keyword('EverthreadKind', RUN_KIND), keyword('EverthreadTenant', start.tenant)],
    ...[keyword('EverthreadStatus', 'running'), keyword('EverthreadExecution', start.id)],
  ]),
});
