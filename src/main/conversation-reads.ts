/** What surfaces read of conversations, over the store. */
import { conversationAddress } from '../contracts/conversation/commands';
import type { ConversationFeed, ConversationReads, Thread, ThreadActivity } from '../contracts/conversation/ports';
import type { Principal } from '../contracts/principal';
import { activityOf } from '../domain/conversation/activity';
import { maySee, seesAll } from '../domain/conversation/access';
import { Fault } from '../errors/fault';
import { runNotFound, threadNotFound } from '../gateway/conversation-commands';
import type { Store } from '../store/store';
import { threadFrames } from './conversation-frames';

/** Whose things a list shows; null: everybody's. */
function ownerOf(principal: Principal, all: boolean): string | null {
  if (!all) return principal.subject;
  if (seesAll(principal)) return null;
  throw new Fault('forbidden', 'access.scope_missing', 'This needs the scope admin.', { scope: 'admin' });
}

export function conversationReads(store: Store): ConversationReads {
  const { threads, events } = store.conversations;
  async function known(principal: Principal, threadId: string): Promise<Thread> {
    const found = await threads.find(principal.tenant, threadId);
    if (!found || !maySee(principal, found.thread)) throw threadNotFound(threadId);
    return found.thread;
  }
  return {
    list: async (principal, { all, ...filter }) => threads.list(principal.tenant, { ...filter, owner: ownerOf(principal, all) }),
    get: known,
    async events(principal, threadId, page) {
      const thread = await known(principal, threadId);
      return { thread, ...(await events(principal.tenant, threadId, page)) };
    },
    async rollouts(principal, threadId) {
      const thread = await known(principal, threadId);
      return { thread, rollouts: await threads.rollouts(principal.tenant, threadId) };
    },
    async activity(principal, threadId, page) {
      await known(principal, threadId);
      return activityFrom(store, conversationAddress(principal.tenant, threadId), page);
    },
    async runs(principal, { all, ...filter }) {
      // Of a thread that one may see, whoever owns it.
      if (filter.threadId !== null) await known(principal, filter.threadId);
      return threads.runs(principal.tenant, { ...filter, owner: filter.threadId === null ? ownerOf(principal, all) : null });
    },
    async run(principal, runId) {
      const found = await threads.run(principal.tenant, runId);
      if (!found || !maySee(principal, found)) throw runNotFound(runId);
      return found.run;
    },
  };
}

async function activityFrom(
  store: Store,
  address: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<{ readonly activity: readonly ThreadActivity[]; readonly next: number | null }> {
  const upTo = before ?? (await store.lastSeq(address)) + 1;
  const first = Math.max(1, upTo - limit);
  const rows = upTo <= 1 ? [] : await store.readEvents(address, { after: first - 1, limit: upTo - first });
  return { activity: rows.map(activityOf).reverse(), next: first > 1 ? first : null };
}

export function conversationFeed(store: Store): ConversationFeed {
  return {
    watch: (tenant, threadId, afterSequence, signal) => watchUntilDeleted(store, { tenant, threadId }, afterSequence, signal),
    frames: (tenant, threadId, signal) => threadFrames(store, { tenant, threadId }, signal),
  };
}

/** A deleted thread tells nothing more: the one frame that says so ends the watching. */
async function* watchUntilDeleted(
  store: Store,
  { tenant, threadId }: { readonly tenant: string; readonly threadId: string },
  afterSequence: number,
  signal: AbortSignal,
): ReturnType<ConversationFeed['watch']> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const deleted = (async () => {
    for await (const frame of store.frameReader.subscribeFrames(conversationAddress(tenant, threadId), { signal: until })) {
      // After a gap nobody knows whether that frame was among those that were lost.
      const isGone = frame['type'] === 'thread_deleted' || (frame['type'] === 'gap' && !(await store.conversations.threads.find(tenant, threadId)));
      if (isGone) return over.abort();
    }
  })();
  deleted.catch(() => over.abort());
  try {
    yield* store.conversations.hubs.watchThread(tenant, threadId, afterSequence, until);
  } finally {
    over.abort();
    await deleted.catch(() => undefined);
  }
}
