/**
 * Actors whose workflow was ended from outside (terminated in the Temporal UI, timed out, failed by a bug of ours): such an end runs no code of the workflow, so nobody would tell the
 * journal, and the actor's row would say `running` for ever. This writes the end that the workflow could not. Its writer is dead, so there is no second one.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { ActorRef, CommitBatch, NewEvent, RecordedEvent } from '../contracts/actor';
import { STATE_QUERY, SYSTEM } from '../contracts/actor';
import { BATCH_WORKFLOW, batchRef } from '../contracts/execution/batch';
import { EXECUTION_WORKFLOW, executionRef } from '../contracts/execution/commands';
import { threadRef, THREAD_WORKFLOW } from '../contracts/managed-thread/commands';
import { evolveBatch, totals, type BatchState } from '../domain/batch/batch';
import { evolve as evolveExecution } from '../domain/execution/evolve';
import { projectExecution } from '../domain/execution/project';
import { durationAt, type ExecutionState } from '../domain/execution/state';
import { SCRIPT_WORKFLOW, scriptRef } from '../contracts/script/commands';
import { evolveScriptThread } from '../domain/script/thread/evolve';
import { projectScriptThread } from '../domain/script/thread/project';
import type { ScriptStart } from '../contracts/script/start';
import { openScriptThread, type ScriptThreadState } from '../domain/script/thread/state';
import { RUN_WORKFLOW, runRef } from '../contracts/run/commands';
import { evolveRun } from '../domain/run/evolve';
import type { RunState } from '../domain/run/state';
import { evolve } from '../domain/managed-thread/evolve';
import { failure } from '../domain/managed-thread/outcomes';
import { projectThread } from '../domain/managed-thread/project';
import type { ThreadState } from '../domain/managed-thread/state';
import { endedRun, type EndedFromOutside, type EndedRunStore } from './ended-runs';

export interface EndedActorsStore extends EndedRunStore {
  isOver(address: string): Promise<boolean>;
  lastSeq(address: string): Promise<number>;
  commit(batch: CommitBatch): Promise<void>;
  /** What the thread of a script was to be started with, while it has told nothing. */
  admittedScript(address: string): Promise<ScriptStart | null>;
}

/** How the end of a kind of actor is told. */
interface EndedKind<S> {
  readonly workflow: string;
  ref(state: S): ActorRef;
  /** Of one that no worker has taken up, so that it answers no query; null: nobody knows. */
  untouched?(store: EndedActorsStore, address: string): Promise<S | null>;
  /** Null: not yet, ask again. */
  events(state: S, ended: EndedFromOutside, store: EndedActorsStore): readonly NewEvent[] | null | Promise<readonly NewEvent[] | null>;
  evolve(state: S, event: RecordedEvent): S;
  project(state: S): CommitBatch['projection'];
}

const CODE = 'workflow.ended';

const threads: EndedKind<ThreadState> = {
  workflow: THREAD_WORKFLOW,
  ref: ({ start }) => threadRef(start.tenant, start.id),
  events: (_state, { code, how }) => failure(code, how),
  evolve,
  project: (state) => ({ ...projectThread(state) }),
};

const executions: EndedKind<ExecutionState> = {
  workflow: EXECUTION_WORKFLOW,
  ref: ({ start }) => executionRef(start.tenant, start.id),
  events: (state, { code, how, now }) => [
    {
      type: 'failed',
      data: {
        ...{ status: 'failed', error: { code, message: how }, confidence: null },
        ...{ durationMs: durationAt(state, now.toISOString()), agentCount: state.agents.length },
      },
    },
  ],
  evolve: evolveExecution,
  project: (state) => ({ ...projectExecution(state) }),
};

const batches: EndedKind<BatchState> = {
  workflow: BATCH_WORKFLOW,
  ref: ({ start }) => batchRef(start.tenant, start.id),
  events: (state, { code, how, now }) => [{ type: 'failed', data: { status: 'failed', error: { code, message: how }, ...totals(state, now.toISOString()) } }],
  evolve: evolveBatch,
  project: (state) => ({ ...state }),
};

const runs: EndedKind<RunState> = {
  workflow: RUN_WORKFLOW,
  ref: ({ start }) => runRef(start.tenant, start.id),
  events: (state, ended, store) => endedRun(store, state, ended),
  evolve: evolveRun,
  project: (state) => ({ ...state }),
};

const scriptThreads: EndedKind<ScriptThreadState> = {
  workflow: SCRIPT_WORKFLOW,
  async untouched(store, address) {
    const start = await store.admittedScript(address);
    return start && openScriptThread(start);
  },
  ref: ({ start }) => scriptRef(start.tenant, start.id),
  events: (_state, { code, how }) => [{ type: 'thread_failed', data: { error: { code, message: how } } }],
  evolve: evolveScriptThread,
  project: (state) => ({ ...projectScriptThread(state) }),
};

/** Workflows of one kind looked at in one pass. */
const PASS_MAX = 500;
const CALL_MS = 10_000;

/**
 * One pass over the workflows that ended so within `withinMs`; returns the addresses of the actors that it told the end of. Needs a worker for the query. What cannot be told of one
 * actor keeps nobody else from being told; the first problem is thrown at the end.
 */
export async function tellEndedActors(client: Client, store: EndedActorsStore, withinMs: number, now: () => Date): Promise<readonly string[]> {
  const pass: Pass = { client, store, now, since: new Date(now().getTime() - withinMs).toISOString(), told: [], problems: [] };
  await tell(pass, threads);
  await tell(pass, executions);
  await tell(pass, batches);
  await tell(pass, runs);
  await tell(pass, scriptThreads);
  if (pass.problems.length > 0) throw pass.problems[0];
  return pass.told;
}

interface Pass {
  readonly client: Client;
  readonly store: EndedActorsStore;
  readonly now: () => Date;
  readonly since: string;
  readonly told: string[];
  readonly problems: unknown[];
}

async function tell<S>(pass: Pass, kind: EndedKind<S>): Promise<void> {
  const query = `WorkflowType = '${kind.workflow}' AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed') AND CloseTime > '${pass.since}'`;
  let seen = 0;
  for await (const ended of pass.client.workflow.list({ query, pageSize: 100 })) {
    if (++seen > PASS_MAX) break;
    try {
      if (await tellOne(pass, kind, ended)) pass.told.push(ended.workflowId);
    } catch (problem) {
      pass.problems.push(problem);
    }
  }
}

async function tellOne<S>({ client, store, now }: Pass, kind: EndedKind<S>, { workflowId, runId, status, closeTime }: WorkflowExecutionInfo): Promise<boolean> {
  if (await store.isOver(workflowId)) return false;
  const handle = client.workflow.getHandle(workflowId);
  const within = <T>(work: () => Promise<T>): Promise<T> => client.withDeadline(now().getTime() + CALL_MS, work);
  // A run that was ended so and goes on has a newer one under its id.
  if ((await within(() => handle.describe())).runId !== runId) return false;
  const state = (await kind.untouched?.(store, workflowId)) ?? (await within(() => handle.query<S>(STATE_QUERY)));
  const at = now();
  const lastSeq = await store.lastSeq(workflowId);
  const recorded = (event: NewEvent, n = 0): RecordedEvent => ({ ...event, seq: lastSeq + 1 + n, at: at.toISOString(), by: SYSTEM, requestId: null });
  const how = `Its workflow was ${status.name === 'TERMINATED' ? 'terminated' : status.name === 'FAILED' ? 'failed by an error' : 'timed out'} in Temporal.`;
  const told = await kind.events(state, { code: CODE, how, closedAt: closeTime ?? at, now: at, recorded: (event) => recorded(event) }, store);
  if (told === null) return false;
  const events = told.map(recorded);
  const over = events.reduce<S>((folded, event) => kind.evolve(folded, event), state);
  await store.commit({ actor: kind.ref(state), events, projection: kind.project(over) });
  return true;
}
