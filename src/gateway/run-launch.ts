/** Starting the workflow of an admitted run. The row notes the admission first, so one whose start was lost with its process is started by upkeep. */
import { setTimeout as wait } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { RUN_WORKFLOW, runAddress } from '../contracts/run/commands';
import type { RunStart } from '../contracts/run/start';
import type { RunState } from '../domain/run/state';
import { temporalUnavailable } from './doors';
import { runAttributes } from './run-start';

export interface AdmittedRun {
  readonly start: RunStart;
  readonly carried: { readonly state: RunState; readonly seq: number } | null;
}

const START_MS = 10_000;
/** Between two looks whether the attempt before has closed. */
const CLOSING_MS = 50;

/** False when it had been started before. Fault `temporal.unavailable`. */
export async function launchRun(client: Client, admitted: AdmittedRun, requestId: string): Promise<boolean> {
  const by = Date.now() + START_MS;
  while (!(await started(client, admitted, requestId))) {
    // The end of an attempt is told a moment before its workflow closes, and who resumes at once meets it.
    if (admitted.carried === null || Date.now() > by || (await runningAttempt(client, admitted.start)) === admitted.start.attempt) return false;
    await wait(CLOSING_MS);
  }
  return true;
}

async function runningAttempt(client: Client, { tenant, id }: RunStart): Promise<unknown> {
  try {
    const { memo, status } = await client.withDeadline(Date.now() + START_MS, () => client.workflow.getHandle(runAddress(tenant, id)).describe());
    return status.name === 'RUNNING' ? memo?.['attempt'] : undefined;
  } catch (thrown) {
    throw temporalUnavailable(thrown);
  }
}

async function started(client: Client, { start, carried }: AdmittedRun, requestId: string): Promise<boolean> {
  const goesOn = carried === null ? [] : [{ ...carried, receipts: [], outbox: [], attributes: {} }];
  try {
    await client.withDeadline(Date.now() + START_MS, () =>
      client.workflow.start(RUN_WORKFLOW, {
        ...{ workflowId: runAddress(start.tenant, start.id), taskQueue: ORCHESTRATION_QUEUE, args: [start, ...goesOn] },
        // Of a run that goes on there is a workflow before; of a new one there must be none.
        workflowIdReusePolicy: carried === null ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        typedSearchAttributes: runAttributes(start),
        memo: { requestId, attempt: start.attempt },
        staticSummary: start.title,
      }),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw temporalUnavailable(thrown);
  }
}

export interface AdmissionStore {
  overdue(olderThanMs: number): Promise<readonly AdmittedRun[]>;
}

/** Admissions that nothing was heard of for so long are started (again: once, by the workflow's id). */
const OVERDUE_MS = 60_000;

/** Returns the addresses of the runs that it started. */
export async function startOverdueRuns(client: Client, store: AdmissionStore): Promise<readonly string[]> {
  const started: string[] = [];
  for (const admitted of await store.overdue(OVERDUE_MS))
    if (await launchRun(client, admitted, 'upkeep')) started.push(runAddress(admitted.start.tenant, admitted.start.id));
  return started;
}
