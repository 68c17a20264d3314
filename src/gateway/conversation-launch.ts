/** Starting the workflow of a thread, which the first command does. One that was ended from outside goes on from its row the same way. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { CONVERSATION_KIND, CONVERSATION_WORKFLOW, conversationAddress } from '../contracts/conversation/commands';
import type { ConversationState } from '../domain/conversation/state';
import { temporalUnavailable } from './doors';
import { keyword } from './execution-start';

export interface Launched {
  readonly state: ConversationState;
  /** Of the actor's journal; 0: it was never started. */
  readonly lastSeq: number;
}

const START_MS = 10_000;

/** False when it runs already. Fault `temporal.unavailable`. */
export async function launchConversation(client: Client, { state, lastSeq }: Launched): Promise<boolean> {
  const { start } = state;
  const goesOn = lastSeq === 0 && state.runsInRollout === 0 ? [] : [{ state, seq: lastSeq, receipts: [], outbox: [], attributes: {} }];
  try {
    await client.withDeadline(Date.now() + START_MS, () =>
      client.workflow.start(CONVERSATION_WORKFLOW, {
        ...{ workflowId: conversationAddress(start.tenant, start.id), taskQueue: ORCHESTRATION_QUEUE, args: [start, ...goesOn] },
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: state.title === '' ? start.id : state.title,
        typedSearchAttributes: new TypedSearchAttributes([
          ...[keyword('EverthreadKind', CONVERSATION_KIND), keyword('EverthreadTenant', start.tenant)],
          ...[keyword('EverthreadStatus', 'idle'), keyword('EverthreadExecution', start.id)],
        ]),
      }),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw temporalUnavailable(thrown);
  }
}
