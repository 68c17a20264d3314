/**
 * Actors whose workflow was ended from outside (terminated in the Temporal UI, timed out, failed by a bug of ours): such an end runs no code of the workflow, so nobody would tell the
 * journal, and the actor's row would say `running` for ever. This writes the end that the workflow could not. Its writer is dead, so there is no second one.
 */
import type { Client } from '@temporalio/client';
import type { ActorRef, CommitBatch, NewEvent, RecordedEvent } from '../contracts/actor';
import { STATE_QUERY, SYSTEM } from '../contracts/actor';
import { BATCH_WORKFLOW, batchRef } from '../contracts/execution/batch';
import { EXECUTION_WORKFLOW, executionRef } from '../contracts/execution/commands';
import { threadRef, THREAD_WORKFLOW } from '../contracts/managed-thread/commands';
import { evolveBatch, totals, type BatchState } from '../domain/batch/batch';
import { evolve as evolveExecution } from '../domain/execution/evolve';
import { projectExecution } from '../domain/execution/project';
import { durationAt, type ExecutionState } from '../domain/execution/state';
import { RUN_WORKFLOW, runRef } from '../contracts/run/commands';
import { evolveRun } from '../domain/run/evolve';
import { numbered } from '../domain/run/log-lines';
import type { RunState } from '../domain/run/state';
import { evolve } from '../domain/managed-thread/evolve';
import { failure } from '../domain/managed-thread/outcomes';
import { projectThread } from '../domain/managed-thread/project';
import type { ThreadState } from '../domain/managed-thread/state';

export interface EndedActorsStore {
  isOver(address: string): Promise<boolean>;
  lastSeq(address: string): Promise<number>;
  commit(batch: CommitBatch): Promise<void>;
}

/** How the end of a kind of actor is told. */
interface EndedKind<S> {
  readonly workflow: string;
  ref(state: S): ActorRef;
  events(state: S, how: string, at: string): readonly NewEvent[];
  evolve(state: S, event: RecordedEvent): S;
  project(state: S): CommitBatch['projection'];
}

const CODE = 'workflow.ended';

const threads: EndedKind<ThreadState> = {
  workflow: THREAD_WORKFLOW,
  ref: ({ start }) => threadRef(start.tenant, start.id),
  events: (_state, how) => failure(CODE, how),
  evolve,
  project: (state) => ({ ...projectThread(state) }),
};

const executions: EndedKind<ExecutionState> = {
  workflow: EXECUTION_WORKFLOW,
  ref: ({ start }) => executionRef(start.tenant, start.id),
  events: (state, message, at) => [
    {
      type: 'failed',
      data: { status: 'failed', error: { code: CODE, message }, confidence: null, durationMs: durationAt(state, at), agentCount: state.agents.length },
    },
  ],
  evolve: evolveExecution,
  project: (state) => ({ ...projectExecution(state) }),
};

const batches: EndedKind<BatchState> = {
  workflow: BATCH_WORKFLOW,
  ref: ({ start }) => batchRef(start.tenant, start.id),
  events: (state, message, at) => [{ type: 'failed', data: { status: 'failed', error: { code: CODE, message }, ...totals(state, at) } }],
  evolve: evolveBatch,
  project: (state) => ({ ...state }),
};

const runs: EndedKind<RunState> = {
  workflow: RUN_WORKFLOW,
  ref: ({ start }) => runRef(start.tenant, start.id),
  events: (state, message) =>
    numbered(state.logged, [
      { type: 'run_failed', data: { status: 'failed', terminatedBy: 'Error', finalAnswer: { value: message }, error: { code: CODE, message } } },
    ]),
  evolve: evolveRun,
  project: (state) => ({ ...state }),
};

/** Workflows of one kind looked at in one pass. */
const PASS_MAX = 500;
const CALL_MS = 10_000;

/** One pass over the workflows that ended so within `withinMs`; returns the addresses of the actors that it told the end of. Needs a worker for the query. */
export async function tellEndedActors(client: Client, store: EndedActorsStore, withinMs: number, now: () => Date): Promise<readonly string[]> {
  const since = new Date(now().getTime() - withinMs).toISOString();
  const told = [...(await tell(client, store, threads, { since, now }))];
  told.push(...(await tell(client, store, executions, { since, now })));
  told.push(...(await tell(client, store, batches, { since, now })));
  told.push(...(await tell(client, store, runs, { since, now })));
  return told;
}

async function tell<S>(
  client: Client,
  store: EndedActorsStore,
  kind: EndedKind<S>,
  { since, now }: { readonly since: string; readonly now: () => Date },
): Promise<readonly string[]> {
  const query = `WorkflowType = '${kind.workflow}' AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed') AND CloseTime > '${since}'`;
  const told: string[] = [];
  let seen = 0;
  for await (const { workflowId, status } of client.workflow.list({ query, pageSize: 100 })) {
    if (++seen > PASS_MAX) break;
    if (await store.isOver(workflowId)) continue;
    const handle = client.workflow.getHandle(workflowId);
    const state = await client.withDeadline(now().getTime() + CALL_MS, () => handle.query<S>(STATE_QUERY));
    const lastSeq = await store.lastSeq(workflowId);
    const at = now().toISOString();
    const how = `Its workflow was ${status.name === 'TERMINATED' ? 'terminated' : status.name === 'FAILED' ? 'failed by an error' : 'timed out'} in Temporal.`;
    const events: RecordedEvent[] = kind.events(state, how, at).map((event, n) => ({ ...event, seq: lastSeq + 1 + n, at, by: SYSTEM, requestId: null }));
    const ended = events.reduce<S>((folded, event) => kind.evolve(folded, event), state as S);
    await store.commit({ actor: kind.ref(state), events, projection: kind.project(ended) });
    told.push(workflowId);
  }
  return told;
}
