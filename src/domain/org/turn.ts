/** What the events of a thread say about one turn. Pure; the activity that follows the journal folds with it. */
import type { RecordedEvent } from '../../contracts/actor';
import type { TurnNews } from '../../contracts/execution/org';
import type { ThreadEvent } from '../../contracts/managed-thread/events';

/** What must be remembered from one event to the next. */
export interface TurnSeen {
  /** Null: the turn of the objective. */
  readonly requestId: string | null;
  /** The turn of the message is in progress. */
  readonly begun: boolean;
  /** Somebody cancelled it while it was in progress. */
  readonly cancelled: string | null;
  /** The ask that was told last and is open. */
  readonly askId: string | null;
}

export const watchTurn = (requestId: string | null, askId: string | null): TurnSeen => ({ requestId, begun: false, cancelled: null, askId });

type Said = TurnNews extends infer N ? (N extends TurnNews ? Omit<N, 'after'> : never) : never;

/** The news that an event is, or null; and what to remember. */
export function seeEvent(seen: TurnSeen, recorded: RecordedEvent): { readonly seen: TurnSeen; readonly news: Said | null } {
  const event = recorded as RecordedEvent & ThreadEvent;
  const ours = (requestId: string | null): boolean => requestId === seen.requestId;
  const only = (next: TurnSeen): { readonly seen: TurnSeen; readonly news: null } => ({ seen: next, news: null });
  const tell = (news: Said): { readonly seen: TurnSeen; readonly news: Said } => ({ seen, news });
  switch (event.type) {
    case 'thread_turn_started':
      return only({ ...seen, begun: ours(event.data.requestId) });
    case 'thread_cancelled': {
      if (seen.requestId !== null && event.data.dropped.includes(seen.requestId)) return tell({ kind: 'dropped', reason: event.data.reason });
      return only({ ...seen, cancelled: seen.begun ? event.data.reason : null });
    }
    case 'thread_turn_complete': {
      if (!ours(event.data.requestId)) return only({ ...seen, begun: false });
      if (seen.cancelled !== null) return tell({ kind: 'cancelled', reason: seen.cancelled });
      const { output, completion, confidence, durationMs } = event.data;
      return tell({ kind: 'complete', output, summary: completion.summary, confidence, durationMs });
    }
    case 'thread_session_lost': {
      const { turn, reason } = event.data;
      return turn && ours(turn.requestId) && turn.outcome === 'unknown' ? tell({ kind: 'unknown', reason }) : only({ ...seen, begun: false });
    }
    default:
      return { seen, news: whileAsked(seen, event) ?? atEnd(event) };
  }
}

function whileAsked({ askId }: TurnSeen, event: ThreadEvent): Said | null {
  switch (event.type) {
    case 'thread_blocked': {
      const { id, kind, text } = event.data.promptInfo;
      return event.data.autoResponded || id === askId ? null : { kind: 'blocked', ask: { id, kind, text: text.slice(0, 2_000) } };
    }
    case 'thread_answered':
    case 'thread_ask_closed':
      return event.data.askId === askId ? { kind: 'unblocked' } : null;
    default:
      return null;
  }
}

function atEnd(event: ThreadEvent): Said | null {
  switch (event.type) {
    case 'thread_completed':
      return { kind: 'ended', status: 'completed', reason: `The agent's program ended: ${event.data.completion.summary}`.slice(0, 1_000) };
    case 'thread_failed':
      return { kind: 'ended', status: 'failed', reason: event.data.error.slice(0, 1_000) };
    case 'thread_stopped':
      return { kind: 'ended', status: 'stopped', reason: event.data.reason.slice(0, 1_000) };
    default:
      return null;
  }
}
