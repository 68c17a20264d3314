/** Threads as they go on: the events that are there, then those that come, by their sequence. */
import type { Pool } from 'pg';
import type { ThreadEvent } from '../contracts/conversation/events';
import { Fault } from '../errors/fault';
import { readThreadEvents } from './conversation-events';
import { hubOf, type Hub, type Source } from './hub';

/** Subscriptions of one process. */
const SUBSCRIBERS_MAX = 10_000;
const PAGE = 200;

/** Events of one thread become visible in order: each is written while the thread is locked. */
const threadSource = (pool: Pool, tenant: string, threadId: string): Source<ThreadEvent, number> => ({
  async read(after) {
    const { events, more } = await readThreadEvents(pool, tenant, threadId, { rolloutId: null, after, limit: PAGE });
    events.forEach(({ sequence }, index) => {
      if (sequence !== after + index + 1)
        throw new Fault('internal', 'conversation.gap', `Event ${after + index + 1} of thread ${threadId} is missing.`, { threadId });
    });
    return { rows: events, more, unsettled: false };
  },
  cursorOf: ({ sequence }) => sequence,
  compare: (a, b) => a - b,
});

const keyOf = (tenant: string, threadId: string): string => JSON.stringify([tenant, threadId]);

interface Notice {
  readonly tenant: string;
  readonly thread: string;
  readonly first: number;
  readonly events?: readonly ThreadEvent[];
}

export class ConversationHubs {
  readonly #threads = new Map<string, Hub<ThreadEvent, number>>();

  constructor(
    private readonly pool: Pool,
    /** Makes sure that this process listens before anybody relies on it. */
    private readonly listening: () => Promise<void>,
  ) {}

  /** Each once and none left out. Ends when the signal aborts or the caller breaks off. Faults: `conversation.gap` (internal), `feed.too_many_subscribers` (exhausted). */
  async *watchThread(tenant: string, threadId: string, afterSequence: number, signal?: AbortSignal): AsyncGenerator<ThreadEvent, void, void> {
    await this.listening();
    const subscribers = [...this.#threads.values()].reduce((sum, hub) => sum + hub.size, 0);
    if (subscribers >= SUBSCRIBERS_MAX)
      throw new Fault('exhausted', 'feed.too_many_subscribers', `This process already serves ${SUBSCRIBERS_MAX} subscribers.`, { max: SUBSCRIBERS_MAX });
    yield* hubOf(this.#threads, keyOf(tenant, threadId), () => threadSource(this.pool, tenant, threadId)).follow(afterSequence, signal);
  }

  /** Something was appended. Text that is not such a notice is ignored: anybody with the database may notify. */
  onPayload(payload: string): void {
    const notice = noticeOf(payload);
    const hub = notice && this.#threads.get(keyOf(notice.tenant, notice.thread));
    if (!hub) return;
    if (notice.events) hub.offer(notice.events, (head) => notice.first <= head + 1);
    else hub.changed();
  }

  /** Appends may have gone unheard: everybody reads on from where they stand. */
  onConnected(): void {
    for (const hub of this.#threads.values()) hub.changed();
  }
}

function noticeOf(payload: string): Notice | null {
  try {
    const notice = JSON.parse(payload) as Partial<Notice> | null;
    return notice && typeof notice.tenant === 'string' && typeof notice.thread === 'string' && typeof notice.first === 'number' ? (notice as Notice) : null;
  } catch {
    return null;
  }
}
