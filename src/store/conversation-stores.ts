/** Everything of conversations that is kept in Postgres. */
import type { Pool } from 'pg';
import { ConversationAgentsStore } from './conversation-agents';
import { eraseConversation, eraseOverdue, historiesToErase, historyErased, historyWaits } from './conversation-erasure';
import { readThreadEvents } from './conversation-events';
import type { ConversationHubs } from './conversation-feed';
import { ConversationPublishing } from './conversation-publishing';
import { ConversationsStore } from './conversations';
import type { Secrets } from './secrets';

export type ConversationStores = ReturnType<typeof conversationStores>;

export const conversationStores = (pool: Pool, secrets: Secrets, hubs: ConversationHubs) => ({
  threads: new ConversationsStore(pool, secrets),
  agents: new ConversationAgentsStore(pool),
  publishing: new ConversationPublishing(pool, secrets),
  hubs,
  /** One read of one index, whatever the number of events. */
  events: (tenant: string, threadId: string, page: Parameters<typeof readThreadEvents>[3]) => readThreadEvents(pool, tenant, threadId, page),
  /** Removes what a deleted thread said, for good; twice is a no-op. */
  erase: (tenant: string, threadId: string) => eraseConversation(pool, tenant, threadId),
  /** The same for those that were left over, deleted longer ago than this; returns how many. */
  eraseOverdue: (olderThanMs: number) => eraseOverdue(pool, olderThanMs),
  /** Workflows whose histories are to go too. */
  histories: {
    due: (limit: number) => historiesToErase(pool, limit),
    done: (workflowId: string) => historyErased(pool, workflowId),
    later: (workflowId: string) => historyWaits(pool, workflowId),
  },
});
