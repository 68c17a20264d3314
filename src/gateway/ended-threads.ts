/**
 * Threads whose workflow was ended from outside (terminated in the Temporal UI, timed out, failed by a bug of ours): such an end runs no code of the workflow, so nobody would tell the
 * journal, and the thread's row would say `running` for ever. This writes the end that the workflow could not. Its writer is dead, so there is no second one.
 */
import type { Client } from '@temporalio/client';
import type { CommitBatch, RecordedEvent } from '../contracts/actor';
import { STATE_QUERY, SYSTEM } from '../contracts/actor';
import { threadRef, THREAD_WORKFLOW } from '../contracts/managed-thread/commands';
import { evolve } from '../domain/managed-thread/evolve';
import { failure } from '../domain/managed-thread/outcomes';
import { projectThread } from '../domain/managed-thread/project';
import type { ThreadState } from '../domain/managed-thread/state';

export interface EndedThreadsStore {
  isOver(address: string): Promise<boolean>;
  lastSeq(address: string): Promise<number>;
  commit(batch: CommitBatch): Promise<void>;
}

/** Workflows looked at in one pass. */
const PASS_MAX = 500;
const CALL_MS = 10_000;

/** One pass over the workflows that ended so within `withinMs`; returns the addresses of the threads that it told the end of. Needs a worker for the query. */
export async function tellEndedThreads(client: Client, store: EndedThreadsStore, withinMs: number, now: () => Date): Promise<readonly string[]> {
  const since = new Date(now().getTime() - withinMs).toISOString();
  const query = `WorkflowType = '${THREAD_WORKFLOW}' AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed') AND CloseTime > '${since}'`;
  const told: string[] = [];
  let seen = 0;
  for await (const { workflowId, status } of client.workflow.list({ query, pageSize: 100 })) {
    if (++seen > PASS_MAX) break;
    if (await store.isOver(workflowId)) continue;
    const handle = client.workflow.getHandle(workflowId);
    const state = await client.withDeadline(now().getTime() + CALL_MS, () => handle.query<ThreadState>(STATE_QUERY));
    const lastSeq = await store.lastSeq(workflowId);
    const at = now().toISOString();
    const how = `The thread's workflow was ${status.name === 'TERMINATED' ? 'terminated' : status.name === 'FAILED' ? 'failed by an error' : 'timed out'} in Temporal.`;
    const events: RecordedEvent[] = failure('workflow.ended', how).map((event, n) => ({ ...event, seq: lastSeq + 1 + n, at, by: SYSTEM, requestId: null }));
    const ended = events.reduce(evolve, state);
    await store.commit({ actor: threadRef(state.start.tenant, state.start.id), events, projection: { ...projectThread(ended) } });
    told.push(workflowId);
  }
  return told;
}
