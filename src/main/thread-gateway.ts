/** The gateway of managed threads over the store. */
import type { Client } from '@temporalio/client';
import { THREAD_EVENTS } from '../contracts/managed-thread/events';
import { threadAddress } from '../contracts/managed-thread/commands';
import { ManagedThreads, type ThreadStore } from '../gateway/managed-threads';
import { makeOnce } from '../store/idempotent-row';
import { PAGE_MAX } from '../store/journal-reads';
import type { Store } from '../store/store';
import type { ThreadRow } from '../store/thread-row';

export interface ThreadGatewayOptions {
  readonly idleTimeoutMs: number;
  readonly agentTypes: () => readonly string[];
}

export const threadGateway = (client: Client, store: Store, { idleTimeoutMs, agentTypes }: ThreadGatewayOptions): ManagedThreads<ThreadRow> =>
  new ManagedThreads(client, threadStore(store), { defaults: { idleTimeoutMs }, agentTypes });

const threadStore = (store: Store): ThreadStore<ThreadRow> => ({
  getThread: (tenant, id) => store.threads.getThread(tenant, id),
  insertPending: (spec, specRef) => store.threads.insertPendingThread(spec, specRef),
  writeSpec: (spec) => store.specs.write(spec),
  sealEnvironment: (actor, env, options) => store.secrets.sealEnvironment(actor, env, options),
  redactionFor: (actor) => store.secrets.redactionFor(actor),
  once: (request, id, making) => makeOnce(store.idempotency, request, id, making),
  putBlob: (tenant, value) => store.blobs.put(tenant, value),
  waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
  async findAnswer(tenant, id, askId) {
    const address = threadAddress(tenant, id);
    for (let after = 0; ;) {
      const page = await store.readEvents(address, { after, limit: PAGE_MAX, types: ['thread_answered'] });
      const found = page.find(({ data }) => data['askId'] === askId);
      if (found) return THREAD_EVENTS.thread_answered.parse(found.data);
      if (page.length < PAGE_MAX) return null;
      after = page.at(-1)?.seq ?? after;
    }
  },
});
