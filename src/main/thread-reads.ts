/** The managed-threads surface's reads, feed and memory, over the store. */
import { randomUUID } from 'node:crypto';
import { THREAD_KIND, threadAddress, threadRef } from '../contracts/managed-thread/commands';
import { makeOnce } from '../store/idempotent-row';
import { PAGE_MAX, type JournalRow } from '../store/journal-reads';
import type { Store } from '../store/store';
import type { EventFeed, EventRow, FeedItem, ThreadMemory, ThreadReads } from '../surfaces/managed-threads/ports';
import { merged } from '../domain/merged';

const eventOf = ({ seq, id, executionId, type, data, at, by, requestId }: JournalRow): EventRow => ({
  seq,
  threadId: id,
  executionId: executionId ?? '',
  type,
  data,
  at,
  by,
  requestId,
});

export const threadReads = (store: Store): ThreadReads => ({
  get: (tenant, id) => store.threads.getThread(tenant, id),
  list: (tenant, filter) => store.threads.listThreads(tenant, filter),
  countEvents: (tenant, id, { after, types }) => store.countEvents(threadAddress(tenant, id), { after, types }),
  async events(tenant, id, { after, offset, limit, types }) {
    const address = threadAddress(tenant, id);
    const rows: JournalRow[] = [];
    // The store bounds a page; a surface asks for one row more to know whether there is another page.
    while (rows.length < limit) {
      const wanted = Math.min(PAGE_MAX, limit - rows.length);
      const place = rows.at(-1) ? { after: rows.at(-1)!.seq } : { after, offset };
      const page = await store.readEvents(address, { ...place, limit: wanted, types });
      rows.push(...page);
      if (page.length < wanted) break;
    }
    return rows.map(eventOf);
  },
});

export const eventFeed = (store: Store): EventFeed => ({
  async *thread(tenant, id, { after, frames }, signal) {
    const address = threadAddress(tenant, id);
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const events = mapped(store.feed.subscribeActor(address, after, { signal: until }), (row): FeedItem => ({ kind: 'event', event: eventOf(row) }));
    const live = mapped(store.frameReader.subscribeFrames(address, { signal: until }), (frame): FeedItem => {
      const fields: Readonly<Record<string, unknown>> = { ...frame };
      if (fields['type'] === 'gap') return { kind: 'gap', dropped: Number(fields['dropped'] ?? 0) };
      return { kind: 'frame', frame: fields };
    });
    try {
      yield* frames ? merged([events, live]) : events;
    } finally {
      over.abort();
    }
  },
  async *execution(tenant, executionId, { after, threadIds }, signal) {
    const wanted = threadIds && new Set(threadIds);
    for await (const row of store.feed.subscribeExecution(tenant, executionId, after ?? undefined, { signal })) {
      if (row.kind === THREAD_KIND && (!wanted || wanted.has(row.id))) yield { cursor: row.cursor, event: eventOf(row) };
    }
  },
});

async function* mapped<A, B>(source: AsyncIterable<A>, change: (value: A) => B): AsyncGenerator<B, void, void> {
  for await (const value of source) yield change(value);
}

const DECISIONS_ROUTE = 'POST /api/managed-threads/:id/shared-decisions';

export const threadMemory = (store: Store): ThreadMemory => ({
  decisions: (tenant, filter) => store.memory.queryDecisions(tenant, filter),
  async recordDecision(tenant, given, { idempotencyKey }) {
    // Events are redacted where they are recorded; what people record by hand, here.
    const redact = await store.secrets.redactionFor(threadRef(tenant, given.threadId ?? ''));
    const decision = { ...given, summary: redact(given.summary), details: redact(given.details) };
    const make = (id: string) => store.memory.recordDecision(tenant, decision, id);
    // A row whose id is there already is read, not written: to make it again is to find it.
    const request = { tenant, route: DECISIONS_ROUTE, key: idempotencyKey, body: given };
    const { row } = await makeOnce(store.idempotency, request, randomUUID(), { find: make, make });
    return row;
  },
  experiences: (tenant, filter) => store.memory.queryExperiences(tenant, filter),
});
