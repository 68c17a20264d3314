/** Threads that were left in the middle of something: their workflow was ended from outside, or they never heard how a local run ended. Any number of workers may look at once. */
import type { Client } from '@temporalio/client';
import type { Envelope } from '../contracts/actor';
import { CONVERSATION_WORKFLOW, conversationAddress, endLocalRun } from '../contracts/conversation/commands';
import { launchConversation, type Launched } from './conversation-launch';
import { Doors } from './doors';

export interface LeftConversations {
  /** Of these addresses, the threads that something holds, or that runs wait for. */
  atWork(addresses: readonly string[]): Promise<readonly Launched[]>;
  /** Local runs whose publisher has told of the end, and whose thread is still held by them; at most 100. */
  unheardEnds(): Promise<
    readonly { readonly tenant: string; readonly threadId: string; readonly runId: string; readonly status: 'completed' | 'failed' | 'cancelled' }[]
  >;
}

/** Workflows looked at in one pass. */
const PASS_MAX = 500;

/** Starts those again that ended within `withinMs` with something under way; returns their addresses. */
export async function resumeConversations(client: Client, store: LeftConversations, withinMs: number, now: () => Date): Promise<readonly string[]> {
  const since = new Date(now().getTime() - withinMs).toISOString();
  const query = `WorkflowType = '${CONVERSATION_WORKFLOW}' AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed') AND CloseTime > '${since}'`;
  const ended = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 100 })) if (ended.add(workflowId).size >= PASS_MAX) break;
  if (ended.size === 0) return [];
  const resumed: string[] = [];
  for (const left of await store.atWork([...ended])) {
    const { tenant, id } = left.state.start;
    if (await launchConversation(client, left)) resumed.push(conversationAddress(tenant, id));
  }
  return resumed;
}

export async function tellUnheardEnds(client: Client, store: LeftConversations): Promise<void> {
  const doors = new Doors(client);
  for (const { tenant, threadId, runId, status } of await store.unheardEnds()) {
    const envelope: Envelope = { requestId: `local-end-${runId}`, by: { subject: 'everthread', via: 'system' }, input: { runId, status } };
    await doors.tell(conversationAddress(tenant, threadId), endLocalRun, envelope);
  }
}
