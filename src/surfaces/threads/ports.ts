/** What the routes of threads need of the rest. The conversations themselves are looked at and changed through the ports of src/contracts/conversation/ports.ts. */
import type { ConversationAgents, ConversationFeed, ConversationReads, Conversations } from '../../contracts/conversation/ports';
import type { Cursors } from '../http/cursor';

export interface ThreadPorts {
  readonly conversations: Conversations;
  readonly reads: ConversationReads;
  readonly feed: ConversationFeed;
  readonly agents: ConversationAgents;
  readonly cursors: Cursors;
  /** How long `POST /v1/run` without a stream waits for the run to end. */
  readonly runWaitMs: number;
}
