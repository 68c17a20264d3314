/**
 * Removes the histories of workflows from Temporal whose content was erased here: a deleted thread's own and those of its runs, all executions of each. What is still open is left until
 * it has closed. Any number of workers may do so at once. Where the server does not allow it, histories go when its retention ends.
 */
import type { Client } from '@temporalio/client';

export interface ErasedWorkflows {
  due(limit: number): Promise<readonly { readonly workflowId: string; readonly ageMs: number }[]>;
  /** Nothing is left of it. */
  done(workflowId: string): Promise<void>;
  /** It is looked at again after the others. */
  later(workflowId: string): Promise<void>;
}

/** Workflows looked at in one pass, and executions of one that are removed in it. */
const PASS_MAX = 50;
const EXECUTIONS_MAX = 100;
/** Lists of Temporal are late: an execution that none shows after so long is not there. */
const SETTLED_MS = 60_000;
/** Nothing is kept for longer by most servers; what could not be removed until then is given up. */
const GIVEN_UP_MS = 30 * 86_400_000;
const CALL_MS = 10_000;

/** Returns how many executions were removed. */
export async function eraseHistories(client: Client, workflows: ErasedWorkflows): Promise<number> {
  let removed = 0;
  for (const { workflowId, ageMs } of await workflows.due(PASS_MAX)) {
    // Before it is tried: what the server refuses must not stand in the way of the others.
    await workflows.later(workflowId);
    const { found, gone } = await eraseClosed(client, workflowId);
    removed += gone;
    if ((found === 0 && ageMs > SETTLED_MS) || ageMs > GIVEN_UP_MS) await workflows.done(workflowId);
  }
  return removed;
}

/** An open execution would be terminated by its removal. */
async function eraseClosed(client: Client, workflowId: string): Promise<{ readonly found: number; readonly gone: number }> {
  const { namespace } = client.options;
  let [found, gone] = [0, 0];
  for await (const { runId, status } of client.workflow.list({ query: `WorkflowId = '${workflowId.replaceAll("'", "''")}'`, pageSize: EXECUTIONS_MAX })) {
    found += 1;
    if (status.name !== 'RUNNING') {
      await client.withDeadline(Date.now() + CALL_MS, () =>
        client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } }).catch((thrown: unknown) => {
          // Another worker was first, or the list is late.
          if ((thrown as { readonly code?: unknown }).code !== NOT_FOUND) throw thrown;
        }),
      );
      gone += 1;
    }
    if (found === EXECUTIONS_MAX) break;
  }
  return { found, gone };
}

/** Of gRPC. */
const NOT_FOUND = 5;
