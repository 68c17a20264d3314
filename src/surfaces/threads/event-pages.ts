/** Pages of events, bounded by what they weigh too: five hundred events of the largest kind would fill the memory of the process. */
import type { Principal } from '../../contracts/principal';
import type { ThreadEvent } from '../../contracts/conversation/events';
import type { ConversationReads, EventsPage, Thread } from '../../contracts/conversation/ports';

/** Events of one query. */
const READ_MAX = 100;
/** Characters of payloads after which a page ends, however few events it has. */
const PAGE_CHARS_MAX = 4 * 1024 * 1024;

export interface FoundEvents {
  readonly thread: Thread;
  /** Oldest first. */
  readonly events: readonly ThreadEvent[];
  /** There are more in the direction that was asked for. */
  readonly more: boolean;
}

const weightOf = ({ payload }: ThreadEvent): number => JSON.stringify(payload).length;

/** At least one event where there is one; fewer than `limit` where those are large. */
export async function eventsWithin(reads: Pick<ConversationReads, 'events'>, principal: Principal, threadId: string, page: EventsPage): Promise<FoundEvents> {
  let events: readonly ThreadEvent[] = [];
  let chars = 0;
  for (let { after, before } = page; ;) {
    const limit = Math.min(READ_MAX, page.limit - events.length);
    const where = before !== undefined ? { before } : after === undefined ? {} : { after };
    const found = await reads.events(principal, threadId, { rolloutId: page.rolloutId, limit, ...where });
    const inOrder = before === undefined ? found.events : [...found.events].reverse();
    const taken: ThreadEvent[] = [];
    for (const event of inOrder) {
      chars += weightOf(event);
      if (chars > PAGE_CHARS_MAX && events.length + taken.length > 0) break;
      taken.push(event);
    }
    const cut = taken.length < inOrder.length;
    events = before === undefined ? [...events, ...taken] : [...taken.reverse(), ...events];
    if (cut || !found.more || events.length >= page.limit) return { thread: found.thread, events, more: cut || found.more };
    if (before !== undefined) before = events[0]?.sequence ?? before;
    else after = events.at(-1)?.sequence ?? after;
  }
}
