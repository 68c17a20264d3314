/** Waits for the end of one turn of a thread, on the queue for that. It looks at nothing but the journal, so it may be killed and run again at any time. */
import { Context } from '@temporalio/activity';
import type { RecordedEvent } from '../../src/contracts/actor';
import type { FollowActivities, FollowTurn, TurnNews } from '../../src/contracts/execution/org';
import { threadAddress } from '../../src/contracts/managed-thread/commands';
import { seeEvent, watchTurn } from '../../src/domain/org/turn';
import { Fault } from '../../src/errors/fault';

export interface ThreadJournal {
  /** Events after the seq: those that are there, then those that come, until the signal aborts. */
  follow(address: string, after: number, signal: AbortSignal): AsyncIterable<RecordedEvent>;
}

const HEARTBEAT_MS = 1_000;

export const followActivities = ({ follow }: ThreadJournal): FollowActivities => ({
  async followTurn(turn) {
    const { cancellationSignal, heartbeat, cancelled } = Context.current();
    const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
    try {
      const news = await nextNews(follow, turn, cancellationSignal);
      return news ?? (await cancelled);
    } finally {
      clearInterval(timer);
    }
  },
});

/** Null when the signal ended it. From `after` again at every attempt: the events in between belong to this turn, and there are few. */
async function nextNews(
  follow: ThreadJournal['follow'],
  { tenant, threadId, requestId, after, askId }: FollowTurn,
  signal: AbortSignal,
): Promise<TurnNews | null> {
  let seen = watchTurn(requestId, askId);
  for await (const event of follow(threadAddress(tenant, threadId), after, signal)) {
    const told = seeEvent(seen, event);
    seen = told.seen;
    if (told.news) return { ...told.news, after: event.seq };
  }
  if (signal.aborted) return null;
  throw new Fault('unavailable', 'feed.ended', 'The events of the thread ended before the turn did.', { threadId });
}
