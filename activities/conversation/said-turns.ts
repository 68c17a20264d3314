/** What was said and done in a rollout, read page by page. */
import type { ThreadEvent } from '../../src/contracts/conversation/events';
import { charsTold, TOLD_TYPES, TURNS_CHARS_MAX } from '../../src/domain/conversation/said';
import type { ThreadContent } from './dependencies';

const PAGE = 100;
/** Events that are read of what was before, however short they are. */
const EVENTS_MAX = 4_000;

export interface Place {
  readonly tenant: string;
  readonly threadId: string;
  readonly rolloutId: string;
}

/** The newest events that a model can be told of, oldest first, with the summary that the rollout began with. */
export async function newestSaid(content: Pick<ThreadContent, 'events'>, { tenant, threadId, rolloutId }: Place): Promise<readonly ThreadEvent[]> {
  const pages: (readonly ThreadEvent[])[] = [];
  let [chars, count] = [0, 0];
  for (let before = Number.MAX_SAFE_INTEGER; chars <= TURNS_CHARS_MAX && count < EVENTS_MAX;) {
    const { events, more } = await content.events(tenant, threadId, { rolloutId, before, limit: PAGE, types: TOLD_TYPES });
    pages.unshift(events);
    count += events.length;
    chars += events.reduce((sum, { type, payload }) => sum + charsTold(type, payload), 0);
    if (!more) return pages.flat();
    before = events[0]?.sequence ?? 0;
  }
  const first = await content.events(tenant, threadId, { rolloutId, after: 0, limit: 1, types: TOLD_TYPES });
  return first.events[0]?.type === 'compaction_completed' ? [...first.events, ...pages.flat()] : pages.flat();
}

/** All of it, oldest first, a page at a time; a call at the end of one is told with the next, where its result is. */
export async function* allSaid(
  content: Pick<ThreadContent, 'events'>,
  { tenant, threadId, rolloutId }: Place,
): AsyncGenerator<readonly ThreadEvent[], void, void> {
  let held: readonly ThreadEvent[] = [];
  for (let after = 0; ;) {
    const { events, more } = await content.events(tenant, threadId, { rolloutId, after, limit: PAGE, types: TOLD_TYPES });
    const found = [...held, ...events];
    held = more && found.length > 1 && found.at(-1)?.type === 'tool_call' ? found.slice(-1) : [];
    const told = found.slice(0, found.length - held.length);
    if (told.length > 0) yield told;
    if (!more) return;
    after = events.at(-1)?.sequence ?? after;
  }
}
