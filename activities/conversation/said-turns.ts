/** What was said in a rollout, read page by page. */
import type { ThreadEvent, ThreadEventType } from '../../src/contracts/conversation/events';
import { saidIn, TURNS_CHARS_MAX } from '../../src/domain/conversation/said';
import type { ThreadContent } from './dependencies';

const SAID: readonly ThreadEventType[] = ['user_message', 'assistant_message', 'compaction_completed'];
const PAGE = 100;

export interface Place {
  readonly tenant: string;
  readonly threadId: string;
  readonly rolloutId: string;
}

const charsOf = ({ type, payload }: ThreadEvent): number => saidIn(type, payload)?.length ?? 0;

/** The newest messages that a model can be told, oldest first, with the summary that the rollout began with. */
export async function newestSaid(content: Pick<ThreadContent, 'events'>, { tenant, threadId, rolloutId }: Place): Promise<readonly ThreadEvent[]> {
  const found: ThreadEvent[] = [];
  let chars = 0;
  for (let before = Number.MAX_SAFE_INTEGER; chars <= TURNS_CHARS_MAX;) {
    const { events, more } = await content.events(tenant, threadId, { rolloutId, before, limit: PAGE, types: SAID });
    found.unshift(...events);
    chars += events.reduce((sum, event) => sum + charsOf(event), 0);
    if (!more) return found;
    before = events[0]?.sequence ?? 0;
  }
  const first = await content.events(tenant, threadId, { rolloutId, after: 0, limit: 1, types: SAID });
  return first.events[0]?.type === 'compaction_completed' ? [...first.events, ...found] : found;
}

/** All of it, oldest first, a page at a time. */
export async function* allSaid(
  content: Pick<ThreadContent, 'events'>,
  { tenant, threadId, rolloutId }: Place,
): AsyncGenerator<readonly ThreadEvent[], void, void> {
  for (let after = 0; ;) {
    const { events, more } = await content.events(tenant, threadId, { rolloutId, after, limit: PAGE, types: SAID });
    if (events.length > 0) yield events;
    if (!more) return;
    after = events.at(-1)?.sequence ?? after;
  }
}
