/**
 * One batch: an execution for each input, so many at a time, each a child workflow under an id of batch and index.
 *
 * Inputs are in the store and results in the rows of the executions, so nothing here grows with them; the history is cut by continuing as new once no execution is in hand. A
 * batch that is cancelled, or stopped by an error, starts no further one.
 */
import * as wf from '@temporalio/workflow';
import { BATCH_COMMANDS, BATCH_KIND, batchRef, itemExecutionId, type BatchStart } from '../../src/contracts/execution/batch';
import { EXECUTION_WORKFLOW, executionAddress } from '../../src/contracts/execution/commands';
import { type ExecutionOutcome, type ExecutionStart } from '../../src/contracts/execution/start';
import { hasEnded, PRIORITIES, type ExecutionStatus } from '../../src/contracts/execution/status';
import { batchPatience, decideBatch, describeBatch, endedItems, evolveBatch, openBatch, totals, type BatchState } from '../../src/domain/batch/batch';
import { faultFrom } from '../../src/errors/fault';
import { Actor, type ActorKind, type Carried } from '../kernel/actor';
import { searchAttributesOf } from './sub-pattern';

const batchKind: ActorKind<BatchState> = {
  commands: BATCH_COMMANDS,
  decide: decideBatch,
  evolve: evolveBatch,
  project: (state) => ({ ...state }),
  describe: describeBatch,
  attributes: ({ start, status }) => ({
    ...{ EverthreadKind: BATCH_KIND, EverthreadTenant: start.tenant, EverthreadStatus: status },
    EverthreadPattern: start.patternName,
  }),
  refused: (command, fault) => ({
    type: 'command_refused',
    data: { command: command.name, requestId: command.requestId, code: fault.code, message: fault.message },
  }),
};

/** From the second edition on (src/contracts/execution/start.ts). */
const gatheringKind: ActorKind<BatchState> = { ...batchKind, patience: batchPatience };

export interface BatchResult {
  readonly status: ExecutionStatus;
  readonly completed: number;
  readonly failed: number;
}

/** `carried` and `historyMax` are for continue-as-new; callers give only `start`. */
export async function patternBatch(start: BatchStart, carried?: Carried<BatchState>, historyMax?: number): Promise<BatchResult> {
  const state = openBatch(start);
  const kind = start.edition ? gatheringKind : batchKind;
  const attributes = start.edition ? kind.attributes({ ...state, status: 'running' }) : {};
  const opened = carried ?? { state, seq: 0, receipts: [], outbox: [], attributes };
  const actor = new Actor(kind, batchRef(start.tenant, start.id), opened, historyMax);
  const scope = new wf.CancellationScope();
  actor.onTaken = ({ name }) => {
    if (name === 'cancel') scope.cancel();
  };
  // "Cancel" in the Temporal UI is a cancellation like any other.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    if (!hasEnded(actor.state.status))
      actor.record([{ type: 'cancelled', data: { status: 'cancelled', reason: 'workflow_cancelled', cancelledBy: 'temporal', ...now(actor) } }]);
    scope.cancel();
  });
  return wf.CancellationScope.nonCancellable(async () => {
    if (!carried) {
      const { patternName, patternVersion, total, concurrency } = start;
      actor.record([{ type: 'started', data: { batchId: start.id, status: 'running', patternName, patternVersion, total, concurrency } }], start.by);
    }
    while (!hasEnded(actor.state.status)) {
      await round(actor, scope);
      settle(actor);
      if (hasEnded(actor.state.status)) break;
      await actor.holdCommits();
      // It may have been cancelled while it came to rest.
      if (!hasEnded(actor.state.status)) return wf.continueAsNew<typeof patternBatch>(start, actor.carry(), historyMax);
      actor.resumeCommits();
    }
    await actor.drained();
    const { status, completed, failed } = actor.state;
    return { status, completed, failed };
  });
}

const now = (actor: Actor<BatchState>) => totals(actor.state, new Date(Date.now()).toISOString());
const isStopped = ({ state }: Actor<BatchState>): boolean => hasEnded(state.status) || (state.start.stopOnError && state.failed > 0);

/** Executions until all have ended, the batch is over, or its history is long; then waits for those in hand. */
async function round(actor: Actor<BatchState>, scope: wf.CancellationScope): Promise<void> {
  const { total, concurrency } = actor.state.start;
  let next = endedItems(actor.state);
  const worker = async (): Promise<void> => {
    while (next < total && !isStopped(actor) && !actor.shouldContinueAsNew) await item(actor, scope, next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, worker));
}

function settle(actor: Actor<BatchState>): void {
  const { state } = actor;
  if (hasEnded(state.status)) return;
  if (state.start.stopOnError && state.failed > 0) {
    const error = {
      code: 'batch.stopped',
      message: `An execution failed, and the batch stops on errors; ${state.start.total - endedItems(state)} inputs were not started.`,
    };
    actor.record([{ type: 'failed', data: { status: 'failed', error, ...now(actor) } }]);
  } else if (endedItems(state) >= state.start.total) actor.record([{ type: 'completed', data: { status: 'completed', ...now(actor) } }]);
}

async function item(actor: Actor<BatchState>, scope: wf.CancellationScope, index: number): Promise<void> {
  const executionId = itemExecutionId(actor.state.start.id, index);
  const { status, error } = await ended(() => scope.run(() => execute(actor.state.start, executionId, index)));
  const { start, completed, failed } = actor.state;
  const data = {
    ...{ index, executionId, status, error: error && { code: error.code, message: error.message } },
    ...{ total: start.total, completed: completed + (status === 'completed' ? 1 : 0), failed: failed + (status === 'failed' ? 1 : 0) },
  };
  actor.record([{ type: 'item_ended', data }]);
}

type Ended = Pick<ExecutionOutcome, 'error'> & { readonly status: 'completed' | 'failed' | 'cancelled' };

async function ended(work: () => Promise<ExecutionOutcome>): Promise<Ended> {
  try {
    const { status, error } = await work();
    return { status: status === 'completed' || status === 'cancelled' ? status : 'failed', error };
  } catch (thrown) {
    if (wf.isCancellation(thrown)) return { status: 'cancelled', error: null };
    const { code, message } = faultFrom(thrown);
    return { status: 'failed', error: { code, message } };
  }
}

function execute(batch: BatchStart, id: string, index: number): Promise<ExecutionOutcome> {
  const { tenant, patternName, patternVersion, planRef, priority } = batch;
  const start: ExecutionStart = {
    ...{ id, tenant, patternName, patternVersion, plan: { ref: planRef, bytes: 0 }, planRef, input: { batchId: batch.id, index } },
    ...{ timeoutMs: batch.timeoutMs, priority, metadata: batch.metadata, retriedFrom: null, parent: null, batch: { id: batch.id, index }, depth: 0 },
    ...{ by: batch.by, createdAt: new Date(Date.now()).toISOString(), ...(batch.edition && { edition: batch.edition }) },
  };
  return wf.executeChild<(start: ExecutionStart) => Promise<ExecutionOutcome>>(EXECUTION_WORKFLOW, {
    workflowId: executionAddress(tenant, id),
    args: [start],
    typedSearchAttributes: searchAttributesOf(start),
    staticSummary: `${patternName} ${patternVersion} #${index}`,
    parentClosePolicy: wf.ParentClosePolicy.REQUEST_CANCEL,
    // Its journal is complete before the batch tells of it.
    cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: PRIORITIES[priority] },
  });
}
