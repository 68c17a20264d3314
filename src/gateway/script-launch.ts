/** Starts the workflows of threads of scripts: one for each thread, however often it is asked. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { SCRIPT_WORKFLOW, scriptAddress } from '../contracts/script/commands';
import type { ScriptStart } from '../contracts/script/start';
import { scriptAttributes } from '../domain/script/thread/project';
import { temporalUnavailable } from './doors';
import { keyword } from './execution-start';

const START_MS = 10_000;

/** False: it was started before. Fault `temporal.unavailable`. */
export async function launchScriptThread(client: Client, start: ScriptStart, requestId: string): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + START_MS, () =>
      client.workflow.start(SCRIPT_WORKFLOW, {
        ...{ workflowId: scriptAddress(start.tenant, start.id), taskQueue: ORCHESTRATION_QUEUE, args: [start] },
        ...{ workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE, workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL },
        typedSearchAttributes: new TypedSearchAttributes(Object.entries(scriptAttributes(start, 'RUNNING')).map(([name, value]) => keyword(name, value))),
        // So that a person who looks at the workflow finds the request in the logs, and back.
        memo: { requestId },
        staticSummary: start.version === 0 ? `${start.scriptName} (draft)` : `${start.scriptName} version ${start.version}`,
      }),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw temporalUnavailable(thrown);
  }
}

export interface OverdueStore {
  overdue(olderThanMs: number): Promise<readonly ScriptStart[]>;
}

/** Admissions that nothing was heard of for so long are started (again: once, by the workflow's id). */
const OVERDUE_MS = 60_000;

/** Returns the addresses of the threads that it started. */
export async function startOverdueScriptThreads(client: Client, store: OverdueStore): Promise<readonly string[]> {
  const started: string[] = [];
  for (const start of await store.overdue(OVERDUE_MS)) {
    if (await launchScriptThread(client, start, 'upkeep')) started.push(scriptAddress(start.tenant, start.id));
  }
  return started;
}
