/** What a request says about a stream of events: whether it wants one, and from where. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import { queryInt } from './paging';
import type { RouteRequest } from './route';

export const wantsStream = ({ headers }: Pick<RouteRequest, 'headers'>): boolean => (headers.accept ?? '').toLowerCase().includes('text/event-stream');

/** Of the query of a route that reads events by their seq. */
export const eventPage = {
  after: queryInt(0, Number.MAX_SAFE_INTEGER).default(0).describe('Only events with a greater seq.'),
  limit: queryInt(1, 1_000).default(1_000),
};

/** Of the answer of such a route. */
export const EVENT_PAGE_FIELDS = {
  count: z.int().min(0),
  hasMore: z.boolean(),
  nextAfter: z.int().min(0).describe('Ask with this as `after` for what comes next.'),
};

/** The seq in `Last-Event-ID`, which outranks `after`: a browser that reconnects repeats its first address. Null without one. */
export function resumePoint({ headers }: Pick<RouteRequest, 'headers'>): number | null {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return null;
  const seq = Number(given);
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new Fault('invalid', 'request.invalid', 'Last-Event-ID: expected the id of an event of this stream', {
    field: 'Last-Event-ID',
    reason: 'expected the id of an event of this stream',
    in: 'header',
  });
}
