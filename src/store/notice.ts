/**
 * The notification that a commit sends: which actor, which seqs, and the events themselves when they fit, so that nobody needs to read them.
 * Postgres allows 8,000 bytes; the rest is room for its own.
 */
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import { canonicalJson } from '../domain/canonical-json';

export const JOURNAL_CHANNEL = 'everthread_journal';
export const FRAMES_CHANNEL = 'everthread_frames';
export const NOTICE_BYTES = 7_500;

export interface Notice {
  readonly address: string;
  readonly kind: string;
  readonly tenant: string;
  readonly id: string;
  readonly execution: string | null;
  readonly first: number;
  readonly last: number;
  /** When its actor recorded the last of them, ISO 8601. */
  readonly at?: string;
  /** Absent when they do not fit. */
  readonly events?: readonly RecordedEvent[];
}

/** Text for `pg_notify`; empty when there is nothing to tell. */
export function noticeOf(actor: ActorRef, execution: string | null, events: readonly RecordedEvent[]): string {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return '';
  const head = { address: actor.address, kind: actor.kind, tenant: actor.tenant, id: actor.id, execution, first: first.seq, last: last.seq, at: last.at };
  const full = canonicalJson({ ...head, events: events.map(({ seq, type, data, at, by, requestId }) => ({ seq, type, data, at, by, requestId })) });
  return Buffer.byteLength(full) <= NOTICE_BYTES ? full : canonicalJson(head);
}

/** Null for text that is not a notice: anybody with the database may notify. */
export function readNotice(payload: string): Notice | null {
  try {
    const notice = JSON.parse(payload) as Partial<Notice> | null;
    return notice && typeof notice.address === 'string' && typeof notice.first === 'number' && typeof notice.last === 'number' ? (notice as Notice) : null;
  } catch {
    return null;
  }
}
